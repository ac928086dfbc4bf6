import ASAP
import Logging
import PoolPolicies
import RSerPoolParameters
import SCTPTransport

/// Jobs of so many calculations, one a session, on a modelled processor that they share; the element's load is the part of its
/// places for jobs that is in use, and is told to the registrar by registering again (RFC 5352 §3.1).
///
/// Compatible with rsplib's `calcappclient` and `rspserver -calcapp` by observation, cookie included. Nothing is calculated: a
/// job takes the time that its calculations would take.
actor CalculationService: ElementService {
    private let logger: Logger
    private let cookieInterval: Duration
    private var model: CalculationModel
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var lastOwner: UInt64 = 0
    /// Who is told that a job is done, by owner.
    private var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
    /// Whose job is done, until its task has seen it.
    private var done: Set<UInt64> = []
    private var alarm: Task<Void, Never>?
    private var toldLoad = 0.0
    private var report: Task<Void, Never>?

    /// The shortest time between two registrations that tell a load, so that short jobs do not keep the registrar busy.
    static let loadInterval = Duration.milliseconds(500)

    /// - Parameters:
    ///   - capacity: calculations a second.
    ///   - places: jobs at a time; one more is rejected.
    ///   - cookieInterval: how often a job's user gets a cookie.
    init(capacity: Double, places: Int, cookieInterval: Duration = .seconds(1), logger: Logger) {
        model = CalculationModel(capacity: capacity, places: places)
        self.cookieInterval = cookieInterval
        self.logger = logger
        start = clock.now
    }

    nonisolated func serve(_ session: PoolElementSession) async throws {
        let owner = await newOwner()
        try await withThrowingDiscardingTaskGroup { group in
            // The job's task waits for the job's end, so that comes before the group waits for the task.
            do {
                if let cookie = await session.cookieEcho { try await resume(cookie, session, owner, &group) }
                for try await message in session.messages {
                    try await take(message.bytes, session, owner, &group)
                }
            } catch {
                await forget(owner, session)
                throw error
            }
            await forget(owner, session)
        }
    }

    private nonisolated func resume(
        _ cookie: [UInt8], _ session: PoolElementSession, _ owner: UInt64, _ group: inout ThrowingDiscardingTaskGroup<any Error>
    ) async throws {
        guard let job = CalculationMessage.job(cookie: cookie) else {
            logger.report(EventReport("cookie-invalid", .warning, "was given a cookie that is not one of this service"))
            return
        }
        logger.report(
            EventReport(
                "session-resumed", .info,
                "goes on with job \(job.job) at \(job.completed) of \(job.size) calculations, which its cookie carried",
                ["association": "\(session.association)", "count": "\(job.completed)"]))
        try await begin(job.job, size: job.size, completed: job.completed, session, owner, &group)
    }

    private nonisolated func take(
        _ bytes: [UInt8], _ session: PoolElementSession, _ owner: UInt64, _ group: inout ThrowingDiscardingTaskGroup<any Error>
    ) async throws {
        guard let message = CalculationMessage(bytes) else {
            logger.report(
                EventReport(
                    "no-calculation", .debug, "got a message that is none of this service",
                    ["association": "\(session.association)"]
                ))
            return
        }
        switch message.kind {
        case .request:
            try await begin(message.job, size: message.size, completed: 0, session, owner, &group)
        case .keepAlive:
            try await send(CalculationMessage(.keepAliveAcknowledgement, job: message.job), session)
        case .abort:
            await forget(owner, session)
        case .accept, .reject, .complete, .keepAliveAcknowledgement:
            break
        }
    }

    private nonisolated func begin(
        _ job: UInt32, size: UInt64, completed: UInt64, _ session: PoolElementSession, _ owner: UInt64,
        _ group: inout ThrowingDiscardingTaskGroup<any Error>
    ) async throws {
        guard await add(owner, size: size, completed: completed, session) else {
            logger.report(EventReport("job-rejected", .notice, "rejects job \(job): every place is taken", ["job": "\(job)"]))
            return try await send(CalculationMessage(.reject, job: job), session)
        }
        logger.report(
            EventReport(
                "job-accepted", .info, "accepts job \(job) of \(size) calculations", ["job": "\(job)", "size": "\(size)"]))
        try await send(CalculationMessage(.accept, job: job), session)
        group.addTask { try await self.run(job, size: size, session, owner) }
    }

    /// Sends cookies until the job is done, and then that it is.
    private nonisolated func run(_ job: UInt32, size: UInt64, _ session: PoolElementSession, _ owner: UInt64) async throws {
        let cookies = Task { [cookieInterval] in
            while true {
                try await Task.sleep(for: cookieInterval)
                guard let completed = await self.completed(owner) else { return }
                await session.sendCookie(CalculationMessage.cookie(job: job, size: size, completed: completed))
            }
        }
        defer { cookies.cancel() }
        guard await isDone(owner) else { return }
        await tellLoad(to: session.element)
        logger.report(EventReport("job-completed", .info, "has completed job \(job)", ["job": "\(job)", "size": "\(size)"]))
        try await send(CalculationMessage(.complete, job: job, size: size, completed: size), session)
    }

    private nonisolated func send(_ message: CalculationMessage, _ session: PoolElementSession) async throws {
        try await session.send(message.encoded, MessageHeader(payloadProtocol: .calculation))
    }

    // MARK: The model and its time

    private var now: Duration { start.duration(to: clock.now) }

    private func newOwner() -> UInt64 {
        lastOwner += 1
        return lastOwner
    }

    private func add(_ owner: UInt64, size: UInt64, completed: UInt64, _ session: PoolElementSession) -> Bool {
        guard model.add(owner: owner, size: Double(size), completed: Double(completed), at: now) else { return false }
        setAlarm()
        tellLoad(to: session.element)
        return true
    }

    /// The owner's job, if it has one, is no more.
    private func forget(_ owner: UInt64, _ session: PoolElementSession) {
        model.remove(owner: owner, at: now)
        done.remove(owner)
        waiting.removeValue(forKey: owner)?.resume()
        setAlarm()
        tellLoad(to: session.element)
    }

    private func completed(_ owner: UInt64) -> UInt64? {
        model.completed(owner: owner, at: now)
    }

    /// Waits until the owner's job is done, or no more.
    /// - Returns: whether it is done.
    private func isDone(_ owner: UInt64) async -> Bool {
        await withCheckedContinuation { continuation in
            guard model.jobs.contains(where: { $0.owner == owner }) else { return continuation.resume() }
            waiting[owner] = continuation
        }
        return done.remove(owner) != nil
    }

    private func setAlarm() {
        alarm?.cancel()
        guard let next = model.nextDone else { return }
        alarm = Task { [clock, start] in
            do { try await clock.sleep(until: start + next) } catch { return }
            ring()
        }
    }

    private func ring() {
        for owner in model.takeDone(at: now) {
            done.insert(owner)
            waiting.removeValue(forKey: owner)?.resume()
        }
        setAlarm()
    }

    // MARK: The load

    /// Registers with the load as it is now, at once or, where that was just done, a little later.
    private func tellLoad(to element: PoolElement) {
        guard report == nil, model.load != toldLoad else { return }
        toldLoad = model.load
        report = Task { [toldLoad] in
            // The other values are as they are now: a manager may have set them.
            if let policy = PolicyText.replacingLoad(of: await element.currentPolicy, by: toldLoad) {
                await element.update(policy)
            }
            do { try await clock.sleep(for: Self.loadInterval) } catch {}
            loadIntervalEnded(element)
        }
    }

    private func loadIntervalEnded(_ element: PoolElement) {
        report = nil
        tellLoad(to: element)
    }
}
