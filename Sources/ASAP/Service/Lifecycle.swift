public import ServiceLifecycle

/// A pool element as a service of a program that is composed of services: its graceful shutdown takes the element out of its
/// pool first, and leaves the sessions alone until then.
///
///     let element = PoolElement(pool: "EchoPool", registrars: registrars)
///     let service = PoolElementService(element) { session in
///         for try await message in session.messages { try await session.send(message) }
///     }
///     try await ServiceGroup(services: [service], gracefulShutdownSignals: [.sigterm], logger: logger).run()
public struct PoolElementService: Service {
    /// The element that the service runs.
    public let element: PoolElement
    private let session: @Sendable (PoolElementSession) async throws -> Void

    /// - Parameter session: called for each pool user that comes; see ``PoolElement/run(_:)``.
    public init(_ element: PoolElement, session: @escaping @Sendable (PoolElementSession) async throws -> Void) {
        self.element = element
        self.session = session
    }

    /// Serves until the graceful shutdown, or until the task is cancelled.
    /// - Throws: as ``PoolElement/run(_:)``.
    public func run() async throws {
        try await withGracefulShutdownHandler {
            try await element.run(session)
        } onGracefulShutdown: {
            element.stopSoon()
        }
    }
}

/// A pool user as a service: its graceful shutdown ends all sessions, once what was sent in them has been delivered.
extension PoolUser: Service {
    /// Waits for the graceful shutdown, or until the task is cancelled, and closes.
    public nonisolated func run() async throws {
        // Cancelled or asked to stop: it is closed either way.
        try? await gracefulShutdown()
        await close()
    }
}
