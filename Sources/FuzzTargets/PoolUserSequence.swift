import ASAP
import InternetAddresses
import RSerPoolParameters
import SCTPTransport

/// A pool user's engine between a program, registrars and pool elements that do whatever the bytes say.
///
/// What must hold: every question is answered, and a session without an element gets one or ends within its time; no message
/// of a session is lost without being told of, none sent twice or out of order on an association; the latest cookie
/// goes first to the next element; no action for an association that is over; timers lead somewhere; the state stays bounded.
struct PoolUserSequence {
    typealias Engine = PoolUserEngine<SeededRandomNumberGenerator>

    private static let timeLimit = Duration.seconds(20)
    /// Elements of collections that an engine with the limits below has at most.
    private static let stateLimit = 4_000
    private static let stepLimit = 2_000

    private var choices: Choices
    private var engine: Engine
    private var audit = TransportAudit()
    private var model = PoolUserModel()
    private var now = MonotonicInstant.origin + .seconds(1_000)
    private var names: UInt64 = 0
    private var accepted: UInt64 = 0
    /// The association whose coming up the engine is being told of.
    private var comingUp: AssociationIdentifier?
    /// Questions that registrars have been asked.
    private var asked: [(association: AssociationIdentifier, pool: PoolHandle)] = []

    private init(_ bytes: [UInt8]) throws(ConfigurationError) {
        choices = Choices(bytes)
        let hunt = try ServerHuntConfiguration(timeLimit: .seconds(60))
        engine = Engine(
            registrars: .fixed((1...4).map { SCTPAddress(.v4(0xc000_0200 + $0), port: 3863) }),
            configuration: try PoolUserConfiguration(
                serverHunt: hunt, suspicionTime: .seconds(10), failoverTimeLimit: Self.timeLimit, maximumSessions: 3,
                maximumCachedPools: 2, maximumRequests: 3, sessionQueueLimit: 64, maximumCookieSize: 32),
            randomness: SeededRandomNumberGenerator(seed: 1))
    }

    static func run(_ bytes: [UInt8]) throws(Fault) {
        guard var sequence = try? PoolUserSequence(bytes) else { throw Fault("the configuration is refused") }
        var steps = 0
        while sequence.choices.areLeft, steps < stepLimit {
            steps += 1
            try sequence.step()
        }
        try sequence.finish()
    }

    private mutating func step() throws(Fault) {
        switch choices.below(16) {
        case 0: try open()
        case 1: try ask()
        case 2...4: try send()
        case 5: try callOnSession()
        case 6, 7: try establish()
        case 8, 9: try answerQuestion()
        case 10: try receiveOnControlChannel()
        case 11: try receiveAnything()
        case 12: try endAssociation()
        case 13: try notify()
        case 14: try wait(choices.duration())
        default: try checkIdleTimer()
        }
    }

    // MARK: The program

    private mutating func open() throws(Fault) {
        names += 1
        let identifier = PoolUserSessionIdentifier(rawValue: names)
        let (pool, handling) = (choices.pool(), choices.below(2) == 0 ? FailedMessageHandling.resend : .handBack)
        model.opens(identifier, PoolUserModel.Session(pool: pool, handling: handling, withoutElementSince: now))
        try give(.open(identifier, pool, handling))
    }

    private mutating func ask() throws(Fault) {
        switch choices.below(4) {
        case 0:
            guard let identifier = choices.element(of: model.questionOrder) else { return }
            model.withdraws(identifier)
            try give(.cancelResolution(identifier))
        case 1: try give(.purge(choices.pool()))
        default:
            names += 1
            let identifier = ResolutionIdentifier(rawValue: names)
            model.asks(identifier, at: now)
            try give(.resolve(identifier, choices.pool()))
        }
    }

    private mutating func send() throws(Fault) {
        guard let session = choices.element(of: model.order) else { return }
        let message = model.makeMessage(in: session, padding: choices.below(40), stream: UInt16(choices.below(4)))
        try give(
            choices.below(8) == 0 && engine.hasRoom(for: message.bytes.count, in: session)
                ? .keep(session, message) : .send(session, message))
    }

    private mutating func callOnSession() throws(Fault) {
        guard let session = choices.element(of: model.order) else { return }
        try give(choices.below(2) == 0 ? .failOver(session) : .close(session))
    }

    // MARK: The peers

    private mutating func establish() throws(Fault) {
        guard let association = choices.element(of: audit.identifiers(.opening)) else { return }
        audit.established(association)
        comingUp = association
        let addresses = audit[association]?.addresses ?? []
        let streams = UInt16(choices.below(4) + 1)
        try notify(
            association, .up(AssociationDetails(peerAddresses: addresses, inboundStreams: 4, outboundStreams: streams)))
        comingUp = nil
    }

    private mutating func element() -> PoolElementParameter {
        let identifier = choices.identifier()
        let address = IPAddress.v4(0x0a00_0000 + identifier.rawValue)
        let transport =
            choices.below(8) == 0
            ? UserTransport.tcp(TCPTransportParameter(port: 7, address: address))
            : .sctp(SCTPTransportParameter(port: 7, use: .dataPlusControl, addresses: [address]))
        return PoolElementParameter(
            identifier: identifier, registrationLife: .seconds(60), userTransport: transport, policy: choices.policy())
    }

