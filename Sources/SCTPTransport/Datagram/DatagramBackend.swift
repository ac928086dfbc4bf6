import Glibc
import InternetAddresses

/// UDP in the place of SCTP: every remote address and port is an association, which its first datagram opens and idleness ends.
///
/// Messages are datagrams: they may be lost, doubled or late, their headers do not travel, and the peer is not told of an end.
/// Anybody can send datagrams under any address.
final class DatagramBackend: SCTPBackend {
    final class Association {
        let identifier: AssociationIdentifier
        let peer: SCTPAddress
        let socket: DatagramSocket
        var lastUse: MonotonicInstant
        var hasHeard: Bool

        init(
            _ identifier: AssociationIdentifier, _ peer: SCTPAddress, _ socket: DatagramSocket, hasHeard: Bool,
            now: MonotonicInstant
        ) {
            self.identifier = identifier
            self.peer = peer
            self.socket = socket
            self.hasHeard = hasHeard
            lastUse = now
        }
    }

    let configuration: SCTPEndpointConfiguration
    let loop: EventLoop
    unowned let delegate: any SCTPBackendDelegate
    let capabilities = SCTPBackendKind.udp.capabilities
    private(set) var localAddresses: [SCTPAddress] = []
    private var sockets: [DatagramSocket] = []
    private var associations: [AssociationIdentifier: Association] = [:]
    private var byPeer: [SCTPAddress: Association] = [:]
    /// Those that found the host's queue full.
    private var waitingForRoom: [Association] = []
    private var isPaused = false
    private var isClosing = false
    private var completion: (() -> Void)?
    private var buffer = [UInt8](repeating: 0, count: 65_536)
    /// What is to be told, and not from within a call.
    private var untold: [(AssociationIdentifier, SCTPNotification)] = []
    private var untoldTimer: LoopTimer?
    /// Looks for idle associations a few times in the time that they may be idle.
    private var idleTimer: LoopTimer?

    static func make(
        _ configuration: SCTPEndpointConfiguration, on loop: EventLoop, delegate: any SCTPBackendDelegate
    ) throws(SCTPTransportError) -> DatagramBackend {
        let backend = DatagramBackend(configuration, on: loop, delegate)
        try backend.bind()
        return backend
    }

    private init(_ configuration: SCTPEndpointConfiguration, on loop: EventLoop, _ delegate: any SCTPBackendDelegate) {
        self.configuration = configuration
        self.loop = loop
        self.delegate = delegate
        untoldTimer = loop.makeTimer { [weak self] in self?.tellUntold() }
        idleTimer = loop.makeTimer { [weak self] in self?.endIdle() }
    }

    private func bind() throws(SCTPTransportError) {
        let isAnywhere = configuration.localAddresses.isEmpty
        var port = configuration.port
        for place in isAnywhere ? [.anyIPv4, .anyIPv6] : configuration.localAddresses {
            do throws(SCTPTransportError) {
                let socket = try DatagramSocket(
                    binding: SCTPAddress(place, port: port), isShared: false, tellsErrors: true)
                try socket.watch(on: loop) { [weak self, unowned socket] in self?.ready(socket) }
                port = socket.address.port
                sockets.append(socket)
                localAddresses.append(socket.address)
            } catch {
                // A host without IPv6 does with IPv4.
                guard isAnywhere, place == .anyIPv6 else { throw error }
            }
        }
    }

    private func find(_ identifier: AssociationIdentifier) throws(SCTPTransportError) -> Association {
        guard let association = associations[identifier] else { throw LoopEndpoint.unknown(identifier) }
        return association
    }

    // MARK: Associations

    func open(_ identifier: AssociationIdentifier, to addresses: [SCTPAddress]) throws(SCTPTransportError) {
        let peer = SCTPAddress(addresses[0].ip, port: addresses[0].port)
        guard byPeer[peer] == nil else { throw LoopEndpoint.alreadyConnected(peer) }
        guard let socket = sockets.first(where: { $0.address.ip.family == peer.ip.family }) else {
            throw .reaching("\(peer)", EAFNOSUPPORT)
        }
        let association = Association(identifier, peer, socket, hasHeard: false, now: loop.now)
        add(association)
        tellLater(identifier, up(association))
    }

    private func add(_ association: Association) {
        associations[association.identifier] = association
        byPeer[association.peer] = association
        if idleTimer?.isArmed == false { idleTimer?.arm(at: loop.now + idleTimeout / 4) }
    }

    private func up(_ association: Association) -> SCTPNotification {
        .up(AssociationDetails(peerAddresses: [association.peer], inboundStreams: 1, outboundStreams: 1))
    }

    func peerAddresses(of association: AssociationIdentifier) throws(SCTPTransportError) -> [SCTPAddress] {
        [try find(association).peer]
    }

    /// UDP has none to set; the call is checked all the same.
    func setTiming(_ timing: SCTPTiming, of association: AssociationIdentifier?) throws(SCTPTransportError) {
        if let association { _ = try find(association) }
    }

    func roundTripTime(of association: AssociationIdentifier) throws(SCTPTransportError) -> Duration? {
        _ = try find(association)
        return nil
    }

    func shutDown(_ association: AssociationIdentifier) throws(SCTPTransportError) {
        end(try find(association), with: .shutDown)
    }

    func abort(_ association: AssociationIdentifier) throws(SCTPTransportError) {
        end(try find(association), with: .lost(.abortedLocally))
    }

    private func end(_ association: Association, with notification: SCTPNotification) {
        associations[association.identifier] = nil
        byPeer[association.peer] = nil
        tellLater(association.identifier, notification)
    }

    private var idleTimeout: Duration { configuration.idleTimeout ?? SCTPEndpointConfiguration.datagramIdleTimeout }

