import ASAP
import InternetAddresses
import RSerPoolParameters
import SCTPTransport

/// A host with a pool user: it keeps one session with its pool, sends a message now and then, and expects each one back.
final class SimulatedUser: EngineParticipant<PoolUserEngine<SeededRandomNumberGenerator>> {
    let pool: PoolHandle
    private var session: PoolUserSessionIdentifier?
    private var lastNumber: UInt64 = 0
    private var sent: UInt32 = 0
    /// When the last answer came, or the session began; in the world's time.
    private(set) var lastAnswer = MonotonicInstant.origin
    /// True while the session has an element.
    private(set) var isConnected = false
    /// Resolutions that were called for and have ended with this pool's elements.
    private(set) var resolutions = 0

    init(_ index: Int, pool: PoolHandle, place: Int, host: IPAddress, in world: World) {
        self.pool = pool
        super.init(.user, index, place: place, host: host, in: world)
    }

    override func start() {
        guard !isRunning else { return }
        let engine = Engine(
            registrars: world.registrarList(for: self), configuration: world.timers.user, randomness: makeRandomness())
        session = nil
        isConnected = false
        launch(
            engine, on: [.asap: 0], multicast: world.usesMulticast ? [.asap: SimulatedRegistrar.group(host, .asap)] : [:])
        tick(incarnation)
    }

    /// Opens a session where there is none, and sends the next message.
    func tick(_ incarnation: Int) {
        guard isRunning, incarnation == self.incarnation else { return }
        world.appoint(.userTick(index, incarnation), after: SimulationTimers.userPace)
        guard !isStalled else { return }
        guard let session else { return openSession() }
        guard isConnected else { return }
        if world.now - lastAnswer > SimulationTimers.userPatience {
            lastAnswer = world.now
            return handle(.failOver(session))
        }
        sent += 1
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: sent >> (24 - 8 * $0)) }
        handle(.send(session, SCTPMessage(bytes, MessageHeader(payloadProtocol: .unspecified))))
    }

    private func openSession() {
        lastNumber += 1
        let identifier = PoolUserSessionIdentifier(rawValue: lastNumber)
        session = identifier
        handle(.open(identifier, pool, .resend))
    }

    /// Asks for the pool's elements.
    func resolve() {
        guard isRunning else { return }
        lastNumber += 1
        handle(.resolve(ResolutionIdentifier(rawValue: lastNumber), pool))
    }

    override func observe(_ output: Engine.Output) {
        switch output {
        case .transport: break
        case .resolved(_, .success(let resolution)):
            resolutions += 1
            for element in resolution.elements {
                world.checkHanded(ElementKey(pool: pool, identifier: element.identifier), to: self)
            }
        case .resolved(_, .failure): break
        case .session(let identifier, let occurrence) where identifier == session: happened(occurrence)
        case .session, .snapshot, .messenger: break
        case .event(let event): happened(event)
        }
    }

    private func happened(_ occurrence: PoolUserSessionOccurrence) {
        switch occurrence {
        case .connected(let element, _, let isFailover):
            isConnected = true
            lastAnswer = world.now
            if isFailover { world.statistics.failovers += 1 }
            world.checkHanded(ElementKey(pool: pool, identifier: element), to: self)
        case .message(let message):
            lastAnswer = world.now
            world.statistics.answers += 1
            guard message.bytes.count == 4 else {
                return world.fail(.decoding, "\(name) got an answer of \(message.bytes.count) bytes; 4 were sent")
            }
        case .elementLost: isConnected = false
        case .ended:
            session = nil
            isConnected = false
        case .undelivered, .readyToSend: break
        }
    }

    private func happened(_ event: PoolUserEvent) {
        world.record(.user(event), of: self)
        switch event {
        case .resolved(let pool, let elements):
            for element in elements { world.checkHanded(ElementKey(pool: pool, identifier: element), to: self) }
        case .invalidMessage, .errorReceived:
            world.fail(.decoding, "\(name) met a message that cannot be understood: \(event)")
        default: break
        }
    }

    typealias Engine = PoolUserEngine<SeededRandomNumberGenerator>
}
