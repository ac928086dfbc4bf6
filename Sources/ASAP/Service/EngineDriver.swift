import InternetAddresses
public import SCTPTransport

/// Drives an engine over an SCTP endpoint, on the endpoint's loop: each event goes into the engine, what comes out is done, and
/// one timer waits for the engine's deadline.
///
/// An endpoint has at most one association with a peer. For an engine that opens several, or opens one while another with the
/// same peer is closing, the owner gives the driver further endpoints when it asks for them (``furtherEndpointWanted``).
///
/// A driver belongs to an actor on the loop, or to code that runs on it; it is not to be used elsewhere.
public final class EngineDriver<Engine: TransportEngine> {
    /// The engine. Changes are to be followed by ``drain()``.
    public var engine: Engine
    /// The first endpoint: the one that peers open associations to.
    public let endpoint: SCTPEndpoint
    private var lanes: [Lane]
    /// The lanes of associations that are not in the first.
    private var laneOf: [AssociationIdentifier: Int] = [:]
    /// Associations that wait for a further endpoint.
    private var waitingOpens: [(association: AssociationIdentifier, addresses: [SCTPAddress])] = []
    private var isEndpointWanted = false
    private var isReceivingPaused = false
    /// Endpoints that a driver has at most.
    public static var endpointLimit: Int { 256 }

    /// An endpoint, and the peers of the associations that the engine opened on it.
    private struct Lane {
        var endpoint: SCTPEndpoint
        var core: LoopEndpoint
        var peers: [AssociationIdentifier: [SCTPAddress]] = [:]

        func isFree(for addresses: [SCTPAddress]) -> Bool {
            // Not in any order, nor does the result depend on one.
            !peers.values.contains { known in
                known.contains { peer in addresses.contains { $0.ip == peer.ip && $0.port == peer.port } }
            }
        }
    }

    private var output: ((Engine.Output) -> Void)?
    private var timer: LoopTimer?
    private var armedAt: MonotonicInstant?
    private var isDraining = false
    private var isStopped = false
    /// Messages of the engine that found the send queue full, per association in order, and how many bytes they have.
    private var backlog: [AssociationIdentifier: (messages: [SCTPMessage], bytes: Int)] = [:]
    /// Bytes of messages that may wait for room on one association, beyond the endpoint's send queue. A peer that asks for more
    /// and reads nothing has its association aborted.
    public var backlogLimit = 262_144

    /// Takes messages before the engine does; true where it took one. For data, which most engines need not see.
    public var interceptMessage: ((RawSpan, MessageHeader, AssociationIdentifier) -> Bool)?
    /// Learns of actions that the transport refused.
    public var actionFailed: ((SCTPAction, SCTPTransportError) -> Void)?
    /// Asks the owner for a further endpoint: ``add(_:)`` or ``furtherEndpointFailed(_:)`` answers. Without it there is one.
    public var furtherEndpointWanted: (() -> Void)?

    /// - Parameter output: called on the loop for every output that is not a transport action.
    public init(_ engine: Engine, endpoint: SCTPEndpoint, output: @escaping (Engine.Output) -> Void) {
        self.engine = engine
        self.endpoint = endpoint
        self.output = output
        lanes = [Lane(endpoint: endpoint, core: endpoint.onLoop)]
    }

    private var now: MonotonicInstant { endpoint.loop.now }

    /// Starts taking the endpoint's events.
    public func start() {
        timer = endpoint.loop.makeTimer { [weak self] in self?.timerFired() }
        takeEvents(of: lanes[0].core)
        drain()
    }

    private func takeEvents(of core: LoopEndpoint) {
        core.setHandlers(
            message: { [weak self] bytes, header, association in
                self?.received(bytes, header, association)
            },
            notification: { [weak self] association, notification in
                self?.notified(association, notification)
            })
    }

    // MARK: Endpoints

    /// All endpoints, the first in front.
    public var endpoints: [SCTPEndpoint] { lanes.map(\.endpoint) }

