public import ASAP
import RequirementMarks

/// Timers and thresholds of a registrar's ASAP side (RFC 5352 §3.5, §7). Construction checks every value.
public struct RegistrarConfiguration: Hashable, Sendable {
    /// The mean time between two keep-alives to one pool element; each is varied by up to 50 % (RFC 5352 §3.5). The RFC gives no
    /// value: 30 seconds.
    public let keepAliveInterval: Duration
    /// How long a pool element may take to acknowledge a keep-alive before it counts as unreachable. The RFC gives no value:
    /// 5 seconds.
    public let keepAliveTimeout: Duration
    /// MAX-BAD-PE-REPORT: how often pool users may report an element unreachable that still acknowledges; one report more
    /// removes it. Its registering anew starts the count again. The RFC gives no value: 3.
    public let maximumBadReports: Int
    /// How many elements a handle resolution without a Handle Resolution Option gets. RFC 5352 §3.3 wants all elements of the
    /// pool listed, so this is as many as an answer may have at all: 128. (Other registrars answer with few, such as 3.)
    public let defaultResolutionCount: Int
    /// Whether a pool element must register with addresses that its association has (RFC 5352 §2.2.1). Switched off where address
    /// translation between elements and registrar makes that impossible. True.
    public let checksAddresses: Bool
    /// The registrar among its peers (RFC 5353).
    public internal(set) var peers: PeerConfiguration
    /// How long after a pool's changes were told to the users that asked for it (RFC 5352 §2.2.5) the next ones are told, together,
    /// at the earliest. The RFC gives no value: 1 second.
    public let minimumUpdateInterval: Duration
    /// What a registrar takes on.
    public let limits: RegistrarLimits

    /// The values above.
    public static let standard = RegistrarConfiguration()

    /// Fast timers for one local network, near those of other implementations: keep-alives every 5 seconds, changes told within a
    /// quarter of a second, and ``PeerConfiguration/lan`` among peers.
    public static let lan: RegistrarConfiguration = {
        do {
            return try RegistrarConfiguration(
                keepAliveInterval: .seconds(5), peers: .lan, minimumUpdateInterval: .milliseconds(250))
        } catch {
            preconditionFailure("the profile is not a valid one: \(error)")
        }
    }()

    private init() {
        keepAliveInterval = .seconds(30)
        keepAliveTimeout = .seconds(5)
        maximumBadReports = 3
        defaultResolutionCount = 128
        checksAddresses = true
        peers = .standard
        minimumUpdateInterval = .seconds(1)
        limits = .standard
    }

    /// - Throws: `ConfigurationError` that names the value that is out of its range.
    public init(
        keepAliveInterval: Duration = standard.keepAliveInterval,
        keepAliveTimeout: Duration = standard.keepAliveTimeout,
        maximumBadReports: Int = standard.maximumBadReports,
        defaultResolutionCount: Int? = nil,
        checksAddresses: Bool = standard.checksAddresses,
        peers: PeerConfiguration = .standard,
        minimumUpdateInterval: Duration = standard.minimumUpdateInterval,
        limits: RegistrarLimits = .standard
    ) throws(ConfigurationError) {
        let resolutionCount = defaultResolutionCount ?? limits.maximumElementsPerResponse
        try checkTimer(keepAliveInterval, "keepAliveInterval")
        try checkTimer(keepAliveTimeout, "keepAliveTimeout")
        try checkTimer(minimumUpdateInterval, "minimumUpdateInterval")
        try checkNumber(maximumBadReports, "maximumBadReports", in: 0...1_000_000)
        try checkNumber(resolutionCount, "defaultResolutionCount", in: 1...limits.maximumElementsPerResponse)
        self.keepAliveInterval = keepAliveInterval
        self.keepAliveTimeout = keepAliveTimeout
        self.maximumBadReports = maximumBadReports
        self.defaultResolutionCount = resolutionCount
        self.checksAddresses = checksAddresses
        self.peers = peers
        self.minimumUpdateInterval = minimumUpdateInterval
        self.limits = limits
    }

    /// Sets which announcements the registrar makes, for there are groups to make them to, or none.
    mutating func announce(toClients: Bool, toPeers: Bool) {
        peers.announcesToClients = toClients
        peers.announcesToPeers = toPeers
    }
}

/// What a registrar takes on at most, and what it answers beyond that. Construction checks every value.
public struct RegistrarLimits: Hashable, Sendable {
    /// Pools. A registration that needs one more is rejected for Lack of Resources. 65,536.
    public let maximumPools: Int
    /// Pool elements of all pools together. One more is rejected for Lack of Resources. 1,000,000.
    public let maximumElements: Int
    /// Pool elements of one pool. One more is rejected for Lack of Resources. 131,072.
    public let maximumElementsPerPool: Int
    /// Addresses of one pool element's user transport. More are rejected for Lack of Resources. 32.
    public let maximumAddressesPerElement: Int
    /// Bytes of a pool handle, at least 1. A longer one is rejected for Lack of Resources. 256.
    public let maximumHandleLength: Int
    /// Bytes of a Pool Element parameter as sent. A longer one is rejected for Lack of Resources. 2,048.
    public let maximumElementSize: Int
    /// Pool elements in one answer to a handle resolution, whatever was asked for. 128.
    public let maximumElementsPerResponse: Int
    /// Bytes of one message sent, at least 2,048 and four elements of the greatest size; an answer has as many elements as fit.
    /// 65,532, the most that ASAP's length field can say.
    public let maximumMessageSize: Int
    /// Associations at a time. One more is aborted. 65,536.
    public let maximumAssociations: Int
    /// Pools of whose changes one association is told. For one more the A flag stays 0. 16.
    public let maximumWatchedPoolsPerAssociation: Int
    /// Associations that are told of one pool's changes. For one more the A flag stays 0. 1,024.
    public let maximumSubscribersPerPool: Int
    /// Reports of unreachable elements taken from one association within a second; the others are thrown away. 100.
    public let maximumReportsPerSecond: Int
    /// Acknowledgements of keep-alives taken from one association within a second, and errors and other messages that need no
    /// answer; the others are thrown away. 10,000.
    public let maximumAcknowledgementsPerSecond: Int
    /// Error messages sent over one association within a second; what else deserves one is thrown away in silence. 100.
    public let maximumErrorsPerSecond: Int

