import ASAP
import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import SCTPTransport

/// A host with a pool element. Its service answers each message with the same message, and counts them in the cookie.
final class SimulatedElement: EngineParticipant<PoolElementEngine<SeededRandomNumberGenerator>> {
    enum Life: Equatable {
        /// Not started yet, or gone for good.
        case absent
        /// Runs, and is in its pool or wants to be.
        case member
        /// Runs, and wants to leave its pool.
        case leaving
    }

    let pool: PoolHandle
    private(set) var life = Life.absent
    /// The identifier of the process that runs, or ran last.
    private(set) var identifier = PoolElementIdentifier(rawValue: 0)
    /// True where the next start takes the identifier of the last.
    var keepsIdentifier = false
    /// The host of the registrar that the element takes for its home.
    private(set) var home: IPAddress?
    private var policy: PolicyParameter
    private var counts: [AssociationIdentifier: UInt32] = [:]

    static let port: UInt16 = 7_000

    init(_ index: Int, pool: PoolHandle, place: Int, host: IPAddress, in world: World) {
        self.pool = pool
        // Every other pool is under Least Used, so that loads change.
        policy = index % world.options.pools % 2 == 0 ? .leastUsed(load: .idle) : .roundRobin
        super.init(.element, index, place: place, host: host, in: world)
    }

    var key: ElementKey { ElementKey(pool: pool, identifier: identifier) }

    override func start() {
        guard !isRunning else { return }
        let engine = Engine(
            registrars: world.registrarList(for: self), configuration: world.timers.element, randomness: makeRandomness())
        launch(
            engine, on: [.asap: Self.port],
            multicast: world.usesMulticast ? [.asap: SimulatedRegistrar.group(host, .asap)] : [:])
        if !keepsIdentifier || identifier.rawValue == 0 {
            identifier = PoolElementIdentifier(rawValue: UInt32(index + 1) << 12 | UInt32(incarnation & 0xfff))
        }
        keepsIdentifier = false
        life = .member
        home = nil
        counts = [:]
        world.elementStarted(self)
        register()
    }

    func register() {
        guard life == .member else { return }
        let transport = SCTPTransportParameter(port: Self.port, use: .dataPlusControl, addresses: [host])
        handle(
            .register(
                PoolElementRegistration(
                    pool: pool, identifier: identifier, userTransport: .sctp(transport), policy: policy)))
    }

    override func crash() {
        guard isRunning else { return }
        super.crash()
        world.elementEnded(self)
        life = .absent
    }

    /// Leaves the pool and ends.
    func leave() {
        guard life == .member else { return }
        life = .leaving
        handle(.deregister(within: world.timers.element.deregistrationTimeout))
    }

    /// Tells the registrar of another load. False where the element is none that has loads, or none of its pool.
    func changeLoad(to load: UInt32) -> Bool {
        guard life == .member, policy.type == .leastUsed else { return false }
        policy = .leastUsed(load: Load(rawValue: load))
        handle(.update(policy))
        return true
    }

    override func observe(_ output: Engine.Output) {
        switch output {
        case .transport: break
        case .session(let association, .began): counts[association] = 0
        case .session(let association, .message(let message)):
            counts[association, default: 0] += 1
            let count = counts[association] ?? 0
            let cookie = (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) }
            handle(.sendCookie(association, cookie))
            send(message, on: association)
        case .session(let association, .cookieEcho(let cookie)):
            counts[association] = cookie.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
        case .session(let association, .ended): counts[association] = nil
        case .session, .resolved: break
        case .event(let event): happened(event)
        }
    }

    private func happened(_ event: PoolElementEvent) {
        world.record(.element(event, pool: pool), of: self)
        switch event {
        case .registrarFound(let address), .registrarAdopted(_, let address): home = address.ip
        case .registrarLost: home = nil
        case .registrationFailed:
            world.appoint(.registerAgain(index, incarnation), after: SimulationTimers.supervisorPause)
        case .deregistered:
            world.elementDeregistered(self)
            world.appoint(.endProcess(place, incarnation), after: .seconds(5))
        case .deregistrationFailed:
            world.appoint(.endProcess(place, incarnation), after: .seconds(5))
        case .invalidMessage, .errorReceived:
            world.fail(.decoding, "\(name) met a message that cannot be understood: \(event)")
        default: break
        }
    }

    typealias Engine = PoolElementEngine<SeededRandomNumberGenerator>
}

/// Names a pool element in the operational scope.
struct ElementKey: Hashable, Comparable, CustomStringConvertible {
    var pool: PoolHandle
    var identifier: PoolElementIdentifier

    static func < (left: ElementKey, right: ElementKey) -> Bool {
        left.pool == right.pool ? left.identifier < right.identifier : left.pool < right.pool
    }

    var description: String { "element \(identifier) of \(pool)" }
}
