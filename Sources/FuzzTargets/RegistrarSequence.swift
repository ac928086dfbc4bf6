import ASAP
import ENRP
import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import SCTPTransport

/// A registrar's engine between pool elements and pool users that do whatever the bytes say.
///
/// What must hold: each request gets one response on its association; the handlespace keeps within its limits, its checksum is
/// that of its elements, and no element outlives its registration; no action for an association that is over; timers lead
/// somewhere; with every peer gone the handlespace empties.
struct RegistrarSequence {
    typealias Engine = RegistrarEngine<SeededRandomNumberGenerator>

    /// Elements of collections that an engine with the limits below has at most.
    private static let stateLimit = 4_000
    private static let stepLimit = 2_000
    private static let peerLimit = 8
    private static let (poolLimit, elementLimit, memberLimit) = (3, 12, 6)

    private var choices: Choices
    private var engine: Engine
    private var audit = TransportAudit()
    private var now = MonotonicInstant.origin + .seconds(1_000)
    private var accepted: UInt64 = 0
    /// Responses since the latest request.
    private var responses: [(association: AssociationIdentifier, message: ASAPMessage)] = []
    /// Keep-alives that nobody has answered.
    private var probes: [(association: AssociationIdentifier, probe: ASAPMessage.EndpointKeepAlive)] = []

    private init(_ bytes: [UInt8]) throws(ConfigurationError) {
        choices = Choices(bytes)
        engine = Engine(
            identifier: RegistrarIdentifier(rawValue: 0x1234_5678),
            configuration: try RegistrarConfiguration(
                maximumBadReports: 2,
                limits: try RegistrarLimits(
                    maximumPools: Self.poolLimit, maximumElements: Self.elementLimit, maximumElementsPerPool: Self.memberLimit,
                    maximumElementsPerResponse: 4, maximumAssociations: Self.peerLimit)),
            randomness: SeededRandomNumberGenerator(seed: 1))
    }

    private static func make(_ bytes: [UInt8]) throws(Fault) -> RegistrarSequence {
        guard let sequence = try? RegistrarSequence(bytes) else { throw Fault("the configuration is refused") }
        return sequence
    }

    static func run(_ bytes: [UInt8]) throws(Fault) {
        var sequence = try make(bytes)
        var steps = 0
        while sequence.choices.areLeft, steps < stepLimit {
            steps += 1
            try sequence.step()
        }
        try sequence.finish()
    }

    /// Messages only, as a stranger sends them to a registrar that others use.
    static func runMessages(_ bytes: [UInt8]) throws(Fault) {
        var sequence = try make(bytes)
        for number: UInt32 in 1...3 {
            try sequence.connect()
            guard let association = sequence.audit.live.last?.identifier else { continue }
            try sequence.register(number, in: "A", .roundRobin, on: association)
        }
        try sequence.connect()
        guard let stranger = sequence.audit.live.last?.identifier else { return }
        while sequence.choices.areLeft {
            let message = sequence.choices.take(Int(sequence.choices.byte()))
            try sequence.receive(message, on: stranger)
            try sequence.check()
        }
        let members = sequence.engine.snapshot(at: sequence.now).pools.first { $0.handle == "A" }?.elements ?? []
        for number: UInt32 in 1...3 {
            try require(
                members.contains { $0.parameter.identifier.rawValue == number }, "a stranger has removed element \(number)")
        }
        try sequence.finish()
    }

    private mutating func step() throws(Fault) {
        switch choices.below(16) {
        case 0: try connect()
        case 1...4:
            guard let association = choices.element(of: audit.identifiers(.up)) else { return }
            let lives: [RegistrationLife] = [.seconds(300), .seconds(300), .seconds(60), .seconds(2), .infinite]
            try register(
                choices.identifier().rawValue, in: choices.pool(), choices.policy(),
                use: choices.below(8) == 1 ? .dataOnly : .dataPlusControl, life: choices.element(of: lives) ?? .infinite,
                on: association)
        case 5: try deregister()
        case 6, 7: try resolve()
        case 8: try reportUnreachable()
        case 9, 10: try acknowledge()
        case 11: try receiveAnything()
        case 12: try endAssociation()
        case 13: try establish()
        case 14: try wait(choices.duration())
        default: try checkIdleTimer()
        }
        try check()
    }

    // MARK: The peers