    /// The values above.
    public static let standard = RegistrarLimits()

    private init() {
        maximumPools = 65_536
        maximumElements = 1_000_000
        maximumElementsPerPool = 131_072
        maximumAddressesPerElement = 32
        maximumHandleLength = 256
        maximumElementSize = 2_048
        maximumElementsPerResponse = 128
        maximumMessageSize = 65_532
        maximumAssociations = 65_536
        maximumWatchedPoolsPerAssociation = 16
        maximumSubscribersPerPool = 1_024
        maximumReportsPerSecond = 100
        maximumAcknowledgementsPerSecond = 10_000
        maximumErrorsPerSecond = 100
    }

    /// - Throws: `ConfigurationError` that names the value that is out of its range.
    public init(
        maximumPools: Int = standard.maximumPools,
        maximumElements: Int = standard.maximumElements,
        maximumElementsPerPool: Int = standard.maximumElementsPerPool,
        maximumAddressesPerElement: Int = standard.maximumAddressesPerElement,
        maximumHandleLength: Int = standard.maximumHandleLength,
        maximumElementSize: Int = standard.maximumElementSize,
        maximumElementsPerResponse: Int = standard.maximumElementsPerResponse,
        maximumMessageSize: Int = standard.maximumMessageSize,
        maximumAssociations: Int = standard.maximumAssociations,
        maximumWatchedPoolsPerAssociation: Int = standard.maximumWatchedPoolsPerAssociation,
        maximumSubscribersPerPool: Int = standard.maximumSubscribersPerPool,
        maximumReportsPerSecond: Int = standard.maximumReportsPerSecond,
        maximumAcknowledgementsPerSecond: Int = standard.maximumAcknowledgementsPerSecond,
        maximumErrorsPerSecond: Int = standard.maximumErrorsPerSecond
    ) throws(ConfigurationError) {
        let many = 1...1_000_000_000
        fulfils("requirements-2.12-R1")
        try checkNumber(maximumPools, "maximumPools", in: many)
        try checkNumber(maximumElements, "maximumElements", in: many)
        try checkNumber(maximumElementsPerPool, "maximumElementsPerPool", in: many)
        try checkNumber(maximumAddressesPerElement, "maximumAddressesPerElement", in: 1...1_000)
        try checkNumber(maximumHandleLength, "maximumHandleLength", in: 1...1_024)
        try checkNumber(maximumElementSize, "maximumElementSize", in: 64...8_192)
        try checkNumber(maximumElementsPerResponse, "maximumElementsPerResponse", in: 1...100_000)
        // Room for every answer but error reports: the handle, the policy and one element of a resolution, or all causes of a
        // rejection, which quote two parameters of a member and up to four of the registration.
        let least = 2_048 + 4 * maximumElementSize
        try checkNumber(maximumMessageSize, "maximumMessageSize", in: least...65_532)
        try checkNumber(maximumAssociations, "maximumAssociations", in: many)
        try checkNumber(maximumWatchedPoolsPerAssociation, "maximumWatchedPoolsPerAssociation", in: 0...1_000)
        try checkNumber(maximumSubscribersPerPool, "maximumSubscribersPerPool", in: 0...100_000)
        try checkNumber(maximumReportsPerSecond, "maximumReportsPerSecond", in: many)
        try checkNumber(maximumAcknowledgementsPerSecond, "maximumAcknowledgementsPerSecond", in: many)
        try checkNumber(maximumErrorsPerSecond, "maximumErrorsPerSecond", in: many)
        self.maximumPools = maximumPools
        self.maximumElements = maximumElements
        self.maximumElementsPerPool = maximumElementsPerPool
        self.maximumAddressesPerElement = maximumAddressesPerElement
        self.maximumHandleLength = maximumHandleLength
        self.maximumElementSize = maximumElementSize
        self.maximumElementsPerResponse = maximumElementsPerResponse
        self.maximumMessageSize = maximumMessageSize
        self.maximumAssociations = maximumAssociations
        self.maximumWatchedPoolsPerAssociation = maximumWatchedPoolsPerAssociation
        self.maximumSubscribersPerPool = maximumSubscribersPerPool
        self.maximumReportsPerSecond = maximumReportsPerSecond
        self.maximumAcknowledgementsPerSecond = maximumAcknowledgementsPerSecond
        self.maximumErrorsPerSecond = maximumErrorsPerSecond
    }
}
