import InternetAddresses
import RSerPoolParameters
import RequirementTesting
import Testing

/// RFC 5354 §3.4
struct SCTPTransportTests {
    typealias Transport = SCTPTransportParameter

    static let one = hex("0004 0010 0f17 0000 0001 0008 c0000201")
    static let mixed = hex(
        """
        0004 002c 0f17 0001 0001 0008 c0000201
        0002 0014 20010db8 00000000 00000000 00000001
        0001 0008 c0000202
        """)

    @Test func bytes() throws {
        try expectGolden(Transport(port: 3863, addresses: [.v4(0xc000_0201)]), Self.one)
        try expectGolden(
            Transport(
                port: 3863, use: .dataPlusControl,
                addresses: [.v4(0xc000_0201), .v6(0x2001_0db8_0000_0000_0000_0000_0000_0001), .v4(0xc000_0202)]), Self.mixed)
    }

    @Test(.requirement("parameters-3.4-R2")) func shorterValuesAreRefused() {
        expectCut(Transport.self, Self.one, at: 4...5, .wrongLength, offset: 4)
        expectCut(Transport.self, Self.one, at: 6...7, .wrongLength, offset: 6)
        expectCut(Transport.self, Self.one, at: 8...8, .missingParameter(.ipv4Address), offset: 8)
        expectCut(Transport.self, Self.one, at: 9...11, .truncatedHeader, offset: 8)
        expectCut(Transport.self, Self.one, at: 12...15, .lengthTooLong, offset: 10, in: .ipv4Address)
        expectCut(Transport.self, Self.mixed, at: 17...19, .truncatedHeader, offset: 16)
        expectCut(Transport.self, Self.mixed, at: 20...35, .lengthTooLong, offset: 18, in: .ipv6Address)
    }

    @Test func lengthsBetweenAddressesAreOfFewerAddresses() throws {
        for (length, count) in [(16, 1), (36, 2), (44, 3)] {
            let bytes = replacing([UInt8](Self.mixed.prefix(length)), at: 2, with: UInt16(length))
            #expect(try decode(Transport.self, bytes).addresses.count == count)
        }
    }

    @Test(.requirement("parameters-3.4-R1")) func anUnknownTransportUseIsRefused() {
        for use in [UInt16(2), 0x0100, 0xffff] {
            let bytes = replacing(Self.one, at: 6, with: use)
            #expect(
                refusal(Transport.self, bytes)
                    == WireError(.invalidValue, at: 6, in: .sctpTransport, report: [.invalidValues(bytes)]))
        }
    }

    @Test(.requirement("parameters-3.4-R2")) func anotherParameterInsteadOfAnAddressIsRefused() {
        let handle = hex("0009 0008 c0000201")
        #expect(
            refusal(Transport.self, [UInt8](Self.one.prefix(8)) + handle)
                == WireError(
                    .unexpectedParameter(expected: .ipv4Address), at: 8, in: .poolHandle, report: [.invalidValues(handle)]))
        #expect(
            refusal(Transport.self, replacing(Self.one, at: 2, with: 24) + handle)
                == WireError(.unexpectedParameter(expected: nil), at: 16, in: .poolHandle, report: [.invalidValues(handle)]))
    }

    @Test func anAddressOfWrongLengthIsReportedAlone() {
        let address = hex("0001 0007 c0000200")
        #expect(
            refusal(Transport.self, replacing([UInt8](Self.one.prefix(8)), at: 2, with: 15) + address)
                == WireError(
                    .wrongLength, at: 12, in: .ipv4Address, report: [.invalidValues([UInt8](address.prefix(7)))]))
    }

    @Test func moreAddressesThanTheLimitAreRefused() throws {
        var limits = WireLimits.standard
        limits.addressesPerTransport = 2
        #expect(
            refusal(Transport.self, Self.mixed, limits: limits)
                == WireError(
                    .limitExceeded(.addressesPerTransport), at: 36, in: .sctpTransport, report: [.lackOfResources]))
        limits.addressesPerTransport = 3
        #expect(try decode(Transport.self, Self.mixed, limits: limits).addresses.count == 3)
        let many = Transport(port: 1, addresses: (0..<64).map { .v4($0) })
        #expect(try decode(Transport.self, encode(many)) == many)
        #expect(
            refusal(Transport.self, encode(Transport(port: 1, addresses: (0..<65).map { .v4($0) })))?.code
                == .limitExceeded(.addressesPerTransport))
    }
}
