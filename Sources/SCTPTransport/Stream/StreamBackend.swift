import Glibc
import InternetAddresses

/// TCP in the place of SCTP: a connection is an association, and a framing makes messages of its bytes.
///
/// What TCP cannot do: the headers of messages do not travel, there is one path, connections do not come from the endpoint's own
/// port, and of what was given to the host nobody tells whether it arrived, so only messages that still waited in the process
/// are handed back.
final class StreamBackend: SCTPBackend {
    /// Connections taken in one turn of the loop.
    static let acceptsPerTurn = 64
    /// Connections that may wait in the host to be taken.
    static let backlog = 1_024
    /// Reads of one connection in one turn of the loop, 64 KiB each.
    static let readsPerTurn = 4
    /// How long no connection is taken when the host has no descriptor left.
    static let acceptPause: Duration = .milliseconds(200)

    let configuration: SCTPEndpointConfiguration
    let framing: StreamFraming
    let loop: EventLoop
    unowned let delegate: any SCTPBackendDelegate
    let capabilities = SCTPBackendKind.tcp.capabilities
    private(set) var localAddresses: [SCTPAddress] = []
    private var listeners: [StreamSocket] = []
    var associations: [AssociationIdentifier: StreamAssociation] = [:]
    var timing: SCTPTiming
    var isPaused = false
    var isClosing = false
    var buffer = [UInt8](repeating: 0, count: 65_536)
    /// Ends that are not told yet, since nothing is told from within a call.
    var untold: [(AssociationIdentifier, [SCTPNotification])] = []
    /// Those that have room again, and are not told yet.
    var readyToSend: [AssociationIdentifier] = []
    private var untoldTimer: LoopTimer?
    private var acceptTimer: LoopTimer?
    private var deadlineTimer: LoopTimer?
    private var completion: (() -> Void)?

    static func make(
        _ configuration: SCTPEndpointConfiguration, _ framing: StreamFraming, on loop: EventLoop,
        delegate: any SCTPBackendDelegate
    ) throws(SCTPTransportError) -> StreamBackend {
        let backend = StreamBackend(configuration, framing, on: loop, delegate)
        try backend.bind()
        return backend
    }

    private init(
        _ configuration: SCTPEndpointConfiguration, _ framing: StreamFraming, on loop: EventLoop,
        _ delegate: any SCTPBackendDelegate
    ) {
        self.configuration = configuration
        self.framing = framing
        self.loop = loop
        self.delegate = delegate
        timing = configuration.timing
        untoldTimer = loop.makeTimer { [weak self] in self?.tellUntold() }
    }

    // MARK: Listening

    /// Binds also where it does not listen: then peers that try are refused, and the addresses are known to be good.
    private func bind() throws(SCTPTransportError) {
        var places = configuration.localAddresses
        let isAnywhere = places.isEmpty
        if isAnywhere { places = [.anyIPv4, .anyIPv6] }
        var port = configuration.port
        for place in places {
            do throws(SCTPTransportError) {
                let (socket, address) = try StreamSocket.bound(
                    to: SCTPAddress(place, port: port), sendBuffer: sendBuffer, receiveBuffer: receiveBuffer)
                if configuration.isListening {
                    try socket.listen(at: address, backlog: StreamBackend.backlog)
                    try socket.watch(on: loop) { [weak self, unowned socket] _, _ in self?.accept(from: socket) }
                }
                port = address.port
                listeners.append(socket)
                localAddresses.append(address)
            } catch {
                // A host without IPv6 does with IPv4.
                guard isAnywhere, place == .anyIPv6 else { throw error }
            }
        }
    }

    var sendBuffer: Int { max(configuration.sendQueueLimit, configuration.maximumMessageSize) }
    var receiveBuffer: Int { min(max(configuration.maximumMessageSize, 65_536), configuration.receiveQueueLimit) }

    private func accept(from listener: StreamSocket) {
        for _ in 0..<StreamBackend.acceptsPerTurn where !isClosing {
            switch listener.accept() {
            case .nothing: return
            case .error(0): continue
            case .error: return pauseAccepting()
            case .connection(let socket, let peer): accepted(socket, peer)
            }
        }
    }

