/// A ``NetworkSimulation`` for endpoints on an event loop, by ``SCTPBackendChoice/simulated(_:)``.
///
/// With a loop whose clock is virtual nothing takes any real time, and a test that runs on the loop is the same in every run.
public final class SimulatedNetwork: Sendable {
    /// The event loop that it belongs to.
    public let loop: EventLoop
    /// Touched on the loop only, which every access checks.
    private nonisolated(unsafe) let core: Core

    private final class Core {
        let simulation: NetworkSimulation
        var timer: LoopTimer?
        var backends: [SimulatedNodeIdentifier: SimulatedBackend] = [:]
        var multicasts: [SimulatedMemberIdentifier: SimulatedMulticast] = [:]

        init(seed: UInt64, path: SimulatedPath) {
            simulation = NetworkSimulation(seed: seed, path: path)
        }
    }

    /// - Parameters:
    ///   - loop: one with a virtual clock, unless the network is to live in real time.
    ///   - seed: equal seeds give equal losses and delays.
    ///   - path: what every path is like until it is told otherwise.
    public init(on loop: EventLoop, seed: UInt64, path: SimulatedPath = SimulatedPath()) {
        self.loop = loop
        unsafe core = Core(seed: seed, path: path)
    }

    /// Calls `body` on the loop with the simulation, to change paths or to cut the network.
    public func change<Result: Sendable>(_ body: @escaping @Sendable (NetworkSimulation) -> Result) async -> Result {
        await loop.run { self.changeOnLoop(body) }
    }

    /// As ``change(_:)`` for code on the loop. Traps elsewhere.
    public func changeOnLoop<Result>(_ body: (NetworkSimulation) -> Result) -> Result {
        withSimulation(body)
    }

    // MARK: Backends

    func makeBackend(
        _ configuration: SCTPEndpointConfiguration, on loop: EventLoop, delegate: any SCTPBackendDelegate
    ) throws(SCTPTransportError) -> any SCTPBackend {
        try check(loop)
        let node = try withSimulation { simulation throws(SCTPTransportError) in try simulation.addNode(configuration) }
        let backend = SimulatedBackend(node, in: self, delegate: delegate)
        unsafe core.backends[node] = backend
        return backend
    }

    private func check(_ loop: EventLoop) throws(SCTPTransportError) {
        guard loop !== self.loop else { return }
        throw SCTPTransportError(
            .invalidConfiguration, "the endpoint is on another event loop than its simulated network; use \(self.loop.name)")
    }

    /// Calls `body` at the loop's time, and sees to it that what follows happens.
    func withSimulation<Result, Failure: Error>(
        _ body: (NetworkSimulation) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        loop.checkIsolated()
        let simulation = unsafe core.simulation
        defer { armTimer() }
        simulation.advance(to: loop.now)
        return try body(simulation)
    }

    private func armTimer() {
        if unsafe core.timer == nil {
            unsafe core.timer = loop.makeTimer { [weak self] in self?.run() }
        }
        let next = unsafe core.simulation.nextInstant
        unsafe core.timer?.arm(at: next ?? .distantFuture)
    }

    private func run() {
        let simulation = unsafe core.simulation
        simulation.advance(to: loop.now)
        while let delivery = simulation.nextDelivery() {
            unsafe core.backends[delivery.node]?.deliver(delivery.event)
        }
        while let announcement = simulation.nextAnnouncement() {
            unsafe core.multicasts[announcement.member]?.deliver(announcement)
        }
        armTimer()
    }

    // MARK: Multicast

    func makeMulticast(
        _ configuration: MulticastConfiguration, on loop: EventLoop
    ) throws(SCTPTransportError) -> any MulticastBackend {
        try check(loop)
        let member = try withSimulation { simulation throws(SCTPTransportError) in try simulation.addMember(configuration) }
        let multicast = SimulatedMulticast(member, in: self, configuration)
        unsafe core.multicasts[member] = multicast
        return multicast
    }

    func remove(_ member: SimulatedMemberIdentifier) {
        unsafe core.multicasts[member] = nil
        withSimulation { $0.removeMember(member) }
    }

    func remove(_ backend: SimulatedBackend) {
        unsafe core.backends[backend.node] = nil
        withSimulation { $0.kill(backend.node) }
    }
}

/// An endpoint's share of a ``SimulatedNetwork``.
final class SimulatedBackend: SCTPBackend {
    let node: SimulatedNodeIdentifier
    let capabilities = SCTPBackendKind.simulated.capabilities
    let localAddresses: [SCTPAddress]
    private let network: SimulatedNetwork
    private weak var delegate: (any SCTPBackendDelegate)?
    /// The simulation numbers accepted associations too; these are the endpoint's numbers for them and back, where they differ.
    private var outerIdentifiers: [AssociationIdentifier: AssociationIdentifier] = [:]
    private var innerIdentifiers: [AssociationIdentifier: AssociationIdentifier] = [:]
    private var closing: (timer: LoopTimer, completion: () -> Void)?

