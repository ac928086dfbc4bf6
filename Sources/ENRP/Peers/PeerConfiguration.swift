public import ASAP
public import SCTPTransport

/// Timers and thresholds of a registrar among its peers (RFC 5353 §4.2). Construction checks every value.
public struct PeerConfiguration: Hashable, Sendable {
    /// Where peers are known to be, each with all its ENRP addresses: the mentors, in the order in which they are tried
    /// (RFC 5353 §3.2.2.1), and whom to tell of itself where no multicast does. At most 256. None.
    public let peers: [[SCTPAddress]]
    /// Whether the registrar announces itself to peers by multicast, and finds its mentor that way. False.
    public internal(set) var announcesToPeers: Bool
    /// Whether the registrar announces itself to pool elements and pool users by multicast (RFC 5352 §3.6). False.
    public internal(set) var announcesToClients: Bool
    /// Whether the registrar suggests that peers take elements over, and takes over those that are suggested to it
    /// (draft-dreibholz-rserpool-enrp-takeover). False.
    public let suggestsTakeover: Bool

    /// PEER-HEARTBEAT-CYCLE: the time between two presences (§3.4.2). 30 seconds.
    public let heartbeatCycle: Duration
    /// MAX-TIME-LAST-HEARD: how long a peer may be silent before it is asked for a sign of life (§3.4.3). 61 seconds.
    public let maximumTimeLastHeard: Duration
    /// MAX-TIME-NO-RESPONSE: how long to wait for an answer (§3.2.2.2, §3.2.3, §3.4.3). 5 seconds.
    public let maximumTimeNoResponse: Duration
    /// How long to listen for a mentor's announcement before the registrar takes itself to be alone. RFC 5353 gives no value:
    /// 5 seconds.
    public let mentorDiscoveryTime: Duration
    /// How long to wait before asking again where every mentor refuses: "a few seconds" (§3.2.2.2, §3.2.3), 3, varied by up to
    /// 50 %, so that registrars that start together do not refuse each other for ever.
    public let mentorRetryDelay: Duration
    /// How often to go through all mentors while one of them refuses, before the registrar begins to serve without. RFC 5353 would
    /// go on for ever: 3.
    public let maximumMentorRounds: Int
    /// The session timer of whoever gives a handle table: how long to wait for the request for the next part (§3.2.3). RFC 5353
    /// gives no value: 5 seconds.
    public let downloadSessionTime: Duration
    /// How long to wait for the acknowledgements of a takeover before those missing are asked again, or gone without (§3.5.1).
    /// RFC 5353 would wait for ever: 5 seconds.
    public let takeoverTimeout: Duration
    /// How often peers are asked to acknowledge a takeover before those that do not are gone without. 2.
    public let maximumTakeoverAttempts: Int
    /// How long a peer stays unmonitored because another registrar said that it takes it over (§3.5.1) before it is monitored again,
    /// for the other may have failed too. RFC 5353 has no such end: 30 seconds.
    public let takeoverExpiry: Duration
    /// How long after a resynchronisation (§3.6.3) the next one with the same peer may follow at the earliest; doubled each time that
    /// the checksums differ again. RFC 5353 sets no bound: 1 second.
    public let resynchronisationDelay: Duration
    /// Where that doubling ends. 5 minutes.
    public let maximumResynchronisationDelay: Duration
    /// T6-Serverannounce: the time between two announcements to elements and users, whoever they come from (RFC 5352 §3.6, §7.1).
    /// 1 second.
    public let serverAnnounceTime: Duration
    /// T7-ENRPoutdate: how long another registrar's announcement counts (RFC 5352 §7.1). 5 seconds.
    public let announcementValidity: Duration
    /// Elements taken over that are sent their first keep-alive within a second; the others follow (RFC 5352 §3.5 wants keep-alives
    /// spread). 5,000.
    public let adoptionsPerSecond: Int
    /// What the registrar takes from its peers.
    public let limits: PeerLimits

    /// The values of RFC 5353, and where it gives none those above.
    public static let standard = PeerConfiguration()

    private init() {
        peers = []
        announcesToPeers = false
        announcesToClients = false
        suggestsTakeover = false
        heartbeatCycle = .seconds(30)
        maximumTimeLastHeard = .seconds(61)
        maximumTimeNoResponse = .seconds(5)
        mentorDiscoveryTime = .seconds(5)
        mentorRetryDelay = .seconds(3)
        maximumMentorRounds = 3
        downloadSessionTime = .seconds(5)
        takeoverTimeout = .seconds(5)
        maximumTakeoverAttempts = 2
        takeoverExpiry = .seconds(30)
        resynchronisationDelay = .seconds(1)
        maximumResynchronisationDelay = .seconds(300)
        serverAnnounceTime = .seconds(1)
        announcementValidity = .seconds(5)
        adoptionsPerSecond = 5_000
        limits = .standard
    }