    /// The host has no descriptor or memory for one more; it would say so in every turn.
    private func pauseAccepting() {
        for listener in listeners { listener.setInterest(read: false, write: false) }
        acceptTimer = loop.makeTimer { [weak self] in
            guard let self else { return }
            for listener in listeners { listener.setInterest(read: true, write: false) }
        }
        acceptTimer?.arm(at: loop.now + StreamBackend.acceptPause)
    }

    private func accepted(_ socket: StreamSocket, _ peer: SCTPAddress) {
        guard let identifier = delegate.backendNextAcceptedIdentifier() else { return socket.reset() }
        let association = StreamAssociation(
            identifier, socket, peer: peer, state: .up, framing: framing, configuration: configuration, timing: timing,
            now: loop.now)
        add(association)
        guard watch(association) else { return }
        cameUp(association)
    }

    func add(_ association: StreamAssociation) {
        associations[association.identifier] = association
        association.socket.supervise(association.timing)
    }

    /// False where the host would not have it, and then the association has ended.
    func watch(_ association: StreamAssociation) -> Bool {
        do throws(SCTPTransportError) {
            try association.socket.watch(on: loop) { [weak self, unowned association] readable, writable in
                self?.ready(association, readable: readable, writable: writable)
            }
            return true
        } catch {
            end(association, with: association.state == .opening ? .failed(.other(ENOMEM)) : .lost(.other(ENOMEM)))
            return false
        }
    }

    // MARK: What an endpoint tells of itself

    func peerAddresses(of association: AssociationIdentifier) throws(SCTPTransportError) -> [SCTPAddress] {
        [try find(association).peer]
    }

    func roundTripTime(of association: AssociationIdentifier) throws(SCTPTransportError) -> Duration? {
        try find(association).socket.roundTripTime
    }

    func setTiming(_ timing: SCTPTiming, of association: AssociationIdentifier?) throws(SCTPTransportError) {
        guard let association else { return self.timing = timing }
        let found = try find(association)
        found.timing = timing
        found.socket.supervise(timing)
    }

    func find(_ identifier: AssociationIdentifier) throws(SCTPTransportError) -> StreamAssociation {
        guard let association = associations[identifier] else { throw LoopEndpoint.unknown(identifier) }
        return association
    }

    // MARK: Ending

    /// Ends an association, and tells of it: at once, or where the end comes from within a call later.
    func end(_ association: StreamAssociation, with notification: SCTPNotification, isLater: Bool = false) {
        guard association.state != .ended else { return }
        association.state = .ended
        association.timer?.disarm()
        association.timer = nil
        associations[association.identifier] = nil
        if case .shutDown = notification { association.socket.close() } else { association.socket.reset() }
        let undelivered = association.takeUndelivered().map { SCTPNotification.sendFailed($0) }
        untold.append((association.identifier, undelivered + [notification]))
        if isLater || isPaused { tellLater() } else { tellUntold() }
    }

    func tellLater() {
        untoldTimer?.arm(at: loop.now)
    }

    func tellUntold() {
        let ready = readyToSend
        readyToSend = []
        // Told even while paused: whoever waits for room may be the one that does not read.
        for identifier in ready where associations[identifier] != nil {
            delegate.backend(didNotify: .readyToSend, of: identifier)
        }
        guard !isPaused || isClosing else { return }
        while !untold.isEmpty {
            let (identifier, notifications) = untold.removeFirst()
            for notification in notifications { delegate.backend(didNotify: notification, of: identifier) }
        }
        finishIfClosed()
    }

    func close(deadline: MonotonicInstant, completion: @escaping () -> Void) {
        guard !isClosing else { return completion() }
        isClosing = true
        setReceivingPaused(false)
        self.completion = completion
        for listener in listeners { listener.close() }
        listeners = []
        acceptTimer?.disarm()
        for identifier in associations.keys.sorted() {
            // One that is closing already needs no second word. Without time there is no closing in order.
            if deadline > loop.now { try? shutDown(identifier) } else { try? abort(identifier) }
        }
        deadlineTimer = loop.makeTimer { [self] in
            for identifier in associations.keys.sorted() { try? abort(identifier) }
        }
        deadlineTimer?.arm(at: deadline)
        tellLater()
    }

    private func finishIfClosed() {
        guard isClosing, associations.isEmpty, untold.isEmpty, let completion else { return }
        self.completion = nil
        deadlineTimer?.disarm()
        deadlineTimer = nil
        untoldTimer?.disarm()
        untoldTimer = nil
        completion()
    }
}
