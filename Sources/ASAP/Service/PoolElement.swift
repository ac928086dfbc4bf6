import InternetAddresses
public import PoolPolicies
public import RSerPoolParameters
public import SCTPTransport

/// A pool element: it registers in a pool, answers the registrar, and has a session with each pool user that comes.
///
///     try await PoolElement.serve(pool: "EchoPool", registrars: registrars) { session in
///         for try await message in session.messages { try await session.send(message) }
///     }
///
/// An element runs once. It belongs to an event loop; the sessions' closures run there too and must not block it.
public actor PoolElement {
    /// The pool that it was made for; ``snapshot`` tells the one that it is in, which ``change(_:)`` may have changed.
    public nonisolated let pool: PoolHandle
    /// The event loop that the element and its sessions' closures run on.
    public nonisolated let loop: EventLoop
    /// Its timers and limits.
    public nonisolated let configuration: PoolElementConfiguration
    /// What happens to the element, for one reader; where nobody reads, the latest ``eventLimit`` are kept.
    public nonisolated let events: AsyncStream<PoolElementEvent>
    /// Events kept for a reader that is slow.
    public static let eventLimit = 1_000
    /// How long the sessions' last messages are waited for when the element stops.
    public static let closeTimeLimit = Duration.seconds(5)

    typealias Engine = PoolElementEngine<SeededRandomNumberGenerator>

    struct SessionState {
        var mailbox: Mailbox<SCTPMessage>
        var cookieEcho: [UInt8]?
        var businessCard: ASAPMessage.BusinessCard?
    }

    let registrars: RegistrarList
    let requestedIdentifier: PoolElementIdentifier?
    let endpointConfiguration: SCTPEndpointConfiguration
    let backend: SCTPBackendChoice
    let transport: ElementTransport
    let reporter: AsyncStream<PoolElementEvent>.Continuation
    let newSessions: Mailbox<PoolElementSession>
    var policy: PolicyParameter
    /// Told when a registrar has refused a change, and what held before holds again.
    var changeRefused: (@Sendable () -> Void)?
    var hasRun = false
    var started: MonotonicInstant?
    /// The last view, once the element has stopped.
    var lastSnapshot: PoolElementSnapshot?
    /// True from when no new sessions are taken.
    var isStopping = false
    var driver: EngineDriver<Engine>?
    var endpoint: SCTPEndpoint?
    /// Where pool users come in, for an element that does not serve over SCTP.
    var dataEndpoint: SCTPEndpoint?
    /// For associations with registrars.
    var controlEndpoint: SCTPEndpoint?
    var announcements: [MulticastEndpoint] = []
    var budget: ReceiveBudget
    var sessions: [AssociationIdentifier: SessionState] = [:]
    var resolutions: [ResolutionIdentifier: CheckedContinuation<PoolResolution, any Error>] = [:]
    var lastNumber: UInt64 = 0
    var departure: CheckedContinuation<Void, Never>?
    var hasDeparted = false

    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - pool: the pool to found or to join.
    ///   - policy: how the pool's users are to be spread, with this element's values; the same for all its elements.
    ///   - transport: how pool users reach the element.
    ///   - registrars: where registrars are.
    ///   - identifier: the element's identifier in the pool; nil draws one.
    ///   - configuration: timers and limits.
    ///   - endpoint: how the SCTP endpoint is set up. Without an address to bind, the one by which the host reaches the first
    ///     registrar is registered.
    ///   - backend: which SCTP to use.
    public init(
        pool: PoolHandle, policy: PolicyParameter = .roundRobin, transport: ElementTransport = .sctp,
        registrars: RegistrarList, identifier: PoolElementIdentifier? = nil,
        configuration: PoolElementConfiguration = .standard,
        endpoint: SCTPEndpointConfiguration = SCTPEndpointConfiguration(), backend: SCTPBackendChoice = .automatic,
        on loop: EventLoop = .shared
    ) {
        self.pool = pool
        self.policy = policy
        self.registrars = registrars
        self.configuration = configuration
        self.backend = backend
        self.transport = transport
        self.loop = loop
        requestedIdentifier = identifier
        endpointConfiguration = endpoint
        budget = ReceiveBudget(limit: endpoint.receiveQueueLimit)
        newSessions = Mailbox(on: loop)
        (events, reporter) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.eventLimit))
    }

    /// Serves until the task is cancelled: see ``init(pool:policy:transport:registrars:identifier:configuration:endpoint:backend:on:)`` and
    /// ``run(_:)``.
    public static func serve(
        pool: PoolHandle, policy: PolicyParameter = .roundRobin, transport: ElementTransport = .sctp,
        registrars: RegistrarList, identifier: PoolElementIdentifier? = nil,
        configuration: PoolElementConfiguration = .standard,
        endpoint: SCTPEndpointConfiguration = SCTPEndpointConfiguration(), backend: SCTPBackendChoice = .automatic,
        on loop: EventLoop = .shared, _ session: @escaping @Sendable (PoolElementSession) async throws -> Void
    ) async throws {
        let element = PoolElement(
            pool: pool, policy: policy, transport: transport, registrars: registrars, identifier: identifier,
            configuration: configuration, endpoint: endpoint, backend: backend, on: loop)
        try await element.run(session)
    }

    // MARK: Running

    /// Registers, and calls `session` for each pool user that comes, until the task is cancelled or ``stop()`` is called; then
    /// deregisters, for at most T3-deregistration, and closes.
    ///
    /// A session ends when its closure returns; where the closure throws, only that session is aborted. When the task is
    /// cancelled, so are the sessions' closures; ``stop()`` leaves them alone until the element is out of its pool.
    /// - Throws: ``RegistrationFailure``, `SCTPTransportError` where the endpoint cannot be opened, ``ConfigurationError``.
    public nonisolated func run(_ session: @escaping @Sendable (PoolElementSession) async throws -> Void) async throws {
        try await start()
        let failure = await withDiscardingTaskGroup(returning: (any Error)?.self) { group in
            var failure: (any Error)?
            do {
                while true {
                    let opened = try await newSessions.next()
                    guard !opened.isEmpty else { break }
                    for opened in opened {
                        group.addTask(executorPreference: loop) { await opened.run(session) }
                    }
                }
            } catch is CancellationError {
            } catch {
                failure = error
            }
            if failure == nil { await deregister() }
            group.cancelAll()
            return failure
        }
        await close()
        if let failure { throw failure }
    }

    /// Ends ``run(_:)`` in order: the element leaves its pool first, then its sessions end.
    public nonisolated func stop() async {
        await finishSessions()
    }

    /// ``stop()`` for callers that cannot wait.
    nonisolated func stopSoon() {
        loop.execute { self.assumeIsolated { $0.finishSessions() } }
    }

    func finishSessions() {
        isStopping = true
        newSessions.finish()
    }

    func start() async throws {
        guard !hasRun else { throw ConfigurationError("run", "This pool element has run before; make another one.") }
        hasRun = true
        // Without a configured registrar the way to the multicast group shows which address the host is known by.
        guard let registrar = registrars.addresses.first?.ip ?? registrars.announcements.first?.group else {
            throw ConfigurationError("registrars", "The list of registrars is empty; name at least one.")
        }
        let transport = try await openEndpoints(towards: registrar)
        let engine = Engine(registrars: registrars, configuration: configuration, randomness: .randomlySeeded())
        guard let endpoint else { return }
        let driver = EngineDriver(engine, endpoint: endpoint) { output in self.process(output) }
        driver.interceptMessage = { bytes, header, association in self.takeData(bytes, header, association) }
        if let dataEndpoint { driver.add(dataEndpoint, channel: .data) }
        for endpoint in announcements { driver.add(endpoint, channel: .asap) }
        if let controlEndpoint { driver.add(control: controlEndpoint) }
        self.driver = driver
        started = loop.now
        driver.start()
        driver.handle(
            .register(
                PoolElementRegistration(
                    pool: pool, identifier: requestedIdentifier, userTransport: transport.parameter,
                    encapsulationPort: transport.encapsulationPort, policy: policy)))
    }

    func deregister() async {
        await withCheckedContinuation { continuation in
            guard let driver, !hasDeparted else { return continuation.resume() }
            departure = continuation
            driver.handle(.deregister(within: configuration.deregistrationTimeout))
        }
    }

    func close() async {
        finishSessions()
        await closeEndpoints(within: Self.closeTimeLimit)
        for state in sessions.values { state.mailbox.finish() }
        for waiting in resolutions.values { waiting.resume(throwing: ResolutionFailure.noRegistrar(registrars.addresses)) }
        resolutions = [:]
        sessions = [:]
        lastSnapshot = snapshot
        driver?.stop()
        driver = nil
        reporter.finish()
    }

    /// How things stand; once the element has stopped, how they stood then. Nil before ``run(_:)``.
    public var snapshot: PoolElementSnapshot? {
        guard let driver else { return lastSnapshot }
        var snapshot = driver.engine.snapshot
        snapshot.uptime = started.map { loop.now - $0 }
        let control = controlEndpoint?.localAddresses ?? []
        snapshot.asapAddresses = control.contains { $0.ip.isUnspecified } ? [] : control
        return snapshot
    }
}
