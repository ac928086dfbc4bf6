import ASAP
import InternetAddresses
import RSerPoolParameters
import SCTPTransport

/// A host with one process: a registrar, a pool element or a pool user.
class Participant {
    enum Role: String { case registrar, element, user }

    unowned let world: World
    let role: Role
    /// Its number among those of its role, from 0.
    let index: Int
    /// Its place among the world's participants.
    let place: Int
    let host: IPAddress
    var clock = LocalClock()
    /// True while the process stands still.
    var isStalled = false
    /// How often the process has started.
    var incarnation = 0
    /// The instant of the world for which a wake-up is scheduled; older entries of the schedule are stale.
    var wakeInstant: MonotonicInstant?

    init(_ role: Role, _ index: Int, place: Int, host: IPAddress, in world: World) {
        self.role = role
        self.index = index
        self.place = place
        self.host = host
        self.world = world
    }

    var name: String { "\(role.rawValue)-\(index + 1)" }

    /// The time as the process sees it.
    var now: MonotonicInstant { clock.local(world.now) }

    // What each role does.
    var isRunning: Bool { false }
    var nextDeadline: MonotonicInstant? { nil }
    func start() {}
    func crash() {}
    func deliver(_ event: SCTPEvent) {}
    func timerReached() {}
    var endpoints: [SimulatedNodeIdentifier] { [] }

    /// A generator of its own for each start of each process, so that one process's draws do not shift another's.
    func makeRandomness() -> SeededRandomNumberGenerator {
        let base: UInt64 =
            switch role {
            case .registrar: 1 << 40
            case .element: 2 << 40
            case .user: 3 << 40
            }
        var mixer = SeededRandomNumberGenerator(seed: world.options.seed)
        var seed = mixer.next()
        seed ^= (base + UInt64(index) << 16 + UInt64(incarnation)) &* 0x9e37_79b9_7f4a_7c15
        return SeededRandomNumberGenerator(seed: seed)
    }

    /// Sets the wake-up for the engine's deadline.
    func arm() {
        guard isRunning, !isStalled, let deadline = nextDeadline else { return wakeInstant = nil }
        let instant = max(clock.world(deadline), world.now)
        guard wakeInstant != instant else { return }
        wakeInstant = instant
        world.wakeUp(self, at: instant)
    }

    func setStalled(_ isStalled: Bool) {
        guard self.isStalled != isStalled else { return }
        self.isStalled = isStalled
        for endpoint in endpoints { world.network.setReceivingPaused(isStalled, endpoint) }
        arm()
    }
}

/// A process with an engine. It drives the engine as `EngineDriver` does, over the simulated network itself.
class EngineParticipant<Engine: TransportEngine>: Participant {
    private(set) var engine: Engine?
    /// The endpoints, the one that peers reach in front; an endpoint has one association with a peer.
    private var nodes: [SimulatedNodeIdentifier] = []
    /// The endpoints of associations that are not on the first.
    private var laneOf: [AssociationIdentifier: Int] = [:]
    /// Messages that found a send queue full.
    private var backlog: [AssociationIdentifier: [SCTPMessage]] = [:]
    private var isDraining = false

    /// Endpoints that a process has at most, as `EngineDriver.endpointLimit`.
    private static var endpointLimit: Int { 256 }
    /// Messages that wait for room on one association; one more has it aborted.
    private static var backlogLimit: Int { 10_000 }

    override var isRunning: Bool { engine != nil }
    override var nextDeadline: MonotonicInstant? { engine?.nextDeadline }
    override var endpoints: [SimulatedNodeIdentifier] { nodes }

    /// Called for what the engine tells its user.
    func observe(_ output: Engine.Output) {}

    func launch(_ engine: Engine, port: UInt16) {
        incarnation += 1
        addEndpoint(port: port)
        self.engine = engine
        arm()
    }

    override func crash() {
        for node in nodes { world.removeEndpoint(node) }
        nodes = []
        laneOf = [:]
        backlog = [:]
        engine = nil
        isStalled = false
        clock = LocalClock()
        wakeInstant = nil
    }

    private func addEndpoint(port: UInt16) {
        var configuration = SCTPEndpointConfiguration(localAddresses: [host], port: port)
        configuration.isListening = port != 0
        configuration.timing = world.timers.transport
        guard let node = world.addEndpoint(configuration, of: self) else { return }
        nodes.append(node)
    }

    // MARK: Inputs

    func handle(_ input: Engine.Input) {
        guard engine != nil else { return }
        engine?.handle(input, at: now)
        drain()
    }

    override func timerReached() {
        handle(.timer)
    }

    override func deliver(_ event: SCTPEvent) {
        if case .notification(let association, let notification) = event {
            switch notification {
            case .readyToSend:
                for message in backlog.removeValue(forKey: association) ?? [] { send(message, on: association) }
                if backlog[association] != nil { return drain() }
            case .failed, .lost, .shutDown:
                for message in backlog.removeValue(forKey: association) ?? [] { handBack(message, association) }
                laneOf[association] = nil
            default: break
            }
        }
        handle(.transport(event))
    }

    // MARK: Outputs

    private func drain() {
        guard !isDraining else { return }
        isDraining = true
        while let output = engine?.nextOutput() {
            if let action = output.transportAction { perform(action) } else { observe(output) }
        }
        isDraining = false
        arm()
    }

    private func node(of association: AssociationIdentifier) -> SimulatedNodeIdentifier {
        nodes[laneOf.isEmpty ? 0 : laneOf[association] ?? 0]
    }

    private func perform(_ action: SCTPAction) {
        switch action {
        case .open(let association, let addresses): open(association, to: addresses)
        case .send(let association, let message): send(message, on: association)
        case .shutDown(let association), .abort(let association):
            // What has ended by itself needs no closing.
            try? world.network.perform(action, by: node(of: association))
        }
    }

    private func open(_ association: AssociationIdentifier, to addresses: [SCTPAddress]) {
        for lane in 0..<Self.endpointLimit {
            if lane == nodes.count { addEndpoint(port: 0) }
            do throws(SCTPTransportError) {
                try world.network.perform(.open(association, to: addresses), by: nodes[lane])
                if lane > 0 { laneOf[association] = lane }
                return
            } catch {
                if error.code == .alreadyConnected { continue }
                let end: AssociationEnd = error.code == .noRoute ? .unreachable : .other(0)
                engine?.handle(.transport(.notification(association, .failed(end))), at: now)
                return
            }
        }
    }

    /// Sends a message, the engine's or data past it.
    func send(_ message: SCTPMessage, on association: AssociationIdentifier) {
        world.checkSent(message, by: self)
        guard backlog.isEmpty || backlog[association] == nil else { return append(message, association) }
        do throws(SCTPTransportError) {
            try world.network.perform(.send(association, message), by: node(of: association))
        } catch {
            if error.code == .sendQueueFull { append(message, association) } else { handBack(message, association) }
        }
    }

    private func append(_ message: SCTPMessage, _ association: AssociationIdentifier) {
        backlog[association, default: []].append(message)
        guard let count = backlog[association]?.count, count > Self.backlogLimit else { return }
        try? world.network.perform(.abort(association), by: node(of: association))
    }

    private func handBack(_ message: SCTPMessage, _ association: AssociationIdentifier) {
        let undelivered = UndeliveredMessage(message: message, mayHaveArrived: false)
        engine?.handle(.transport(.notification(association, .sendFailed(undelivered))), at: now)
    }
}
