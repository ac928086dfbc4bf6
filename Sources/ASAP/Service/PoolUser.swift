public import RSerPoolParameters
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

    private let endpoint: SCTPEndpoint
    private let backend: SCTPBackendChoice
    private let reporter: AsyncStream<PoolUserEvent>.Continuation
    private var driver: EngineDriver<Engine>?
    private var budget: ReceiveBudget
    private var sessions: [PoolUserSessionIdentifier: SessionState] = [:]
    private var resolutions: [ResolutionIdentifier: CheckedContinuation<PoolResolution, any Error>] = [:]
    private var lastNumber: UInt64 = 0
    private var isClosing = false

    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    private init(_ endpoint: SCTPEndpoint, _ backend: SCTPBackendChoice) {
        self.endpoint = endpoint
        self.backend = backend
        budget = ReceiveBudget(limit: endpoint.configuration.receiveQueueLimit)
        loop = endpoint.loop
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
        guard !registrars.addresses.isEmpty else {
            throw ConfigurationError("registrars", "The list of registrars is empty; name at least one.")
        }
        var endpointConfiguration = endpoint
        endpointConfiguration.isListening = false
        let user = PoolUser(
            try await SCTPEndpoint.open(endpointConfiguration, backend: backend, on: loop), backend)
        await user.start(registrars, configuration)
        return user
    }

    private func start(_ registrars: RegistrarList, _ configuration: PoolUserConfiguration) {
        let engine = Engine(registrars: registrars, configuration: configuration, randomness: .randomlySeeded())
        let driver = EngineDriver(engine, endpoint: endpoint) { output in self.process(output) }
        driver.interceptMessage = { bytes, header, association in self.takeData(bytes, header, association) }
        // After a failover everything that one element had not acknowledged goes out at once, and what waited beside it.
        driver.furtherEndpointWanted = { [loop] _ in
            Task(executorPreference: loop) { await self.openFurtherEndpoint() }
        }
        driver.backlogLimit = 2 * (endpoint.configuration.sendQueueLimit + configuration.sessionQueueLimit)
        self.driver = driver
        driver.start()
    }

    /// Two sessions with one element need two associations with it, and so two endpoints.
    private func openFurtherEndpoint() async {
        var configuration = endpoint.configuration
        configuration.port = 0
        configuration.encapsulationPort = nil
        do throws(SCTPTransportError) {
            let further = try await SCTPEndpoint.open(configuration, backend: backend, on: loop)
            guard let driver else { return await further.close(within: .zero) }
            driver.add(further)
        } catch {
            driver?.furtherEndpointFailed(error)
        }
    }

    /// Ends all sessions, once what was sent in them has been delivered, and frees the port.
    public func close() async {
        guard let driver else { return }
        isClosing = true
        for session in sessions.keys.sorted(by: { $0.rawValue < $1.rawValue }) { driver.handle(.close(session)) }
        for continuation in resolutions.values { continuation.resume(throwing: PoolUserSessionFailure.closed) }
        resolutions = [:]
        await withDiscardingTaskGroup { group in
            for endpoint in driver.endpoints {
                group.addTask { await endpoint.close(within: Self.closeTimeLimit) }
            }
        }
        driver.stop()
        self.driver = nil
        reporter.finish()
    }

    // MARK: Resolving

    /// The elements of a pool (RFC 5352 §3.3), from the cache where what it has is not stale.
    /// - Throws: ``ResolutionFailure``; `CancellationError`.
    public func resolve(_ pool: PoolHandle) async throws -> PoolResolution {
        try Task.checkCancellation()
        lastNumber += 1
        let identifier = ResolutionIdentifier(rawValue: lastNumber)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard let driver else { return continuation.resume(throwing: PoolUserSessionFailure.closed) }
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

    /// Resolves a pool handle once, with a pool user of its own; see ``resolve(_:)`` and
    /// ``open(registrars:configuration:endpoint:backend:on:)``.
    public static func resolve(
        _ pool: PoolHandle, registrars: RegistrarList, configuration: PoolUserConfiguration = .standard,
        endpoint: SCTPEndpointConfiguration = SCTPEndpointConfiguration(), backend: SCTPBackendChoice = .automatic,
        on loop: EventLoop = .shared
    ) async throws -> PoolResolution {
        let user = try await open(
            registrars: registrars, configuration: configuration, endpoint: endpoint, backend: backend, on: loop)
        do {
            let resolution = try await user.resolve(pool)
            await user.close()
            return resolution
        } catch {
            await user.close()
            throw error
        }
    }

    // MARK: Sessions

    /// Opens a session with some element of a pool, calls `body` with it, and closes it.
    /// - Parameter handling: what becomes of messages whose element failed before it acknowledged them.
    /// - Throws: ``PoolUserSessionFailure`` where no element is to be had; what `body` throws.
    public nonisolated func withSession<Result>(
        pool: PoolHandle, handling: FailedMessageHandling = .resend, _ body: (PoolUserSession) async throws -> Result
    ) async throws -> Result {
        let session = try await openSession(pool, handling)
        do {
            let result = try await body(session)
            await close(session.identifier)
            return result
        } catch {
            await close(session.identifier)
            throw error
        }
    }

    /// A session with a pool user of its own; see ``withSession(pool:handling:_:)`` and
    /// ``open(registrars:configuration:endpoint:backend:on:)``.
    public static func withSession<Result>(
        pool: PoolHandle, registrars: RegistrarList, handling: FailedMessageHandling = .resend,
        configuration: PoolUserConfiguration = .standard,
        endpoint: SCTPEndpointConfiguration = SCTPEndpointConfiguration(), backend: SCTPBackendChoice = .automatic,
        on loop: EventLoop = .shared, _ body: (PoolUserSession) async throws -> Result
    ) async throws -> Result {
        let user = try await open(
            registrars: registrars, configuration: configuration, endpoint: endpoint, backend: backend, on: loop)
        do {
            let result = try await user.withSession(pool: pool, handling: handling, body)
            await user.close()
            return result
        } catch {
            await user.close()
            throw error
        }
    }

    private func openSession(_ pool: PoolHandle, _ handling: FailedMessageHandling) async throws -> PoolUserSession {
        try Task.checkCancellation()
        lastNumber += 1
        let identifier = PoolUserSessionIdentifier(rawValue: lastNumber)
        let mailbox = Mailbox<PoolUserSession.Occurrence>(on: loop) { taken in
            let bytes = taken.reduce(0) { $0 + $1.size }
            self.assumeIsolated { $0.count(-bytes) }
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                guard let driver else { return continuation.resume(throwing: PoolUserSessionFailure.closed) }
                sessions[identifier] = SessionState(mailbox: mailbox, opening: continuation)
                driver.handle(.open(identifier, pool, handling))
            }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.close(identifier) } }
        }
        return PoolUserSession(user: self, identifier: identifier, pool: pool, mailbox: mailbox)
    }

    private func close(_ session: PoolUserSessionIdentifier) {
        driver?.handle(.close(session))
    }

    func failOver(_ session: PoolUserSessionIdentifier) {
        driver?.handle(.failOver(session))
    }

    func element(of session: PoolUserSessionIdentifier) -> PoolElementIdentifier? {
        driver?.engine.sessions[session]?.link?.element.identifier
    }

    func send(_ message: SCTPMessage, in session: PoolUserSessionIdentifier) async throws {
        guard message.header.payloadProtocol != .asap else { throw ReservedPayloadProtocolError() }
        guard !message.bytes.isEmpty, message.bytes.count <= endpoint.configuration.maximumMessageSize else {
            throw SCTPTransportError(
                .messageSize,
                "A message has \(message.bytes.count) bytes; it must have 1 to \(endpoint.configuration.maximumMessageSize).")
        }
        while true {
            try Task.checkCancellation()
            guard let driver, sessions[session] != nil else { throw PoolUserSessionFailure.closed }
            if let association = driver.engine.directAssociation(of: session) {
                do throws(SCTPTransportError) {
                    return try driver.send(message, on: association)
                } catch {
                    switch error.code {
                    case .sendQueueFull: break
                    // The element is going; the session's next one gets the message.
                    case .closing, .unknownAssociation: return driver.handle(.keep(session, message))
                    default: throw error
                    }
                }
            } else if driver.engine.hasRoom(for: message.bytes.count, in: session) {
                return driver.handle(.send(session, message))
            }
            await waitToSend(in: session)
        }
    }

    private func waitToSend(in session: PoolUserSessionIdentifier) async {
        lastNumber += 1
        let number = lastNumber
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled || sessions[session] == nil {
                    continuation.resume()
                } else {
                    sessions[session]?.senders.append((number, continuation))
                }
            }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.wakeSender(number, in: session) } }
        }
    }

    private func wakeSender(_ number: UInt64, in session: PoolUserSessionIdentifier) {
        guard let place = sessions[session]?.senders.firstIndex(where: { $0.number == number }) else { return }
        sessions[session]?.senders.remove(at: place).continuation.resume()
    }

    private func wakeSenders(of session: PoolUserSessionIdentifier) {
        guard let senders = sessions[session]?.senders, !senders.isEmpty else { return }
        sessions[session]?.senders = []
        for sender in senders { sender.continuation.resume() }
    }

    // MARK: What the engine puts out

    private func process(_ output: Engine.Output) {
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
        }
    }

    private func process(_ occurrence: PoolUserSessionOccurrence, of session: PoolUserSessionIdentifier) {
        guard let state = sessions[session] else { return }
        switch occurrence {
        case .connected(let element, _, let isFailover):
            if isFailover { state.mailbox.append(.failedOver(to: element)) }
            sessions[session]?.hasBeenConnected = true
            sessions[session]?.opening = nil
            state.opening?.resume()
            wakeSenders(of: session)
        case .message(let message):
            deliver(.message(message), to: state.mailbox)
        case .elementLost(let element, let loss):
            if state.hasBeenConnected { state.mailbox.append(.elementLost(element, loss)) }
            wakeSenders(of: session)
        case .undelivered(let undelivered):
            deliver(.undelivered(undelivered), to: state.mailbox)
        case .readyToSend:
            wakeSenders(of: session)
        case .ended(let failure):
            wakeSenders(of: session)
            sessions[session] = nil
            state.mailbox.finish(throwing: failure)
            state.opening?.resume(throwing: failure.map { $0 } ?? CancellationError())
        }
    }

    private func takeData(_ bytes: RawSpan, _ header: MessageHeader, _ association: AssociationIdentifier) -> Bool {
        guard header.payloadProtocol != .asap, let session = driver?.engine.sessionOfAssociation[association],
            let mailbox = sessions[session]?.mailbox
        else { return false }
        deliver(.message(SCTPMessage(unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }, header)), to: mailbox)
        return true
    }

    private func deliver(_ occurrence: PoolUserSession.Occurrence, to mailbox: Mailbox<PoolUserSession.Occurrence>) {
        count(occurrence.size)
        mailbox.append(occurrence)
    }

    /// Counts bytes that a program has yet to take, or has taken.
    private func count(_ bytes: Int) {
        let change = bytes >= 0 ? budget.add(bytes) : budget.remove(-bytes)
        if let change { driver?.setReceivingPaused(change) }
    }
}
