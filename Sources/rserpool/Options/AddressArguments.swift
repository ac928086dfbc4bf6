import ArgumentParser
import InternetAddresses
import SCTPTransport

/// An address that was given as an option.
///
/// The IP address is kept in its text form, because a debug build by Swift 6.3 crashes in a property wrapper's initialiser whose
/// value has 128-bit alignment, as an address with IPv6 has.
struct AddressOption: Sendable {
    private let ip: String
    private let port: UInt16
    private let encapsulationPort: UInt16?

    init(_ address: SCTPAddress) {
        ip = address.ip.description
        port = address.port
        encapsulationPort = address.encapsulationPort
    }

    var address: SCTPAddress {
        guard let ip = IPAddress(ip) else { preconditionFailure("an address's text form is read back") }
        return SCTPAddress(ip, port: port, encapsulationPort: encapsulationPort)
    }
}

/// Reads the tool's addresses, with defaults for what is left out, and says what is wrong with a wrong one.
enum AddressArguments {
    /// The port at which registrars serve ASAP (RFC 5352 §5).
    static let registrarPort: UInt16 = 3863

    /// A multicast group, `224.0.1.185` or with a port other than ASAP's, `239.0.0.50:4000`.
    static func multicastGroup(_ text: String) throws -> SCTPAddress {
        let address = try anyAddress(text, defaultPort: registrarPort)
        guard address.ip.isMulticast, address.port != 0, address.encapsulationPort == nil else {
            throw ValidationError("'\(text)' is no multicast group: write 224.0.1.185, 239.0.0.50:3863 or [ff05::133]:3863.")
        }
        return address
    }

    /// `ADDRESS[:PORT][/UDPPORT]`.
    static func endpoint(_ text: String, defaultPort: UInt16) throws -> SCTPAddress {
        let address = try anyAddress(text, defaultPort: defaultPort)
        guard !address.ip.isMulticast else { throw ValidationError("'\(text)' is a multicast address; SCTP has none.") }
        return address
    }

    private static func anyAddress(_ text: String, defaultPort: UInt16) throws -> SCTPAddress {
        let slash = text.lastIndex(of: "/") ?? text.endIndex
        let host = text[..<slash]
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : String(host)
        let isBare = IPAddress(bare) != nil && (bare.contains(":") || bare == host)
        let whole = isBare ? (bare.contains(":") ? "[\(bare)]" : bare) + ":\(defaultPort)" + text[slash...] : text
        guard let address = SCTPAddress(whole) else {
            throw ValidationError(
                "'\(text)' is no address: write 192.0.2.1, 192.0.2.1:\(registrarPort), [2001:db8::1]:\(registrarPort), "
                    + "or 192.0.2.1:\(registrarPort)/9900 where the UDP port is not 9899; names are not looked up.")
        }
        return address
    }

    /// `GROUP[:PORT]`, a multicast address.
    static func group(_ text: String, defaultPort: UInt16) throws -> SCTPAddress {
        let whole = IPAddress(text).map { "\(SCTPAddress($0, port: defaultPort))" } ?? text
        guard let address = SCTPAddress(whole), address.ip.isMulticast, address.port != 0, address.encapsulationPort == nil
        else {
            throw ValidationError(
                "'\(text)' is no multicast group: write 239.0.0.50, 239.0.0.50:\(defaultPort) or [ff05::133]:\(defaultPort).")
        }
        return address
    }

    /// A registrar to connect to: neither its address nor its port may be left open.
    static func registrar(_ text: String) throws -> SCTPAddress {
        try registrar(text, defaultPort: registrarPort)
    }

    /// The same, with another port where none is given.
    static func registrar(_ text: String, defaultPort: UInt16) throws -> SCTPAddress {
        let address = try endpoint(text, defaultPort: defaultPort)
        guard address.port != 0 else { throw ValidationError("'\(text)': port 0 is no port to connect to.") }
        guard !address.ip.isUnspecified else {
            throw ValidationError("'\(text)' stands for any address; name the one at which the registrar listens.")
        }
        return address
    }

    /// A whole number in a range, in decimal or 0x hexadecimal.
    static func number<Number: FixedWidthInteger>(_ text: String, in range: ClosedRange<Number>, of what: String) throws
        -> Number
    {
        let number = text.hasPrefix("0x") ? Number(text.dropFirst(2), radix: 16) : Number(text)
        guard let number, range.contains(number) else {
            throw ValidationError(
                "'\(text)' is no \(what): it is a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }
}