    /// - Parameter profile: gives the values that are not named.
    /// - Throws: `ConfigurationError` that names the value that is out of its range, or that does not go with another: a peer may not
    ///   be asked for signs of life between two heartbeats, nor be forgotten between two announcements; a takeover may not expire
    ///   before it has had its time; and what a wait is doubled up to is not less than the wait.
    public init(
        profile: PeerConfiguration = .standard,
        peers: [[SCTPAddress]]? = nil,
        announcesToPeers: Bool? = nil,
        announcesToClients: Bool? = nil,
        suggestsTakeover: Bool? = nil,
        heartbeatCycle: Duration? = nil,
        maximumTimeLastHeard: Duration? = nil,
        maximumTimeNoResponse: Duration? = nil,
        mentorDiscoveryTime: Duration? = nil,
        mentorRetryDelay: Duration? = nil,
        maximumMentorRounds: Int? = nil,
        downloadSessionTime: Duration? = nil,
        takeoverTimeout: Duration? = nil,
        maximumTakeoverAttempts: Int? = nil,
        takeoverExpiry: Duration? = nil,
        resynchronisationDelay: Duration? = nil,
        maximumResynchronisationDelay: Duration? = nil,
        serverAnnounceTime: Duration? = nil,
        announcementValidity: Duration? = nil,
        adoptionsPerSecond: Int? = nil,
        limits: PeerLimits? = nil
    ) throws(ConfigurationError) {
        self.peers = peers ?? profile.peers
        self.announcesToPeers = announcesToPeers ?? profile.announcesToPeers
        self.announcesToClients = announcesToClients ?? profile.announcesToClients
        self.suggestsTakeover = suggestsTakeover ?? profile.suggestsTakeover
        self.heartbeatCycle = heartbeatCycle ?? profile.heartbeatCycle
        self.maximumTimeLastHeard = maximumTimeLastHeard ?? profile.maximumTimeLastHeard
        self.maximumTimeNoResponse = maximumTimeNoResponse ?? profile.maximumTimeNoResponse
        self.mentorDiscoveryTime = mentorDiscoveryTime ?? profile.mentorDiscoveryTime
        self.mentorRetryDelay = mentorRetryDelay ?? profile.mentorRetryDelay
        self.maximumMentorRounds = maximumMentorRounds ?? profile.maximumMentorRounds
        self.downloadSessionTime = downloadSessionTime ?? profile.downloadSessionTime
        self.takeoverTimeout = takeoverTimeout ?? profile.takeoverTimeout
        self.maximumTakeoverAttempts = maximumTakeoverAttempts ?? profile.maximumTakeoverAttempts
        self.takeoverExpiry = takeoverExpiry ?? profile.takeoverExpiry
        self.resynchronisationDelay = resynchronisationDelay ?? profile.resynchronisationDelay
        self.maximumResynchronisationDelay = maximumResynchronisationDelay ?? profile.maximumResynchronisationDelay
        self.serverAnnounceTime = serverAnnounceTime ?? profile.serverAnnounceTime
        self.announcementValidity = announcementValidity ?? profile.announcementValidity
        self.adoptionsPerSecond = adoptionsPerSecond ?? profile.adoptionsPerSecond
        self.limits = limits ?? profile.limits
        try check()
    }

    private func check() throws(ConfigurationError) {
        try checkNumber(peers.count, "the number of peers", in: 0...256)
        for addresses in peers { try checkNumber(addresses.count, "the number of a peer's addresses", in: 1...64) }
        try checkTimer(heartbeatCycle, "heartbeatCycle")
        try checkTimer(maximumTimeLastHeard, "maximumTimeLastHeard")
        try checkTimer(maximumTimeNoResponse, "maximumTimeNoResponse")
        try checkTimer(mentorDiscoveryTime, "mentorDiscoveryTime")
        try checkTimer(mentorRetryDelay, "mentorRetryDelay")
        try checkNumber(maximumMentorRounds, "maximumMentorRounds", in: 1...1_000)
        try checkTimer(downloadSessionTime, "downloadSessionTime")
        try checkTimer(takeoverTimeout, "takeoverTimeout")
        try checkNumber(maximumTakeoverAttempts, "maximumTakeoverAttempts", in: 1...100)
        try checkTimer(takeoverExpiry, "takeoverExpiry")
        try checkTimer(resynchronisationDelay, "resynchronisationDelay")
        try checkTimer(maximumResynchronisationDelay, "maximumResynchronisationDelay")
        try checkTimer(serverAnnounceTime, "serverAnnounceTime")
        try checkTimer(announcementValidity, "announcementValidity")
        try checkNumber(adoptionsPerSecond, "adoptionsPerSecond", in: 1...1_000_000)
        try check(maximumTimeLastHeard, "maximumTimeLastHeard", isNotLessThan: heartbeatCycle, "heartbeatCycle")
        try check(
            maximumResynchronisationDelay, "maximumResynchronisationDelay", isNotLessThan: resynchronisationDelay,
            "resynchronisationDelay")
        try check(takeoverExpiry, "takeoverExpiry", isNotLessThan: takeoverTimeout, "takeoverTimeout")
        try check(announcementValidity, "announcementValidity", isNotLessThan: serverAnnounceTime, "serverAnnounceTime")
    }

    private func check(
        _ value: Duration, _ name: String, isNotLessThan other: Duration, _ otherName: String
    ) throws(ConfigurationError) {
        guard value < other else { return }
        throw ConfigurationError(name, "\(name) is \(value), less than \(otherName) with \(other).")
    }
}
