import InternetAddresses
public import SCTPTransport

/// Where registrars are to be found (RFC 5352 §3.6).
public struct RegistrarList: Hashable, Sendable {
    /// The addresses, in the order in which they are tried.
    let addresses: [SCTPAddress]

    /// The most registrars that a list holds; later ones are left out.
    public static let maximumCount = 256

    /// A configured list. An address that is given twice counts once.
    public static func fixed(_ addresses: [SCTPAddress]) -> RegistrarList {
        var unique: [SCTPAddress] = []
        for address in addresses where !unique.contains(address) && unique.count < maximumCount {
            unique.append(address)
        }
        return RegistrarList(addresses: unique)
    }

    /// A configured list in text: `192.0.2.1`, `2001:db8::1`, or with another port than ASAP's, `192.0.2.1:3900`.
    /// - Throws: ``ConfigurationError`` that names the text that is no address.
    public static func fixed(_ texts: [String]) throws(ConfigurationError) -> RegistrarList {
        var addresses: [SCTPAddress] = []
        for text in texts {
            if let ip = IPAddress(text) {
                addresses.append(SCTPAddress(ip, port: ASAPProtocol.port))
            } else if let address = SCTPAddress(text), address.port != 0 {
                addresses.append(address)
            } else {
                throw ConfigurationError(
                    "registrars",
                    "'\(text)' is not the address of a registrar; write 192.0.2.1, 192.0.2.1:3863 or [2001:db8::1]:3863.")
            }
        }
        return fixed(addresses)
    }
}
