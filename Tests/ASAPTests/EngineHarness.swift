import ASAP
import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import SCTPTransport

/// What an engine did, sorted.
struct Deeds {
    var opened: [(association: AssociationIdentifier, addresses: [SCTPAddress])] = []
    /// ASAP messages and where they went.
    var sent: [(message: ASAPMessage, to: AssociationIdentifier)] = []
    /// Data messages and where they went.
    var data: [(message: SCTPMessage, to: AssociationIdentifier)] = []
    /// All sends in order, ASAP or data.
    var order: [SCTPMessage] = []
    var shutDown: [AssociationIdentifier] = []
    var aborted: [AssociationIdentifier] = []

    var messages: [ASAPMessage] { sent.map(\.message) }
    var openedAddresses: [SCTPAddress] { opened.flatMap(\.addresses) }

    mutating func add(_ action: SCTPAction) {
        switch action {
        case .open(let association, let addresses): opened.append((association, addresses))
        case .shutDown(let association): shutDown.append(association)
        case .abort(let association): aborted.append(association)
        case .send(let association, let message):
            order.append(message)
            if message.header.payloadProtocol != .asap {
                data.append((message, association))
            } else if let decoded = try? ASAPMessage.decode(message.bytes).message {
                sent.append((decoded, association))
            }
        }
    }
}

/// Registrars of the tests.
enum Registrars {
    static func address(_ number: Int) -> SCTPAddress { SCTPAddress(.v4(0xc000_0200 + UInt32(number)), port: 3863) }
    static func list(_ count: Int) -> RegistrarList { .fixed((1...count).map(address)) }
}

func up(_ address: SCTPAddress = SCTPAddress(.v4(0xc633_6401), port: 1234), streams: UInt16 = 16) -> SCTPNotification {
    .up(AssociationDetails(peerAddresses: [address], inboundStreams: streams, outboundStreams: streams))
}

func accepted(_ number: UInt64) -> AssociationIdentifier {
    // The endpoint numbers them; the public way to such a number is its raw value's bit 63.
    AssociationIdentifier(accepted: number)
}

/// A pool element engine on a clock that the test moves.
struct ElementUnderTest {
    typealias Engine = PoolElementEngine<SeededRandomNumberGenerator>

    var engine: Engine
    var now = MonotonicInstant.origin + .seconds(1_000)
    var deeds = Deeds()
    var events: [PoolElementEvent] = []
    var sessions: [(association: AssociationIdentifier, occurrence: PoolElementSessionOccurrence)] = []
    var resolved: [(question: ResolutionIdentifier, result: Result<PoolResolution, ResolutionFailure>)] = []

    init(
        registrars: Int = 1, list: RegistrarList? = nil, seed: UInt64 = 7,
        _ configuration: PoolElementConfiguration = .standard
    ) {
        engine = Engine(
            registrars: list ?? Registrars.list(registrars), configuration: configuration,
            randomness: SeededRandomNumberGenerator(seed: seed))
    }

    static let registration = PoolElementRegistration(
        pool: Sample.pool, userTransport: .sctp(Sample.transport), policy: Sample.policy)

    /// Forgets what the engine did so far.
    mutating func clear() {
        deeds = Deeds()
        events = []
        sessions = []
        resolved = []
    }

    mutating func give(_ input: Engine.Input) {
        engine.handle(input, at: now)
        while let output = engine.nextOutput() {
            switch output {
            case .transport(let action): deeds.add(action)
            case .event(let event): events.append(event)
            case .session(let association, let occurrence): sessions.append((association, occurrence))
            case .resolved(let question, let result): resolved.append((question, result))
            }
        }
    }

    mutating func notify(_ association: AssociationIdentifier, _ notification: SCTPNotification) {
        give(.transport(.notification(association, notification)))
    }

    mutating func receive(_ message: ASAPMessage, from association: AssociationIdentifier) throws {
        try receive(message.encoded(), from: association)
    }

    mutating func receive(_ bytes: [UInt8], from association: AssociationIdentifier) throws {
        give(.transport(.message(association, SCTPMessage(bytes, MessageHeader(payloadProtocol: .asap)))))
    }

    /// Lets time pass, with every timer at its time.
    mutating func wait(_ duration: Duration) {
        let end = now + duration
        while let deadline = engine.nextDeadline, deadline <= end {
            now = max(now, deadline)
            give(.timer)
        }
        now = end
    }

    /// The registration sent last.
    var registration: ASAPMessage.Registration? {
        for case .registration(let registration) in deeds.messages.reversed() { return registration }
        return nil
    }

    /// Registers with the first registrar and has it granted. Returns the home registrar's association.
    mutating func becomeMember(_ registration: PoolElementRegistration = Self.registration) throws -> AssociationIdentifier {
        give(.register(registration))
        let home = deeds.opened[0].association
        notify(home, up(Registrars.address(1)))
        try grant(from: home)
        clear()
        return home
    }

