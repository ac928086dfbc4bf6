extension EventLoop {
    /// Suspends until the loop's clock has reached `deadline`; in virtual time too.
    /// - Throws: `CancellationError` when the task is cancelled.
    public func sleep(until deadline: MonotonicInstant) async throws {
        let sleeper = Sleeper()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                execute { sleeper.start(on: self, until: deadline, continuation) }
            }
        } onCancel: {
            execute { sleeper.cancel() }
        }
    }

    /// Suspends for `duration` on the loop's clock.
    /// - Throws: `CancellationError` when the task is cancelled.
    public func sleep(for duration: Duration) async throws {
        try await sleep(until: now + duration)
    }
}

/// One sleeping task. All of it happens on the loop.
private final class Sleeper: Sendable {
    private struct State {
        var timer: LoopTimer?
        var continuation: CheckedContinuation<Void, any Error>?
        var isCancelled = false
    }

    private let state = ThreadLock(State())

    func start(on loop: EventLoop, until deadline: MonotonicInstant, _ continuation: CheckedContinuation<Void, any Error>) {
        guard !state.withLock(\.isCancelled) else { return continuation.resume(throwing: CancellationError()) }
        let timer = loop.makeTimer { self.end()?.resume() }
        timer.arm(at: deadline)
        state.withLock { $0 = State(timer: timer, continuation: continuation) }
    }

    func cancel() {
        state.withLock { $0.isCancelled = true }
        end()?.resume(throwing: CancellationError())
    }

    private func end() -> CheckedContinuation<Void, any Error>? {
        state.withLock { state in
            defer {
                state.timer = nil
                state.continuation = nil
            }
            state.timer?.disarm()
            return state.continuation
        }
    }
}
