import InternetAddresses
public import SCTPTransport

/// Where an SNMP agent takes subagents (RFC 2741 §8): a socket of this host, or TCP.
public enum MasterAgentAddress: Hashable, Sendable {
    /// A socket of this host by its path, such as `/var/agentx/master`; up to 107 bytes.
    case unix(path: String)
    /// A TCP port.
    case tcp(SCTPAddress)

    /// AgentX's port (RFC 2741 §8.1.1).
    public static let port: UInt16 = 705

    /// Reads `unix:/path` or `tcp:address[:port]`; an address is written as in `192.0.2.1:705` and `[2001:db8::1]:705`, or is
    /// `localhost`. Nil for anything else: names are not looked up.
    public init?(_ text: String) {
        if text.hasPrefix("unix:/") {
            self = .unix(path: String(text.dropFirst(5)))
            guard text.utf8.count - 5 <= 107 else { return nil }
            return
        }
        guard text.hasPrefix("tcp:") else { return nil }
        var place = String(text.dropFirst(4))
        if place == "localhost" || place.hasPrefix("localhost:") { place = "127.0.0.1" + place.dropFirst(9) }
        let bare = place.hasPrefix("[") && place.hasSuffix("]") ? String(place.dropFirst().dropLast()) : place
        if let ip = IPAddress(bare) {
            self = .tcp(SCTPAddress(ip, port: Self.port))
        } else if let address = SCTPAddress(place), address.port != 0, address.encapsulationPort == nil {
            self = .tcp(address)
        } else {
            return nil
        }
    }

    var place: ByteStream.Place {
        switch self {
        case .unix(let path): .local(path: path)
        case .tcp(let address): .tcp(address)
        }
    }
}

extension MasterAgentAddress: CustomStringConvertible {
    /// As ``init(_:)`` reads it.
    public var description: String {
        switch self {
        case .unix(let path): "unix:\(path)"
        case .tcp(let address): "tcp:\(address)"
        }
    }
}
