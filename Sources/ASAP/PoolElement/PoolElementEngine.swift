public import RSerPoolParameters
import RequirementMarks
public import SCTPTransport

/// The pool element of RFC 5352: registration (§3.1), deregistration (§3.2), keep-alives (§3.4), the search for a home
/// registrar (§3.6), and the control channel of its sessions with pool users (§3.8, §3.9).
///
/// Each association that a pool user opens is a session from its first message on. Messages with another payload protocol
/// than ASAP's are data; they may pass the engine by, once ``Output/session(_:_:)`` has told that the session began.
public struct PoolElementEngine<Randomness: RandomNumberGenerator & Sendable>: TransportEngine {
    /// What can happen to a pool element.
    public enum Input: TransportEngineInput {
        /// Something came from an association, or happened to one.
        case transport(SCTPEvent)
        /// A datagram of the channel of server announcements (RFC 5352 §3.6).
        case announcement(Announcement)
        /// ``nextDeadline`` has been reached.
        case timer
        /// Join a pool (RFC 5352 §6.1), or after a failure try again with other values.
        case register(PoolElementRegistration)
        /// Tell the registrar another policy value, such as a new load.
        case update(PolicyParameter)
        /// Be registered with other values from now on: another pool or another type of policy by leaving first. Where they are
        /// refused, those granted before hold again.
        case change(PoolElementChange)
        /// Leave the pool (RFC 5352 §6.2), and give up trying after the given time.
        case deregister(within: Duration)
        /// Resolve a pool handle (RFC 5352 §3.3); ``Output/resolved(_:_:)`` answers.
        case resolve(ResolutionIdentifier, PoolHandle)
        /// The answer is not wanted any more.
        case cancelResolution(ResolutionIdentifier)
        /// The program could not reach another element (RFC 5352 §6.9.2); the registrar is told.
        case transportFailure(PoolHandle, PoolElementIdentifier)
        /// Recommend elements to the pool users for the case that this one fails, best first (RFC 5352 §3.9).
        case setFailoverOrder([PoolElementParameter])
        /// Give a pool user a cookie to keep (RFC 5352 §3.8).
        case sendCookie(AssociationIdentifier, [UInt8])
        /// End a session gracefully.
        case endSession(AssociationIdentifier)
        /// End a session at once; its user will look for another element.
        case abortSession(AssociationIdentifier)
    }

    /// What a pool element does.
    public enum Output: TransportEngineOutput, Hashable {
        /// Something is to be sent, opened or closed.
        case transport(SCTPAction)
        /// Something happened in a session with a pool user.
        case session(AssociationIdentifier, PoolElementSessionOccurrence)
        /// The answer to a handle resolution, which comes once.
        case resolved(ResolutionIdentifier, Result<PoolResolution, ResolutionFailure>)
        /// Something to tell of.
        case event(PoolElementEvent)

        public var transportAction: SCTPAction? {
            if case .transport(let action) = self { action } else { nil }
        }
    }

    enum Goal: Sendable { case none, membership, departure }
    enum Phase: Sendable { case idle, registering, registered, deregistering }
    enum Timer: Equatable, Sendable {
        case registration
        case deregistration
        case reregistration
        case departureLimit
        /// T1-ENRPrequest.
        case request(PoolHandle)
    }

    struct Home: Sendable {
        var association: AssociationIdentifier
        var address: SCTPAddress
        /// Known once a keep-alive told it.
        var identifier: RegistrarIdentifier?
        var keepAlives = RateBudget(RateBudget.maximumKeepAlivesPerSecond)
    }

    let configuration: PoolElementConfiguration
    var randomness: Randomness
    var outputs = OutputQueue<Output>()
    var timers = TimerTable<Timer>()
    var numbering = AssociationNumbering()
    var hunt: RegistrarHunt
    var home: Home?
    /// The registrar that failed last: the next search tries it last.
    var failedRegistrar: SCTPAddress?
    var goal = Goal.none
    var phase = Phase.idle
    var registration: PoolElementRegistration?
    /// The identifier in use.
    var identifier = PoolElementIdentifier(rawValue: 0)
    /// Registrations sent since the last that was granted.
    var attempts = 0
    /// True from a registration sent until it is known not to hold.
    var mayBeRegistered = false
    /// For keep-alives from registrars that a search has found, and over associations that are being closed.
    var otherKeepAlives = RateBudget(RateBudget.maximumKeepAlivesPerSecond)
    /// What the home registrar granted last.
    var granted: PoolElementRegistration?
    /// The registration sent last.
    var sent: PoolElementRegistration?
    /// What to register with once the element has left with what it has.
    var move: PoolElementRegistration?
    /// What was granted before a move: registered again where the move is refused.
    var fallback: PoolElementRegistration?
    /// True where a changed value waits for the answer to a registration.
    var isUpdateWaiting = false
    /// Handle resolutions under way, the oldest in front.
    var questions: [Question] = []
    /// What the program was told of pools, the latest at the end.
    var told: [Told] = []
    /// What the business cards recommend; empty where the program has nothing to recommend.
    var failoverOrder: [PoolElementParameter] = []
    var peers: [AssociationIdentifier: Peer] = [:]
    var sessionCount = 0
    /// Associations that registrars opened to this element, known by their keep-alives.
    var acceptedRegistrars: [AssociationIdentifier] = []
    var errorBudget = RateBudget(RateBudget.maximumErrorsPerSecond)
    var writer = ParameterWriter(capacity: 256)