    /// Each peer has an address of its own; its elements are reached there.
    private static func address(of association: AssociationIdentifier) -> IPAddress {
        .v4(0x0a00_0000 + UInt32(truncatingIfNeeded: association.rawValue & 0xff))
    }

    private mutating func connect() throws(Fault) {
        guard audit.live.count <= 2 * Self.peerLimit else { return }
        accepted += 1
        let address = SCTPAddress(Self.address(of: AssociationIdentifier(accepted: accepted)), port: 5_000)
        let details = AssociationDetails(peerAddresses: [address], inboundStreams: 1, outboundStreams: 1)
        try notify(audit.accept(accepted, from: [address]), .up(details))
    }

    private mutating func establish() throws(Fault) {
        guard let association = choices.element(of: audit.identifiers(.opening)) else { return }
        audit.established(association)
        let addresses = audit[association]?.addresses ?? []
        try notify(
            association, .up(AssociationDetails(peerAddresses: addresses, inboundStreams: 1, outboundStreams: 1)))
    }

    private mutating func register(
        _ number: UInt32, in pool: PoolHandle, _ policy: PolicyParameter, use: TransportUse = .dataPlusControl,
        life: RegistrationLife = .seconds(300), on association: AssociationIdentifier
    ) throws(Fault) {
        let transport = SCTPTransportParameter(port: 7, use: use, addresses: [Self.address(of: association)])
        let element = PoolElementParameter(
            identifier: PoolElementIdentifier(rawValue: number), registrationLife: life, userTransport: .sctp(transport),
            policy: policy)
        try request(.registration(.init(pool: pool, element: element)), on: association) { response in
            guard case .registrationResponse(let response) = response else { return false }
            return response.pool == pool && response.identifier == element.identifier
        }
    }

    private mutating func deregister() throws(Fault) {
        guard let association = choices.element(of: audit.identifiers(.up)) else { return }
        let (pool, identifier) = (choices.pool(), choices.identifier())
        try request(.deregistration(.init(pool: pool, identifier: identifier)), on: association) { response in
            guard case .deregistrationResponse(let response) = response else { return false }
            return response.pool == pool && response.identifier == identifier
        }
    }

    private mutating func resolve() throws(Fault) {
        guard let association = choices.element(of: audit.identifiers(.up)) else { return }
        let pool = choices.pool()
        let option = choices.below(2) == 0 ? nil : HandleResolutionOption(items: UInt32(choices.below(9)))
        let question = ASAPMessage.HandleResolution(wantsUpdates: choices.below(2) == 1, pool: pool, option: option)
        try request(.handleResolution(question), on: association) { response in
            guard case .handleResolutionResponse(let response) = response else { return false }
            return response.pool == pool && response.elements.isEmpty == !response.causes.isEmpty
                && Set(response.elements.map(\.identifier)).count == response.elements.count
        }
    }

    /// Sends a request, which has to get exactly one response, and that one.
    private mutating func request(
        _ message: ASAPMessage, on association: AssociationIdentifier, isAnswer: (ASAPMessage) -> Bool
    ) throws(Fault) {
        guard let bytes = try? message.encoded() else { return }
        responses = []
        try receive(bytes, on: association)
        guard audit[association]?.state == .up else { return }
        let answers = responses.filter { $0.association == association && isAnswer($0.message) }
        try require(answers.count == 1, "\(message.type) is answered by \(responses.map(\.message))")
    }

    private mutating func reportUnreachable() throws(Fault) {
        guard let association = choices.element(of: audit.identifiers(.up)) else { return }
        let report = ASAPMessage.EndpointUnreachable(pool: choices.pool(), identifier: choices.identifier())
        guard let bytes = try? ASAPMessage.endpointUnreachable(report).encoded() else { return }
        try receive(bytes, on: association)
    }

    private mutating func acknowledge() throws(Fault) {
        guard !probes.isEmpty else { return }
        let (association, probe) = probes.remove(at: choices.below(probes.count))
        guard audit[association]?.state == .up else { return }
        let identifier = choices.below(8) == 1 ? choices.identifier() : probe.identifier ?? choices.identifier()
        let message = ASAPMessage.endpointKeepAliveAcknowledgement(.init(pool: probe.pool, identifier: identifier))
        guard let bytes = try? message.encoded() else { return }
        try receive(bytes, on: association)
    }