    private func endIdle() {
        let now = loop.now
        for identifier in associations.keys.sorted() {
            guard let association = associations[identifier], association.lastUse + idleTimeout <= now else { continue }
            // One that was never heard of may never have been there.
            end(association, with: association.hasHeard ? .shutDown : .lost(.unreachable))
        }
        if !associations.isEmpty { idleTimer?.arm(at: now + idleTimeout / 4) }
    }

    // MARK: Sending

    func send(
        _ bytes: RawSpan, _ header: MessageHeader, on identifier: AssociationIdentifier
    ) throws(SCTPTransportError) {
        let association = try find(identifier)
        guard bytes.byteCount <= MulticastConfiguration.datagramLimit else {
            throw SCTPTransportError(
                .messageSize,
                "a message of \(bytes.byteCount) bytes cannot be sent over UDP: "
                    + "\(MulticastConfiguration.datagramLimit) are its limit")
        }
        association.lastUse = loop.now
        var error = association.socket.send(bytes, to: association.peer)
        // What the host has learnt of an earlier datagram, to whomever.
        if error == ECONNREFUSED { error = association.socket.send(bytes, to: association.peer) }
        switch error {
        case 0: return
        case EAGAIN, ENOBUFS:
            if !waitingForRoom.contains(where: { $0 === association }) { waitingForRoom.append(association) }
            association.socket.setInterest(read: !isPaused, write: true)
            throw LoopEndpoint.full(identifier)
        // This one is lost, as UDP's may be.
        case ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EHOSTDOWN: return
        default: throw .reaching("\(association.peer)", error)
        }
    }

    // MARK: Receiving

    private func ready(_ socket: DatagramSocket) {
        takeErrors(of: socket)
        if !waitingForRoom.isEmpty { tellOfRoom(socket) }
        for _ in 0..<DatagramSocket.datagramsPerTurn where !isPaused {
            switch socket.receive(into: &buffer) {
            case .nothing: return
            case .error: takeErrors(of: socket)
            case .datagram(let length, let source): received(length, source, socket)
            }
        }
    }

    private func takeErrors(of socket: DatagramSocket) {
        while let (destination, error) = socket.takeError() {
            guard let association = byPeer[destination] else { continue }
            switch error {
            // Nobody is at that port (ICMP, port unreachable).
            case ECONNREFUSED: end(association, with: .lost(.abortedByPeer))
            default: continue
            }
        }
    }

    private func tellOfRoom(_ socket: DatagramSocket) {
        for association in waitingForRoom where association.socket === socket {
            if associations[association.identifier] != nil { tellLater(association.identifier, .readyToSend) }
        }
        waitingForRoom.removeAll { $0.socket === socket }
        socket.setInterest(read: !isPaused, write: false)
    }

    private func received(_ length: Int, _ source: SCTPAddress, _ socket: DatagramSocket) {
        // An empty datagram is no message; one that is too long was cut.
        guard (1...min(buffer.count, configuration.maximumMessageSize)).contains(length) else { return }
        guard let association = byPeer[source] ?? accept(source, socket) else { return }
        association.lastUse = loop.now
        association.hasHeard = true
        if !untold.isEmpty { tellUntold() }
        guard associations[association.identifier] != nil else { return }
        // Out of its place meanwhile: whatever is called from within, nothing is read into it.
        let bytes = buffer
        buffer = []
        unsafe delegate.backend(
            didReceive: bytes.span.bytes.extracting(first: length), MessageHeader(), on: association.identifier)
        buffer = bytes
    }

    private func accept(_ peer: SCTPAddress, _ socket: DatagramSocket) -> Association? {
        guard configuration.isListening, !isClosing, peer.port != 0,
            let identifier = delegate.backendNextAcceptedIdentifier()
        else { return nil }
        let association = Association(identifier, peer, socket, hasHeard: true, now: loop.now)
        add(association)
        delegate.backend(didNotify: up(association), of: identifier)
        return associations[identifier]
    }

    func setReceivingPaused(_ isPaused: Bool) {
        guard self.isPaused != isPaused else { return }
        self.isPaused = isPaused
        for socket in sockets {
            socket.setInterest(read: !isPaused, write: waitingForRoom.contains { $0.socket === socket })
        }
        if !isPaused { untoldTimer?.arm(at: loop.now) }
    }

    // MARK: Telling and closing

    private func tellLater(_ identifier: AssociationIdentifier, _ notification: SCTPNotification) {
        untold.append((identifier, notification))
        untoldTimer?.arm(at: loop.now)
    }

    private func tellUntold() {
        let held = isPaused && !isClosing
        var waiting: [(AssociationIdentifier, SCTPNotification)] = []
        while !untold.isEmpty {
            let batch = untold
            untold = []
            for (identifier, notification) in batch {
                if held, notification != .readyToSend {
                    waiting.append((identifier, notification))
                } else {
                    delegate.backend(didNotify: notification, of: identifier)
                }
            }
        }
        untold = waiting
        finishIfClosed()
    }

    func close(deadline: MonotonicInstant, completion: @escaping () -> Void) {
        guard !isClosing else { return completion() }
        isClosing = true
        setReceivingPaused(false)
        self.completion = completion
        for identifier in associations.keys.sorted() {
            if let association = associations[identifier] {
                end(association, with: deadline <= loop.now ? .lost(.abortedLocally) : .shutDown)
            }
        }
        for socket in sockets { socket.stopWatching() }
        sockets = []
        idleTimer?.disarm()
        idleTimer = nil
        let last = loop.makeTimer { self.tellUntold() }
        last.arm(at: loop.now)
    }

    private func finishIfClosed() {
        guard isClosing, untold.isEmpty, let completion else { return }
        self.completion = nil
        untoldTimer?.disarm()
        untoldTimer = nil
        completion()
    }
}
