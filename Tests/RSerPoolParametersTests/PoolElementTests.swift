import InternetAddresses
import RSerPoolParameters
import RequirementTesting
import Testing

/// RFC 5354 §3.10
struct PoolElementTests {
    typealias Element = PoolElementParameter

    static let element = Element(
        identifier: PoolElementIdentifier(rawValue: 0x0102_0304), homeRegistrar: RegistrarIdentifier(rawValue: 0x0506_0708),
        registrationLife: .seconds(300),
        userTransport: .sctp(SCTPTransportParameter(port: 0x1000, addresses: [.v4(0xc000_0201)])),
        policy: PolicyParameter(type: PolicyType(rawValue: 1)),
        asapTransport: SCTPTransportParameter(port: 0x2000, use: .dataPlusControl, addresses: [.v4(0xc000_0202)]))

    /// Offsets: user transport 16, policy 32, ASAP transport 40.
    static let golden = hex(
        """
        000a 0038 01020304 05060708 0000012c
        0004 0010 1000 0000 0001 0008 c0000201
        0008 0008 00000001
        0004 0010 2000 0001 0001 0008 c0000202
        """)

    @Test func bytes() throws {
        try expectGolden(Self.element, Self.golden)
    }

    @Test func theASAPTransportMayBeLeftOut() throws {
        var element = PoolElementTests.element
        element.asapTransport = nil
        try expectGolden(element, replacing([UInt8](Self.golden.prefix(40)), at: 2, with: 40))
    }

    static let userTransports: [(UserTransport, String)] = [
        (
            .dccp(DCCPTransportParameter(port: 9, serviceCode: 1, address: .v4(1))),
            "0003 0014 0009 0000 00000001 0001 0008 00000001"
        ),
        (.sctp(SCTPTransportParameter(port: 9, addresses: [.v4(1)])), "0004 0010 0009 0000 0001 0008 00000001"),
        (.tcp(TCPTransportParameter(port: 9, address: .v4(1))), "0005 0010 0009 0000 0001 0008 00000001"),
        (.udp(UDPTransportParameter(port: 9, address: .v4(1))), "0006 0010 0009 0000 0001 0008 00000001"),
        (.udpLite(UDPLiteTransportParameter(port: 9, address: .v4(1))), "0007 0010 0009 0000 0001 0008 00000001"),
        // Padding between nested parameters counts into the length around them.
        (.opaque(OpaqueTransportParameter([1, 2, 3, 4, 5])), "0010 0009 0102030405 000000"),
    ]

    @Test(
        .requirement("parameters-3.3-R2", "parameters-3.5-R2", "parameters-3.6-R2", "parameters-3.7-R2"),
        arguments: userTransports)
    func anyOfTheSixTransportsServes(transport: UserTransport, text: String) throws {
        var element = PoolElementTests.element
        element.userTransport = transport
        element.asapTransport = nil
        element.registrationLife = .infinite
        let nested = hex(text) + hex("0008 0008 00000001")
        try expectGolden(
            element, [0, 10, 0, UInt8(16 + nested.count)] + hex("01020304 05060708 ffffffff") + nested)
        #expect(element.userTransport.use == .dataOnly)
    }

    @Test func shorterValuesAreRefused() {
        let bytes = Self.golden
        expectCut(Element.self, bytes, at: 4...7, .wrongLength, offset: 4)
        expectCut(Element.self, bytes, at: 8...11, .wrongLength, offset: 8)
        expectCut(Element.self, bytes, at: 12...15, .wrongLength, offset: 12)
        expectCut(Element.self, bytes, at: 16...16, .missingParameter(.sctpTransport), offset: 16)
        expectCut(Element.self, bytes, at: 17...19, .truncatedHeader, offset: 16)
        expectCut(Element.self, bytes, at: 20...31, .lengthTooLong, offset: 18, in: .sctpTransport)
        expectCut(Element.self, bytes, at: 32...32, .missingParameter(.memberSelectionPolicy), offset: 32)
        expectCut(Element.self, bytes, at: 33...35, .truncatedHeader, offset: 32)
        expectCut(Element.self, bytes, at: 36...39, .lengthTooLong, offset: 34, in: .memberSelectionPolicy)
        expectCut(Element.self, bytes, at: 41...43, .truncatedHeader, offset: 40)
        expectCut(Element.self, bytes, at: 44...55, .lengthTooLong, offset: 42, in: .sctpTransport)
    }