    private mutating func receiveAnything() throws(Fault) {
        guard let association = choices.element(of: audit.identifiers(.up)) else { return }
        try receive(choices.take(choices.below(96)), on: association)
    }

    private mutating func endAssociation() throws(Fault) {
        guard let association = choices.element(of: audit.live.map(\.identifier)) else { return }
        let end = choices.end()
        switch choices.below(4) {
        case 0: if audit[association]?.state == .up { try notify(association, .peerIsClosing) }
        case 1:
            guard let message = audit[association]?.sent.last else { break }
            try notify(association, .sendFailed(UndeliveredMessage(message: message, mayHaveArrived: true)))
        default: break
        }
        try finish(association, end)
    }

    private mutating func finish(_ association: AssociationIdentifier, _ end: AssociationEnd) throws(Fault) {
        let notification = audit.end(of: association, end)
        audit.over(association)
        probes.removeAll { $0.association == association }
        try notify(association, notification)
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

    /// Every peer is gone, and none is to be reached any more.
    private mutating func finish() throws(Fault) {
        for _ in 0..<600 {
            for association in audit.live.map(\.identifier) { try finish(association, .unreachable) }
            try wait(.seconds(1))
        }
        try check()
        let snapshot = engine.snapshot(at: now)
        try require(snapshot.elements == 0, "\(snapshot.elements) elements are left in the handlespace with every peer gone")
        let size = stateSize(of: engine)
        try require(size <= Self.stateLimit, "the engine has grown to \(size) things")
    }

    // MARK: The engine

    /// The handlespace is sound.
    private func check() throws(Fault) {
        let snapshot = engine.snapshot(at: now)
        try require(snapshot.pools.count <= Self.poolLimit, "there are \(snapshot.pools.count) pools")
        try require(snapshot.elements <= Self.elementLimit, "there are \(snapshot.elements) elements")
        var words: UInt64 = 0
        for pool in snapshot.pools {
            try require(
                (1...Self.memberLimit).contains(pool.elements.count), "\(pool.handle) has \(pool.elements.count) elements")
            for element in pool.elements {
                words += Self.words(pool.handle, element.parameter.identifier)
                try require(
                    element.timeToExpiry.map { $0 > .zero || engine.nextDeadline.map { $0 <= now } ?? false } ?? true,
                    "element \(element.parameter.identifier) has outlived its registration")
                try require(engine.nextDeadline != nil, "there are elements, and the registrar waits for nothing")
            }
        }
        while words > 0xffff { words = words >> 16 + words & 0xffff }
        let checksum = ~UInt16(words)
        try require(snapshot.checksum.rawValue == checksum, "the checksum is \(snapshot.checksum), it should be \(checksum)")
        try require(
            snapshot.associations <= Self.peerLimit + Self.elementLimit, "there are \(snapshot.associations) associations")
    }

    /// What an element adds to the checksum (RFC 5353 §3.6.2): its pool's handle and its identifier as 16-bit words.
    private static func words(_ pool: PoolHandle, _ identifier: PoolElementIdentifier) -> UInt64 {
        let padded = pool.bytes + [UInt8](repeating: 0, count: (4 - pool.bytes.count % 4) % 4)
        let number = identifier.rawValue
        return stride(from: 0, to: padded.count, by: 2).reduce(UInt64(number >> 16) + UInt64(number & 0xffff)) {
            $0 + UInt64(padded[$1]) << 8 + UInt64(padded[$1 + 1])
        }
    }

    private mutating func notify(_ association: AssociationIdentifier, _ notification: SCTPNotification) throws(Fault) {
        try give(.transport(.notification(association, notification)))
    }

    private mutating func receive(_ bytes: [UInt8], on association: AssociationIdentifier) throws(Fault) {
        try give(.transport(.message(association, SCTPMessage(bytes, MessageHeader(payloadProtocol: .asap)))))
    }

    private mutating func give(_ input: Engine.Input) throws(Fault) {
        engine.handle(input, at: now)
        while let output = engine.nextOutput() {
            guard case .transport(let action) = output else { continue }
            try audit.take(action)
            guard case .send(let association, let message) = action else { continue }
            guard let decoded = try? ASAPMessage.decode(message.bytes).message else {
                throw Fault("a message is sent that is none")
            }
            if case .endpointKeepAlive(let probe) = decoded {
                probes.append((association, probe))
            } else {
                responses.append((association, decoded))
            }
        }
    }
}
