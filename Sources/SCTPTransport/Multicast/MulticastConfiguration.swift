public import InternetAddresses

/// How a multicast endpoint is set up. Values are checked when it opens.
public struct MulticastConfiguration: Hashable, Sendable {
    /// Which of the host's interfaces multicast leaves and comes in by.
    public enum Interfaces: Hashable, Sendable {
        /// Those that are up and know multicast, and the loopback interface; only that one where ``sourceAddress`` is a loopback
        /// address.
        case all
        /// Those named, as `ip link` lists them.
        case named([String])
        /// None: only ``unicastDestinations`` are sent to, and only what comes by unicast is heard.
        case none
    }

    /// The multicast address, 224.0.0.0/4 or ff00::/8.
    public var group: IPAddress
    /// The UDP port of the group, and of this endpoint where it listens.
    public var port: UInt16
    /// Which of the host's interfaces take part.
    public var interfaces = Interfaces.all
    /// The address that datagrams come from; nil takes each interface's own. One address of several that a host has must be
    /// told where receivers take it for the sender's address.
    public var sourceAddress: IPAddress?
    /// Time to live or hop limit: how many routers pass a datagram on, less one; 1 stays on the link.
    public var hopLimit: UInt8 = 1
    /// Whether the endpoint hears the group; it sends in any case.
    public var isListening = true
    /// Whether endpoints on this host, this one included, hear what this one sends.
    public var isLoopedBack = true
    /// Where each datagram goes by unicast too: for networks without multicast. Of the group's address family.
    public var unicastDestinations: [SCTPAddress] = []

    /// - Parameters:
    ///   - group: 224.0.0.0/4 or ff00::/8.
    ///   - port: the UDP port that all members share.
    public init(group: IPAddress, port: UInt16) {
        self.group = group
        self.port = port
    }

    /// The most ``unicastDestinations``.
    public static let destinationLimit = 256
    /// The longest datagram, in bytes: what UDP over IPv4 carries.
    public static let datagramLimit = 65_507

    /// - Throws: ``SCTPTransportError/Code/invalidConfiguration``.
    func check() throws(SCTPTransportError) {
        func require(_ condition: Bool, _ message: @autoclosure () -> String) throws(SCTPTransportError) {
            guard condition else { throw SCTPTransportError(.invalidConfiguration, message()) }
        }
        try require(
            group.isMulticast, "\(group) is no multicast address; give one of 224.0.0.0/4, such as 239.0.0.50, or of ff00::/8")
        try require(port != 0, "the multicast group \(group) has port 0; give the port that its members share")
        try require(hopLimit >= 1, "the hop limit for \(group) is 0, so nobody would hear; it may be 1 to 255")
        if case .named(let names) = interfaces {
            try require(!names.isEmpty, "no interface is named for \(group); name one, or choose all or none")
        }
        if let sourceAddress {
            try require(
                sourceAddress.family == group.family && !sourceAddress.isMulticast,
                "datagrams to \(group) cannot come from \(sourceAddress); give a unicast address of the same family")
        }
        try require(
            unicastDestinations.count <= MulticastConfiguration.destinationLimit,
            "\(unicastDestinations.count) unicast destinations are too many; "
                + "\(MulticastConfiguration.destinationLimit) is the limit")
        for address in unicastDestinations {
            try require(
                address.port != 0 && !address.ip.isUnspecified && !address.ip.isMulticast && address.ip.family == group.family,
                "\(address) cannot be a unicast destination beside \(group); give a unicast address of the same family, and a port"
            )
        }
    }
}

/// What a multicast endpoint has counted since it opened.
public struct MulticastStatistics: Hashable, Sendable {
    /// Datagrams given to the host, one for each interface and each unicast destination.
    public var datagramsSent: UInt64 = 0
    /// Those that the host would not take.
    public var datagramsNotSent: UInt64 = 0
    /// Datagrams that came, the own ones included where they are looped back.
    public var datagramsReceived: UInt64 = 0

    /// Nothing counted yet.
    public init() {}
}
