import InternetAddresses
import RSerPoolParameters
import Testing

/// RFC 5354 §3.1
struct IPv4AddressTests {
    @Test func bytes() throws {
        try expectGolden(IPAddress.v4(0xc000_0201), hex("0001 0008 c0000201"))
        try expectGolden(IPAddress.v4(0xffff_ffff), hex("0001 0008 ffffffff"))
    }

    @Test func shorterValuesAreRefused() {
        expectCut(IPAddress.self, hex("0001 0008 c0000201"), at: 4...7, .wrongLength, offset: 4)
    }

    @Test func aLongerValueIsRefusedWithTheParameter() {
        let bytes = hex("0001 000c c0000201 00000000")
        #expect(
            refusal(IPAddress.self, bytes) == WireError(.wrongLength, at: 8, in: .ipv4Address, report: [.invalidValues(bytes)]))
    }

    @Test func aLengthBelowFourIsRefused() {
        for length in UInt8(0)..<4 {
            let bytes: [UInt8] = [0, 1, 0, length, 192, 0, 2, 1]
            #expect(
                refusal(IPAddress.self, bytes)
                    == WireError(.lengthTooShort, at: 2, in: .ipv4Address, report: [.invalidValues(bytes)]))
        }
    }
}

/// RFC 5354 §3.2
struct IPv6AddressTests {
    static let golden = hex("0002 0014 20010db8 00000000 00080800 200c417a")

    @Test func bytes() throws {
        try expectGolden(IPAddress.v6(0x2001_0db8_0000_0000_0008_0800_200c_417a), Self.golden)
    }

    @Test func shorterValuesAreRefused() {
        expectCut(IPAddress.self, Self.golden, at: 4...19, .wrongLength, offset: 4)
    }

    @Test func aLongerValueIsRefused() {
        let bytes = replacing(Self.golden, at: 2, with: 0x15) + [1, 0, 0, 0]
        #expect(refusal(IPAddress.self, bytes)?.code == .wrongLength)
        #expect(refusal(IPAddress.self, bytes)?.offset == 20)
    }

    @Test func anIPv4TypeWithIPv6LengthIsRefused() {
        let error = refusal(IPAddress.self, replacing(Self.golden, at: 0, with: 1))
        #expect(error?.code == .wrongLength)
        #expect(error?.offset == 8)
        #expect(error?.parameterType == .ipv4Address)
    }
}
