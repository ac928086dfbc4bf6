import ASAP
import InternetAddresses
import PoolPolicies
import RSerPoolParameters

/// A message for dissectors, with what they have to show of it.
struct SampleMessage {
    /// What is special about it, for people; unique in the table.
    var name: String
    /// ASAP's or ENRP's payload protocol identifier.
    var payloadProtocol: UInt32
    var bytes: [UInt8]
    var fields: ExpectedFields
}

/// The values that the messages of the table are made of.
enum Sample {
    static let pool: PoolHandle = "EchoPool"
    static let paddedPool: PoolHandle = "Pool5"
    static let identifier = PoolElementIdentifier(rawValue: 0xdead_beef)
    static let registrar = RegistrarIdentifier(rawValue: 0x0a0b_0c0d)
    static let peer = RegistrarIdentifier(rawValue: 0x7fff_0001)
    static let v4 = IPAddress.v4(0xc000_0201)
    static let v6 = IPAddress.v6(0x2001_0db8_0000_0000_0000_0000_0000_0042)
    static let sctp = SCTPTransportParameter(port: 7_001, use: .dataPlusControl, addresses: [v4, v6])
    static let asap = SCTPTransportParameter(port: 50_001, addresses: [v4])

    static let policies: [(name: String, policy: PolicyParameter)] = [
        ("Round Robin", PolicyParameter(type: .roundRobin)),
        ("Weighted Round Robin", words(.weightedRoundRobin, 3)),
        ("Random", PolicyParameter(type: .random)),
        ("Weighted Random", words(.weightedRandom, 0xffff_fffe)),
        ("Priority", words(.priority, 5)),
        ("Least Used", words(.leastUsed, 0x4000_0000)),
        ("Least Used with Degradation", words(.leastUsedWithDegradation, .max, 0x1999_999a)),
        ("Priority Least Used", words(.priorityLeastUsed, 0x8000_0000, 0x0100_0000)),
        ("Randomized Least Used", words(.randomizedLeastUsed, 0)),
        ("Weighted Random with Distance Penalty", words(.weightedRandomWithDistancePenalty, 7, 0x8000_0000, 150)),
        ("Least Used with Distance Penalty", words(.leastUsedWithDistancePenalty, 0x2000_0000, 0x1000_0000, 50)),
        (
            "Least Used with Degradation and Distance Penalty",
            words(.leastUsedWithDegradationAndDistancePenalty, 1, 2, 3, 4)
        ),
        ("an unknown policy", words(PolicyType(rawValue: 0xc123_4567), 0xdead_beef)),
    ]

    private static func words(_ type: PolicyType, _ words: UInt32...) -> PolicyParameter {
        var bytes: [UInt8] = []
        for word in words {
            for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(shift))) }
        }
        return PolicyParameter(type: type, data: PolicyData(bytes))
    }

    static let transports: [(name: String, transport: UserTransport)] = [
        ("SCTP over IPv4 and IPv6", .sctp(sctp)),
        ("SCTP over IPv6, data only", .sctp(SCTPTransportParameter(port: 1, use: .dataOnly, addresses: [v6]))),
        ("DCCP", .dccp(DCCPTransportParameter(port: 7_002, serviceCode: 0x5253_5250, address: v4))),
        ("TCP over IPv4", .tcp(TCPTransportParameter(port: 7_003, address: v4))),
        ("TCP over IPv6", .tcp(TCPTransportParameter(port: 7_003, address: v6))),
        ("UDP", .udp(UDPTransportParameter(port: 7_004, address: v6))),
        ("UDP-Lite", .udpLite(UDPLiteTransportParameter(port: 7_005, address: v4))),
        ("Opaque", .opaque(OpaqueTransportParameter([1, 2, 3, 4, 5, 6]))),
    ]

    /// An unknown parameter of three bytes, as a peer would hand it back.
    static let unknownParameter: [UInt8] = [0x40, 0x17, 0x00, 0x07, 0x61, 0x62, 0x63]
    static let causes: [(name: String, cause: ErrorCause)] = [
        ("Unspecified Error", .unspecified),
        ("Unrecognized Parameter", .unrecognizedParameter(unknownParameter)),
        ("Unrecognized Message", .unrecognizedMessage([0x60, 0x01, 0x00, 0x0c, 0x40, 0x17, 0x00, 0x08, 1, 2, 3, 4])),
        ("Invalid Values", .invalidValues([0x00, 0x0e, 0x00, 0x08, 0, 0, 0, 0])),
        ("Non-unique PE Identifier", .nonUniquePoolElementIdentifier),
        ("Inconsistent Pooling Policy", .inconsistentPoolPolicy(words(.leastUsed, 0x4000_0000))),
        ("Lack of Resources", .lackOfResources),
        ("Inconsistent Transport Type", .inconsistentTransportType(.tcp(TCPTransportParameter(port: 7_003, address: v4)))),
        ("Inconsistent Data/Control Configuration", .inconsistentDataControlConfiguration),
        ("Rejected due to Security", .rejectedForSecurity),
        ("Unknown Pool Handle", .unknownPoolHandle),
        ("a cause of its own", .other(CauseCode(rawValue: 0xf008), [1, 2, 3])),
    ]

    static func element(
        home: RegistrarIdentifier = .undetermined, life: RegistrationLife = .seconds(300),
        transport: UserTransport = .sctp(sctp), policy: PolicyParameter = PolicyParameter(type: .roundRobin),
        asapTransport: SCTPTransportParameter? = nil, encapsulationPort: UInt16? = nil
    ) -> PoolElementParameter {
        PoolElementParameter(
            identifier: identifier, homeRegistrar: home, registrationLife: life, userTransport: transport, policy: policy,
            asapTransport: asapTransport, encapsulationPort: encapsulationPort)
    }
}
