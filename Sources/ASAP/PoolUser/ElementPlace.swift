import RSerPoolParameters
import RequirementMarks
import SCTPTransport

/// Where a pool element is reached, and how (RFC 5352 §2.1: data may go over any transport that the element registered).
struct ElementPlace: Hashable, Sendable {
    var channel: TransportChannel
    var addresses: [SCTPAddress]
    /// True where ASAP's messages may go beside the data (RFC 5354 §3.4).
    var hasControlChannel: Bool

    /// Nil for a transport that this module cannot use.
    init?(_ element: PoolElementParameter) {
        switch element.userTransport {
        case .sctp(let transport):
            channel = .main
            addresses = transport.addresses.map {
                SCTPAddress($0, port: transport.port, encapsulationPort: element.encapsulationPort)
            }
            hasControlChannel = transport.use == .dataPlusControl
        case .tcp(let transport):
            fulfils("asap-2.1-R3")
            fulfils("asap-6.5-R1")
            fulfils("asap-6.5.1-R6")
            channel = .data
            addresses = [SCTPAddress(transport.address, port: transport.port)]
            fulfils("parameters-3.5-R1")
            hasControlChannel = false
        case .udp(let transport):
            channel = .dataOverUDP
            addresses = [SCTPAddress(transport.address, port: transport.port)]
            fulfils("parameters-3.6-R1")
            hasControlChannel = false
        case .dccp, .udpLite, .opaque:
            fulfils("parameters-3.3-R1")
            fulfils("parameters-3.7-R1")
            return nil
        }
    }
}

extension TransportChannel {
    /// A pool user's data with elements that serve over UDP; ``data`` is the one over TCP.
    static let dataOverUDP = TransportChannel(rawValue: 4)
}
