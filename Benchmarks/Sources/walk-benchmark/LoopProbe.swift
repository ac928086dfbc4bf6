import Glibc
import SCTPTransport
import Synchronization

/// How long an event loop works between two looks at what else there is to do.
///
/// The probe is work that queues itself again, so it runs once in every turn of the loop, which therefore never rests. What its thread
/// computed since the probe's last run is what others did in that turn: processor time, so that it does not count when the machine is
/// busy with something else.
final class LoopProbe: Sendable {
    private struct State {
        var isOn = false
        var last: UInt64 = 0
        var turns = 0
        var longest: UInt64 = 0
        var long = 0
    }

    /// Nanoseconds after which a turn counts as long.
    private static let limit: UInt64 = 1_000_000

    private let loop: EventLoop
    private let state = Mutex(State())

    init(_ loop: EventLoop) {
        self.loop = loop
    }

    var turns: Int { state.withLock(\.turns) }
    /// Turns of more than a millisecond.
    var longTurns: Int { state.withLock(\.long) }

    func begin() {
        state.withLock { $0 = State(isOn: true) }
        loop.execute { self.turn() }
    }

    /// Stops; the longest turn in microseconds.
    func end() -> UInt64 {
        state.withLock { state in
            state.isOn = false
            return state.longest / 1_000
        }
    }

    private func turn() {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        let now = UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
        let goesOn = state.withLock { state in
            if state.last > 0 {
                state.turns += 1
                state.longest = max(state.longest, now - state.last)
                if now - state.last > Self.limit { state.long += 1 }
            }
            state.last = now
            return state.isOn
        }
        if goesOn { loop.execute { self.turn() } }
    }
}
