/// One deadline on an event loop. Used on the loop only.
///
/// Arming an armed timer moves its deadline. Timers with one deadline fire in the order in which they were armed. An armed timer
/// is kept alive by its loop until it fires or is disarmed.
package final class LoopTimer {
    fileprivate let handler: () -> Void
    fileprivate var deadline = MonotonicInstant.distantFuture
    /// Breaks ties between equal deadlines.
    fileprivate var order: UInt64 = 0
    /// Where the heap keeps this timer; -1 while it is not armed.
    fileprivate var position = -1
    private unowned let heap: TimerHeap

    init(in heap: TimerHeap, handler: @escaping () -> Void) {
        self.heap = heap
        self.handler = handler
    }

    package var isArmed: Bool { position >= 0 }

    /// Lets the timer fire once at `deadline`, or in the loop's next turn where that has passed;
    /// ``MonotonicInstant/distantFuture`` disarms.
    package func arm(at deadline: MonotonicInstant) {
        deadline == .distantFuture ? heap.remove(self) : heap.insert(self, at: deadline)
    }

    /// After this the handler is not called until the timer is armed again.
    package func disarm() {
        heap.remove(self)
    }
}

/// Armed timers by deadline: a binary heap in which every timer knows its place, so moving a deadline leaves nothing stale.
final class TimerHeap {
    private var timers: [LoopTimer] = []
    private var armings: UInt64 = 0

    var nextDeadline: MonotonicInstant? { timers.first?.deadline }

    fileprivate func insert(_ timer: LoopTimer, at deadline: MonotonicInstant) {
        timer.deadline = deadline
        timer.order = armings
        armings += 1
        if timer.position < 0 {
            timer.position = timers.count
            timers.append(timer)
            moveUp(timer)
        } else {
            moveUp(timer)
            moveDown(timer)
        }
    }

    fileprivate func remove(_ timer: LoopTimer) {
        let position = timer.position
        guard position >= 0 else { return }
        timer.position = -1
        let last = timers.removeLast()
        guard last !== timer else { return }
        timers[position] = last
        last.position = position
        moveUp(last)
        moveDown(last)
    }

    /// Fires the timers whose deadline has come, but none that is armed meanwhile: a timer that re-arms itself for the past
    /// must not keep the loop from its other work.
    func fire(until now: MonotonicInstant) {
        let limit = armings
        while let first = timers.first, first.deadline <= now, first.order < limit {
            remove(first)
            first.handler()
        }
    }

    private func isBefore(_ left: LoopTimer, _ right: LoopTimer) -> Bool {
        (left.deadline, left.order) < (right.deadline, right.order)
    }

    private func moveUp(_ timer: LoopTimer) {
        while timer.position > 0 {
            let parent = timers[(timer.position - 1) / 2]
            guard isBefore(timer, parent) else { return }
            exchange(timer, parent)
        }
    }

    private func moveDown(_ timer: LoopTimer) {
        while true {
            let left = 2 * timer.position + 1
            guard left < timers.count else { return }
            let right = left + 1
            let child = right < timers.count && isBefore(timers[right], timers[left]) ? timers[right] : timers[left]
            guard isBefore(child, timer) else { return }
            exchange(timer, child)
        }
    }

    private func exchange(_ one: LoopTimer, _ other: LoopTimer) {
        timers.swapAt(one.position, other.position)
        swap(&one.position, &other.position)
    }
}
