import InternetAddresses
import RSerPoolParameters
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

    @Test func shorterValuesAreRefused() {
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

    @Test func anUnknownTransportUseIsRefused() {
        for use in [UInt16(2), 0x0100, 0xffff] {
            let bytes = replacing(Self.one, at: 6, with: use)
            #expect(
                refusal(Transport.self, bytes)
                    == WireError(.invalidValue, at: 6, in: .sctpTransport, report: [.invalidValues(bytes)]))
        }
    }

    @Test func anotherParameterInsteadOfAnAddressIsRefused() {
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

/// The UDP encapsulation port, a parameter of our own
struct EncapsulationPortTests {
    typealias Transport = SCTPTransportParameter

    static let golden = hex("0004 0018 0f17 0000 0001 0008 c0000201 9899 0008 1267 0000")

    @Test func bytes() throws {
        try expectGolden(Transport(port: 3863, addresses: [.v4(0xc000_0201)], encapsulationPort: 4711), Self.golden)
    }

    /// Whatever is not just as we write it is some other implementation's, and goes through as it is.
    @Test(arguments: [
        "0004 0018 0f17 0000 0001 0008 c0000201 9899 0008 0000 0000",  // no port
        "0004 0018 0f17 0000 0001 0008 c0000201 9899 0008 1267 0001",  // something in the zero bytes
        "0004 0014 0f17 0000 0001 0008 c0000201 9899 0004",  // shorter
        "0004 001c 0f17 0000 0001 0008 c0000201 9899 000c 1267 0000 0000 0000",  // longer
        "0004 0018 0f17 0000 9899 0008 1267 0000 0001 0008 c0000201",  // not last
    ])
    func otherFormsArePassedOver(text: String) throws {
        let transport = try decode(Transport.self, hex(text))
        #expect(transport.encapsulationPort == nil)
        #expect(transport.addresses == [.v4(0xc000_0201)])
        #expect(transport.preserved.map(\.type) == [.encapsulationPort])
        #expect(encode(transport) == hex(text))
    }

    @Test func onlyTheLastOfSeveralCounts() throws {
        let bytes = hex("0004 0020 0f17 0000 0001 0008 c0000201 9899 0008 1111 0000 9899 0008 1267 0000")
        let transport = try decode(Transport.self, bytes)
        #expect(transport.encapsulationPort == 4711)
        #expect(transport.preserved == [PreservedParameter(index: 1, type: .encapsulationPort, value: [0x11, 0x11, 0, 0])])
        #expect(encode(transport) == bytes)
    }

    @Test func otherTransportsDoNotKnowIt() throws {
        let bytes = hex("0005 0018 0050 0000 0001 0008 c0000201 9899 0008 1267 0000")
        let transport = try decode(TCPTransportParameter.self, bytes)
        #expect(transport.preserved == [PreservedParameter(index: 1, type: .encapsulationPort, value: [0x12, 0x67, 0, 0])])
        #expect(encode(transport) == bytes)
    }

    /// A receiver that does not know the type must skip it without a report.
    @Test func itsHighBitsSayThatOthersSkipIt() {
        #expect(UnrecognizedTypeRule(.encapsulationPort) == .skip)
    }
}
