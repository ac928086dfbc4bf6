import CEventLoop
import Glibc

/// What an ``EventLoop``'s thread works on. Everything but ``inbox`` and ``wake()`` belongs to that thread.
///
/// It is apart from the loop so that the thread does not keep the loop alive: a loop that nobody refers to ends its thread.
final class LoopCore {
    enum Work {
        case job(UnownedJob)
        case call(@Sendable () -> Void)
    }

    struct Inbox {
        var work: [Work] = []
        /// True while the thread waits, or is about to, without having been woken.
        var isAsleep = false
        var isStopping = false
        /// The time of a virtual clock; here because every thread may ask for it.
        var virtualNow = MonotonicInstant.origin
    }

    /// Pieces of work after which descriptors and timers get their turn, however much more is queued.
    static let workPerTurn = 1024

    let inbox = ThreadLock(Inbox())
    let hasVirtualClock: Bool
    /// How long the thread looks for more input after it had some, before it sleeps.
    let lingering: Duration
    private var lastInput = MonotonicInstant.origin
    let timers = TimerHeap()
    let descriptors: DescriptorTable
    weak var loop: EventLoop?
    private let epoll: CInt
    private let wakeup: CInt
    /// Work that the thread gave itself, and what it took from the inbox: first in, first out.
    private var queue: [Work] = []
    private var done = 0
    /// The empty array that goes to the inbox when its work is taken, to keep the capacity of both.
    private var spare: [Work] = []
    private var hooks: [LoopHook] = []

    init(hasVirtualClock: Bool, lingering: Duration = .zero) throws(SCTPTransportError) {
        func check(_ result: CInt) throws(SCTPTransportError) -> CInt {
            guard result < 0 else { return result }
            throw SCTPTransportError(
                .system(-result), "an event loop cannot start: system error \(-result); is the limit of open files reached?")
        }
        epoll = try check(event_loop_make_epoll())
        wakeup = event_loop_make_wakeup()
        self.hasVirtualClock = hasVirtualClock
        self.lingering = lingering
        descriptors = DescriptorTable(epoll: epoll)
        _ = try check(wakeup)
        _ = try check(event_loop_add(epoll, wakeup, 0, 1, 0))
    }

    deinit {
        close(epoll)
        if wakeup >= 0 { close(wakeup) }
    }

