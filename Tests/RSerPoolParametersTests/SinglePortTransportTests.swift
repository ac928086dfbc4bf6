import InternetAddresses
import RSerPoolParameters
import Testing

/// RFC 5354 §3.3
struct DCCPTransportTests {
    static let four = hex("0003 0014 1388 0000 52545000 0001 0008 c0000201")
    static let six = hex("0003 0020 1388 0000 52545000 0002 0014 20010db8 00000000 00000000 00000001")

    @Test func bytes() throws {
        try expectGolden(
            DCCPTransportParameter(port: 5000, serviceCode: 0x5254_5000, address: .v4(0xc000_0201)), Self.four)
        try expectGolden(
            DCCPTransportParameter(
                port: 5000, serviceCode: 0x5254_5000, address: .v6(0x2001_0db8_0000_0000_0000_0000_0000_0001)), Self.six)
    }

    @Test func reservedBitsAreIgnored() throws {
        let bytes = replacing(Self.four, at: 6, with: 0xffff)
        #expect(try decode(DCCPTransportParameter.self, bytes) == decode(DCCPTransportParameter.self, Self.four))
        #expect(try encode(decode(DCCPTransportParameter.self, bytes)) == Self.four)
    }

    @Test func shorterValuesAreRefused() {
        typealias Transport = DCCPTransportParameter
        expectCut(Transport.self, Self.four, at: 4...5, .wrongLength, offset: 4)
        expectCut(Transport.self, Self.four, at: 6...7, .wrongLength, offset: 6)
        expectCut(Transport.self, Self.four, at: 8...11, .wrongLength, offset: 8)
        expectCut(Transport.self, Self.four, at: 12...12, .missingParameter(.ipv4Address), offset: 12)
        expectCut(Transport.self, Self.four, at: 13...15, .truncatedHeader, offset: 12)
        expectCut(Transport.self, Self.four, at: 16...19, .lengthTooLong, offset: 14, in: .ipv4Address)
    }

    @Test func aSecondAddressIsRefused() {
        let second = hex("0001 0008 c0000202")
        let bytes = replacing(Self.four, at: 2, with: 28) + second
        #expect(
            refusal(DCCPTransportParameter.self, bytes)
                == WireError(.duplicateParameter, at: 20, in: .ipv4Address, report: [.invalidValues(second)]))
    }
}

/// RFC 5354 §3.5
struct TCPTransportTests {
    static let golden = hex("0005 0010 0050 0000 0001 0008 c0000201")

    @Test func bytes() throws {
        try expectGolden(TCPTransportParameter(port: 80, address: .v4(0xc000_0201)), Self.golden)
        try expectGolden(
            TCPTransportParameter(port: 80, address: .v6(1)),
            hex("0005 001c 0050 0000 0002 0014 00000000 00000000 00000000 00000001"))
    }

    @Test func malformedOnesAreRefused() { expectSinglePortRules(TCPTransportParameter.self, Self.golden) }
}

/// RFC 5354 §3.6
struct UDPTransportTests {
    static let golden = hex("0006 0010 0050 0000 0001 0008 c0000201")

    @Test func bytes() throws {
        try expectGolden(UDPTransportParameter(port: 80, address: .v4(0xc000_0201)), Self.golden)
        try expectGolden(
            UDPTransportParameter(port: 80, address: .v6(1)),
            hex("0006 001c 0050 0000 0002 0014 00000000 00000000 00000000 00000001"))
    }

    @Test func malformedOnesAreRefused() { expectSinglePortRules(UDPTransportParameter.self, Self.golden) }
}

/// RFC 5354 §3.7
struct UDPLiteTransportTests {
    static let golden = hex("0007 0010 0050 0000 0001 0008 c0000201")

    @Test func bytes() throws {
        try expectGolden(UDPLiteTransportParameter(port: 80, address: .v4(0xc000_0201)), Self.golden)
        try expectGolden(
            UDPLiteTransportParameter(port: 80, address: .v6(1)),
            hex("0007 001c 0050 0000 0002 0014 00000000 00000000 00000000 00000001"))
    }

    @Test func malformedOnesAreRefused() { expectSinglePortRules(UDPLiteTransportParameter.self, Self.golden) }
}

/// What holds for the three transports of a port and one address alike; `golden` has the 16 bytes of one with IPv4.
private func expectSinglePortRules<Transport: WireParameter>(_: Transport.Type, _ golden: [UInt8]) {
    expectCut(Transport.self, golden, at: 4...5, .wrongLength, offset: 4)
    expectCut(Transport.self, golden, at: 6...7, .wrongLength, offset: 6)
    expectCut(Transport.self, golden, at: 8...8, .missingParameter(.ipv4Address), offset: 8)
    expectCut(Transport.self, golden, at: 9...11, .truncatedHeader, offset: 8)
    expectCut(Transport.self, golden, at: 12...15, .lengthTooLong, offset: 10, in: .ipv4Address)

    // Reserved bits are ignored.
    #expect(refusal(Transport.self, replacing(golden, at: 6, with: 0xffff)) == nil)

    // A second address, of the same family and of the other.
    let second = hex("0001 0008 c0000202")
    #expect(
        refusal(Transport.self, replacing(golden, at: 2, with: 24) + second)
            == WireError(.duplicateParameter, at: 16, in: .ipv4Address, report: [.invalidValues(second)]))
    let six = hex("0002 0014 00000000 00000000 00000000 00000001")
    #expect(
        refusal(Transport.self, replacing(golden, at: 2, with: 36) + six)
            == WireError(.unexpectedParameter(expected: nil), at: 16, in: .ipv6Address, report: [.invalidValues(six)]))

    // Another parameter where the address is due.
    let cookie = hex("000d 0008 c0000201")
    #expect(
        refusal(Transport.self, [UInt8](golden.prefix(8)) + cookie)
            == WireError(
                .unexpectedParameter(expected: .ipv4Address), at: 8, in: .cookie, report: [.invalidValues(cookie)]))
}