    /// Takes a further endpoint on the same loop, which the driver had asked for.
    public func add(_ further: SCTPEndpoint) {
        isEndpointWanted = false
        lanes.append(Lane(endpoint: further, core: further.onLoop))
        if isReceivingPaused { further.onLoop.setReceivingPaused(true) }
        takeEvents(of: further.onLoop)
        let waiting = waitingOpens
        waitingOpens = []
        for open in waiting { perform(.open(open.association, to: open.addresses)) }
        drain()
    }

    /// There is no further endpoint to be had.
    public func furtherEndpointFailed(_ error: SCTPTransportError) {
        isEndpointWanted = false
        let waiting = waitingOpens
        waitingOpens = []
        for open in waiting { failed(.open(open.association, to: open.addresses), error) }
        drain()
    }

    /// Stops reading on all endpoints, so that the peers' windows close, or goes on.
    public func setReceivingPaused(_ isPaused: Bool) {
        isReceivingPaused = isPaused
        for lane in lanes { lane.core.setReceivingPaused(isPaused) }
    }

    private func core(of association: AssociationIdentifier) -> LoopEndpoint {
        laneOf.isEmpty ? lanes[0].core : lanes[laneOf[association] ?? 0].core
    }

    /// Opens an association on the first endpoint that has none with the peer.
    private func open(_ association: AssociationIdentifier, to addresses: [SCTPAddress]) throws(SCTPTransportError) {
        let addresses = usable(addresses)
        var place = lanes.firstIndex { $0.isFree(for: addresses) }
        if place == nil {
            if furtherEndpointWanted != nil, lanes.count < Self.endpointLimit {
                waitingOpens.append((association, addresses))
                guard !isEndpointWanted else { return }
                isEndpointWanted = true
                furtherEndpointWanted?()
                return
            }
            place = 0
        }
        try lanes[place ?? 0].core.perform(.open(association, to: addresses))
        lanes[place ?? 0].peers[association] = addresses
        if let place, place > 0 { laneOf[association] = place }
    }

    private func forget(_ association: AssociationIdentifier) {
        lanes[laneOf.removeValue(forKey: association) ?? 0].peers[association] = nil
    }

    /// Takes no more events and sets no more timers.
    public func stop() {
        isStopped = true
        timer?.disarm()
        timer = nil
        // What the closures hold on to is let go.
        interceptMessage = nil
        actionFailed = nil
        furtherEndpointWanted = nil
        output = nil
    }

    /// Gives the engine an input and does what comes out.
    public func handle(_ input: Engine.Input) {
        guard !isStopped else { return }
        engine.handle(input, at: now)
        drain()
    }

    /// True where a message of the engine's waits for room; another must not overtake it.
    public func hasBacklog(_ association: AssociationIdentifier) -> Bool {
        !backlog.isEmpty && backlog[association] != nil
    }

    /// Sends a message past the engine, not before what the engine has sent.
    /// - Throws: as `LoopEndpoint.send(_:_:on:)`.
    public func send(_ message: SCTPMessage, on association: AssociationIdentifier) throws(SCTPTransportError) {
        guard !hasBacklog(association) else {
            throw SCTPTransportError(.sendQueueFull, "Other messages wait for room on association \(association).")
        }
        try core(of: association).send(message, on: association)
    }

    /// Does what the engine has put out.
    public func drain() {
        // An action may bring an event at once; the engine has it by then, and the outer loop goes on.
        guard !isDraining else { return }
        isDraining = true
        while let next = engine.nextOutput() {
            if let action = next.transportAction {
                perform(action)
            } else {
                output?(next)
            }
        }
        isDraining = false
        armTimer()
    }

    private func armTimer() {
        let deadline = isStopped ? nil : engine.nextDeadline
        guard deadline != armedAt else { return }
        armedAt = deadline
        if let deadline {
            timer?.arm(at: deadline)
        } else {
            timer?.disarm()
        }
    }