    static func systemNow() -> MonotonicInstant {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicInstant(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }

    var now: MonotonicInstant {
        hasVirtualClock ? inbox.withLock { $0.virtualNow } : LoopCore.systemNow()
    }

    // MARK: From any thread

    /// Queues work from another thread.
    func post(_ work: Work) {
        let mustWake = inbox.withLock { inbox in
            inbox.work.append(work)
            defer { inbox.isAsleep = false }
            return inbox.isAsleep
        }
        if mustWake { event_loop_wake(wakeup) }
    }

    func stop() {
        inbox.withLock { $0.isStopping = true }
        event_loop_wake(wakeup)
    }

    // MARK: On the loop's thread

    /// Queues work from the loop's own thread: no lock, no wake-up.
    func postLocally(_ work: Work) {
        queue.append(work)
    }

    func addHook(_ hook: LoopHook) {
        hooks.append(hook)
    }

    /// Turns until the loop is gone.
    func run() {
        unsafe withUnsafeTemporaryAllocation(of: event_loop_ready.self, capacity: Int(event_loop_ready_capacity)) {
            while unsafe !turn($0) {}
        }
        takeInbox(beforeSleep: false)
        while done < queue.count { runWork(on: nil) }
    }

    /// One turn: work, hooks, wait, descriptors, timers. Returns true when the loop is to end.
    private func turn(_ ready: UnsafeMutableBufferPointer<event_loop_ready>) -> Bool {
        // The loop stays for the turn, or, if it is gone, the turn is the last.
        withExtendedLifetime(loop) { loop in
            takeInbox(beforeSleep: false)
            runWork(on: loop)
            runHooks()
        }
        let mayWait = takeInbox(beforeSleep: true)
        let count = unsafe mayWait ? wait(ready) : event_loop_wait(epoll, ready.baseAddress!, 0)
        let (isStopping, wasBusy) = inbox.withLock { inbox in
            inbox.isAsleep = false
            return (inbox.isStopping, !inbox.work.isEmpty)
        }
        guard !isStopping else { return true }
        withExtendedLifetime(loop) {
            for index in 0..<Int(count) {
                let event = unsafe ready[index]
                guard event.token != 0 else {
                    event_loop_drain_wakeup(wakeup)
                    continue
                }
                descriptors[event.token]?.handler(event.readable != 0, event.writable != 0)
            }
            if hasVirtualClock, mayWait, count == 0, !wasBusy, let deadline = timers.nextDeadline {
                inbox.withLock { $0.virtualNow = max($0.virtualNow, deadline) }
            }
            if timers.nextDeadline != nil { timers.fire(until: now) }
        }
        return false
    }

    /// Waits for descriptors. Who asks one thing after the other asks again within microseconds; to sleep and be woken takes longer.
    private func wait(_ ready: UnsafeMutableBufferPointer<event_loop_ready>) -> CInt {
        guard lingering > .zero else { return unsafe event_loop_wait(epoll, ready.baseAddress!, timeout()) }
        let end = min(lastInput + lingering, timers.nextDeadline ?? .distantFuture)
        var count: CInt = 0
        while count == 0, LoopCore.systemNow() < end { count = unsafe event_loop_wait(epoll, ready.baseAddress!, 0) }
        if count == 0 { count = unsafe event_loop_wait(epoll, ready.baseAddress!, timeout()) }
        lastInput = LoopCore.systemNow()
        return count
    }

    /// How long the thread may wait: virtual time does not pass by waiting, so there it only looks whether something is ready.
    private func timeout() -> CInt {
        guard let deadline = timers.nextDeadline else { return -1 }
        guard !hasVirtualClock else { return 0 }
        let now = LoopCore.systemNow()
        guard deadline > now else { return 0 }
        return CInt(clamping: (deadline - now).wholeMillisecondsRoundedUp)
    }

    /// Moves the inbox's work to the queue. With `beforeSleep` it declares the thread asleep where there is no work, so that
    /// whoever posts next wakes it; the result is whether that was done.
    @discardableResult
    private func takeInbox(beforeSleep: Bool) -> Bool {
        let hasLocalWork = done < queue.count
        let isIdle = inbox.withLock { inbox in
            guard inbox.work.isEmpty else {
                swap(&inbox.work, &spare)
                return false
            }
            inbox.isAsleep = beforeSleep && !hasLocalWork
            return inbox.isAsleep
        }
        if !spare.isEmpty {
            if hasLocalWork {
                queue.append(contentsOf: spare)
            } else {
                queue.removeAll(keepingCapacity: true)
                done = 0
                swap(&queue, &spare)
            }
            spare.removeAll(keepingCapacity: true)
        }
        return isIdle
    }

    private func runWork(on loop: EventLoop?) {
        let limit = done + LoopCore.workPerTurn
        while done < queue.count, done < limit {
            let work = queue[done]
            done += 1
            switch work {
            case .call(let call): call()
            case .job(let job):
                // A queued job refers to its executor, so the loop is there.
                guard let loop else { preconditionFailure("a job outlived its event loop") }
                loop.run(job)
            }
        }
        if done == queue.count {
            queue.removeAll(keepingCapacity: true)
            done = 0
        } else if done > queue.count / 2 {
            queue.removeFirst(done)
            done = 0
        }
    }

    private func runHooks() {
        var index = 0
        while index < hooks.count {
            let hook = hooks[index]
            if let body = hook.body {
                body()
                index += 1
            } else {
                hooks.remove(at: index)
            }
        }
    }
}

/// A function that an event loop calls at the end of each turn, before it waits. Used on the loop only.
package final class LoopHook {
    fileprivate var body: (() -> Void)?

    init(_ body: @escaping () -> Void) {
        self.body = body
    }

    package func remove() {
        body = nil
    }
}
