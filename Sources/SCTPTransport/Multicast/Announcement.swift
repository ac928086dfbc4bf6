/// A datagram that came to a multicast endpoint: to its group, or by unicast to its port.
public struct Announcement: Hashable, Sendable {
    /// Which of an engine's multicast endpoints it came to.
    public var channel: TransportChannel
    /// The datagram's contents.
    public var bytes: [UInt8]
    /// Who sent it; the port is the UDP port. Anybody can write any address there.
    public var source: SCTPAddress

    /// - Parameter source: where it claims to come from; anybody can send under any address.
    public init(channel: TransportChannel = .main, bytes: [UInt8], source: SCTPAddress) {
        self.channel = channel
        self.bytes = bytes
        self.source = source
    }
}

/// A datagram that an engine wants to be sent to a group.
public struct OutgoingAnnouncement: Hashable, Sendable {
    /// By which of the engine's multicast endpoints.
    public var channel: TransportChannel
    /// The datagram's contents.
    public var bytes: [UInt8]

    /// - Parameter bytes: at most ``MulticastConfiguration/datagramLimit``.
    public init(channel: TransportChannel = .main, bytes: [UInt8]) {
        self.channel = channel
        self.bytes = bytes
    }
}
