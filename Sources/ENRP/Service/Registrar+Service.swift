public import ServiceLifecycle

/// A registrar that runs is a service: in a `ServiceGroup` it stops in order with the program's other services.
///
///     let registrar = try await Registrar.start(endpoints: RegistrarEndpoints(at: address))
///     try await ServiceGroup(services: [registrar], gracefulShutdownSignals: [.sigterm], logger: logger).run()
extension Registrar: Service {
    /// Serves until the group shuts down in order, the task is cancelled, or the registrar is stopped otherwise.
    public nonisolated func run() async throws {
        await withGracefulShutdownHandler {
            await runUntilCancelled()
        } onGracefulShutdown: {
            Task(executorPreference: self.loop) { await self.stop() }
        }
    }
}
