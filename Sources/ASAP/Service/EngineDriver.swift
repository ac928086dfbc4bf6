import InternetAddresses
public import SCTPTransport

/// Drives an engine over one SCTP endpoint, on the endpoint's loop: each event goes into the engine, what comes out is done, and
/// one timer waits for the engine's deadline.
///
/// A driver belongs to an actor on the loop, or to code that runs on it; it is not to be used elsewhere.
public final class EngineDriver<Engine: TransportEngine> {
    /// The engine. Changes are to be followed by ``drain()``.
    public var engine: Engine
    public let endpoint: SCTPEndpoint
    private let core: LoopEndpoint
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

    /// - Parameter output: called on the loop for every output that is not a transport action.
    public init(_ engine: Engine, endpoint: SCTPEndpoint, output: @escaping (Engine.Output) -> Void) {
        self.engine = engine
        self.endpoint = endpoint
        self.output = output
        core = endpoint.onLoop
    }

    private var now: MonotonicInstant { endpoint.loop.now }

    /// Starts taking the endpoint's events.
    public func start() {
        timer = endpoint.loop.makeTimer { [weak self] in self?.timerFired() }
        core.setHandlers(
            message: { [weak self] bytes, header, association in
                self?.received(bytes, header, association)
            },
            notification: { [weak self] association, notification in
                self?.notified(association, notification)
            })
        drain()
    }

    /// Takes no more events and sets no more timers.
    public func stop() {
        isStopped = true
        timer?.disarm()
        timer = nil
        // What the closures hold on to is let go.
        interceptMessage = nil
        actionFailed = nil
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
                try core.perform(.open(association, to: usable(addresses)))
            case .send(let association, let message):
                if hasBacklog(association) {
                    append(message, toBacklogOf: association)
                } else {
                    try core.send(message, on: association)
                }
            case .shutDown, .abort:
                try core.perform(action)
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
        guard bytes <= backlogLimit else {
            // The end of the association is told by a notification, which hands back what waits.
            try? core.abort(association)
            return
        }
        backlog[association, default: ([], 0)].messages.append(message)
        backlog[association]?.bytes = bytes
    }

    private func retryBacklog(of association: AssociationIdentifier) {
        guard let waiting = backlog.removeValue(forKey: association)?.messages else { return }
        for (index, message) in waiting.enumerated() {
            do throws(SCTPTransportError) {
                try core.send(message, on: association)
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
