/// Timers and limits of the search for a home registrar (RFC 5352 §3.6, §7).
public struct ServerHuntConfiguration: Hashable, Sendable {
    /// T5-Serverhunt: how long one round of the search lasts at first; it doubles from round to round. 10 seconds.
    public let serverHuntTimeout: Duration
    /// RETRAN-MAX: what the doubling stops at. 60 seconds.
    public let maximumServerHuntTimeout: Duration
    /// How many associations a round has at a time. 3, and never more (SH1).
    public let maximumAssociations: Int
    /// T7-ENRPoutdate: how long an announced registrar is remembered after its last announcement. 5 seconds.
    public let announcementValidity: Duration
    /// How long to search before giving up; nil searches for ever, as RFC 5352 has it.
    public let timeLimit: Duration?

    /// The values of RFC 5352.
    public static let standard = ServerHuntConfiguration(standardWithTimeLimit: nil)

    /// RFC 5352's values, with a time limit of our own that is known to be good.
    init(standardWithTimeLimit timeLimit: Duration?) {
        serverHuntTimeout = .seconds(10)
        maximumServerHuntTimeout = .seconds(60)
        maximumAssociations = 3
        announcementValidity = .seconds(5)
        self.timeLimit = timeLimit
    }

    /// - Throws: ``ConfigurationError`` for a timer that is not from above zero to a year, a maximum below the first value, or
    ///   more associations than three.
    public init(
        serverHuntTimeout: Duration = standard.serverHuntTimeout,
        maximumServerHuntTimeout: Duration = standard.maximumServerHuntTimeout,
        maximumAssociations: Int = standard.maximumAssociations,
        announcementValidity: Duration = standard.announcementValidity,
        timeLimit: Duration? = nil
    ) throws(ConfigurationError) {
        try checkTimer(serverHuntTimeout, "serverHuntTimeout")
        try checkTimer(maximumServerHuntTimeout, "maximumServerHuntTimeout")
        guard maximumServerHuntTimeout >= serverHuntTimeout else {
            throw ConfigurationError(
                "maximumServerHuntTimeout",
                "maximumServerHuntTimeout is \(maximumServerHuntTimeout), less than serverHuntTimeout with \(serverHuntTimeout)."
            )
        }
        try checkNumber(maximumAssociations, "maximumAssociations", in: 1...3)
        try checkTimer(announcementValidity, "announcementValidity")
        if let timeLimit { try checkTimer(timeLimit, "timeLimit") }
        self.serverHuntTimeout = serverHuntTimeout
        self.maximumServerHuntTimeout = maximumServerHuntTimeout
        self.maximumAssociations = maximumAssociations
        self.announcementValidity = announcementValidity
        self.timeLimit = timeLimit
    }
}
