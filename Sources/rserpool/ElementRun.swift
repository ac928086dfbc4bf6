import ASAP
import Logging
import Synchronization

/// A pool element from its start to its end: reports its events, and stops it when that is asked for or no registrar takes it.
final class ElementRun: Sendable {
    private let element: PoolElement
    private let service: any ElementService
    private let logger: Logger
    private let isRegistered = Atomic(false)
    private let gaveUp = Atomic(false)

    init(_ element: PoolElement, service: any ElementService, logger: Logger) {
        self.element = element
        self.service = service
        self.logger = logger
    }

    /// - Parameter patience: how long the first registration may take. RFC 5352 has an element look for a registrar for ever; who
    ///   starts a program wants to know that there is none.
    /// - Throws: what ``PoolElement/run(_:)`` throws; ``ToolFailure`` when patience is at its end.
    func run(until stop: StopRequest, patience: Duration) async throws {
        async let reported: Void = reportEvents()
        let stopper = Task { [element] in
            _ = await stop.wait()
            await element.stop()
        }
        let watch = Task {
            try await Task.sleep(for: patience)
            guard !isRegistered.load(ordering: .relaxed) else { return }
            gaveUp.store(true, ordering: .relaxed)
            await element.stop()
        }
        let result: Result<Void, any Error>
        do {
            result = .success(try await element.run { [service] in try await service.serve($0) })
        } catch {
            result = .failure(error)
        }
        stopper.cancel()
        watch.cancel()
        try result.get()
        await reported
        if gaveUp.load(ordering: .relaxed) {
            throw ToolFailure(
                .unavailable,
                "no registrar took the element within \(patience.components.seconds) s; check --registrar and whether one runs there."
            )
        }
    }

    private func reportEvents() async {
        for await event in element.events {
            if case .registered = event { isRegistered.store(true, ordering: .relaxed) }
            logger.report(EventReport(event, pool: element.pool))
        }
    }
}
