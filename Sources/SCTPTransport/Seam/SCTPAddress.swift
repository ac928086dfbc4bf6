public import InternetAddresses

/// A transport address: IP address, SCTP port, and the UDP port that carries SCTP where UDP encapsulation is in use (RFC 6951).
///
/// The text form is `192.0.2.1:3863`, `[2001:db8::1]:3863`, and with an encapsulation port other than 9899
/// `192.0.2.1:3863/9900`.
public struct SCTPAddress: Hashable, Sendable {
    /// The UDP port that IANA assigned to SCTP over UDP (RFC 6951 §6).
    public static let defaultEncapsulationPort: UInt16 = 9899

    /// The IP address.
    public var ip: IPAddress
    /// The SCTP port; 0 in an address to bind lets the endpoint choose.
    public var port: UInt16
    /// The UDP port at that address; nil where none is known: a userland endpoint then uses 9899, a kernel endpoint
    /// does not encapsulate.
    public var encapsulationPort: UInt16?

    /// - Parameter encapsulationPort: the UDP port of SCTP over UDP; nil is 9899 (RFC 6951).
    public init(_ ip: IPAddress, port: UInt16, encapsulationPort: UInt16? = nil) {
        self.ip = ip
        self.port = port
        self.encapsulationPort = encapsulationPort
    }
}

extension SCTPAddress: Comparable {
    public static func < (left: SCTPAddress, right: SCTPAddress) -> Bool {
        (left.ip, left.port, left.encapsulationPort ?? 0) < (right.ip, right.port, right.encapsulationPort ?? 0)
    }
}

extension SCTPAddress: LosslessStringConvertible {
    /// Reads the text form; nil for anything else, a missing port included.
    public init?(_ description: String) {
        var rest = Substring(description)
        var encapsulationPort: UInt16?
        if let slash = rest.lastIndex(of: "/") {
            guard let number = SCTPAddress.decimalPort(rest[rest.index(after: slash)...]), number != 0 else { return nil }
            encapsulationPort = number
            rest = rest[..<slash]
        }
        guard let colon = rest.lastIndex(of: ":"), let port = SCTPAddress.decimalPort(rest[rest.index(after: colon)...])
        else { return nil }
        var host = rest[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { return nil }
        } else if host.contains(":") {
            return nil
        }
        guard let ip = IPAddress(String(host)) else { return nil }
        self.init(ip, port: port, encapsulationPort: encapsulationPort)
    }

    /// A port in plain decimal digits: `UInt16("+5")` would be read too, and is no port.
    private static func decimalPort(_ text: Substring) -> UInt16? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? UInt16(text) : nil
    }

    public var description: String {
        let host = ip.family == .ipv6 ? "[\(ip)]" : "\(ip)"
        guard let encapsulationPort, encapsulationPort != SCTPAddress.defaultEncapsulationPort else { return "\(host):\(port)" }
        return "\(host):\(port)/\(encapsulationPort)"
    }
}
