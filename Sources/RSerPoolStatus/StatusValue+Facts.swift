import InternetAddresses
import RSerPoolParameters
import SCTPTransport

extension StatusValue {
    /// Seconds.
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = .number(Double(seconds) + Double(attoseconds / 1_000_000_000_000_000) / 1_000)
    }

    /// Seconds, or nothing.
    init(_ duration: Duration?) {
        self = duration.map { StatusValue($0) } ?? .null
    }

    init(_ number: Int) {
        self = .integer(Int64(number))
    }

    init(_ addresses: [SCTPAddress]) {
        self = .list(addresses.map { .text("\($0)") })
    }

    init(_ announcement: MulticastConfiguration) {
        self = .text("\(SCTPAddress(announcement.group, port: announcement.port))")
    }

    /// What a Pool Element parameter says (RFC 5354 §3.10).
    static func members(
        of parameter: PoolElementParameter, _ policyText: (PolicyParameter) -> String
    ) -> [Member] {
        let transport = parameter.userTransport
        let addresses = transport.addresses.map { address in
            SCTPAddress(address, port: transport.port ?? 0, encapsulationPort: parameter.encapsulationPort)
        }
        return [
            Member("identifier", .text("\(parameter.identifier)")),
            Member("homeRegistrar", .text("\(parameter.homeRegistrar)")),
            Member("protocol", .text(name(of: transport))),
            Member("addresses", StatusValue(addresses)),
            Member("control", .bool(transport.use == .dataPlusControl)),
            Member("policy", .text(policyText(parameter.policy))),
            Member("life", parameter.registrationLife.duration.map { StatusValue($0) } ?? .null),
        ]
    }

    private static func name(of transport: UserTransport) -> String {
        switch transport {
        case .sctp: "sctp"
        case .tcp: "tcp"
        case .udp: "udp"
        case .udpLite: "udp-lite"
        case .dccp: "dccp"
        case .opaque: "opaque"
        }
    }
}
