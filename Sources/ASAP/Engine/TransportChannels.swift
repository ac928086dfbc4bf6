public import SCTPTransport

extension TransportChannel {
    /// ASAP over SCTP (RFC 5352 §8.2), the only channel of most elements and users.
    public static let asap = TransportChannel.main
    /// ASAP over TCP: handle resolution of pool users that have no SCTP.
    public static let asapOverTCP = TransportChannel(rawValue: 2)
    /// User data over TCP or UDP of elements and users whose pool uses one of these.
    public static let data = TransportChannel(rawValue: 3)
}
