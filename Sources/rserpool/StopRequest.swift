import Dispatch
import Foundation
import Synchronization

/// Why a long-running command is asked to end.
enum StopReason: Sendable {
    case interrupt
    case terminate
    case inputEnded
}

/// Turns SIGINT, SIGTERM and, where asked, the end of standard input into a request to stop gracefully. A second signal ends
/// the process at once.
final class StopRequest: Sendable {
    private let reasons: AsyncStream<StopReason>
    /// Only kept, and cancelled by whoever lets go last.
    private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

    /// - Parameter endOfInput: also stop when standard input ends, so that a supervisor's death is noticed.
    init(endOfInput: Bool) {
        let (reasons, continuation) = AsyncStream.makeStream(of: StopReason.self, bufferingPolicy: .bufferingNewest(4))
        self.reasons = reasons
        unsafe sources = [(SIGINT, StopReason.interrupt), (SIGTERM, .terminate)].map { number, reason in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            let seen = SignalCounter()
            source.setEventHandler {
                if seen.increment() > 1 { exit(128 + number) }
                continuation.yield(reason)
            }
            source.resume()
            return source
        }
        if endOfInput {
            Thread.detachNewThread {
                while !FileHandle.standardInput.availableData.isEmpty {}
                continuation.yield(.inputEnded)
            }
        }
    }

    /// Waits for the first request.
    func wait() async -> StopReason {
        for await reason in reasons { return reason }
        return .terminate
    }

    deinit {
        for source in unsafe sources { source.cancel() }
    }
}

/// How often a signal came.
private final class SignalCounter: Sendable {
    private let count = Mutex(0)

    func increment() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