    /// Grants the registration sent last.
    mutating func grant(from home: AssociationIdentifier) throws {
        guard let sent = self.registration else { return }
        identifier = sent.element.identifier
        try receive(.registrationResponse(.init(pool: sent.pool, identifier: sent.element.identifier)), from: home)
    }

    /// The identifier under which the element was granted membership.
    var identifier = PoolElementIdentifier(rawValue: 0)
}

/// A pool user engine on a clock that the test moves.
struct UserUnderTest {
    typealias Engine = PoolUserEngine<SeededRandomNumberGenerator>

    var engine: Engine
    var now = MonotonicInstant.origin + .seconds(1_000)
    var deeds = Deeds()
    var events: [PoolUserEvent] = []
    var sessions: [(session: PoolUserSessionIdentifier, occurrence: PoolUserSessionOccurrence)] = []
    var resolved: [(question: ResolutionIdentifier, result: Result<PoolResolution, ResolutionFailure>)] = []
    var followed: [(follower: SubscriptionIdentifier, result: Result<PoolSnapshot, ResolutionFailure>)] = []
    /// What happened to the messenger.
    var posts: [PoolMessengerOccurrence] = []
    var snapshots: [PoolSnapshot] { followed.compactMap { try? $0.result.get() } }

    init(registrars: Int = 1, list: RegistrarList? = nil, _ configuration: PoolUserConfiguration = .standard) {
        engine = Engine(
            registrars: list ?? Registrars.list(registrars), configuration: configuration,
            randomness: SeededRandomNumberGenerator(seed: 7))
    }

    mutating func clear() {
        deeds = Deeds()
        events = []
        sessions = []
        resolved = []
        followed = []
        posts = []
    }

    mutating func give(_ input: Engine.Input) {
        engine.handle(input, at: now)
        while let output = engine.nextOutput() {
            switch output {
            case .transport(let action): deeds.add(action)
            case .event(let event): events.append(event)
            case .snapshot(let follower, let result): followed.append((follower, result))
            case .messenger(_, let occurrence): posts.append(occurrence)
            case .session(let session, let occurrence): sessions.append((session, occurrence))
            case .resolved(let question, let result): resolved.append((question, result))
            }
        }
    }

    mutating func notify(_ association: AssociationIdentifier, _ notification: SCTPNotification) {
        give(.transport(.notification(association, notification)))
    }

    mutating func receive(_ message: ASAPMessage, from association: AssociationIdentifier) throws {
        try receive(message.encoded(), from: association)
    }

    mutating func receive(_ bytes: [UInt8], from association: AssociationIdentifier) throws {
        give(.transport(.message(association, SCTPMessage(bytes, MessageHeader(payloadProtocol: .asap)))))
    }

    mutating func wait(_ duration: Duration) {
        let end = now + duration
        while let deadline = engine.nextDeadline, deadline <= end {
            now = max(now, deadline)
            give(.timer)
        }
        now = end
    }

    static let session = PoolUserSessionIdentifier(rawValue: 1)
    static let question = ResolutionIdentifier(rawValue: 1)

    /// An element of the test pool; its number makes identifier and address.
    static func element(_ number: UInt32, policy: PolicyParameter = .roundRobin) -> PoolElementParameter {
        PoolElementParameter(
            identifier: PoolElementIdentifier(rawValue: number), registrationLife: .seconds(300),
            userTransport: .sctp(SCTPTransportParameter(port: 7, use: .dataPlusControl, addresses: [.v4(number)])),
            policy: policy)
    }

    static func address(of number: UInt32) -> SCTPAddress { SCTPAddress(.v4(number), port: 7) }

    static func answer(_ numbers: [UInt32]) -> ASAPMessage {
        .handleResolutionResponse(.init(pool: Sample.pool, elements: numbers.map { element($0) }))
    }

    /// Asks for the pool, and brings the first registrar's association up. Returns it.
    mutating func ask() -> AssociationIdentifier {
        give(.resolve(Self.question, Sample.pool))
        return findRegistrar()
    }

    /// Brings the association opened first up.
    mutating func findRegistrar() -> AssociationIdentifier {
        let home = deeds.opened[0].association
        notify(home, up(deeds.opened[0].addresses[0]))
        return home
    }

    /// Opens a session with a pool of these elements. Returns the registrar's association and the session's.
    mutating func openSession(
        _ numbers: [UInt32], _ handling: FailedMessageHandling = .resend
    ) throws -> (home: AssociationIdentifier, link: AssociationIdentifier) {
        give(.open(Self.session, Sample.pool, handling))
        let home = findRegistrar()
        try receive(Self.answer(numbers), from: home)
        let link = deeds.opened[1].association
        notify(link, up(deeds.opened[1].addresses[0]))
        clear()
        return (home, link)
    }

    mutating func send(_ bytes: [UInt8]) {
        give(.send(Self.session, SCTPMessage(bytes)))
    }

    var occurrences: [PoolUserSessionOccurrence] { sessions.map(\.occurrence) }
    var reports: [ASAPMessage.EndpointUnreachable] {
        deeds.messages.compactMap { if case .endpointUnreachable(let report) = $0 { report } else { nil } }
    }
}
