public import AgentX
public import RSerPoolParameters
public import SCTPTransport
public import ServiceLifecycle

/// Shows registrars, pool elements and pool users of a program to SNMP managers, by an SNMP agent that takes subagents (RFC 5525,
/// RFC 2741), and hands what managers set to them.
///
///     let subagent = try ManagementSubagent(at: .unix(path: "/var/agentx/master"))
///     await subagent.add(RegistrarNode(registrar))
///     try await subagent.run()
///
/// It lives on an event loop of its own, so that walks do not keep others waiting. It looks for the SNMP agent for as long as it
/// runs; while there is none, nothing else happens.
public actor ManagementSubagent: Service {
    /// What people may want to know.
    public enum Event: Hashable, Sendable {
        /// The SNMP agent has taken the subagent.
        case opened(MasterAgentAddress)
        /// There is no agent, or no longer: why, and when it is tried again.
        case lost(MasterAgentAddress, String, retryIn: Duration)
        /// A node, or a peer of a registrar, has its row in the tables.
        case rowReady(ManagedNodeKind, peer: RegistrarIdentifier?, index: UInt32)
        /// The agent will not have a row.
        case rowRefused(ManagedNodeKind, peer: RegistrarIdentifier?, AgentXMessage.Status)
        /// The agent sent something that cannot be read.
        case unreadable(AgentXError)
        /// A manager has set something.
        case changed(ManagedChange)
    }

    struct Node {
        var node: any ManagedNode
        /// Rows of peers: places beside the node's own row.
        var peers: [RegistrarIdentifier: Int] = [:]
        var lastPeer = 0
    }

    /// Nodes of one subagent; a further one is not shown.
    public static let maximumNodes = 4_096
    /// Events kept for a slow reader; the oldest are dropped.
    public static let eventLimit = 1_000
    /// Bytes from the SNMP agent that are worked on before answers are sent.
    static let pieceLength = 4_096
    /// How long the subagent's own loop looks for the next request of a walk: Debian's SNMP agent asks for one row at a time.
    static let lingering = Duration.microseconds(200)
    /// How often registrars are asked for their peers.
    static let peerInterval = Duration.seconds(2)

    /// Where the SNMP agent is.
    public nonisolated let address: MasterAgentAddress
    /// Where the subagent lives.
    public nonisolated let loop: EventLoop
    /// What happens, for one reader. It ends with the subagent.
    public nonisolated let events: AsyncStream<Event>

    let reporter: AsyncStream<Event>.Continuation
    var session: AgentXSession<ManagementObjects>
    /// By number, ascending; the number is not used again.
    var nodes: [(number: Int, node: Node)] = []
    private var lastNumber = 0
    private let start: MonotonicInstant
    private var stream: ByteStream?
    /// Counts connections, so that nothing is heard of earlier ones.
    private var connection = 0
    private var timer: LoopTimer?
    private var peerTimer: LoopTimer?
    /// Applies changes and makes views, one after the other.
    var worker: Task<Void, Never>?
    private var hasStarted = false
    private var hasStopped = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    /// The loop.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - address: where the SNMP agent takes subagents.
    ///   - configuration: times and limits of the session.
    ///   - loop: where the subagent lives; nil gives it a loop of its own.
    /// - Throws: `SCTPTransportError` where the host has no thread for a loop.
    public init(
        at address: MasterAgentAddress, configuration: AgentXSessionConfiguration = .management, on loop: EventLoop? = nil
    ) throws(SCTPTransportError) {
        self.address = address
        self.loop = if let loop { loop } else { try EventLoop(name: "agentx", lingering: Self.lingering) }
        start = self.loop.now
        session = AgentXSession(ManagementObjects(), configuration: configuration)
        (events, reporter) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.eventLimit))
    }

    // MARK: Nodes

    /// Shows a node from now on.
    /// - Returns: its number, for ``remove(_:)``.
    @discardableResult
    public func add(_ node: some ManagedNode) -> Int {
        lastNumber += 1
        guard nodes.count < Self.maximumNodes else {
            reporter.yield(.rowRefused(node.kind, peer: nil, .resourceUnavailable))
            return lastNumber
        }
        nodes.append((lastNumber, Node(node: node)))
        handle(.add(.row(node.kind, key: RowKey(node: lastNumber).rawValue)))
        session.objects.outdate()
        work()
        return lastNumber
    }

    /// Shows a node no longer.
    public func remove(_ number: Int) {
        guard let place = nodes.firstIndex(where: { $0.number == number }) else { return }
        let node = nodes.remove(at: place).node
        for peer in node.peers.values.sorted() { handle(.remove(key: RowKey(node: number, peer: peer).rawValue)) }
        handle(.remove(key: RowKey(node: number).rawValue))
        session.objects.outdate()
    }

    /// Who a row is.
    struct RowKey: RawRepresentable {
        let rawValue: Int

        init(rawValue: Int) { self.rawValue = rawValue }
        /// - Parameter peer: 0 for the node's own row.
        init(node: Int, peer: Int = 0) { rawValue = node << 32 | peer }

        var node: Int { rawValue >> 32 }
        var peer: Int { rawValue & 0xffff_ffff }
    }

    // MARK: Running

    /// Serves managers until the graceful shutdown, until the task is cancelled, or until ``stop()``. Then the rows are gone.
    public nonisolated func run() async {
        await begin()
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await untilStopped()
            } onGracefulShutdown: {
                self.stopSoon()
            }
        } onCancel: {
            stopSoon()
        }
    }

    /// Takes leave of the SNMP agent, for good.
    public func stop() {
        guard !hasStopped else { return }
        hasStopped = true
        handle(.stop)
        timer?.disarm()
        peerTimer?.disarm()
        timer = nil
        peerTimer = nil
        worker?.cancel()
        reporter.finish()
        for waiter in waiters { waiter.resume() }
        waiters = []
    }

    private nonisolated func stopSoon() {
        loop.execute { self.assumeIsolated { $0.stop() } }
    }

    private func begin() {
        guard !hasStarted, !hasStopped else { return }
        hasStarted = true
        timer = loop.makeTimer { [weak self] in self?.assumeIsolated { $0.handle(.timer) } }
        peerTimer = loop.makeTimer { [weak self] in self?.assumeIsolated { $0.peerTime() } }
        peerTimer?.arm(at: loop.now + Self.peerInterval)
        handle(.start)
        work()
    }

    private func untilStopped() async {
        await withCheckedContinuation { continuation in
            if hasStopped { continuation.resume() } else { waiters.append(continuation) }
        }
    }

    // MARK: The session

    var now: Duration { loop.now - start }

    func handle(_ input: AgentXSession<ManagementObjects>.Input) {
        session.handle(input, at: now)
        while let output = session.nextOutput() {
            switch output {
            case .connect: connect()
            case .send(let bytes): stream?.send(bytes)
            case .disconnect:
                stream?.close()
                stream = nil
            case .event(let event): report(event)
            }
        }
        guard let timer else { return }
        timer.arm(at: session.nextDeadline.map { start + $0 } ?? .distantFuture)
        stream?.setReadingPaused(session.isHeld)
        if session.isHeld || session.objects.hasChanges { work() }
    }

    private func connect() {
        connection += 1
        let number = connection
        do throws(SCTPTransportError) {
            stream = try ByteStream(to: address.place, on: loop) { [weak self] event in
                self?.assumeIsolated { $0.happened(event, on: number) }
            }
        } catch {
            loop.execute { self.assumeIsolated { $0.happened(.ended(error.message), on: number) } }
        }
    }

    private func happened(_ event: ByteStream.Event, on number: Int) {
        guard number == connection, !hasStopped else { return }
        switch event {
        case .opened: handle(.connected)
        case .received(let bytes):
            // In pieces, between which answers are sent: so many small requests cannot make more answers at once than may wait.
            for start in stride(from: 0, to: bytes.count, by: Self.pieceLength) {
                handle(.received(Array(bytes[start..<min(start + Self.pieceLength, bytes.count)])))
            }
        case .ended(let reason):
            stream = nil
            handle(.disconnected(reason))
        }
    }

    private func peerTime() {
        session.objects.prune(at: now)
        if session.isOpen { wantsPeers = true }
        work()
        peerTimer?.arm(at: loop.now + Self.peerInterval)
    }

    /// It is time to ask registrars for their peers.
    var wantsPeers = true

    private func report(_ event: AgentXSession<ManagementObjects>.Event) {
        switch event {
        case .opened:
            wantsPeers = true
            reporter.yield(.opened(address))
        case .lost(let reason, let delay): reporter.yield(.lost(address, reason, retryIn: delay))
        case .rowReady(let key, let index):
            session.objects.outdate()
            if let (kind, peer) = row(RowKey(rawValue: key)) { reporter.yield(.rowReady(kind, peer: peer, index: index)) }
        case .rowRefused(let key, let status):
            if let (kind, peer) = row(RowKey(rawValue: key)) { reporter.yield(.rowRefused(kind, peer: peer, status)) }
        case .unreadable(let error, _): reporter.yield(.unreadable(error))
        }
    }

    private func row(_ key: RowKey) -> (ManagedNodeKind, RegistrarIdentifier?)? {
        guard let node = nodes.first(where: { $0.number == key.node })?.node else { return nil }
        guard key.peer != 0 else { return (node.node.kind, nil) }
        return (node.node.kind, node.peers.first { $0.value == key.peer }?.key)
    }
}

extension SharedRow {
    fileprivate static func row(_ kind: ManagedNodeKind, key: Int) -> SharedRow {
        switch kind {
        case .registrar: .registrar(key: key)
        case .poolElement: .poolElement(key: key)
        case .poolUser: .poolUser(key: key)
        }
    }
}

extension AgentXSessionConfiguration {
    /// For management: the SNMP agent waits for a view as long as one can take.
    public static var management: AgentXSessionConfiguration {
        var configuration = AgentXSessionConfiguration()
        configuration.answerTimeout = 10
        configuration.identifier = RSerPoolObjects.module
        return configuration
    }
}