    private mutating func answerQuestion() throws(Fault) {
        guard !asked.isEmpty else { return }
        let question = asked.remove(at: choices.below(asked.count))
        let kind = choices.below(8)
        let elements = kind == 0 ? [] : (0...choices.below(6)).map { _ in element() }
        let response = ASAPMessage.HandleResolutionResponse(
            promisesUpdates: choices.below(4) == 0, pool: question.pool, policy: kind == 1 ? nil : choices.policy(),
            elements: elements, causes: kind <= 2 ? choices.causes() : [])
        try receive(.handleResolutionResponse(response), on: question.association)
    }

    private mutating func receiveOnControlChannel() throws(Fault) {
        guard let association = choices.element(of: audit.identifiers(.up)) else { return }
        switch choices.below(4) {
        case 0: try receive(.businessCard(.init(pool: choices.pool(), elements: [element(), element()])), on: association)
        case 1:
            try give(.transport(.message(association, SCTPMessage([1], MessageHeader()))))
        default:
            let cookie = choices.take(choices.below(40))
            if cookie.count <= 32 { model.cookieCame(cookie, on: association) }
            try receive(.cookie(.init(cookie: Cookie(cookie))), on: association)
        }
    }

    private mutating func receiveAnything() throws(Fault) {
        guard let association = choices.element(of: audit.identifiers(.up)) else { return }
        // An error message, so that no cookie comes past the model.
        var bytes = choices.take(choices.below(48))
        if bytes.first == ASAPMessageType.cookie.rawValue { bytes[0] = ASAPMessageType.error.rawValue }
        try give(.transport(.message(association, SCTPMessage(bytes, MessageHeader(payloadProtocol: .asap)))))
    }

    /// Ends an association, after handing back some of what was sent last.
    private mutating func endAssociation() throws(Fault) {
        guard let association = choices.element(of: audit.live.map(\.identifier)) else { return }
        let end = choices.end()
        let sent = audit[association]?.sent ?? []
        for message in sent.suffix(choices.below(6)) {
            model.handedBack(message, on: association)
            try notify(association, .sendFailed(UndeliveredMessage(message: message, mayHaveArrived: true)))
        }
        try finish(association, end)
    }

    private mutating func finish(_ association: AssociationIdentifier, _ end: AssociationEnd) throws(Fault) {
        let notification = audit.end(of: association, end)
        audit.over(association)
        asked.removeAll { $0.association == association }
        try notify(association, notification)
    }

    private mutating func notify() throws(Fault) {
        if choices.below(6) == 0 {
            accepted += 1
            let address = SCTPAddress(.v4(0x0a00_00ff), port: 9)
            let association = audit.accept(accepted, from: [address])
            let details = AssociationDetails(peerAddresses: [address], inboundStreams: 1, outboundStreams: 1)
            return try notify(association, .up(details))
        }
        guard let association = choices.element(of: audit.identifiers(.up)) else { return }
        let addresses = audit[association]?.addresses ?? []
        switch choices.below(4) {
        case 0: try notify(association, .peerIsClosing)
        case 1: try notify(association, .readyToSend)
        case 2: try notify(association, .path(addresses.first ?? SCTPAddress(.v4(1), port: 1), .unreachable))
        default:
            try notify(
                association, .restarted(AssociationDetails(peerAddresses: addresses, inboundStreams: 4, outboundStreams: 4)))
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
        for identifier in model.order {
            guard let since = model.sessions[identifier]?.withoutElementSince else { continue }
            try require(
                now - since <= Self.timeLimit, "session \(identifier.rawValue) has had no element for \(now - since)")
        }
    }

    /// A timer that is not due changes nothing.
    private mutating func checkIdleTimer() throws(Fault) {
        guard engine.nextDeadline.map({ $0 > now }) ?? true else { return }
        engine.handle(.timer, at: now)
        if let output = engine.nextOutput() { throw Fault("a timer that is not due leads to \(output)") }
    }

    /// Nothing is to be reached any more: everything under way comes to an end of its own.
    private mutating func finish() throws(Fault) {
        for association in audit.live.map(\.identifier) { try finish(association, .unreachable) }
        for _ in 0..<600 where engine.nextDeadline != nil {
            try wait(.seconds(1))
            for association in audit.live.map(\.identifier) { try finish(association, .unreachable) }
        }
        try require(model.questionOrder.isEmpty, "\(model.questionOrder.count) questions are never answered")
        try require(model.order.isEmpty, "\(model.order.count) sessions have no element and do not end")
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
            if case .resolved(let question, _) = output { try model.answered(question) }
            if case .event(.sessionConnected(let session, _, _, _, let isFailover)) = output {
                try model.connected(session, isFailover: isFailover, over: comingUp)
            }
            if case .session(let session, let occurrence) = output { try model.occurred(occurrence, in: session, at: now) }
        }
        try model.checkCookies()
    }

    private mutating func take(_ action: SCTPAction) throws(Fault) {
        try audit.take(action)
        guard case .send(let association, let message) = action else { return }
        try model.sent(message, on: association)
        if message.header.payloadProtocol == .asap, let decoded = try? ASAPMessage.decode(message.bytes).message,
            case .handleResolution(let question) = decoded
        {
            asked.append((association, question.pool))
        }
    }
}
