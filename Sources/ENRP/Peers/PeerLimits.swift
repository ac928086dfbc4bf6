public import ASAP

/// What a registrar takes from its peers at most, and what becomes of the rest. Construction checks every value.
public struct PeerLimits: Hashable, Sendable {
    /// Peers in the peer list. Messages of one more are thrown away. 256.
    public let maximumPeers: Int
    /// Associations with peers at a time, known or not. One more is aborted. 512.
    public let maximumPeerAssociations: Int
    /// Messages taken from one association with a peer within a second; the others are thrown away unread. 20,000.
    public let maximumMessagesPerSecond: Int
    /// Presences, takeover messages and list messages taken from one association within a second; the others are thrown away
    /// unread. 200.
    public let maximumPresencesPerSecond: Int
    /// Requests for the next part of a handle table taken from one association within a second; the others are thrown away
    /// unread. 2,000.
    public let maximumTableRequestsPerSecond: Int
    /// Announcements taken within a second, from all senders together; the others are thrown away unread. 2,000.
    public let maximumAnnouncementsPerSecond: Int
    /// Handle tables being given out at a time. A request for one more is rejected by the R flag (RFC 5353 §3.2.3). 16.
    public let maximumDownloads: Int
    /// Messages of one handle table asked for. Where the peer has still more, the table is given up. 16,384.
    public let maximumTableMessages: Int
    /// Bytes of one handle table message sent. 65,532.
    public let maximumTableMessageSize: Int

    /// The values above.
    public static let standard = PeerLimits()

    private init() {
        maximumPeers = 256
        maximumPeerAssociations = 512
        maximumMessagesPerSecond = 20_000
        maximumPresencesPerSecond = 200
        maximumTableRequestsPerSecond = 2_000
        maximumAnnouncementsPerSecond = 2_000
        maximumDownloads = 16
        maximumTableMessages = 16_384
        maximumTableMessageSize = 65_532
    }

    /// - Throws: `ConfigurationError` that names the value that is out of its range.
    public init(
        maximumPeers: Int = standard.maximumPeers,
        maximumPeerAssociations: Int = standard.maximumPeerAssociations,
        maximumMessagesPerSecond: Int = standard.maximumMessagesPerSecond,
        maximumPresencesPerSecond: Int = standard.maximumPresencesPerSecond,
        maximumTableRequestsPerSecond: Int = standard.maximumTableRequestsPerSecond,
        maximumAnnouncementsPerSecond: Int = standard.maximumAnnouncementsPerSecond,
        maximumDownloads: Int = standard.maximumDownloads,
        maximumTableMessages: Int = standard.maximumTableMessages,
        maximumTableMessageSize: Int = standard.maximumTableMessageSize
    ) throws(ConfigurationError) {
        let many = 1...1_000_000_000
        try checkNumber(maximumPeers, "maximumPeers", in: 1...10_000)
        try checkNumber(maximumPeerAssociations, "maximumPeerAssociations", in: 1...100_000)
        try checkNumber(maximumMessagesPerSecond, "maximumMessagesPerSecond", in: many)
        try checkNumber(maximumPresencesPerSecond, "maximumPresencesPerSecond", in: many)
        try checkNumber(maximumTableRequestsPerSecond, "maximumTableRequestsPerSecond", in: many)
        try checkNumber(maximumAnnouncementsPerSecond, "maximumAnnouncementsPerSecond", in: many)
        try checkNumber(maximumDownloads, "maximumDownloads", in: many)
        try checkNumber(maximumTableMessages, "maximumTableMessages", in: many)
        // The greatest pool element, with its pool handle, fits at any rate.
        try checkNumber(maximumTableMessageSize, "maximumTableMessageSize", in: 10_240...65_532)
        self.maximumPeers = maximumPeers
        self.maximumPeerAssociations = maximumPeerAssociations
        self.maximumMessagesPerSecond = maximumMessagesPerSecond
        self.maximumPresencesPerSecond = maximumPresencesPerSecond
        self.maximumTableRequestsPerSecond = maximumTableRequestsPerSecond
        self.maximumAnnouncementsPerSecond = maximumAnnouncementsPerSecond
        self.maximumDownloads = maximumDownloads
        self.maximumTableMessages = maximumTableMessages
        self.maximumTableMessageSize = maximumTableMessageSize
    }
}