    init(_ node: SimulatedNodeIdentifier, in network: SimulatedNetwork, delegate: any SCTPBackendDelegate) {
        self.node = node
        self.network = network
        self.delegate = delegate
        localAddresses = network.withSimulation { $0.localAddresses(of: node) }
    }

    private func inner(_ association: AssociationIdentifier) -> AssociationIdentifier {
        association.isAccepted ? innerIdentifiers[association] ?? association : association
    }

    private func perform(_ action: SCTPAction) throws(SCTPTransportError) {
        try network.withSimulation { simulation throws(SCTPTransportError) in try simulation.perform(action, by: node) }
    }

    func open(_ association: AssociationIdentifier, to addresses: [SCTPAddress]) throws(SCTPTransportError) {
        try perform(.open(association, to: addresses))
    }

    func send(_ bytes: RawSpan, _ header: MessageHeader, on association: AssociationIdentifier) throws(SCTPTransportError) {
        let copy = unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
        try perform(.send(inner(association), SCTPMessage(copy, header)))
    }

    func shutDown(_ association: AssociationIdentifier) throws(SCTPTransportError) {
        try perform(.shutDown(inner(association)))
    }

    func abort(_ association: AssociationIdentifier) throws(SCTPTransportError) {
        try perform(.abort(inner(association)))
    }

    func peerAddresses(of association: AssociationIdentifier) throws(SCTPTransportError) -> [SCTPAddress] {
        try network.withSimulation { simulation throws(SCTPTransportError) in
            try simulation.peerAddresses(of: inner(association), at: node)
        }
    }

    func setTiming(_ timing: SCTPTiming, of association: AssociationIdentifier?) throws(SCTPTransportError) {
        try network.withSimulation { simulation throws(SCTPTransportError) in
            try simulation.setTiming(timing, of: association.map(inner), at: node)
        }
    }

    func roundTripTime(of association: AssociationIdentifier) throws(SCTPTransportError) -> Duration? {
        try network.withSimulation { simulation throws(SCTPTransportError) in
            try simulation.roundTripTime(of: inner(association), at: node)
        }
    }

    func setReceivingPaused(_ isPaused: Bool) {
        network.withSimulation { $0.setReceivingPaused(isPaused, node) }
    }

    // MARK: Delivery

    func deliver(_ event: SCTPEvent) {
        switch event {
        case .message(let association, let message):
            guard let outer = outer(association) else { return }
            unsafe delegate?.backend(didReceive: message.bytes.span.bytes, message.header, on: outer)
        case .notification(let association, let notification):
            if case .up = notification, association.isAccepted, !accept(association) { return }
            guard let outer = outer(association) else { return }
            switch notification {
            case .failed, .lost, .shutDown:
                outerIdentifiers[association] = nil
                innerIdentifiers[outer] = nil
            default: break
            }
            delegate?.backend(didNotify: notification, of: outer)
            finishClosing()
        }
    }

    /// Nil for an association that the endpoint would not have.
    private func outer(_ association: AssociationIdentifier) -> AssociationIdentifier? {
        association.isAccepted ? outerIdentifiers[association] : association
    }

    private func accept(_ association: AssociationIdentifier) -> Bool {
        guard let outer = delegate?.backendNextAcceptedIdentifier() else {
            // It may have ended already, and then there is nothing to abort.
            try? perform(.abort(association))
            return false
        }
        outerIdentifiers[association] = outer
        innerIdentifiers[outer] = association
        return true
    }

    // MARK: Closing

    func close(deadline: MonotonicInstant, completion: @escaping () -> Void) {
        let timer = network.loop.makeTimer { self.abortAll() }
        closing = (timer, completion)
        let hasTime = deadline > network.loop.now
        network.withSimulation { simulation in
            simulation.setListening(false, node)
            for association in simulation.associations(of: node) {
                // One that is closing already needs no second word. Without time there is no closing in order.
                try? simulation.perform(hasTime ? .shutDown(association) : .abort(association), by: node)
            }
        }
        timer.arm(at: deadline)
        finishClosing()
    }

    private func abortAll() {
        network.withSimulation { simulation in
            for association in simulation.associations(of: node) { try? simulation.perform(.abort(association), by: node) }
        }
        finishClosing()
    }

    /// Ends the endpoint once its last association has gone and all of it has been told.
    private func finishClosing() {
        guard let (timer, completion) = closing, network.withSimulation({ $0.associations(of: node).isEmpty }) else { return }
        closing = nil
        // Later, behind the deliveries that wait already.
        timer.disarm()
        let last = network.loop.makeTimer {
            self.network.remove(self)
            completion()
        }
        last.arm(at: network.loop.now)
    }
}
