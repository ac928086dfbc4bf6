import RequirementMarks

/// Timers and limits of a pool element (RFC 5352 §7).
public struct PoolElementConfiguration: Hashable, Sendable {
    /// T2-registration: how long a registrar may take to answer a registration. 30 seconds.
    public let registrationTimeout: Duration
    /// T3-deregistration: how long a registrar may take to answer a deregistration; also how long a service that is stopped
    /// tries to deregister. 30 seconds.
    public let deregistrationTimeout: Duration
    /// T4-reregistration: the longest time between two registrations. 10 minutes; see ``reregistrationInterval``.
    public let reregistrationTimeout: Duration
    /// MAX-REG-ATTEMPT: how many registrations in a row may go without an answer before the element gives up; nil never gives up.
    /// A registrar that ends the association before is looked for again, and does not count. 2.
    public let maximumRegistrationAttempts: Int?
    /// How long a registration is valid, in whole seconds; nil is without end. 5 minutes.
    public let registrationLife: Duration?
    /// The search for a home registrar.
    public let serverHunt: ServerHuntConfiguration
    /// T1-ENRPrequest: how long a registrar may take to answer a handle resolution. 15 seconds.
    public let requestTimeout: Duration
    /// MAX-REQUEST-RETRANSMIT: how often an unanswered handle resolution is sent again before it fails. 2.
    public let maximumRequestRetransmissions: Int
    /// Pools that are being resolved at a time. 64.
    public let maximumRequests: Int
    /// What a session begins with. The pool user's first message.
    public let sessionStart: SessionStart
    /// Whether pool users are shown a business card when their sessions begin (RFC 5352 §3.9). They are.
    public let sendsBusinessCards: Bool
    /// Pool users' sessions at a time; the association of one more is aborted. 10,000.
    public let maximumSessions: Int
    /// The longest cookie taken or sent, in bytes. 16,384.
    public let maximumCookieSize: Int

    /// The values of RFC 5352, where it gives one.
    public static let standard = PoolElementConfiguration()

    private init() {
        registrationTimeout = .seconds(30)
        deregistrationTimeout = .seconds(30)
        reregistrationTimeout = .seconds(600)
        maximumRegistrationAttempts = 2
        registrationLife = .seconds(300)
        serverHunt = .standard
        requestTimeout = .seconds(15)
        maximumRequestRetransmissions = 2
        maximumRequests = 64
        sessionStart = .firstMessage
        sendsBusinessCards = true
        maximumSessions = 10_000
        maximumCookieSize = 16_384
    }

    /// - Throws: ``ConfigurationError`` that names the value that is out of its range.
    public init(
        registrationTimeout: Duration = standard.registrationTimeout,
        deregistrationTimeout: Duration = standard.deregistrationTimeout,
        reregistrationTimeout: Duration = standard.reregistrationTimeout,
        maximumRegistrationAttempts: Int? = standard.maximumRegistrationAttempts,
        registrationLife: Duration? = standard.registrationLife,
        serverHunt: ServerHuntConfiguration = .standard,
        requestTimeout: Duration = standard.requestTimeout,
        maximumRequestRetransmissions: Int = standard.maximumRequestRetransmissions,
        maximumRequests: Int = standard.maximumRequests,
        sessionStart: SessionStart = standard.sessionStart,
        sendsBusinessCards: Bool = standard.sendsBusinessCards,
        maximumSessions: Int = standard.maximumSessions,
        maximumCookieSize: Int = standard.maximumCookieSize
    ) throws(ConfigurationError) {
        try checkTimer(registrationTimeout, "registrationTimeout")
        try checkTimer(deregistrationTimeout, "deregistrationTimeout")
        try checkTimer(reregistrationTimeout, "reregistrationTimeout")
        if let maximumRegistrationAttempts {
            try checkNumber(maximumRegistrationAttempts, "maximumRegistrationAttempts", in: 1...1_000)
        }
        if let registrationLife {
            try checkTimer(registrationLife, "registrationLife")
            guard registrationLife >= .seconds(1), registrationLife.components.attoseconds == 0 else {
                throw ConfigurationError(
                    "registrationLife", "registrationLife is \(registrationLife); it must be whole seconds, at least one.")
            }
        }
        try checkTimer(requestTimeout, "requestTimeout")
        try checkNumber(maximumRequestRetransmissions, "maximumRequestRetransmissions", in: 0...100)
        try checkNumber(maximumRequests, "maximumRequests", in: 1...1_000)
        try checkNumber(maximumSessions, "maximumSessions", in: 1...1_000_000)
        try checkNumber(maximumCookieSize, "maximumCookieSize", in: 1...cookieSizeCeiling)
        self.registrationTimeout = registrationTimeout
        self.deregistrationTimeout = deregistrationTimeout
        self.reregistrationTimeout = reregistrationTimeout
        self.maximumRegistrationAttempts = maximumRegistrationAttempts
        self.registrationLife = registrationLife
        self.serverHunt = serverHunt
        self.requestTimeout = requestTimeout
        self.maximumRequestRetransmissions = maximumRequestRetransmissions
        self.maximumRequests = maximumRequests
        self.sessionStart = sessionStart
        self.sendsBusinessCards = sendsBusinessCards
        self.maximumSessions = maximumSessions
        self.maximumCookieSize = maximumCookieSize
    }

    /// The time from a registration to the next one: ``reregistrationTimeout`` or 20 seconds less than the registration's life,
    /// whichever is less (RFC 5352 §7.1). A life of less than 40 seconds leaves no such margin; half of it is taken then.
    public var reregistrationInterval: Duration { reregistrationInterval(life: registrationLife) }

    /// The same for a registration with another life; nil is without end.
    func reregistrationInterval(life registrationLife: Duration?) -> Duration {
        guard let registrationLife else { return reregistrationTimeout }
        fulfils("asap-3.1-R8")
        return min(reregistrationTimeout, max(registrationLife - .seconds(20), registrationLife / 2))
    }
}

/// What a session of a pool element begins with.
public enum SessionStart: String, Hashable, Sendable, CaseIterable {
    /// The pool user's first message. Before it an association may be a registrar's as well.
    case firstMessage
    /// The association: for services where the element speaks first. A registrar that opens an association of its own, to take
    /// the element over (RFC 5352 §3.4), is taken for a pool user until its first keep-alive.
    case association
}

/// What a cookie's length can be at most: a message's 16-bit length less the headers of message and parameter.
let cookieSizeCeiling = 65_524
