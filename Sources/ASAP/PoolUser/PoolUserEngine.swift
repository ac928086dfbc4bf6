public import RSerPoolParameters
import RequirementMarks
public import SCTPTransport

/// The pool user of RFC 5352: handle resolution with a cache (§3.3), sessions with pool elements that survive the failure of
/// one (§3.5, §3.8, §6.5), and the search for a home registrar (§3.6, §3.7).
///
/// A session has one association with one element at a time. Data messages of a session that has an element may pass the
/// engine by (``directAssociation(of:)``).
public struct PoolUserEngine<Randomness: RandomNumberGenerator & Sendable>: TransportEngine {
    /// What can happen to a pool user.
    public enum Input: TransportEngineInput {
        /// Something came from an association, or happened to one.
        case transport(SCTPEvent)
        /// A datagram of the channel of server announcements (RFC 5352 §3.6).
        case announcement(Announcement)
        /// ``nextDeadline`` has been reached.
        case timer
        /// Resolve a pool handle (RFC 5352 §6.9.1); ``Output/resolved(_:_:)`` answers.
        case resolve(ResolutionIdentifier, PoolHandle)
        /// The answer is not wanted any more.
        case cancelResolution(ResolutionIdentifier)
        /// Forget what the cache has of a pool (RFC 5352 §6.4).
        case purge(PoolHandle)
        /// Follow the changes of a pool (RFC 5352 §2.2.5); ``Output/snapshot(_:_:)`` tells them.
        case subscribe(SubscriptionIdentifier, PoolHandle)
        /// The changes are not wanted any more.
        case unsubscribe(SubscriptionIdentifier)
        /// Open a session with some element of a pool.
        case open(PoolUserSessionIdentifier, PoolHandle, FailedMessageHandling)
        /// Send a data message in a session (RFC 5352 §6.5); while there is no element it waits.
        case send(PoolUserSessionIdentifier, SCTPMessage, SendOptions = [])
        /// Keep a message that the element's association did not take any more, for the next element.
        case keep(PoolUserSessionIdentifier, SCTPMessage, SendOptions = [])
        /// The program found that the element does not do its part: go to another (RFC 5352 §6.9.2).
        case failOver(PoolUserSessionIdentifier)
        /// The program could not reach an element by its own means (RFC 5352 §6.9.2); its registrar is told.
        case transportFailure(PoolHandle, PoolElementIdentifier)
        /// The pool user is a pool element too: it shows this card to the elements of its sessions (RFC 5352 §3.9). Without
        /// one it is a pool user alone.
        case present(ASAPMessage.BusinessCard?)
        /// Open a messenger, which sends messages to a pool by its handle (RFC 5352 §6.5.1).
        case openMessenger(PoolMessengerIdentifier, PoolHandle, FailedMessageHandling)
        /// Send a data message to the pool's element that the policy chooses, to those that the options say, or to one by its
        /// identifier (RFC 5352 §6.5.3).
        case post(PoolMessengerIdentifier, PostIdentifier, SCTPMessage, SendOptions, to: PoolElementIdentifier?)
        /// End a messenger: its contacts with elements are closed in order.
        case closeMessenger(PoolMessengerIdentifier)
        /// End a session gracefully.
        case close(PoolUserSessionIdentifier)
    }

    /// What a pool user does.
    public enum Output: TransportEngineOutput {
        /// Something is to be sent, opened or closed.
        case transport(SCTPAction)
        /// The answer to a handle resolution, which comes once.
        case resolved(ResolutionIdentifier, Result<PoolResolution, ResolutionFailure>)
        /// What a followed pool consists of now; after a failure nothing more is told.
        case snapshot(SubscriptionIdentifier, Result<PoolSnapshot, ResolutionFailure>)
        /// Something happened in a session with an element.
        case session(PoolUserSessionIdentifier, PoolUserSessionOccurrence)
        /// Something happened to a messenger's messages.
        case messenger(PoolMessengerIdentifier, PoolMessengerOccurrence)
        /// Something to tell of.
        case event(PoolUserEvent)

        public var transportAction: SCTPAction? {
            if case .transport(let action) = self { action } else { nil }
        }
    }

    enum Timer: Equatable, Sendable {
        /// T1-ENRPrequest.
        case request(PoolHandle)
        /// The next question for a followed pool whose registrar sends no updates.
        case poll(PoolHandle)
        case sessionRetry(PoolUserSessionIdentifier)
        case sessionLimit(PoolUserSessionIdentifier)
    }

