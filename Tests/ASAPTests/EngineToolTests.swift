import ASAP
import SCTPTransport
import Testing

@Suite("What engines are made of")
struct EngineToolTests {
    @Test("A seed decides the whole sequence")
    func seededSequence() {
        var one = SeededRandomNumberGenerator(seed: 7)
        var same = SeededRandomNumberGenerator(seed: 7)
        var other = SeededRandomNumberGenerator(seed: 8)
        let first = (0..<100).map { _ in one.next() }
        #expect(first == (0..<100).map { _ in same.next() })
        #expect(first != (0..<100).map { _ in other.next() })
        // The published first value of SplitMix64 for seed 0.
        var zero = SeededRandomNumberGenerator(seed: 0)
        #expect(zero.next() == 0xe220_a839_7b1d_cdaf)
    }

    @Test("Outputs leave in the order in which they came")
    func outputQueue() {
        var queue = OutputQueue<Int>()
        #expect(queue.popFirst() == nil)
        queue.append(1)
        queue.append(2)
        #expect(queue.popFirst() == 1)
        queue.append(3)
        #expect(queue.popFirst() == 2)
        #expect(queue.popFirst() == 3)
        #expect(queue.isEmpty)
        #expect(queue.popFirst() == nil)
    }

    @Test("Timers come due by deadline, equal ones in the order in which they were set")
    func timerTable() {
        func second(_ number: Int) -> MonotonicInstant { .origin + .seconds(number) }
        var timers = TimerTable<String>()
        #expect(timers.nextDeadline == nil)
        timers.start("late", at: second(5))
        timers.start("first", at: second(2))
        timers.start("second", at: second(2))
        #expect(timers.nextDeadline == second(2))
        #expect(timers.popDue(at: second(1)) == nil)
        #expect(timers.popDue(at: second(2)) == "first")
        #expect(timers.popDue(at: second(2)) == "second")
        #expect(timers.popDue(at: second(2)) == nil)
        timers.start("late", at: second(9))
        #expect(timers.deadline(of: "late") == second(9))
        timers.stop("late")
        #expect(timers.nextDeadline == nil)
        timers.start("a", at: second(1))
        timers.start("b", at: second(2))
        timers.stopAll { $0 == "a" }
        #expect(timers.popDue(at: second(3)) == "b")
    }
}
