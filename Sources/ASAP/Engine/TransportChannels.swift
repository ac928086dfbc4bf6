public import SCTPTransport

extension TransportChannel {
    /// ASAP over SCTP (RFC 5352 §8.2), the only channel of most elements and users.
    public static let asap = TransportChannel.main
    /// ASAP over TCP: handle resolution of pool users that have no SCTP.
    public static let asapOverTCP = TransportChannel(rawValue: 2)
    /// User data over TCP or UDP of elements and users whose pool uses one of these.
    public static let data = TransportChannel(rawValue: 3)
    /// ASAP over SCTP with registrars, at an endpoint of its own whose reading never pauses. What the engine opens there has a
    /// number of ``asap``; what registrars open has one of this channel.
    static let control = TransportChannel(rawValue: 5)
}
