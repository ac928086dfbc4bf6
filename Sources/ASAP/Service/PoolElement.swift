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
    public nonisolated let pool: PoolHandle
    public nonisolated let loop: EventLoop
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

    private let registrars: RegistrarList
    private let requestedIdentifier: PoolElementIdentifier?
    private let endpointConfiguration: SCTPEndpointConfiguration
    private let backend: SCTPBackendChoice
    private let reporter: AsyncStream<PoolElementEvent>.Continuation
    private let newSessions: Mailbox<PoolElementSession>
    private var policy: PolicyParameter
    private var hasRun = false
    /// True from when no new sessions are taken.
    private var isStopping = false
    private var driver: EngineDriver<Engine>?
    private var endpoint: SCTPEndpoint?
    private var announcements: [MulticastEndpoint] = []
    private var budget: ReceiveBudget
    private var sessions: [AssociationIdentifier: SessionState] = [:]
    private var resolutions: [ResolutionIdentifier: CheckedContinuation<PoolResolution, any Error>] = [:]
    private var lastNumber: UInt64 = 0
    private var departure: CheckedContinuation<Void, Never>?
    private var hasDeparted = false

    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - pool: the pool to found or to join.
    ///   - policy: how the pool's users are to be spread, with this element's values; the same for all its elements.
    ///   - registrars: where registrars are.
    ///   - identifier: the element's identifier in the pool; nil draws one.
    ///   - configuration: timers and limits.
    ///   - endpoint: how the SCTP endpoint is set up. Without an address to bind, the one by which the host reaches the first
    ///     registrar is registered.
    ///   - backend: which SCTP to use.
    public init(
        pool: PoolHandle, policy: PolicyParameter = .roundRobin, registrars: RegistrarList,
        identifier: PoolElementIdentifier? = nil, configuration: PoolElementConfiguration = .standard,
        endpoint: SCTPEndpointConfiguration = SCTPEndpointConfiguration(), backend: SCTPBackendChoice = .automatic,
        on loop: EventLoop = .shared
    ) {
        self.pool = pool
        self.policy = policy
        self.registrars = registrars
        self.configuration = configuration
        self.backend = backend
        self.loop = loop
        requestedIdentifier = identifier
        endpointConfiguration = endpoint
        budget = ReceiveBudget(limit: endpoint.receiveQueueLimit)
        newSessions = Mailbox(on: loop)
        (events, reporter) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.eventLimit))
    }

    /// Serves until the task is cancelled: see ``init(pool:policy:registrars:identifier:configuration:endpoint:backend:on:)`` and
    /// ``run(_:)``.
    public static func serve(
        pool: PoolHandle, policy: PolicyParameter = .roundRobin, registrars: RegistrarList,
        identifier: PoolElementIdentifier? = nil, configuration: PoolElementConfiguration = .standard,
        endpoint: SCTPEndpointConfiguration = SCTPEndpointConfiguration(), backend: SCTPBackendChoice = .automatic,
        on loop: EventLoop = .shared, _ session: @escaping @Sendable (PoolElementSession) async throws -> Void
    ) async throws {
        let element = PoolElement(
            pool: pool, policy: policy, registrars: registrars, identifier: identifier, configuration: configuration,
            endpoint: endpoint, backend: backend, on: loop)
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

    private func finishSessions() {
        isStopping = true
        newSessions.finish()
    }

    private func start() async throws {
        guard !hasRun else { throw ConfigurationError("run", "This pool element has run before; make another one.") }
        hasRun = true
        // Without a configured registrar the way to the multicast group shows which address the host is known by.
        guard let registrar = registrars.addresses.first?.ip ?? registrars.announcements.first?.group else {
            throw ConfigurationError("registrars", "The list of registrars is empty; name at least one.")
        }
        announcements = try await registrars.openAnnouncementEndpoints(backend: backend, on: loop)
        let endpoint = try await SCTPEndpoint.open(endpointConfiguration, backend: backend, on: loop)
        self.endpoint = endpoint
        guard let transport = PoolElement.userTransport(of: endpoint, towards: registrar) else {
            await endpoint.close(within: .zero)
            throw SCTPTransportError(
                .noRoute, "The host has no route to registrar \(registrar); give the address to bind, or check the network.")
        }
        let engine = Engine(registrars: registrars, configuration: configuration, randomness: .randomlySeeded())
        let driver = EngineDriver(engine, endpoint: endpoint) { output in self.process(output) }
        driver.interceptMessage = { bytes, header, association in self.takeData(bytes, header, association) }
        for endpoint in announcements { driver.add(endpoint, channel: .asap) }
        self.driver = driver
        driver.start()
        driver.handle(
            .register(
                PoolElementRegistration(
                    pool: pool, identifier: requestedIdentifier, userTransport: .sctp(transport.parameter),
                    encapsulationPort: transport.encapsulationPort, policy: policy)))
    }

    /// What an element on this endpoint registers: every address it is bound to, or where that is any, the one towards a
    /// registrar; the encapsulation port only where it is not the registered one, which needs no telling.
    static func userTransport(
        of endpoint: SCTPEndpoint, towards registrar: IPAddress
    ) -> (parameter: SCTPTransportParameter, encapsulationPort: UInt16?)? {
        let local = endpoint.localAddresses
        guard let first = local.first else { return nil }
        var addresses: [IPAddress] = []
        for address in local {
            let own = address.ip.isUnspecified ? LocalRoute.address(towards: registrar) : address.ip
            if let own, !addresses.contains(own) { addresses.append(own) }
        }
        guard !addresses.isEmpty else { return nil }
        let isUnusual =
            endpoint.capabilities.contains(.udpEncapsulation)
            && first.encapsulationPort != SCTPAddress.defaultEncapsulationPort
        return (
            SCTPTransportParameter(port: first.port, use: .dataPlusControl, addresses: addresses),
            isUnusual ? first.encapsulationPort : nil
        )
    }

    private func deregister() async {
        guard let driver, !hasDeparted else { return }
        await withCheckedContinuation { continuation in
            departure = continuation
            driver.handle(.deregister(within: configuration.deregistrationTimeout))
        }
    }

    private func close() async {
        finishSessions()
        await endpoint?.close(within: Self.closeTimeLimit)
        for state in sessions.values { state.mailbox.finish() }
        for waiting in resolutions.values { waiting.resume(throwing: ResolutionFailure.noRegistrar(registrars.addresses)) }
        resolutions = [:]
        sessions = [:]
        driver?.stop()
        driver = nil
        for endpoint in announcements { await endpoint.close() }
        reporter.finish()
    }

    // MARK: What the program does

    /// Tells the registrar another policy value, such as a new load; the type must stay.
    public nonisolated func update(_ policy: PolicyParameter) async {
        await setPolicy(policy)
    }

    /// Recommends elements of the pool to the pool users for the case that this one fails, best first (RFC 5352 §3.9); such as
    /// ``resolve(_:)`` of the own pool finds. None takes the recommendation back.
    public func setFailoverOrder(_ elements: [PoolElementParameter]) {
        driver?.handle(.setFailoverOrder(elements))
    }

    /// The elements of a pool, this one or another, as the home registrar knows them now (RFC 5352 §3.3). Waits for a home
    /// registrar where there is none.
    /// - Throws: ``ResolutionFailure``; `CancellationError`.
    public func resolve(_ pool: PoolHandle) async throws -> PoolResolution {
        try Task.checkCancellation()
        lastNumber += 1
        let identifier = ResolutionIdentifier(rawValue: lastNumber)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<PoolResolution, any Error>) in
                guard let driver else {
                    return continuation.resume(throwing: ResolutionFailure.noRegistrar(registrars.addresses))
                }
                resolutions[identifier] = continuation
                driver.handle(.resolve(identifier, pool))
            }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.cancel(identifier) } }
        }
    }

    private func cancel(_ identifier: ResolutionIdentifier) {
        driver?.handle(.cancelResolution(identifier))
        resolutions.removeValue(forKey: identifier)?.resume(throwing: CancellationError())
    }

    /// The program has sent to another element by its own means and failed (RFC 5352 §6.9.2): the home registrar is told. To be
    /// called once for each such event.
    public func reportFailure(of element: PoolElementIdentifier, in pool: PoolHandle) {
        driver?.handle(.transportFailure(pool, element))
    }

    private func setPolicy(_ policy: PolicyParameter) {
        self.policy = policy
        driver?.handle(.update(policy))
    }

    func send(_ message: SCTPMessage, in session: AssociationIdentifier) async throws {
        guard message.header.payloadProtocol != .asap else { throw ReservedPayloadProtocolError() }
        guard let endpoint, sessions[session] != nil else { throw PoolElementSessionError(.closedLocally) }
        try await endpoint.sendWhenReady(message, on: session)
    }

    func sendCookie(_ cookie: [UInt8], in session: AssociationIdentifier) {
        driver?.handle(.sendCookie(session, cookie))
    }

    func cookieEcho(of session: AssociationIdentifier) -> [UInt8]? {
        sessions[session]?.cookieEcho
    }

    func businessCard(of session: AssociationIdentifier) -> ASAPMessage.BusinessCard? {
        sessions[session]?.businessCard
    }

    /// The session's closure has returned, or thrown.
    func end(_ session: AssociationIdentifier, _ error: (any Error)?) {
        guard sessions[session] != nil else { return }
        guard let error, !(error is CancellationError) else {
            driver?.handle(.endSession(session))
            return
        }
        reporter.yield(.sessionClosureFailed(session, "\(error)"))
        driver?.handle(.abortSession(session))
    }

    // MARK: What the engine puts out

    private func process(_ output: Engine.Output) {
        switch output {
        case .transport:
            break
        case .event(let event):
            reporter.yield(event)
            switch event {
            case .registrationFailed(let failure):
                isStopping = true
                newSessions.finish(throwing: failure)
            case .deregistered, .deregistrationFailed:
                hasDeparted = true
                departure?.resume()
                departure = nil
            default:
                break
            }
        case .session(let session, let occurrence):
            process(occurrence, of: session)
        case .resolved(let identifier, let result):
            resolutions.removeValue(forKey: identifier)?.resume(with: result.mapError { $0 })
        }
    }

    private func process(_ occurrence: PoolElementSessionOccurrence, of session: AssociationIdentifier) {
        switch occurrence {
        case .began where isStopping:
            // Its user goes to another element.
            driver?.handle(.abortSession(session))
        case .began(let addresses):
            let mailbox = Mailbox<SCTPMessage>(on: loop) { taken in
                let bytes = taken.reduce(0) { $0 + $1.bytes.count }
                self.assumeIsolated { $0.count(-bytes) }
            }
            sessions[session] = SessionState(mailbox: mailbox)
            newSessions.append(
                PoolElementSession(element: self, association: session, peerAddresses: addresses, mailbox: mailbox))
        case .message(let message):
            deliver(message, to: session)
        case .cookieEcho(let cookie):
            sessions[session]?.cookieEcho = cookie
        case .ended(let end):
            guard let state = sessions.removeValue(forKey: session) else { return }
            if end == .closedLocally {
                count(-state.mailbox.drop().reduce(0) { $0 + $1.bytes.count })
            }
            if case .lost = end {
                state.mailbox.finish(throwing: PoolElementSessionError(end))
            } else {
                state.mailbox.finish()
            }
        case .businessCard(let pool, let elements):
            sessions[session]?.businessCard = ASAPMessage.BusinessCard(pool: pool, elements: elements)
        case .undelivered, .readyToSend:
            break
        }
    }

    private func takeData(_ bytes: RawSpan, _ header: MessageHeader, _ association: AssociationIdentifier) -> Bool {
        guard header.payloadProtocol != .asap, sessions[association] != nil else { return false }
        deliver(SCTPMessage(unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }, header), to: association)
        return true
    }

    private func deliver(_ message: SCTPMessage, to session: AssociationIdentifier) {
        guard let mailbox = sessions[session]?.mailbox else { return }
        count(message.bytes.count)
        mailbox.append(message)
    }

    /// Counts bytes that a program has yet to take, or has taken.
    private func count(_ bytes: Int) {
        let change = bytes >= 0 ? budget.add(bytes) : budget.remove(-bytes)
        if let change { driver?.setReceivingPaused(change) }
    }
}
