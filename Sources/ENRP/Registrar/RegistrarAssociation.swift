import InternetAddresses
import RSerPoolParameters
import SCTPTransport

/// What a registrar knows of one association with a pool element or pool user.
struct RegistrarAssociation: Sendable {
    /// The peer's addresses, the primary one first.
    var peerAddresses: [SCTPAddress]
    /// False while an association that the registrar opens is not established yet.
    var isUp: Bool
    /// The elements that registered over it, or are probed over it; each knows its position here.
    var elements: [ElementLocation] = []
    /// Pools of whose changes the peer is told.
    var watched: [PoolHandle] = []
    /// How far the peer is, in milliseconds, as last measured; nil before that.
    var distance: UInt32?
    /// Reports of unreachable elements.
    var reports = RateWindow()
    /// Acknowledgements and other messages without an answer.
    var notices = RateWindow()
    /// Error messages sent.
    var errors = RateWindow()

    /// Where the peer's ASAP endpoint is (RFC 5352 §3.1, rule 4). Its UDP port, where SCTP is encapsulated, is the element's own
    /// to tell: it counts for its service too.
    var transport: SCTPTransportParameter {
        SCTPTransportParameter(port: peerAddresses.first?.port ?? 0, use: .dataOnly, addresses: peerAddresses.map(\.ip))
    }

    /// Whether the peer's addresses include an address, IPv4 addresses in IPv6 notation taken for what they are.
    func includes(_ address: IPAddress) -> Bool {
        let wanted = address.withoutMapping
        return peerAddresses.contains { $0.ip.withoutMapping == wanted }
    }

    /// Whether the peer's endpoint has one of these addresses with its port.
    func leads(to addresses: [SCTPAddress]) -> Bool {
        let mine = peerAddresses.map(EndpointKey.init)
        return addresses.contains { mine.contains(EndpointKey($0)) }
    }

    /// Whether both associations lead to the same SCTP endpoint: the same port at an address that both have.
    func sharesEndpoint(with other: RegistrarAssociation) -> Bool {
        peerAddresses.contains { mine in
            other.peerAddresses.contains {
                mine.port == $0.port && mine.ip.withoutMapping == $0.ip.withoutMapping
                    && mine.encapsulationPort == $0.encapsulationPort
            }
        }
    }
}

/// An SCTP endpoint's address in a form that can be looked up: mapped IPv4 addresses as what they are, the registered encapsulation
/// port as none.
struct EndpointKey: Hashable, Sendable {
    private let address: SCTPAddress

    init(_ address: SCTPAddress) {
        let port = address.encapsulationPort == SCTPAddress.defaultEncapsulationPort ? nil : address.encapsulationPort
        self.address = SCTPAddress(address.ip.withoutMapping, port: address.port, encapsulationPort: port)
    }
}

extension PoolElementParameter {
    /// Where the element's ASAP endpoint is: what its home recorded (RFC 5352 §3.1, rule 4), or, where that is missing, the SCTP
    /// transport over which it serves.
    var endpointAddresses: [SCTPAddress] {
        let transport: SCTPTransportParameter
        if let asapTransport {
            transport = asapTransport
        } else if case .sctp(let user) = userTransport {
            transport = user
        } else {
            return []
        }
        return transport.addresses.map { SCTPAddress($0, port: transport.port, encapsulationPort: encapsulationPort) }
    }
}

extension IPAddress {
    /// The IPv4 address that an IPv4-mapped IPv6 address (`::ffff:192.0.2.1`) stands for; any other address itself.
    var withoutMapping: IPAddress {
        guard case .v6(let value) = self, value.high == 0, value.low >> 32 == 0xffff else { return self }
        return .v4(UInt32(truncatingIfNeeded: value.low))
    }
}

/// Counts what happens within a second, or another time.
struct RateWindow: Hashable, Sendable {
    private var start = MonotonicInstant.origin
    private var count = 0

    /// Counts one more and says whether that is within the limit. A second begins with the first after the one before.
    mutating func admits(_ limit: Int, within time: Duration = .seconds(1), at now: MonotonicInstant) -> Bool {
        if now - start >= time {
            start = now
            count = 0
        }
        guard count < limit else { return false }
        count += 1
        return true
    }
}
