import ASAP
public import RSerPoolParameters
public import SCTPTransport

/// A registrar at work: it serves pool elements and pool users on an SCTP endpoint.
///
///     let registrar = try await Registrar.start()
///     for await event in registrar.events { print(event) }
///     await registrar.stop()
///
/// It belongs to an event loop. A registrar that is let go without ``stop(within:)`` aborts its associations.
public actor Registrar {
    public nonisolated let identifier: RegistrarIdentifier
    public nonisolated let configuration: RegistrarConfiguration
    public nonisolated let loop: EventLoop
    /// Where it serves: the bound addresses, with the port in use.
    public nonisolated let localAddresses: [SCTPAddress]
    /// Which SCTP it uses.
    public nonisolated let backendKind: SCTPBackendKind
    /// What happens in the registrar, for one reader; where nobody reads, the latest ``eventLimit`` are kept. It ends when the
    /// registrar has stopped.
    public nonisolated let events: AsyncStream<RegistrarEvent>
    /// Events kept for a reader that is slow.
    public static let eventLimit = 10_000

    private typealias Engine = RegistrarEngine<SeededRandomNumberGenerator>

    private let endpoint: SCTPEndpoint
    private let reporter: AsyncStream<RegistrarEvent>.Continuation
    private var driver: EngineDriver<Engine>?
    /// The last view, once the registrar has stopped.
    private var lastSnapshot: RegistrarSnapshot
    private var hasStopped = false
    private var stopWaiters: [CheckedContinuation<Void, Never>] = []

    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    private init(
        _ configuration: RegistrarConfiguration, identifier: RegistrarIdentifier, endpoint: SCTPEndpoint
    ) {
        self.configuration = configuration
        self.identifier = identifier
        self.endpoint = endpoint
        loop = endpoint.loop
        localAddresses = endpoint.localAddresses
        backendKind = endpoint.backendKind
        (events, reporter) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.eventLimit))
        lastSnapshot = RegistrarSnapshot(
            registrar: identifier, pools: [], associations: 0, checksum: HandlespaceChecksum().value)
    }

    // MARK: Running

    /// Opens the endpoint and begins to serve; returns at once.
    /// - Parameters:
    ///   - configuration: timers and limits. They also bound the endpoint's associations.
    ///   - endpoint: by default ASAP's port at every address of the host.
    ///   - identifier: unique in the operational scope; nil draws one.
    ///   - backend: which SCTP to use.
    /// - Throws: what `SCTPEndpoint.open` throws, such as `addressInUse`.
    public static func start(
        _ configuration: RegistrarConfiguration = .standard, endpoint: SCTPEndpointConfiguration = .registrar,
        identifier: RegistrarIdentifier? = nil, backend: SCTPBackendChoice = .automatic, on loop: EventLoop = .shared
    ) async throws(SCTPTransportError) -> Registrar {
        if identifier == .undetermined {
            throw SCTPTransportError(.invalidConfiguration, "the registrar's identifier is 0; it must be another number")
        }
        var bounded = endpoint
        bounded.isListening = true
        bounded.maximumAssociations = min(endpoint.maximumAssociations, configuration.limits.maximumAssociations)
        let opened = try await SCTPEndpoint.open(bounded, backend: backend, on: loop)
        let registrar = Registrar(
            configuration, identifier: identifier ?? RegistrarIdentifier(rawValue: .random(in: 1 ... .max)), endpoint: opened)
        await registrar.serve()
        return registrar
    }

    /// A registrar that serves until the task is cancelled, and then stops in order; see
    /// ``start(_:endpoint:identifier:backend:on:)``.
    /// - Parameter started: is given the registrar once it serves. What it throws stops the registrar.
    public static func run(
        _ configuration: RegistrarConfiguration = .standard, endpoint: SCTPEndpointConfiguration = .registrar,
        identifier: RegistrarIdentifier? = nil, backend: SCTPBackendChoice = .automatic, on loop: EventLoop = .shared,
        started: @Sendable (Registrar) async throws -> Void = { _ in }
    ) async throws {
        let registrar = try await start(
            configuration, endpoint: endpoint, identifier: identifier, backend: backend, on: loop)
        do {
            try await started(registrar)
        } catch {
            await registrar.stop()
            throw error
        }
        await registrar.runUntilCancelled()
    }

    /// Serves until the task is cancelled, then stops; returns too where the registrar is stopped otherwise.
    public nonisolated func runUntilCancelled() async {
        await withTaskCancellationHandler {
            await waitUntilStopped()
        } onCancel: {
            Task(executorPreference: loop) { await self.stop() }
        }
    }

    private func waitUntilStopped() async {
        guard !hasStopped else { return }
        await withCheckedContinuation { stopWaiters.append($0) }
    }

    private func serve() {
        let engine = RegistrarEngine(
            identifier: identifier, configuration: configuration, randomness: SeededRandomNumberGenerator.randomlySeeded())
        let driver = EngineDriver(engine, endpoint: endpoint) { [weak self, reporter] output in
            switch output {
            case .event(let event): reporter.yield(event)
            case .measurementWanted(let association): self?.assumeIsolated { $0.measure(association) }
            case .transport, .announcement: break
            }
        }
        self.driver = driver
        driver.start()
    }

    /// Tells the engine how long a round trip takes, where the transport knows.
    private func measure(_ association: AssociationIdentifier) {
        guard let time = try? endpoint.onLoop.roundTripTime(of: association) else { return }
        driver?.handle(.roundTripTime(association, time))
    }

    /// Takes no more requests, delivers the answers that are under way, shuts every association down and frees the port;
    /// associations that have not ended after `limit` are aborted. Elements and users see their associations end and look for
    /// another registrar. Further calls return when the first one does.
    public func stop(within limit: Duration = .seconds(2)) async {
        guard let driver else { return await waitUntilStopped() }
        lastSnapshot = driver.engine.snapshot(at: loop.now)
        self.driver = nil
        driver.stop()
        await endpoint.close(within: limit)
        hasStopped = true
        reporter.finish()
        for waiter in stopWaiters { waiter.resume() }
        stopWaiters = []
    }

    // MARK: Views

    /// The handlespace as it is now; after the stop, as it was then. O(n log n) in its size.
    public func snapshot() -> RegistrarSnapshot {
        driver?.engine.snapshot(at: loop.now) ?? lastSnapshot
    }

    /// Messages and bytes that went over the endpoint.
    public nonisolated var statistics: SCTPStatistics {
        get async { await endpoint.statistics }
    }
}

extension SCTPEndpointConfiguration {
    /// ASAP's port, 3863 (RFC 5352 §8.2), at every address of the host.
    public static var registrar: SCTPEndpointConfiguration {
        SCTPEndpointConfiguration(localAddresses: [], port: ASAPProtocol.port)
    }
}
