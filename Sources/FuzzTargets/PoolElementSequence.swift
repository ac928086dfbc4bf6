import ASAP
import InternetAddresses
import RSerPoolParameters
import SCTPTransport

/// A pool element's engine between a program, registrars and pool users that do whatever the bytes say.
///
/// What must hold: an element that wants to be in its pool always waits for something, and one that wants out is out in time; a
/// keep-alive for a registered element is answered at once; a session's occurrences lie between its beginning and its end, and
/// each that began ends with its association; no action for an association that is over; timers lead somewhere; the state
/// stays bounded.
struct PoolElementSequence {
    typealias Engine = PoolElementEngine<SeededRandomNumberGenerator>

    /// Elements of collections that an engine with the limits below has at most.
    private static let stateLimit = 1_000
    private static let stepLimit = 2_000
    private static let associationLimit = 24

    private var choices: Choices
    private var engine: Engine
    private var audit = TransportAudit()
    private var model = PoolElementModel()
    private var now = MonotonicInstant.origin + .seconds(1_000)
    private var accepted: UInt64 = 0
    /// What registrars have been asked for.
    private var asked: [(association: AssociationIdentifier, message: ASAPMessage)] = []
    private var acknowledged: [AssociationIdentifier] = []

    private init(_ bytes: [UInt8]) throws(ConfigurationError) {
        choices = Choices(bytes)
        let options = choices.byte()
        engine = Engine(
            registrars: .fixed((1...4).map { SCTPAddress(.v4(0xc000_0200 + $0), port: 3863) }),
            configuration: try PoolElementConfiguration(
                maximumRegistrationAttempts: options & 1 == 0 ? 2 : nil, registrationLife: .seconds(options & 2 == 0 ? 300 : 7),
                serverHunt: try ServerHuntConfiguration(timeLimit: options & 4 == 0 ? .seconds(60) : nil),
                maximumSessions: 3, maximumCookieSize: 32),
            randomness: SeededRandomNumberGenerator(seed: 1))
    }

    static func run(_ bytes: [UInt8]) throws(Fault) {
        guard var sequence = try? PoolElementSequence(bytes) else { throw Fault("the configuration is refused") }
        var steps = 0
        while sequence.choices.areLeft, steps < stepLimit {
            steps += 1
            try sequence.step()
        }
        try sequence.finish()
    }

    private mutating func step() throws(Fault) {
        switch choices.below(16) {
        case 0, 1: try callOnMembership()
        case 2: try callOnSession()
        case 3, 4: try establish()
        case 5: try accept()
        case 6...8: try answerRequest()
        case 9: try keepAlive()
        case 10, 11: try receiveFromUser()
        case 12: try receiveAnything()
        case 13: try choices.below(2) == 0 ? endAssociation() : notify()
        case 14: try wait(choices.duration())
        default: try checkIdleTimer()
        }
    }

    // MARK: The program

    private mutating func callOnMembership() throws(Fault) {
        switch choices.below(6) {
        case 0:
            let limit = choices.duration()
            model.deregisters(by: now + limit)
            try give(.deregister(within: limit))
        case 1: try give(.update(choices.policy()))
        default:
            let pool = choices.pool()
            let transport = SCTPTransportParameter(port: 7, use: .dataPlusControl, addresses: [.v4(0x0a00_0001)])
            let identifier = choices.below(2) == 0 ? choices.identifier() : nil
            model.registers(in: pool)
            try give(
                .register(
                    PoolElementRegistration(
                        pool: pool, identifier: identifier, userTransport: .sctp(transport), policy: choices.policy())))
        }
    }

    private mutating func callOnSession() throws(Fault) {
        guard let session = choices.element(of: model.sessions) else { return }
        switch choices.below(3) {
        case 0: try give(.sendCookie(session, choices.take(choices.below(40))))
        case 1: try give(.endSession(session))
        default: try give(.abortSession(session))
        }
    }

    // MARK: The peers

