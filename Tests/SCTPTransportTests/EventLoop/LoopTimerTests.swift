import Testing

@testable import SCTPTransport

struct LoopTimerTests {
    private final class Log {
        var entries: [String] = []
    }

    /// Runs `body` on a loop with a virtual clock and returns what its timers logged once none is armed before `end`.
    private func log(
        until end: MonotonicInstant, _ body: @escaping @Sendable (EventLoop, @escaping (String) -> Void) -> Void
    ) async throws -> [String] {
        let loop = try EventLoop(name: "timers", clock: .virtual)
        return await withCheckedContinuation { continuation in
            loop.execute {
                let log = Log()
                body(loop) { log.entries.append("\($0)@\(loop.now.nanoseconds)") }
                loop.makeTimer { continuation.resume(returning: log.entries) }.arm(at: end)
            }
        }
    }

    private static let end = MonotonicInstant(nanoseconds: 1_000_000)

    @Test func virtualTimeJumpsFromDeadlineToDeadline() async throws {
        let entries = try await log(until: Self.end) { loop, log in
            for nanoseconds in [500, 3, 70, 3] as [UInt64] {
                loop.makeTimer { log("\(nanoseconds)") }.arm(at: MonotonicInstant(nanoseconds: nanoseconds))
            }
        }
        #expect(entries == ["3@3", "3@3", "70@70", "500@500"])
    }

    @Test func equalDeadlinesFireInTheOrderOfArming() async throws {
        let entries = try await log(until: Self.end) { loop, log in
            let timers = (0..<5).map { number in loop.makeTimer { log("\(number)") } }
            for timer in timers { timer.arm(at: MonotonicInstant(nanoseconds: 9)) }
            timers[1].arm(at: MonotonicInstant(nanoseconds: 9))
        }
        #expect(entries == ["0@9", "2@9", "3@9", "4@9", "1@9"])
    }

    @Test func aMovedTimerFiresOnceAtItsLastDeadlineAndADisarmedOneNever() async throws {
        let entries = try await log(until: Self.end) { loop, log in
            let later = loop.makeTimer { log("later") }
            later.arm(at: MonotonicInstant(nanoseconds: 10))
            later.arm(at: MonotonicInstant(nanoseconds: 40))
            let earlier = loop.makeTimer { log("earlier") }
            earlier.arm(at: MonotonicInstant(nanoseconds: 50))
            earlier.arm(at: MonotonicInstant(nanoseconds: 20))
            let never = loop.makeTimer { log("never") }
            never.arm(at: MonotonicInstant(nanoseconds: 30))
            never.arm(at: .distantFuture)
            let stopped = loop.makeTimer { log("stopped") }
            stopped.arm(at: MonotonicInstant(nanoseconds: 35))
            loop.makeTimer { stopped.disarm() }.arm(at: MonotonicInstant(nanoseconds: 35 - 1))
        }
        #expect(entries == ["earlier@20", "later@40"])
    }

    @Test func aTimerMayRearmItselfEvenForThePast() async throws {
        let entries = try await log(until: MonotonicInstant(nanoseconds: 100)) { loop, log in
            let timer = Ref<LoopTimer>()
            var left = 3
            timer.value = loop.makeTimer {
                log("\(left)")
                left -= 1
                if left > 0 { timer.value?.arm(at: .origin) }
            }
            timer.value?.arm(at: MonotonicInstant(nanoseconds: 5))
        }
        #expect(entries == ["3@5", "2@5", "1@5"])
    }

    @Test func queuedWorkHoldsTheVirtualClock() async throws {
        let entries = try await log(until: Self.end) { loop, log in
            loop.makeTimer { log("timer") }.arm(at: MonotonicInstant(nanoseconds: 5))
            // More than one turn's work, all of it before any time passes.
            let left = ThreadLock(3 * LoopCore.workPerTurn)
            @Sendable func again() {
                precondition(loop.now == .origin, "virtual time passed while work was queued")
                if left.withLock({
                    $0 -= 1; return $0 > 0
                }) {
                    loop.execute(again)
                }
            }
            again()
        }
        #expect(entries == ["timer@5"])
    }

    @Test func manyTimersFireInOrder() async throws {
        let fired = try await log(until: .origin + .seconds(1)) { loop, log in
            var random = UInt64(0x9e37_79b9)
            var timers: [LoopTimer] = []
            for _ in 0..<2000 {
                random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let timer = loop.makeTimer { log("") }
                timer.arm(at: MonotonicInstant(nanoseconds: random >> 48))
                timers.append(timer)
            }
            for index in stride(from: 0, to: 2000, by: 3) { timers[index].disarm() }
            for index in stride(from: 1, to: 2000, by: 3) {
                timers[index].arm(at: MonotonicInstant(nanoseconds: UInt64(index)))
            }
        }
        let instants = fired.map { Int($0.dropFirst())! }
        #expect(instants.count == 1333)
        #expect(instants == instants.sorted())
    }

    @Test func onTheSystemClockATimerNeverFiresEarly() async throws {
        let loop = try EventLoop(name: "system clock")
        let early = await withCheckedContinuation { continuation in
            loop.execute {
                let deadline = loop.now + .microseconds(2500)
                loop.makeTimer { continuation.resume(returning: loop.now < deadline) }.arm(at: deadline)
            }
        }
        #expect(!early)
    }
}
