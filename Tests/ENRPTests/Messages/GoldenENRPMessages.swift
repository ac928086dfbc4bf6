import ENRP
import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import Testing

/// Bytes from hexadecimal digits; blanks and line ends are for the eye.
func bytes(_ text: String) -> [UInt8] {
    let digits = text.filter { !$0.isWhitespace }
    precondition(digits.count % 2 == 0, "half a byte")
    var result: [UInt8] = []
    var rest = Substring(digits)
    while !rest.isEmpty {
        result.append(UInt8(rest.prefix(2), radix: 16)!)
        rest = rest.dropFirst(2)
    }
    return result
}

/// What many messages share, as values and as bytes written out by hand from RFC 5354.
enum Sample {
    static let sender = RegistrarIdentifier(rawValue: 0x1122_3344)
    static let receiver = RegistrarIdentifier(rawValue: 0x5566_7788)
    static let target = RegistrarIdentifier(rawValue: 0x99aa_bbcc)
    static let pool: PoolHandle = "EchoPool"
    static let poolBytes = "0009 000c 4563 686f 506f 6f6c"
    static let element = PoolElementParameter(
        identifier: PoolElementIdentifier(rawValue: 0xcafe_0001), homeRegistrar: sender, registrationLife: .seconds(300),
        userTransport: .sctp(SCTPTransportParameter(port: 7, use: .dataPlusControl, addresses: [.v4(0xc000_0203)])),
        policy: .leastUsed(load: Load(rawValue: 0x8000_0000)))
    static let elementBytes = """
        000a 002c cafe 0001 1122 3344 0000 012c
        0004 0010 0007 0001  0001 0008 c000 0203  0008 000c 4000 0001 8000 0000
        """
    /// An element that has its ASAP transport, an IPv6 address and no end of life.
    static let otherElement = PoolElementParameter(
        identifier: PoolElementIdentifier(rawValue: 2), homeRegistrar: target, registrationLife: .infinite,
        userTransport: .tcp(TCPTransportParameter(port: 80, address: .v6(1))), policy: .roundRobin,
        asapTransport: SCTPTransportParameter(port: 5_000, addresses: [.v4(0xc000_0204)]))
    static let otherElementBytes = """
        000a 0044 0000 0002 99aa bbcc ffff ffff
        0005 001c 0050 0000  0002 0014 0000 0000 0000 0000 0000 0000 0000 0001
        0008 0008 0000 0001  0004 0010 1388 0000  0001 0008 c000 0204
        """
    static let server = ServerInformationParameter(
        identifier: sender, transport: SCTPTransportParameter(port: 9_901, addresses: [.v4(0xc000_0201)]))
    static let serverBytes = "000b 0018 1122 3344 0004 0010 26ad 0000 0001 0008 c000 0201"
    /// One at a UDP port of its own: the parameter 0x9899 stands last.
    static let tunnelledServer = ServerInformationParameter(
        identifier: target, transport: SCTPTransportParameter(port: 9_901, addresses: [.v4(0x7f00_0001)]),
        encapsulationPort: 9_900)
    static let tunnelledServerBytes =
        "000b 0020 99aa bbcc 0004 0010 26ad 0000 0001 0008 7f00 0001 9899 0008 26ac 0000"
    static let identifiers = "1122 3344 5566 7788"
}

/// A message and its bytes, written out by hand from RFC 5353 §2.
struct GoldenMessage: CustomTestStringConvertible {
    var section: String
    var message: ENRPMessage
    var bytes: [UInt8]

    init(_ section: String, _ message: ENRPMessage, _ text: String) {
        self.section = section
        self.message = message
        bytes = ENRPTests.bytes(text)
    }

    var testDescription: String { "\(section) \(message.type)" }