    private mutating func establish() throws(Fault) {
        guard let association = choices.element(of: audit.identifiers(.opening)) else { return }
        audit.established(association)
        try notify(association, .up(details(audit[association]?.addresses ?? [])))
    }

    private func details(_ addresses: [SCTPAddress]) -> AssociationDetails {
        AssociationDetails(peerAddresses: addresses, inboundStreams: 4, outboundStreams: 4)
    }

    private mutating func accept() throws(Fault) {
        guard audit.live.count < Self.associationLimit else { return }
        accepted += 1
        // Some of them come from a registrar's address.
        let address = SCTPAddress(.v4(0xc000_0200 + UInt32(choices.below(8))), port: choices.below(2) == 0 ? 3863 : 9)
        try notify(audit.accept(accepted, from: [address]), .up(details([address])))
    }

    private mutating func answerRequest() throws(Fault) {
        guard !asked.isEmpty else { return }
        let request = asked.remove(at: choices.below(asked.count))
        let kind = choices.below(8)
        let causes = kind <= 2 ? choices.causes() : []
        switch request.message {
        case .registration(let registration):
            try receive(
                .registrationResponse(
                    .init(
                        isRejected: kind == 0, pool: kind == 1 ? choices.pool() : registration.pool,
                        identifier: registration.element.identifier, causes: causes)), on: request.association)
        case .deregistration(let deregistration):
            try receive(
                .deregistrationResponse(
                    .init(pool: deregistration.pool, identifier: deregistration.identifier, causes: causes)),
                on: request.association)
        default: break
        }
    }

    private mutating func keepAlive() throws(Fault) {
        guard let association = choices.element(of: audit.identifiers(.up)) else { return }
        let claimsHome = choices.below(3) == 0
        let server = RegistrarIdentifier(rawValue: UInt32(choices.below(4)) + 1)
        guard choices.below(4) != 0, case .wanted(let pool, let identifier?) = model.membership else {
            let keepAlive = ASAPMessage.EndpointKeepAlive(
                claimsHome: claimsHome, server: server, pool: choices.pool(),
                identifier: choices.below(2) == 0 ? choices.identifier() : nil)
            return try receive(.endpointKeepAlive(keepAlive), on: association)
        }
        acknowledged = []
        let keepAlive = ASAPMessage.EndpointKeepAlive(
            claimsHome: claimsHome, server: server, pool: pool, identifier: identifier)
        try receive(.endpointKeepAlive(keepAlive), on: association)
        // RFC 5352 §3.4
        try require(acknowledged == [association], "a keep-alive on \(association) is answered on \(acknowledged)")
    }

    private mutating func receiveFromUser() throws(Fault) {
        guard let association = choices.element(of: audit.identifiers(.up).filter(\.isAccepted)) else { return }
        switch choices.below(4) {
        case 0: try receive(.cookieEcho(.init(cookie: Cookie(choices.take(choices.below(40))))), on: association)
        case 1: try receive(.businessCard(.init(pool: choices.pool(), elements: [element()])), on: association)
        default: try give(.transport(.message(association, SCTPMessage([choices.byte()]))))
        }
    }

    private mutating func element() -> PoolElementParameter {
        PoolElementParameter(
            identifier: choices.identifier(), registrationLife: .seconds(60),
            userTransport: .sctp(SCTPTransportParameter(port: 7, addresses: [.v4(0x0a00_0002)])), policy: choices.policy())
    }

    private mutating func receiveAnything() throws(Fault) {
        guard let association = choices.element(of: audit.identifiers(.up)) else { return }
        let header = MessageHeader(payloadProtocol: .asap)
        try give(.transport(.message(association, SCTPMessage(choices.take(choices.below(64)), header))))
    }

    private mutating func endAssociation() throws(Fault) {
        guard let association = choices.element(of: audit.live.map(\.identifier)) else { return }
        let end = choices.end()
        for message in (audit[association]?.sent ?? []).suffix(choices.below(3)) {
            try notify(association, .sendFailed(UndeliveredMessage(message: message, mayHaveArrived: true)))
        }
        try finish(association, end)
    }

