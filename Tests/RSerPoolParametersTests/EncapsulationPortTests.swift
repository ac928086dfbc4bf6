import InternetAddresses
import RSerPoolParameters
import RequirementTesting
import Testing

/// The UDP encapsulation port, a parameter of our own
struct EncapsulationPortTests {
    static let element = hex(
        """
        000a 0040 00000001 00000002 0000003c
        0004 0010 1000 0000 0001 0008 c0000201
        0008 0008 00000001
        0004 0010 2000 0000 0001 0008 c0000202
        9899 0008 1267 0000
        """)

    @Test(.requirement("parameters-x1-R1")) func endsAPoolElement() throws {
        try expectGolden(
            PoolElementParameter(
                identifier: PoolElementIdentifier(rawValue: 1), homeRegistrar: RegistrarIdentifier(rawValue: 2),
                registrationLife: .seconds(60),
                userTransport: .sctp(SCTPTransportParameter(port: 0x1000, addresses: [.v4(0xc000_0201)])),
                policy: PolicyParameter(type: PolicyType(rawValue: 1)),
                asapTransport: SCTPTransportParameter(port: 0x2000, addresses: [.v4(0xc000_0202)]),
                encapsulationPort: 4711),
            Self.element)
    }

    @Test func endsAPoolElementWithoutASAPTransport() throws {
        let element = try decode(
            PoolElementParameter.self, replacing([UInt8](Self.element.prefix(40) + Self.element.suffix(8)), at: 2, with: 48))
        #expect(element.asapTransport == nil)
        #expect(element.encapsulationPort == 4711)
        #expect(element.preserved.isEmpty)
    }

    @Test(.requirement("parameters-x1-R1")) func endsServerInformation() throws {
        try expectGolden(
            ServerInformationParameter(
                identifier: RegistrarIdentifier(rawValue: 1),
                transport: SCTPTransportParameter(port: 9900, addresses: [.v4(0xc000_0201)]), encapsulationPort: 4711),
            hex("000b 0020 00000001 0004 0010 26ac 0000 0001 0008 c0000201 9899 0008 1267 0000"))
    }

    /// Whatever is not just as we write it is some other implementation's, and goes through as it is.
    @Test(
        .requirement("parameters-x1-R3"),
        arguments: [
            "000b 0020 00000001 0004 0010 26ac 0000 0001 0008 c0000201 9899 0008 0000 0000",  // no port
            "000b 0020 00000001 0004 0010 26ac 0000 0001 0008 c0000201 9899 0008 1267 0001",  // something in the zero bytes
            "000b 001c 00000001 0004 0010 26ac 0000 0001 0008 c0000201 9899 0004",  // shorter
            "000b 0024 00000001 0004 0010 26ac 0000 0001 0008 c0000201 9899 000c 1267 0000 0000 0000",  // longer
            "000b 0020 00000001 9899 0008 1267 0000 0004 0010 26ac 0000 0001 0008 c0000201",  // not last
        ])
    func otherFormsArePassedOver(text: String) throws {
        let information = try decode(ServerInformationParameter.self, hex(text))
        #expect(information.encapsulationPort == nil)
        #expect(information.transport.addresses == [.v4(0xc000_0201)])
        #expect(information.preserved.map(\.type) == [.encapsulationPort])
        #expect(encode(information) == hex(text))
    }

    @Test func onlyTheLastOfSeveralCounts() throws {
        let bytes = hex("000b 0028 00000001 0004 0010 26ac 0000 0001 0008 c0000201 9899 0008 1111 0000 9899 0008 1267 0000")
        let information = try decode(ServerInformationParameter.self, bytes)
        #expect(information.encapsulationPort == 4711)
        #expect(information.preserved == [PreservedParameter(index: 1, type: .encapsulationPort, value: [0x11, 0x11, 0, 0])])
        #expect(encode(information) == bytes)
    }

    /// rsplib 3.4.4 stops at a parameter within an SCTP Transport that it does not know, so ours means nothing there.
    @Test(.requirement("parameters-x1-R3"), arguments: ["0004", "0005", "0006", "0007"])
    func transportsDoNotKnowIt(type: String) throws {
        let bytes = hex(type + "0018 0050 0000 0001 0008 c0000201 9899 0008 1267 0000")
        var reader = ParameterReader(bytes)
        let transport = try reader.read(UserTransport.self)
        let rest = try reader.finish()
        #expect(rest == ParameterReader.Rest())
        #expect(encode(transport) == bytes)
    }

    @Test(.requirement("parameters-x1-R3")) func aPoolElementDoesNotTakeItFromItsTransport() throws {
        let element = try decode(PoolElementParameter.self, replacing(Self.element, at: 42, with: 24))
        #expect(element.encapsulationPort == nil)
        #expect(
            element.asapTransport?.preserved
                == [PreservedParameter(index: 1, type: .encapsulationPort, value: [0x12, 0x67, 0, 0])])
    }

    /// A receiver that does not know the type must skip it without a report.
    @Test func itsHighBitsSayThatOthersSkipIt() {
        #expect(UnrecognizedTypeRule(.encapsulationPort) == .skip)
    }
}