    static let all: [GoldenMessage] = [
        GoldenMessage(
            "2.1",
            .presence(
                .init(
                    sender: Sample.sender, receiver: Sample.receiver, checksum: PEChecksum(rawValue: 0xb2f4),
                    server: Sample.server)),
            "0100 002c \(Sample.identifiers) 000f 0006 b2f4 0000 \(Sample.serverBytes)"),
        GoldenMessage(
            "2.1, a reply required, for whom it may concern",
            .presence(
                .init(isReplyRequired: true, sender: Sample.sender, checksum: PEChecksum(rawValue: 0xffff))),
            "0101 0012 1122 3344 0000 0000 000f 0006 ffff 0000"),
        GoldenMessage(
            "2.1, neither checksum nor server", .presence(.init(sender: Sample.sender, receiver: Sample.receiver)),
            "0100 000c \(Sample.identifiers)"),
        GoldenMessage(
            "2.1, behind a UDP port of its own",
            .presence(.init(sender: Sample.target, receiver: Sample.receiver, server: Sample.tunnelledServer)),
            "0100 002c 99aa bbcc 5566 7788 \(Sample.tunnelledServerBytes)"),
        GoldenMessage(
            "2.2", .handleTableRequest(.init(sender: Sample.sender, receiver: Sample.receiver)),
            "0200 000c \(Sample.identifiers)"),
        GoldenMessage(
            "2.2 W flag",
            .handleTableRequest(.init(ownChildrenOnly: true, sender: Sample.sender, receiver: Sample.receiver)),
            "0201 000c \(Sample.identifiers)"),
        GoldenMessage(
            "2.3, two pools",
            .handleTableResponse(
                .init(
                    sender: Sample.sender, receiver: Sample.receiver,
                    entries: [
                        .init(pool: Sample.pool, elements: [Sample.element, Sample.element]),
                        .init(pool: "P", elements: [Sample.otherElement]),
                    ])),
            """
            0300 00bc \(Sample.identifiers) \(Sample.poolBytes) \(Sample.elementBytes) \(Sample.elementBytes)
            0009 0005 5000 0000 \(Sample.otherElementBytes)
            """),
        GoldenMessage(
            "2.3 M flag",
            .handleTableResponse(
                .init(
                    hasMore: true, sender: Sample.sender, receiver: Sample.receiver,
                    entries: [.init(pool: Sample.pool, elements: [Sample.element])])),
            "0302 0044 \(Sample.identifiers) \(Sample.poolBytes) \(Sample.elementBytes)"),
        GoldenMessage(
            "2.3 R flag",
            .handleTableResponse(.init(isRejected: true, sender: Sample.sender, receiver: Sample.receiver)),
            "0301 000c \(Sample.identifiers)"),
        GoldenMessage(
            "2.3, nothing to tell", .handleTableResponse(.init(sender: Sample.sender, receiver: Sample.receiver)),
            "0300 000c \(Sample.identifiers)"),
        GoldenMessage(
            "2.4 ADD_PE",
            .handleUpdate(.init(sender: Sample.sender, action: .add, pool: Sample.pool, element: Sample.element)),
            "0400 0048 1122 3344 0000 0000 0000 0000 \(Sample.poolBytes) \(Sample.elementBytes)"),
        GoldenMessage(
            "2.4 DEL_PE",
            .handleUpdate(
                .init(
                    sender: Sample.sender, receiver: Sample.receiver, action: .delete, pool: Sample.pool,
                    element: Sample.otherElement)),
            "0400 0060 \(Sample.identifiers) 0001 0000 \(Sample.poolBytes) \(Sample.otherElementBytes)"),
        GoldenMessage(
            "2.4 T flag of the extension",
            .handleUpdate(
                .init(
                    suggestsTakeover: true, sender: Sample.sender, receiver: Sample.receiver, action: .add, pool: Sample.pool,
                    element: Sample.element)),
            "0401 0048 \(Sample.identifiers) 0000 0000 \(Sample.poolBytes) \(Sample.elementBytes)"),
        GoldenMessage(
            "2.5", .listRequest(.init(sender: Sample.sender, receiver: Sample.receiver)), "0500 000c \(Sample.identifiers)"),
        GoldenMessage(
            "2.6",
            .listResponse(
                .init(
                    sender: Sample.sender, receiver: Sample.receiver, servers: [Sample.server, Sample.tunnelledServer])),
            "0600 0044 \(Sample.identifiers) \(Sample.serverBytes) \(Sample.tunnelledServerBytes)"),
        GoldenMessage(
            "2.6 R flag", .listResponse(.init(isRejected: true, sender: Sample.sender, receiver: Sample.receiver)),
            "0601 000c \(Sample.identifiers)"),
        GoldenMessage(
            "2.7", .initTakeover(.init(sender: Sample.sender, target: Sample.target)),
            "0700 0010 1122 3344 0000 0000 99aa bbcc"),
        GoldenMessage(
            "2.8",
            .initTakeoverAcknowledgement(
                .init(sender: Sample.sender, receiver: Sample.receiver, target: Sample.target)),
            "0800 0010 \(Sample.identifiers) 99aa bbcc"),
        GoldenMessage(
            "2.9", .takeoverServer(.init(sender: Sample.sender, target: Sample.target)),
            "0900 0010 1122 3344 0000 0000 99aa bbcc"),
        GoldenMessage(
            "2.10",
            .error(
                .init(
                    sender: Sample.sender, receiver: Sample.receiver,
                    causes: [.unrecognizedMessage(ENRPTests.bytes("4f00 0004"))])),
            "0a00 0018 \(Sample.identifiers) 000c 000c 0002 0008 4f00 0004"),
        GoldenMessage(
            "unknown parameters that are passed over, kept where they stood",
            .initTakeover(
                .init(
                    sender: Sample.sender, receiver: Sample.receiver, target: Sample.target,
                    preserved: [PreservedParameter(index: 0, type: ParameterType(rawValue: 0x8123), value: [9])])),
            "0700 0015 \(Sample.identifiers) 99aa bbcc 8123 0005 0900 0000"),
        GoldenMessage(
            "unknown parameters within and between pool entries",
            .handleTableResponse(
                .init(
                    sender: Sample.sender, receiver: Sample.receiver,
                    entries: [
                        .init(
                            pool: "P",
                            elements: [
                                {
                                    var element = Sample.element
                                    element.preserved = [
                                        PreservedParameter(
                                            index: 2, type: ParameterType(rawValue: 0x8456), value: [1, 2, 3, 4])
                                    ]
                                    return element
                                }()
                            ])
                    ], preserved: [PreservedParameter(index: 1, type: ParameterType(rawValue: 0x8123), value: [])])),
            """
            0300 004c \(Sample.identifiers) 0009 0005 5000 0000 8123 0004
            000a 0034 cafe 0001 1122 3344 0000 012c
            0004 0010 0007 0001  0001 0008 c000 0203  0008 000c 4000 0001 8000 0000 8456 0008 0102 0304
            """),
    ]
}
