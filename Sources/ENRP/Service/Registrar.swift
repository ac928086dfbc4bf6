import ASAP
public import RSerPoolParameters
public import SCTPTransport

/// A registrar at work: it serves pool elements and pool users, and keeps the handlespace together with its peers.
///
///     let registrar = try await Registrar.start(endpoints: RegistrarEndpoints(at: IPAddress("192.0.2.1")!))
///     for await event in registrar.events { print(event) }
///     await registrar.stop()
///
/// It belongs to an event loop. A registrar that is let go without ``stop(within:)`` aborts its associations.
///
/// Its identifier is drawn anew each time, as RFC 5353 §2.1 asks: nothing is kept from one run to the next. The elements of one that
/// was started again look for a registrar, or are taken over by a peer, and are there again without anybody's doing.
public actor Registrar {
    /// Timers, peers and limits.
    public nonisolated let configuration: RegistrarConfiguration
    /// Where the registrar lives.
    public nonisolated let loop: EventLoop
    /// Where it serves ASAP over SCTP: the bound addresses, with the port in use.
    public nonisolated let localAddresses: [SCTPAddress]
    /// Where it serves ASAP over TCP; empty without that endpoint.
    public nonisolated let tcpAddresses: [SCTPAddress]
    /// Where its peers reach it; empty without an endpoint for ENRP.
    public nonisolated let peerAddresses: [SCTPAddress]
    /// Which SCTP it uses.
    public nonisolated let backendKind: SCTPBackendKind
    /// What happens in the registrar, for one reader; where nobody reads, the latest ``eventLimit`` are kept. It ends when the
    /// registrar has stopped.
    public nonisolated let events: AsyncStream<RegistrarEvent>
    /// Events kept for a reader that is slow.
    public static let eventLimit = 10_000

    private typealias Engine = RegistrarEngine<SeededRandomNumberGenerator>

    /// The identifier with which it started; ``identifier`` is the one that it has.
    public nonisolated let initialIdentifier: RegistrarIdentifier
    private let opened: OpenedEndpoints
    private let reporter: AsyncStream<RegistrarEvent>.Continuation
    private let started: MonotonicInstant
    private var counters = RegistrarCounters()
    private var driver: EngineDriver<Engine>?
    /// The last view, once the registrar has stopped.
    private var lastSnapshot: RegistrarSnapshot?
    private var hasStopped = false
    /// Channels whose announcements did not go out when last tried.
    private var silentChannels: Set<TransportChannel> = []
    private var stopWaiters: [CheckedContinuation<Void, Never>] = []

    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    private init(
        _ configuration: RegistrarConfiguration, identifier: RegistrarIdentifier, opened: OpenedEndpoints
    ) {
        self.configuration = configuration
        initialIdentifier = identifier
        self.opened = opened
        loop = opened.asap.loop
        localAddresses = opened.asap.localAddresses
        tcpAddresses = opened.tcp?.localAddresses ?? []
        peerAddresses = opened.enrp?.localAddresses ?? []
        backendKind = opened.asap.backendKind
        started = loop.now
        (events, reporter) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.eventLimit))
    }

    // MARK: Running

    /// Opens the endpoints and begins to serve; returns at once, though with peers service begins only when their handlespace is
    /// here (RFC 5353 §3.2.3).
    /// - Parameters:
    ///   - configuration: timers, peers and limits. The limits also bound the endpoints' associations; whether the registrar announces
    ///     itself follows from the groups among the endpoints.
    ///   - endpoints: by default ASAP's port at every address of the host, and no peers.
    ///   - identifier: unique in the operational scope; nil draws one.
    ///   - backend: which SCTP to use.
    /// - Throws: what `SCTPEndpoint.open` and `MulticastEndpoint.open` throw, such as `addressInUse`; `invalidConfiguration` where peers
    ///   or their group are given but no endpoint for them. Nothing stays open then.
    public static func start(
        _ configuration: RegistrarConfiguration = .standard, endpoints: RegistrarEndpoints = RegistrarEndpoints(),
        identifier: RegistrarIdentifier? = nil, backend: SCTPBackendChoice = .automatic, on loop: EventLoop = .shared
    ) async throws(SCTPTransportError) -> Registrar {
        if identifier == .undetermined {
            throw SCTPTransportError(.invalidConfiguration, "the registrar's identifier is 0; it must be another number")
        }
        let wantsPeers = !configuration.peers.peers.isEmpty || !endpoints.enrpAnnouncements.isEmpty
        if wantsPeers, endpoints.enrp == nil {
            throw SCTPTransportError(
                .invalidConfiguration,
                "the registrar is to have peers, but no endpoint to reach them from; give it one for ENRP")
        }
        var configuration = configuration
        configuration.announce(
            toClients: !endpoints.asapAnnouncements.isEmpty, toPeers: !endpoints.enrpAnnouncements.isEmpty)
        let opened = try await OpenedEndpoints.open(
            endpoints.bounded(by: configuration.limits, configuration.peers.limits), backend: backend, on: loop)
        var randomness = SystemRandomNumberGenerator()
        let registrar = Registrar(configuration, identifier: identifier ?? .random(using: &randomness), opened: opened)
        await registrar.serve()
        return registrar
    }

    /// A registrar with ASAP over SCTP only; see ``start(_:endpoints:identifier:backend:on:)``.
    public static func start(
        _ configuration: RegistrarConfiguration = .standard, endpoint: SCTPEndpointConfiguration,
        identifier: RegistrarIdentifier? = nil, backend: SCTPBackendChoice = .automatic, on loop: EventLoop = .shared
    ) async throws(SCTPTransportError) -> Registrar {
        try await start(
            configuration, endpoints: RegistrarEndpoints(asap: endpoint), identifier: identifier, backend: backend, on: loop)
    }

    /// A registrar that serves until the task is cancelled, and then stops in order; see
    /// ``start(_:endpoints:identifier:backend:on:)``.
    /// - Parameter started: is given the registrar once it serves. What it throws stops the registrar.
    public static func run(
        _ configuration: RegistrarConfiguration = .standard, endpoints: RegistrarEndpoints = RegistrarEndpoints(),
        identifier: RegistrarIdentifier? = nil, backend: SCTPBackendChoice = .automatic, on loop: EventLoop = .shared,
        started: @Sendable (Registrar) async throws -> Void = { _ in }
    ) async throws {
        let registrar = try await start(
            configuration, endpoints: endpoints, identifier: identifier, backend: backend, on: loop)
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
        await withCheckedContinuation { continuation in
            if hasStopped { continuation.resume() } else { stopWaiters.append(continuation) }
        }
    }

    private func serve() {
        let engine = RegistrarEngine(
            identifier: initialIdentifier, configuration: configuration,
            addresses: RegistrarAddresses(asap: opened.asap, tcp: opened.tcp, enrp: opened.enrp),
            randomness: SeededRandomNumberGenerator.randomlySeeded())
        let driver = EngineDriver(engine, endpoint: opened.asap) { [weak self, reporter] output in
            switch output {
            case .event(let event):
                self?.assumeIsolated { $0.counters.count(event) }
                reporter.yield(event)
            case .measurementWanted(let association): self?.assumeIsolated { $0.measure(association) }
            case .transport, .announcement: break
            }
        }
        driver.announcementFailed = { [weak self] announcement, error in
            self?.assumeIsolated { $0.failed(announcement.channel, error) }
        }
        if let enrp = opened.enrp { driver.add(enrp, channel: .enrp) }
        if let tcp = opened.tcp { driver.add(tcp, channel: .asapOverTCP) }
        for group in opened.asapGroups { driver.add(group, channel: .asap) }
        for group in opened.enrpGroups { driver.add(group, channel: .enrp) }
        self.driver = driver
        driver.start()
    }

    /// Tells the engine how long a round trip takes, where the transport knows.
    private func measure(_ association: AssociationIdentifier) {
        let endpoint = association.channel == .enrp ? opened.enrp : opened.asap
        guard let time = try? endpoint?.onLoop.roundTripTime(of: association) else { return }
        driver?.handle(.roundTripTime(association, time))
    }

    /// Tells once that announcements do not go out, not for every one of them.
    private func failed(_ channel: TransportChannel, _ error: SCTPTransportError) {
        guard silentChannels.insert(channel).inserted else { return }
        reporter.yield(.announcementFailed(channel, error.message))
    }

    /// Takes no more requests, delivers the answers that are under way, shuts every association down and frees the ports;
    /// associations that have not ended after `limit` are aborted.
    ///
    /// Neither RFC has a farewell: elements and users see their associations end and look for another registrar (RFC 5352 §3.6, §3.7),
    /// peers see theirs end, try another one in vain, and take the elements over (RFC 5353 §3.4.3, §3.5). So nobody waits for a
    /// time-out. Further calls return when the first one does.
    public func stop(within limit: Duration = .seconds(2)) async {
        guard let driver else { return await waitUntilStopped() }
        lastSnapshot = completed(driver.engine.snapshot(at: loop.now))
        self.driver = nil
        driver.stop()
        await opened.close(within: limit)
        hasStopped = true
        reporter.finish()
        for waiter in stopWaiters { waiter.resume() }
        stopWaiters = []
    }

    // MARK: Views

    /// The registrar's identifier. While it initialises it may draw another, where a peer has the same (RFC 5353 §3.2.1).
    public var identifier: RegistrarIdentifier {
        driver?.engine.identifier ?? lastSnapshot?.registrar ?? initialIdentifier
    }

    /// How things stand; after the stop, how they stood then. Taken in slices, between which the registrar works on.
    public nonisolated func snapshot() async -> RegistrarSnapshot {
        var (snapshot, next) = await snapshotStart()
        guard next != nil else { return snapshot }
        var slices = snapshot.pools
        while let place = next {
            let slice = await poolSlice(place)
            slices += slice.pools
            next = slice.next
        }
        snapshot.pools = RegistrarSnapshot.pools(of: slices)
        return snapshot
    }

    /// How things stand, with the first slice of the pools. After the stop it is all of them.
    /// - Returns: where ``poolSlice(_:)`` goes on; nil where there is no more.
    public func snapshotStart() -> (snapshot: RegistrarSnapshot, next: RegistrarSnapshotPlace?) {
        guard let driver else {
            guard let lastSnapshot else { preconditionFailure("a registrar without a driver has stopped") }
            return (lastSnapshot, nil)
        }
        var snapshot = completed(driver.engine.overview(at: loop.now))
        let slice = driver.engine.poolSlice(.start, at: loop.now)
        snapshot.pools = RegistrarSnapshot.pools(of: slice.pools)
        return (snapshot, slice.next)
    }

    /// The next pools and elements, in no particular order, at most ``RegistrarSnapshot/elementsPerSlice``; `RegistrarSnapshot.pools(of:)`
    /// puts slices together. Nothing once the registrar has stopped.
    /// - Returns: where to go on; nil at the end.
    public func poolSlice(
        _ place: RegistrarSnapshotPlace
    ) -> (pools: [RegistrarSnapshot.Pool], next: RegistrarSnapshotPlace?) {
        driver?.engine.poolSlice(place, at: loop.now) ?? ([], nil)
    }

    /// With what the engine does not know.
    private func completed(_ snapshot: RegistrarSnapshot) -> RegistrarSnapshot {
        var snapshot = snapshot
        snapshot.asapAnnouncements = opened.asapGroups.map(\.configuration)
        snapshot.enrpAnnouncements = opened.enrpGroups.map(\.configuration)
        snapshot.uptime = loop.now - started
        snapshot.counters = counters
        return snapshot
    }

    /// Messages and bytes that went over the ASAP endpoint.
    public nonisolated var statistics: SCTPStatistics {
        get async { await opened.asap.statistics }
    }
}