    @Test(.requirement("parameters-3.10-R1")) func twoUserTransportsAreRefused() {
        let second = hex("0004 0010 1000 0000 0001 0008 c0000203")
        let bytes = [UInt8](Self.golden.prefix(32)) + second + Self.golden.dropFirst(32)
        #expect(
            refusal(Element.self, replacing(bytes, at: 2, with: 72))
                == WireError(.duplicateParameter, at: 32, in: .sctpTransport, report: [.invalidValues(second)]))
        let other = hex("0005 0010 1000 0000 0001 0008 c0000203")
        let mixed = [UInt8](Self.golden.prefix(32)) + other + Self.golden.dropFirst(32)
        #expect(
            refusal(Element.self, replacing(mixed, at: 2, with: 72))
                == WireError(
                    .unexpectedParameter(expected: .memberSelectionPolicy), at: 32, in: .tcpTransport,
                    report: [.invalidValues(other)]))
    }

    @Test func twoPoliciesAreRefused() {
        let policy = hex("0008 0008 00000002")
        let bytes = [UInt8](Self.golden.prefix(40)) + policy + Self.golden.dropFirst(40)
        #expect(
            refusal(Element.self, replacing(bytes, at: 2, with: 64))
                == WireError(.duplicateParameter, at: 40, in: .memberSelectionPolicy, report: [.invalidValues(policy)]))
    }

    @Test func twoASAPTransportsAreRefused() {
        let third = hex("0004 0010 1000 0000 0001 0008 c0000203")
        #expect(
            refusal(Element.self, replacing(Self.golden, at: 2, with: 72) + third)
                == WireError(.duplicateParameter, at: 56, in: .sctpTransport, report: [.invalidValues(third)]))
    }

    @Test(.requirement("parameters-3.10-R2")) func anASAPTransportOfAnotherKindIsRefused() {
        let other = hex("0005 0010 1000 0000 0001 0008 c0000203")
        #expect(
            refusal(Element.self, replacing([UInt8](Self.golden.prefix(40)), at: 2, with: 56) + other)
                == WireError(.unexpectedParameter(expected: nil), at: 40, in: .tcpTransport, report: [.invalidValues(other)]))
    }

    @Test(.requirement("parameters-3.10-R1")) func aPolicyBeforeTheTransportIsRefused() {
        let policy = hex("0008 0008 00000001")
        let bytes = [UInt8](Self.golden.prefix(16)) + policy + Self.golden[16..<32]
        #expect(
            refusal(Element.self, replacing(bytes, at: 2, with: 40))
                == WireError(
                    .unexpectedParameter(expected: .sctpTransport), at: 16, in: .memberSelectionPolicy,
                    report: [.invalidValues(policy)]))
    }

    /// Each type that has no place in a pool element, at each place in it.
    @Test(arguments: [1, 2, 9, 10, 11, 12, 13, 14, 15] as [UInt16])
    func wronglyNestedParametersAreRefused(type: UInt16) {
        let foreign = replacing(hex("0000 0008 00000000"), at: 0, with: type)
        let places: [(Int, WireError.Code)] = [
            (16, .unexpectedParameter(expected: .sctpTransport)), (32, .unexpectedParameter(expected: .memberSelectionPolicy)),
            (40, .unexpectedParameter(expected: nil)), (56, .unexpectedParameter(expected: nil)),
        ]
        for (place, code) in places {
            let bytes = [UInt8](Self.golden.prefix(place)) + foreign + Self.golden.dropFirst(place)
            #expect(
                refusal(Element.self, replacing(bytes, at: 2, with: 64))
                    == WireError(code, at: place, in: ParameterType(rawValue: type), report: [.invalidValues(foreign)]))
        }
    }

    @Test(arguments: [Int32(-2), Int32.min])
    func aLifeThatMeansNothingIsRefused(life: Int32) {
        var element = PoolElementTests.element
        element.registrationLife = RegistrationLife(rawValue: life)
        let bytes = encode(element)
        #expect(
            refusal(Element.self, bytes)
                == WireError(.invalidValue, at: 12, in: .poolElement, report: [.invalidValues(bytes)]))
    }

    @Test(arguments: [
        (RegistrationLife.infinite, Duration?.none), (.seconds(0), Duration.zero),
        (.seconds(.max), Duration.seconds(2_147_483_647)),
    ])
    func livesAreDurations(life: RegistrationLife, duration: Duration?) throws {
        var element = PoolElementTests.element
        element.registrationLife = life
        #expect(try decode(Element.self, encode(element)).registrationLife.duration == duration)
    }

    @Test func errorsDeepInsideNameTheInnermostParameter() {
        // The transport use of the ASAP transport.
        let bytes = replacing(Self.golden, at: 46, with: 9)
        #expect(
            refusal(Element.self, bytes)
                == WireError(.invalidValue, at: 46, in: .sctpTransport, report: [.invalidValues([UInt8](bytes[40..<56]))]))
        // The length of the address in the user transport.
        #expect(
            refusal(Element.self, replacing(Self.golden, at: 26, with: 12))
                == WireError(
                    .lengthTooLong, at: 26, in: .ipv4Address,
                    report: [.invalidValues([UInt8](replacing(Self.golden, at: 26, with: 12)[16..<32]))]))
    }
}

/// RFC 5354 §3.11
struct ServerInformationTests {
    typealias Information = ServerInformationParameter

    static let golden = hex("000b 0018 0a0b0c0d 0004 0010 26ac 0000 0001 0008 c0000201")
    static let information = Information(
        identifier: RegistrarIdentifier(rawValue: 0x0a0b_0c0d),
        transport: SCTPTransportParameter(port: 9900, addresses: [.v4(0xc000_0201)]))

    @Test func bytes() throws {
        try expectGolden(Self.information, Self.golden)
    }

    @Test func shorterValuesAreRefused() {
        expectCut(Information.self, Self.golden, at: 4...7, .wrongLength, offset: 4)
        expectCut(Information.self, Self.golden, at: 8...8, .missingParameter(.sctpTransport), offset: 8)
        expectCut(Information.self, Self.golden, at: 9...11, .truncatedHeader, offset: 8)
        expectCut(Information.self, Self.golden, at: 12...23, .lengthTooLong, offset: 10, in: .sctpTransport)
    }

    @Test func onlyOneTransportAndOnlySCTPIsTaken() {
        let second = [UInt8](Self.golden[8..<24])
        #expect(
            refusal(Information.self, replacing(Self.golden, at: 2, with: 40) + second)
                == WireError(.duplicateParameter, at: 24, in: .sctpTransport, report: [.invalidValues(second)]))
        let bytes = replacing(Self.golden, at: 8, with: 5)
        #expect(
            refusal(Information.self, bytes)
                == WireError(
                    .unexpectedParameter(expected: .sctpTransport), at: 8, in: .tcpTransport,
                    report: [.invalidValues([UInt8](bytes[8..<24]))]))
    }
}
