public import SCTPTransport

/// Timers and limits of a pool user (RFC 5352 §7).
public struct PoolUserConfiguration: Hashable, Sendable {
    /// T1-ENRPrequest: how long a registrar may take to answer a handle resolution. 15 seconds.
    public let requestTimeout: Duration
    /// MAX-REQUEST-RETRANSMIT: how often an unanswered request is sent again before it fails. 2.
    public let maximumRequestRetransmissions: Int
    /// stale_cache_value: how long the answer to a handle resolution is used again. RFC 5352 gives no value; 30 seconds.
    public let staleCacheValue: Duration
    /// How many pool elements to ask for (Handle Resolution Option); nil leaves it to the registrar.
    public let requestedElements: UInt32?
    /// How to speak with registrars. SCTP.
    public let registrarTransport: RegistrarTransport
    /// How the data of elements that serve over TCP lies in their streams. Pieces of any length.
    public let streamFraming: StreamFraming
    /// How often a watched pool's registrar is asked while it sends no updates by itself. 5 seconds.
    public let pollInterval: Duration
    /// The search for a home registrar. Gives up after 60 seconds.
    public let serverHunt: ServerHuntConfiguration
    /// How long an element that failed is used only where the pool has no other. 30 seconds.
    public let suspicionTime: Duration
    /// The time between attempts to find another element while the pool has none that answers. 1 second.
    public let failoverRetryInterval: Duration
    /// How long a session looks for another element before it ends with an error. 60 seconds.
    public let failoverTimeLimit: Duration
    /// Sessions at a time. 10,000.
    public let maximumSessions: Int
    /// Pools in the cache; the one learnt first makes room for another. 1,000.
    public let maximumCachedPools: Int
    /// Handle resolutions under way at a time. 1,000.
    public let maximumRequests: Int
    /// Subscriptions to changes of pools at a time. 1,000.
    public let maximumSubscriptions: Int
    /// Bytes of messages that a session keeps while it has no element. 262,144.
    public let sessionQueueLimit: Int
    /// The longest cookie kept, in bytes; a longer one is ignored. 16,384.
    public let maximumCookieSize: Int

    /// The values of RFC 5352, where it gives one.
    public static let standard = PoolUserConfiguration()

    private init() {
        requestTimeout = .seconds(15)
        maximumRequestRetransmissions = 2
        staleCacheValue = .seconds(30)
        requestedElements = nil
        registrarTransport = .sctp
        streamFraming = .bytes
        pollInterval = .seconds(5)
        serverHunt = ServerHuntConfiguration(standardWithTimeLimit: .seconds(60))
        suspicionTime = .seconds(30)
        failoverRetryInterval = .seconds(1)
        failoverTimeLimit = .seconds(60)
        maximumSessions = 10_000
        maximumCachedPools = 1_000
        maximumRequests = 1_000
        maximumSubscriptions = 1_000
        sessionQueueLimit = 262_144
        maximumCookieSize = 16_384
    }

    /// - Throws: ``ConfigurationError`` that names the value that is out of its range.
    public init(
        requestTimeout: Duration = standard.requestTimeout,
        maximumRequestRetransmissions: Int = standard.maximumRequestRetransmissions,
        staleCacheValue: Duration = standard.staleCacheValue,
        requestedElements: UInt32? = nil,
        registrarTransport: RegistrarTransport = standard.registrarTransport,
        streamFraming: StreamFraming = standard.streamFraming,
        pollInterval: Duration = standard.pollInterval,
        serverHunt: ServerHuntConfiguration = standard.serverHunt,
        suspicionTime: Duration = standard.suspicionTime,
        failoverRetryInterval: Duration = standard.failoverRetryInterval,
        failoverTimeLimit: Duration = standard.failoverTimeLimit,
        maximumSessions: Int = standard.maximumSessions,
        maximumCachedPools: Int = standard.maximumCachedPools,
        maximumRequests: Int = standard.maximumRequests,
        maximumSubscriptions: Int = standard.maximumSubscriptions,
        sessionQueueLimit: Int = standard.sessionQueueLimit,
        maximumCookieSize: Int = standard.maximumCookieSize
    ) throws(ConfigurationError) {
        try checkTimer(requestTimeout, "requestTimeout")
        try checkNumber(maximumRequestRetransmissions, "maximumRequestRetransmissions", in: 0...100)
        // A cache that is stale at once is no cache: allowed.
        guard staleCacheValue >= .zero, staleCacheValue <= longestTimer else {
            throw ConfigurationError(
                "staleCacheValue", "staleCacheValue is \(staleCacheValue); it must be from zero to a year.")
        }
        try checkTimer(pollInterval, "pollInterval")
        try checkTimer(suspicionTime, "suspicionTime")
        try checkTimer(failoverRetryInterval, "failoverRetryInterval")
        try checkTimer(failoverTimeLimit, "failoverTimeLimit")
        try checkNumber(maximumSessions, "maximumSessions", in: 1...1_000_000)
        try checkNumber(maximumCachedPools, "maximumCachedPools", in: 1...1_000_000)
        try checkNumber(maximumRequests, "maximumRequests", in: 1...1_000_000)
        try checkNumber(maximumSubscriptions, "maximumSubscriptions", in: 1...1_000_000)
        try checkNumber(sessionQueueLimit, "sessionQueueLimit", in: 1...1 << 30)
        try checkNumber(maximumCookieSize, "maximumCookieSize", in: 1...cookieSizeCeiling)
        self.requestTimeout = requestTimeout
        self.maximumRequestRetransmissions = maximumRequestRetransmissions
        self.staleCacheValue = staleCacheValue
        self.requestedElements = requestedElements
        self.registrarTransport = registrarTransport
        self.streamFraming = streamFraming
        self.pollInterval = pollInterval
        self.serverHunt = serverHunt
        self.suspicionTime = suspicionTime
        self.failoverRetryInterval = failoverRetryInterval
        self.failoverTimeLimit = failoverTimeLimit
        self.maximumSessions = maximumSessions
        self.maximumCachedPools = maximumCachedPools
        self.maximumRequests = maximumRequests
        self.maximumSubscriptions = maximumSubscriptions
        self.sessionQueueLimit = sessionQueueLimit
        self.maximumCookieSize = maximumCookieSize
    }
}
