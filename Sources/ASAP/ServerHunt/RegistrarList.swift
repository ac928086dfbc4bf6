import InternetAddresses
public import SCTPTransport

/// Where registrars are to be found (RFC 5352 §3.6): at configured addresses, where their multicast announcements say, or both.
/// Configured ones are tried first.
public struct RegistrarList: Hashable, Sendable {
    /// The configured addresses, in the order in which they are tried.
    let addresses: [SCTPAddress]
    /// The groups whose announcements are taken.
    let announcements: [MulticastConfiguration]

    /// The most registrars that a list holds; later ones are left out.
    public static let maximumCount = 256
    /// The most groups that are listened to; later ones are left out.
    public static let maximumGroupCount = 16
    /// The most addresses that are remembered from announcements at a time; further ones are left out.
    public static let maximumAnnouncedCount = 64
    /// The most announcements a second that are read from sources whose address is not known yet; further ones are thrown away.
    public static let maximumUnknownSourcesPerSecond = 100

    var takesAnnouncements: Bool { !announcements.isEmpty }

    /// The most announced registrars that count when it is decided how long an announcement holds; so forged ones cannot make them
    /// hold for ever.
    static let maximumCountedRegistrars = 20

    /// ASAP's multicast groups at its port, 224.0.1.185 and ff05::133, the IPv6 one of the site (RFC 5352 §8.4).
    public static let standardGroups = [
        MulticastConfiguration(group: ASAPProtocol.announceGroupIPv4, port: ASAPProtocol.port),
        MulticastConfiguration(group: ASAPProtocol.announceGroupIPv6(scope: 5), port: ASAPProtocol.port),
    ]

    /// Registrars that announce themselves to ``standardGroups``. A host that has one of the two address families hears that group.
    public static let announced = RegistrarList(addresses: [], announcements: standardGroups)

    /// Registrars that announce themselves to other groups, ports or interfaces.
    public static func announced(to groups: MulticastConfiguration...) -> RegistrarList {
        RegistrarList(addresses: [], announcements: Array(groups.prefix(maximumGroupCount)))
    }

    /// This list, and beside it the registrars that announce themselves.
    public func addingAnnouncements(to groups: MulticastConfiguration...) -> RegistrarList {
        addingAnnouncements(to: groups)
    }

    /// This list, and beside it the registrars that announce themselves to these groups.
    public func addingAnnouncements(to groups: [MulticastConfiguration]) -> RegistrarList {
        RegistrarList(addresses: addresses, announcements: Array((announcements + groups).prefix(Self.maximumGroupCount)))
    }

    /// A configured list. An address that is given twice counts once.
    public static func fixed(_ addresses: [SCTPAddress]) -> RegistrarList {
        var unique: [SCTPAddress] = []
        for address in addresses where !unique.contains(address) && unique.count < maximumCount {
            unique.append(address)
        }
        return RegistrarList(addresses: unique, announcements: [])
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