    struct Home: Sendable {
        var association: AssociationIdentifier
        var address: SCTPAddress
    }

    let configuration: PoolUserConfiguration
    var randomness: Randomness
    var outputs = OutputQueue<Output>()
    var timers = TimerTable<Timer>()
    var numbering = AssociationNumbering()
    var hunt: RegistrarHunt
    var home: Home?
    /// The home registrar before, while its association closes: a late answer still counts.
    var previousHome: AssociationIdentifier?
    var failedRegistrar: SCTPAddress?
    /// Elements to report as unreachable as soon as there is a registrar.
    var reports: [ASAPMessage.EndpointUnreachable] = []
    var pools: [PoolHandle: Pool] = [:]
    /// The pools in ``pools``, the one learnt first in front.
    var poolOrder: [PoolHandle] = []
    /// The pools with an open request, the oldest in front.
    var openRequests: [PoolHandle] = []
    /// The pools with followers, the one followed longest in front.
    var followedPools: [PoolHandle] = []
    var subscriptionCount = 0
    var sessions: [PoolUserSessionIdentifier: Session] = [:]
    var sessionOfAssociation: [AssociationIdentifier: PoolUserSessionIdentifier] = [:]
    var messengers: [PoolMessengerIdentifier: Messenger] = [:]
    var messengerOfAssociation: [AssociationIdentifier: PoolMessengerIdentifier] = [:]
    /// The business card of the element that this pool user is part of.
    var card: ASAPMessage.BusinessCard?
    var errorBudget = RateBudget(RateBudget.maximumErrorsPerSecond)
    var writer = ParameterWriter(capacity: 256)

    /// The most reports that wait for a registrar; further ones are dropped (RFC 5352 §9.2, threat 8).
    static var maximumWaitingReports: Int { 16 }
    /// The most elements of a business card that are kept for a failover; the card names the best ones first.
    static var maximumPreferredElements: Int { 64 }

    /// - Parameters:
    ///   - registrars: where to look for a home registrar.
    ///   - configuration: timers and limits.
    ///   - randomness: for policies that choose by chance.
    public init(registrars: RegistrarList, configuration: PoolUserConfiguration = .standard, randomness: Randomness) {
        self.configuration = configuration
        self.randomness = randomness
        hunt = RegistrarHunt(
            registrars: registrars, transport: configuration.registrarTransport, configuration: configuration.serverHunt)
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
        case .resolve(let identifier, let pool):
            resolve(pool, for: .call(identifier), at: now)
        case .cancelResolution(let identifier):
            cancel(identifier)
        case .purge(let pool):
            fulfils("asap-6.4-R1")
            pools[pool]?.answer = nil
        case .subscribe(let identifier, let pool):
            subscribe(identifier, to: pool, at: now)
        case .unsubscribe(let identifier):
            unsubscribe(identifier, at: now)
        case .open(let identifier, let pool, let handling):
            open(identifier, pool, handling, at: now)
        case .send(let identifier, let message, let options):
            send(message, options, in: identifier)
        case .keep(let identifier, let message, let options):
            keep(options.applied(to: message), options, for: identifier)
        case .transportFailure(let pool, let element):
            transportFailed(pool, element, at: now)
        case .present(let card):
            present(card)
        case .openMessenger(let identifier, let pool, let handling):
            openMessenger(identifier, pool, handling)
        case .post(let identifier, let post, let message, let options, let element):
            self.post(post, message, options, to: element, in: identifier, at: now)
        case .closeMessenger(let identifier):
            closeMessenger(identifier)
        case .failOver(let identifier):
            guard let link = sessions[identifier]?.link else { return }
            outputs.append(.transport(.abort(link.association)))
            elementLost(identifier, .reportedByProgram, at: now)
        case .close(let identifier):
            close(identifier)
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
            searchGaveUp(at: now)
        }
        while let timer = timers.popDue(at: now) {
            switch timer {
            case .request(let pool): requestTimerExpired(pool, at: now)
            case .poll(let pool): ask(pool, at: now)
            case .sessionRetry(let session): retry(session, at: now)
            case .sessionLimit(let session): sessionTimeIsUp(session)
            }
        }
    }

    mutating func report(_ event: PoolUserEvent) {
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