    private mutating func finish(_ association: AssociationIdentifier, _ end: AssociationEnd) throws(Fault) {
        let notification = audit.end(of: association, end)
        audit.over(association)
        asked.removeAll { $0.association == association }
        try notify(association, notification)
        try require(
            !model.sessions.contains(association), "the association of session \(association) ended, the session did not")
    }

    private mutating func notify() throws(Fault) {
        guard let association = choices.element(of: audit.identifiers(.up)) else { return }
        switch choices.below(3) {
        case 0: try notify(association, .peerIsClosing)
        case 1: try notify(association, .readyToSend)
        default: try notify(association, .restarted(details(audit[association]?.addresses ?? [])))
        }
    }

    // MARK: Time

    private mutating func wait(_ duration: Duration) throws(Fault) {
        let end = now + duration
        var fired = 0
        while let deadline = engine.nextDeadline, deadline <= end {
            fired += 1
            try require(fired < 100_000, "timers run in circles until \(duration) have passed")
            now = max(now, deadline)
            try give(.timer)
            while let aborted = audit.overdueAbort { try finish(aborted, .abortedLocally) }
            try require(engine.nextDeadline.map { $0 > now } ?? true, "a timer that was due is due again at once")
        }
        now = end
    }

    /// A timer that is not due changes nothing.
    private mutating func checkIdleTimer() throws(Fault) {
        guard engine.nextDeadline.map({ $0 > now }) ?? true else { return }
        engine.handle(.timer, at: now)
        if let output = engine.nextOutput() { throw Fault("a timer that is not due leads to \(output)") }
    }

    /// The program wants out, and nothing is to be reached any more.
    private mutating func finish() throws(Fault) {
        for association in audit.live.map(\.identifier) { try finish(association, .unreachable) }
        let limit = Duration.seconds(30)
        model.deregisters(by: now + limit)
        try give(.deregister(within: limit))
        try wait(.seconds(24 * 3_600))
        try require(model.membership == .none, "the element is not out of its pool: \(model.membership)")
        for association in audit.live.map(\.identifier) { try finish(association, .unreachable) }
        try require(model.sessions.isEmpty, "\(model.sessions.count) sessions have not ended")
        try require(engine.nextDeadline == nil, "a timer runs for ever")
        let size = stateSize(of: engine)
        try require(size <= Self.stateLimit, "the engine has grown to \(size) things")
    }

    // MARK: The engine

    private mutating func notify(_ association: AssociationIdentifier, _ notification: SCTPNotification) throws(Fault) {
        try give(.transport(.notification(association, notification)))
    }

    private mutating func receive(_ message: ASAPMessage, on association: AssociationIdentifier) throws(Fault) {
        guard let bytes = try? message.encoded() else { return }
        try give(.transport(.message(association, SCTPMessage(bytes, MessageHeader(payloadProtocol: .asap)))))
    }

    private mutating func give(_ input: Engine.Input) throws(Fault) {
        engine.handle(input, at: now)
        while let output = engine.nextOutput() {
            if case .transport(let action) = output { try take(action) }
            if case .event(let event) = output { try model.take(event) }
            if case .session(let association, let occurrence) = output { try model.take(occurrence, in: association) }
        }
        try model.check(deadline: engine.nextDeadline, at: now)
    }

    private mutating func take(_ action: SCTPAction) throws(Fault) {
        try audit.take(action)
        guard case .send(let association, let message) = action else { return }
        guard let decoded = try? ASAPMessage.decode(message.bytes).message else {
            throw Fault("a control message is sent that is none")
        }
        switch decoded {
        case .registration, .deregistration: asked.append((association, decoded))
        case .endpointKeepAliveAcknowledgement: acknowledged.append(association)
        default: break
        }
    }
}
