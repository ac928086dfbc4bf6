public import InternetAddresses
public import SCTPTransport

/// The numbers that RFC 5352 §8 registers.
public enum ASAPProtocol {
    /// The SCTP and TCP port at which registrars serve ASAP (RFC 5352 §8.2).
    public static let port: UInt16 = 3863
    /// The IPv4 multicast group of server announcements (RFC 5352 §8.4).
    public static let announceGroupIPv4 = IPAddress.v4(0xe000_01b9)
    /// The IPv6 multicast group of server announcements with the given scope, `5` for the site (RFC 5352 §8.4).
    public static func announceGroupIPv6(scope: UInt8) -> IPAddress {
        .v6(IPv6Number(0xff << 120 | UInt128(scope & 0xf) << 112 | 0x133))
    }
    /// The stream of control-channel messages: one stream keeps them, and data sent after them on it, in order.
    static let controlStream: UInt16 = 0
}

extension PayloadProtocolIdentifier {
    /// ASAP's identifier, which tells control-channel messages from data (RFC 5352 §5, §8.3).
    public static let asap = PayloadProtocolIdentifier(rawValue: 11)
}