    /// - Parameters:
    ///   - registrars: where to look for a home registrar.
    ///   - configuration: timers and limits.
    ///   - randomness: draws identifiers.
    public init(registrars: RegistrarList, configuration: PoolElementConfiguration = .standard, randomness: Randomness) {
        self.configuration = configuration
        self.randomness = randomness
        hunt = RegistrarHunt(registrars: registrars, configuration: configuration.serverHunt)
    }

    public var nextDeadline: MonotonicInstant? {
        switch (timers.nextDeadline, hunt.deadline) {
        case (let timer?, let search?): min(timer, search)
        case (let timer, let search): timer ?? search
        }
    }

    public mutating func nextOutput() -> Output? {
        outputs.popFirst()
    }

    public mutating func handle(_ input: Input, at now: MonotonicInstant) {
        switch input {
        case .transport(.message(let association, let message)):
            receive(message, from: association, at: now)
        case .transport(.notification(let association, let notification)):
            notice(notification, of: association, at: now)
        case .announcement(let announcement):
            hear(announcement, at: now)
        case .timer:
            timerReached(at: now)
        case .register(let registration):
            register(registration, at: now)
        case .update(let policy):
            update(policy, at: now)
        case .change(let change):
            self.change(change, at: now)
        case .deregister(let limit):
            deregister(within: limit, at: now)
        case .resolve(let identifier, let pool):
            resolve(identifier, pool, at: now)
        case .cancelResolution(let identifier):
            cancelResolution(identifier)
        case .transportFailure(let pool, let identifier):
            reportUnreachable(pool, identifier)
        case .setFailoverOrder(let elements):
            setFailoverOrder(elements)
        case .sendCookie(let association, let cookie):
            sendCookie(cookie, to: association)
        case .endSession(let association):
            guard peers[association]?.role == .user else { return }
            outputs.append(.transport(.shutDown(association)))
            endSession(association, .closedLocally)
        case .abortSession(let association):
            guard peers[association]?.role == .user else { return }
            outputs.append(.transport(.abort(association)))
            endSession(association, .closedLocally)
        }
    }

    private mutating func timerReached(at now: MonotonicInstant) {
        let outdated = hunt.outdate(at: now)
        if !outdated.isEmpty { report(.registrarsOutdated(outdated)) }
        switch hunt.timerExpired(at: now, numbering: &numbering) {
        case .nothingDue:
            break
        case .continues(let actions):
            report(.registrarSearchContinues)
            perform(actions)
        case .gaveUp(let actions):
            perform(actions)
            searchGaveUp()
        }
        while let timer = timers.popDue(at: now) {
            switch timer {
            case .registration: registrationTimerExpired(at: now)
            case .deregistration:
                // One that is to join elsewhere does not wait for ever to be let go.
                if goal == .membership { mayBeRegistered = false }
                fulfils("asap-3.2-R9")
                abandonHome(.noAnswer, at: now)
            case .reregistration:
                fulfils("asap-3.1-R19")
                proceed(at: now)
            case .request(let pool): requestTimerExpired(pool, at: now)
            case .departureLimit: finishDeparture(.noAnswer(attempts: 1))
            }
        }
    }

    mutating func report(_ event: PoolElementEvent) {
        outputs.append(.event(event))
    }

    mutating func perform(_ actions: [SCTPAction]) {
        for action in actions { outputs.append(.transport(action)) }
    }

    /// Sends on the control channel. A message that does not fit is not sent.
    @discardableResult
    mutating func send(_ message: ASAPMessage, to association: AssociationIdentifier) -> WireEncodingError? {
        do throws(WireEncodingError) {
            try message.write(to: &writer)
        } catch {
            return error
        }
        fulfils("asap-5-R1")
        fulfils("asap-5-R2")
        let header = MessageHeader(payloadProtocol: .asap, stream: ASAPProtocol.controlStream)
        outputs.append(.transport(.send(association, SCTPMessage(writer.bytes, header))))
        return nil
    }
}
