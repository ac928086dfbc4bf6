import CEventLoop
import Glibc

/// One thread that runs actors, tasks, timers and socket input, in one order.
///
/// An actor whose `unownedExecutor` is the loop is called straight from socket input, without a hop between threads. Start
/// consumers with `Task(executorPreference: loop)`: otherwise each `await` between them and the loop's actors changes threads.
/// Nothing on the loop may block. The thread ends when nothing refers to the loop any more.
///
/// Timers have a resolution of a millisecond and never fire early. With a virtual clock time stands still while any work is
/// queued or any watched descriptor is readable, and then jumps to the next timer; a test that must not be overtaken by the
/// clock runs on the loop itself.
public final class EventLoop: SerialExecutor, TaskExecutor {
    /// Which time a loop lives in.
    public enum ClockKind: Sendable {
        /// `CLOCK_MONOTONIC`.
        case system
        /// Starts at ``MonotonicInstant/origin`` and advances by jumps.
        case virtual
    }

    /// The loop of endpoints that were given no other. It lives as long as the process.
    public static let shared: EventLoop = {
        do throws(SCTPTransportError) {
            return try EventLoop(name: "rserpool")
        } catch {
            fatalError(error.message)
        }
    }()

    /// The thread's name, as debuggers show it (15 bytes of it).
    public let name: String
    /// Belongs to the loop's thread; what other threads may use of it is behind its lock.
    private nonisolated(unsafe) let core: LoopCore

    /// Starts the thread.
    /// - Throws: ``SCTPTransportError/Code/system(_:)`` where the host gives no thread or descriptor.
    public convenience init(name: String, clock: ClockKind = .system) throws(SCTPTransportError) {
        try self.init(name: name, clock: clock, lingering: .zero)
    }

    /// A loop for who is asked one thing after the other, and each time only once it has answered.
    /// - Parameter lingering: how long the thread looks for more after it had work, before it sleeps: processor time for answers that
    ///   need not wait until it is woken.
    package init(name: String, clock: ClockKind = .system, lingering: Duration) throws(SCTPTransportError) {
        self.name = name
        let core = try LoopCore(hasVirtualClock: clock == .virtual, lingering: clock == .virtual ? .zero : lingering)
        unsafe self.core = core
        core.loop = self
        try EventLoop.startThread(running: core, name: name)
    }

    deinit {
        unsafe core.stop()
    }

    private static func startThread(running core: LoopCore, name: String) throws(SCTPTransportError) {
        let context = unsafe Unmanaged.passRetained(core)
        // Signals are for the program's own threads.
        var all = sigset_t()
        var before = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_BLOCK, &all, &before)
        var thread = pthread_t()
        let result = unsafe pthread_create(
            &thread, nil,
            { context in
                let core = unsafe Unmanaged<LoopCore>.fromOpaque(context!).takeRetainedValue()
                unsafe event_loop_set_current(context)
                core.run()
                return nil
            }, context.toOpaque())
        unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
        guard result == 0 else {
            unsafe context.release()
            throw SCTPTransportError(.system(result), "an event loop cannot start its thread: system error \(result)")
        }
        unsafe event_loop_name_thread(UInt(thread), name)
        pthread_detach(thread)
    }

    /// True on the loop's own thread.
    public var inLoop: Bool {
        unsafe event_loop_current() == UnsafeRawPointer(Unmanaged.passUnretained(core).toOpaque())
    }

    /// The time on the loop's clock; from any thread.
    public var now: MonotonicInstant {
        unsafe core.now
    }

    /// Whether time passes by jumps, for tests.
    public var hasVirtualClock: Bool {
        unsafe core.hasVirtualClock
    }

    var coreForTests: LoopCore { unsafe core }

    // MARK: Work

    /// Runs `job` on the loop, later: after what was queued before, even when called on the loop.
    public func execute(_ job: @escaping @Sendable () -> Void) {
        post(.call(job))
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        post(.job(UnownedJob(job)))
    }

    private func post(_ work: LoopCore.Work) {
        if inLoop {
            unsafe core.postLocally(work)
        } else {
            unsafe core.post(work)
        }
    }

    /// Calls `body` on the loop and returns what it returns.
    public func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            execute { continuation.resume(returning: body()) }
        }
    }

    func run(_ job: UnownedJob) {
        unsafe job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
    }

    public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        unsafe UnownedSerialExecutor(ordinary: self)
    }

    public func asUnownedTaskExecutor() -> UnownedTaskExecutor {
        unsafe UnownedTaskExecutor(ordinary: self)
    }

    public func checkIsolated() {
        precondition(inLoop, "this code runs outside event loop \(name), which it must not")
    }

    public func isIsolatingCurrentContext() -> Bool? {
        inLoop
    }

    // MARK: Timers, descriptors, hooks

    /// A timer that calls `handler` on the loop. On the loop only.
    package func makeTimer(_ handler: @escaping () -> Void) -> LoopTimer {
        checkIsolated()
        return unsafe LoopTimer(in: core.timers, handler: handler)
    }

    /// Watches a descriptor, at first for reading; the handler is called while it is ready, once per turn. On the loop only.
    /// - Throws: ``SCTPTransportError/Code/system(_:)`` where the descriptor cannot be watched, as a regular file.
    package func register(
        descriptor: CInt, _ handler: @escaping (_ readable: Bool, _ writable: Bool) -> Void
    ) throws(SCTPTransportError) -> LoopDescriptor {
        checkIsolated()
        return try unsafe core.descriptors.add(descriptor, handler: handler)
    }

    /// Calls `hook` once per turn before the loop waits, for output that is better sent together. On the loop only.
    package func addTurnEndHook(_ hook: @escaping () -> Void) -> LoopHook {
        checkIsolated()
        let token = LoopHook(hook)
        unsafe core.addHook(token)
        return token
    }
}
