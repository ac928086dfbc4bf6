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
    private let manner: SendingManner
    private let timeout: Duration
    /// How long answers are still taken after the last one that is due.
    private let linger: Duration
    private let logger: Logger

    init(
        _ user: PoolUser, pool: PoolHandle, source: Source, manner: SendingManner, timeout: Duration, linger: Duration,
        logger: Logger
    ) {
        self.user = user
        self.pool = pool
        self.source = source
        self.manner = manner
        self.timeout = timeout
        self.linger = linger
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
                guard manner.goesToAll else {
                    return try await user.withSession(pool: pool, handling: .handBack) { session in
                        try await exchange(in: session)
                    }
                }
                return try await user.withMessenger(pool: pool) { messenger in
                    try await broadcast(by: messenger)
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
        let pump = UserSessionPump(
            session, on: user.loop, mode: mode, manner: manner, logger: logger, reportInterval: reportInterval)
        let end = try await exchange(
            send: { try await pump.send($0) }, receive: { try await pump.receive() }, wait: { await pump.waitForAnswers() },
            finish: { await pump.finish() })
        await summarize(pump)
        return end
    }

    private func broadcast(by messenger: PoolMessenger) async throws -> End {
        let broadcast = UserBroadcast(messenger, manner: manner, logger: logger)
        return try await exchange(
            send: { try await broadcast.send($0) }, receive: { try await broadcast.receive() },
            wait: { await broadcast.waitForAnswers() }, finish: { await broadcast.complete() })
    }

    /// - Parameters:
    ///   - send: sends a message.
    ///   - receive: takes answers until there can be no more.
    ///   - wait: waits for the answers that are due.
    ///   - finish: lets go whoever waits.
    private func exchange(
        send: @escaping @Sendable ([UInt8]) async throws -> Void, receive: @escaping @Sendable () async throws -> Void,
        wait: @escaping @Sendable () async -> Void, finish: @escaping @Sendable () async -> Void
    ) async throws -> End {
        try await withThrowingTaskGroup(of: End?.self) { group in
            group.addTask(executorPreference: user.loop) {
                do {
                    try await receive()
                } catch {
                    await finish()
                    throw error
                }
                await finish()
                return .done
            }
            group.addTask(executorPreference: user.loop) { [self] in
                try await feed(send)
                return nil
            }
            defer { group.cancelAll() }
            while let end = try await group.next() {
                if let end { return end }
                group.addTask(executorPreference: user.loop) { [linger] in
                    await wait()
                    if linger > .zero { try await Task.sleep(for: linger) }
                    return .done
                }
                group.addTask { [timeout, linger] in
                    try await Task.sleep(for: timeout + linger)
                    return .late
                }
            }
            return .done
        }
    }

    private var mode: UserSessionPump.Mode {
        if case .generated = source { .verify } else { .relay }
    }

    /// Four reports of progress in a run, fewer in a short one.
    private var reportInterval: Int {
        if case .generated(let count, _) = source { max(10, count / 4) } else { 1 }
    }

    private func feed(_ send: @Sendable ([UInt8]) async throws -> Void) async throws {
        switch source {
        case .standardInput:
            let longest = SCTPEndpointConfiguration().maximumMessageSize
            let isConversation = StandardStreams.inputIsTerminal && StandardStreams.outputIsTerminal
            if isConversation { StandardStreams.setPrompt("\(pool)> ") }
            defer { if isConversation { StandardStreams.setPrompt("") } }
            for await line in FileLines(maximumLength: longest) {
                guard line.count <= longest else {
                    throw ToolFailure(.inputData, "a line is longer than a message may be, which is \(longest) bytes.")
                }
                // A message has at least a byte (RFC 9260 §3.3.1), so an empty line is none.
                if !line.isEmpty { try await send(manner.hasLineEnds ? line + [0x0a] : line) }
                if isConversation { StandardStreams.repeatPrompt() }
            }
        case .generated(let count, let interval):
            let clock = ContinuousClock()
            let start = clock.now
            for number in 1...count {
                try await clock.sleep(until: start + interval * (number - 1))
                try await send(Array("message \(number)".utf8))
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
