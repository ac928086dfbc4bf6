import ASAP
import Logging
import RSerPoolParameters
import SCTPTransport

/// A pool user with one session, from its start to its end.
struct UserRun {
    /// Where the messages come from.
    enum Source: Sendable {
        case standardInput
        /// `message 1`, `message 2`, … with a pause between them.
        case generated(count: Int, interval: Duration)
    }

    private enum End: Sendable {
        case done
        case stopped
        case late
    }

    private let user: PoolUser
    private let pool: PoolHandle
    private let source: Source
    private let timeout: Duration
    private let logger: Logger

    init(_ user: PoolUser, pool: PoolHandle, source: Source, timeout: Duration, logger: Logger) {
        self.user = user
        self.pool = pool
        self.source = source
        self.timeout = timeout
        self.logger = logger
    }

    /// - Throws: ``ToolFailure``, `PoolUserSessionFailure`, `SCTPTransportError`.
    func run(until stop: StopRequest) async throws {
        let (user, logger) = (user, logger)
        async let reported: Void = { for await event in user.events { logger.report(EventReport(event)) } }()
        let result: Result<Void, any Error>
        do {
            result = .success(try await session(until: stop))
        } catch {
            result = .failure(error)
        }
        await user.close()
        await reported
        try result.get()
    }

    private func session(until stop: StopRequest) async throws {
        // The session's messages are sent again by the pump, which knows what was answered; the library only knows what was
        // delivered.
        try await withThrowingTaskGroup(of: End.self) { group in
            let (user, pool) = (user, pool)
            group.addTask {
                _ = await stop.wait()
                return .stopped
            }
            group.addTask(executorPreference: user.loop) { [self] in
                try await user.withSession(pool: pool, handling: .handBack) { session in
                    try await exchange(in: session)
                }
            }
            defer { group.cancelAll() }
            switch try await group.next() {
            case .done?, nil: break
            case .late?: throw ToolFailure(.timedOut, "some messages were not answered within \(timeout.components.seconds) s.")
            case .stopped?: throw ToolFailure(.interrupted, "interrupted.")
            }
        }
    }

    /// Sends and receives until all is answered.
    private func exchange(in session: PoolUserSession) async throws -> End {
        let pump = UserSessionPump(session, on: user.loop, mode: mode, logger: logger, reportInterval: reportInterval)
        let end = try await withThrowingTaskGroup(of: End?.self) { group in
            group.addTask(executorPreference: user.loop) {
                do {
                    try await pump.receive()
                } catch {
                    await pump.finish()
                    throw error
                }
                await pump.finish()
                return .done
            }
            group.addTask(executorPreference: user.loop) { [self] in
                try await feed(pump)
                return nil
            }
            defer { group.cancelAll() }
            while let end = try await group.next() {
                if let end { return end }
                group.addTask(executorPreference: user.loop) {
                    await pump.waitForAnswers()
                    return .done
                }
                group.addTask { [timeout] in
                    try await Task.sleep(for: timeout)
                    return .late
                }
            }
            return .done
        }
        await summarize(pump)
        return end
    }

    private var mode: UserSessionPump.Mode {
        if case .generated = source { .verify } else { .relay }
    }

    /// Four reports of progress in a run, fewer in a short one.
    private var reportInterval: Int {
        if case .generated(let count, _) = source { max(10, count / 4) } else { 1 }
    }

    private func feed(_ pump: UserSessionPump) async throws {
        switch source {
        case .standardInput:
            let longest = SCTPEndpointConfiguration().maximumMessageSize
            for await line in FileLines(maximumLength: longest) {
                guard line.count <= longest else {
                    throw ToolFailure(.inputData, "a line is longer than a message may be, which is \(longest) bytes.")
                }
                // A message has at least a byte (RFC 9260 §3.3.1), so an empty line is none.
                if !line.isEmpty { try await pump.send(line) }
            }
        case .generated(let count, let interval):
            let clock = ContinuousClock()
            let start = clock.now
            for number in 1...count {
                try await clock.sleep(until: start + interval * (number - 1))
                try await pump.send(Array("message \(number)".utf8))
            }
        }
    }

    private func summarize(_ pump: UserSessionPump) async {
        let ledger = await pump.ledger
        let failovers = await pump.failovers
        logger.report(
            EventReport(
                "summary", mode == .verify ? .info : .debug,
                "\(ledger.sent) messages sent, \(ledger.acknowledged) acknowledged in order; \(ledger.resent) sent again in "
                    + (failovers == 1 ? "1 failover" : "\(failovers) failovers"),
                [
                    "messages": "\(ledger.sent)", "acknowledged": "\(ledger.acknowledged)", "resent": "\(ledger.resent)",
                    "failovers": "\(failovers)",
                ]))
    }
}