    private func timerFired() {
        armedAt = nil
        handle(.timer)
    }

    // MARK: Events

    private func received(_ bytes: RawSpan, _ header: MessageHeader, _ association: AssociationIdentifier) {
        if let interceptMessage, interceptMessage(bytes, header, association) { return }
        let copy = unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
        handle(.transport(.message(association, SCTPMessage(copy, header))))
    }

    private func notified(_ association: AssociationIdentifier, _ notification: SCTPNotification) {
        switch notification {
        case .failed, .lost, .shutDown: forget(association)
        default: break
        }
        if !backlog.isEmpty, backlog[association] != nil {
            switch notification {
            case .readyToSend:
                retryBacklog(of: association)
                if hasBacklog(association) { return }
            case .failed, .lost, .shutDown:
                for message in backlog.removeValue(forKey: association)?.messages ?? [] { handBack(message, association) }
            default:
                break
            }
        }
        handle(.transport(.notification(association, notification)))
    }

    // MARK: Actions

    private func perform(_ action: SCTPAction) {
        do throws(SCTPTransportError) {
            switch action {
            case .open(let association, let addresses):
                try open(association, to: addresses)
            case .send(let association, let message):
                if hasBacklog(association) {
                    append(message, toBacklogOf: association)
                } else {
                    try core(of: association).send(message, on: association)
                }
            case .shutDown(let association), .abort(let association):
                waitingOpens.removeAll { $0.association == association }
                try core(of: association).perform(action)
            }
        } catch {
            failed(action, error)
        }
    }

    private func failed(_ action: SCTPAction, _ error: SCTPTransportError) {
        switch action {
        case .send(let association, let message) where error.code == .sendQueueFull:
            return append(message, toBacklogOf: association)
        case .send(let association, let message):
            handBack(message, association)
        case .open(let association, _):
            let end: AssociationEnd = error.code == .noRoute ? .unreachable : .other(0)
            engine.handle(.transport(.notification(association, .failed(end))), at: now)
        case .shutDown, .abort:
            // The association has ended by itself.
            return
        }
        actionFailed?(action, error)
    }

    private func handBack(_ message: SCTPMessage, _ association: AssociationIdentifier) {
        let undelivered = UndeliveredMessage(message: message, mayHaveArrived: false)
        engine.handle(.transport(.notification(association, .sendFailed(undelivered))), at: now)
    }

    private func append(_ message: SCTPMessage, toBacklogOf association: AssociationIdentifier) {
        let bytes = (backlog[association]?.bytes ?? 0) + message.bytes.count
        backlog[association, default: ([], 0)].messages.append(message)
        backlog[association]?.bytes = bytes
        // The end of the association is told by a notification, which hands back what waits.
        if bytes > backlogLimit { try? core(of: association).abort(association) }
    }

    private func retryBacklog(of association: AssociationIdentifier) {
        guard let waiting = backlog.removeValue(forKey: association)?.messages else { return }
        for (index, message) in waiting.enumerated() {
            do throws(SCTPTransportError) {
                try core(of: association).send(message, on: association)
            } catch {
                if error.code == .sendQueueFull {
                    for message in waiting[index...] { append(message, toBacklogOf: association) }
                    return
                }
                handBack(message, association)
                actionFailed?(.send(association, message), error)
            }
        }
        drain()
    }

    /// The addresses of a peer that this endpoint can open an association to: those of the families it is bound to, and one
    /// only where the backend has one path per association.
    private func usable(_ addresses: [SCTPAddress]) -> [SCTPAddress] {
        let local = endpoint.localAddresses
        let fitting = addresses.filter { address in
            local.contains { $0.ip.family == address.ip.family || $0.ip == .anyIPv6 }
        }
        let candidates = fitting.isEmpty ? addresses : fitting
        return endpoint.capabilities.contains(.multiHoming) ? candidates : Array(candidates.prefix(1))
    }
}
