import RSerPoolParameters
public import SCTPTransport

/// A pool user: it resolves pool handles, and has sessions with pools that survive the failure of an element.
///
///     try await PoolUser.withSession(pool: "EchoPool", registrars: registrars) { session in
///         try await session.send([UInt8]("hello".utf8))
///         for try await occurrence in session.occurrences { … }
///     }
///
/// One pool user serves any number of sessions; they share its endpoint, its registrar and its cache.
public actor PoolUser {
    /// The event loop that the pool user runs on.
    public nonisolated let loop: EventLoop
    /// What happens to the pool user, for one reader; where nobody reads, the latest ``eventLimit`` are kept.
    public nonisolated let events: AsyncStream<PoolUserEvent>
    /// Events kept for a reader that is slow.
    public static let eventLimit = 1_000
    /// How long the sessions' last messages are waited for when the pool user closes.
    public static let closeTimeLimit = Duration.seconds(5)

    typealias Engine = PoolUserEngine<SeededRandomNumberGenerator>

    struct SessionState {
        var mailbox: Mailbox<PoolUserSession.Occurrence>
        /// Whoever opened the session, until there is an element.
        var opening: CheckedContinuation<Void, any Error>?
        var hasBeenConnected = false
        /// Senders that wait for room, or for an element.
        var senders: [(number: UInt64, continuation: CheckedContinuation<Void, Never>)] = []
    }

    let endpoint: SCTPEndpoint
    let backend: SCTPBackendChoice
    private let streamFraming: StreamFraming
    private var announcements: [MulticastEndpoint] = []
    let reporter: AsyncStream<PoolUserEvent>.Continuation
    var driver: EngineDriver<Engine>?
    var budget: ReceiveBudget
    var sessions: [PoolUserSessionIdentifier: SessionState] = [:]
    var resolutions: [ResolutionIdentifier: CheckedContinuation<PoolResolution, any Error>] = [:]
    var messengers: [PoolMessengerIdentifier: MessengerState] = [:]
    var watches: [SubscriptionIdentifier: Mailbox<PoolSnapshot>] = [:]
    var lastNumber: UInt64 = 0
    var isClosing = false
    private let started: MonotonicInstant
    /// The last view, once the pool user has closed.
    private var lastSnapshot: PoolUserSnapshot?

    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    private init(_ endpoint: SCTPEndpoint, _ backend: SCTPBackendChoice, _ streamFraming: StreamFraming) {
        self.streamFraming = streamFraming
        self.endpoint = endpoint
        self.backend = backend
        budget = ReceiveBudget(limit: endpoint.configuration.receiveQueueLimit)
        loop = endpoint.loop
        started = loop.now
        (events, reporter) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.eventLimit))
    }

    // MARK: Opening and closing

    /// Opens a pool user; ``close()`` closes it.
    /// - Parameters:
    ///   - endpoint: how the SCTP endpoint is set up; whether it listens is not looked at, for nobody calls a pool user.
    /// - Throws: `SCTPTransportError` where the endpoint cannot be opened, ``ConfigurationError`` for an empty list.
    public static func open(
        registrars: RegistrarList, configuration: PoolUserConfiguration = .standard,
        endpoint: SCTPEndpointConfiguration = SCTPEndpointConfiguration(), backend: SCTPBackendChoice = .automatic,
        on loop: EventLoop = .shared
    ) async throws -> PoolUser {
        guard !registrars.addresses.isEmpty || registrars.takesAnnouncements else {
            throw ConfigurationError("registrars", "The list of registrars is empty; name at least one.")
        }
        var endpointConfiguration = endpoint
        endpointConfiguration.isListening = false
        let user = PoolUser(
            try await SCTPEndpoint.open(endpointConfiguration, backend: backend, on: loop), backend, configuration.streamFraming
        )
        do {
            let control = try await SCTPEndpoint.open(
                endpointConfiguration.forControl(isListening: false), backend: backend, on: loop)
            let announcements = try await registrars.openAnnouncementEndpoints(backend: backend, on: loop)
            await user.start(registrars, configuration, control, announcements)
        } catch {
            await user.endpoint.close(within: .zero)
            throw error
        }
        return user
    }

    private func start(
        _ registrars: RegistrarList, _ configuration: PoolUserConfiguration, _ control: SCTPEndpoint,
        _ announcements: [MulticastEndpoint]
    ) {
        let engine = Engine(registrars: registrars, configuration: configuration, randomness: .randomlySeeded())
        let driver = EngineDriver(engine, endpoint: endpoint) { output in self.process(output) }
        driver.interceptMessage = { bytes, header, association in self.takeData(bytes, header, association) }
        // After a failover everything that one element had not acknowledged goes out at once, and what waited beside it.
        driver.furtherEndpointWanted = { [loop] channel in
            Task(executorPreference: loop) { await self.openFurtherEndpoint(channel) }
        }
        driver.add(control: control)
        driver.isControl = { [weak driver] in driver?.engine.hunt.isTrying($0) ?? false }
        driver.backlogLimit = 2 * (endpoint.configuration.sendQueueLimit + configuration.sessionQueueLimit)
        self.announcements = announcements
        for endpoint in announcements { driver.add(endpoint, channel: .asap) }
        self.driver = driver
        driver.start()
    }

    /// Two sessions with one element need two associations with it, and so two endpoints; and each transport has its own.
    private func openFurtherEndpoint(_ channel: TransportChannel) async {
        var configuration = endpoint.configuration
        configuration.port = 0
        configuration.encapsulationPort = nil
        configuration.channel = channel
        let backend =
            switch channel {
            case .asapOverTCP: self.backend.tcp(.asap)
            case .data: self.backend.tcp(streamFraming)
            case .dataOverUDP: self.backend.udpBeside
            default: self.backend
            }
        do throws(SCTPTransportError) {
            let further = try await SCTPEndpoint.open(configuration, backend: backend, on: loop)
            guard let driver else { return await further.close(within: .zero) }
            driver.add(further, channel: channel)
        } catch {
            driver?.furtherEndpointFailed(error, channel: channel)
        }
    }

    /// Ends all sessions, once what was sent in them has been delivered, and frees the port.
    public func close() async {
        guard let driver else { return }
        isClosing = true
        for session in sessions.keys.sorted(by: { $0.rawValue < $1.rawValue }) { driver.handle(.close(session)) }
        for messenger in messengers.keys.sorted(by: { $0.rawValue < $1.rawValue }) { close(messenger) }
        for watch in watches.keys.sorted(by: { $0.rawValue < $1.rawValue }) { endWatch(watch) }
        for continuation in resolutions.values { continuation.resume(throwing: PoolUserSessionFailure.closed) }
        resolutions = [:]
        await withDiscardingTaskGroup { group in
            for endpoint in driver.endpoints {
                group.addTask { await endpoint.close(within: Self.closeTimeLimit) }
            }
        }
        lastSnapshot = snapshot
        driver.stop()
        self.driver = nil
        for endpoint in announcements { await endpoint.close() }
        reporter.finish()
    }

    /// Since it was opened.
    public var uptime: Duration { loop.now - started }

    /// How things stand; once the pool user has closed, how they stood then.
    public var snapshot: PoolUserSnapshot? {
        guard let driver else { return lastSnapshot }
        var snapshot = driver.engine.snapshot(at: loop.now)
        snapshot.uptime = loop.now - started
        return snapshot
    }

    // MARK: What the engine puts out

    func process(_ output: Engine.Output) {
        switch output {
        case .transport:
            break
        case .event(.registrarLost) where isClosing:
            // Its association is being closed from here.
            break
        case .event(let event):
            reporter.yield(event)
        case .resolved(let identifier, let result):
            resolutions.removeValue(forKey: identifier)?.resume(with: result.mapError { $0 })
        case .session(let session, let occurrence):
            process(occurrence, of: session)
        case .messenger(let messenger, let occurrence):
            process(occurrence, of: messenger)
        case .snapshot(let subscription, let result):
            process(result, of: subscription)
        }
    }
}
