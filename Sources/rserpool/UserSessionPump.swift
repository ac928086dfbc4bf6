import ASAP
import Logging
import SCTPTransport

/// Moves messages through a session with a pool: sends what it is given while there is room, takes the answers, and after a
/// failover sends again what has no answer.
///
/// It lives on the pool user's event loop, so a message passes without a hop between threads.
actor UserSessionPump {
    /// What to do with the answers.
    enum Mode: Sendable {
        /// Each must be an echo; anything else ends the session.
        case verify
        /// They are printed, whatever they are.
        case relay
    }

    private let session: PoolUserSession
    private let loop: EventLoop
    private let mode: Mode
    private let manner: SendingManner
    private let logger: Logger
    /// Acknowledged messages between two reports of progress.
    private let reportInterval: Int
    private(set) var ledger = MessageLedger()
    private(set) var failovers = 0
    private var hasElement = true
    private var isFinished = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    init(_ session: PoolUserSession, on loop: EventLoop, mode: Mode, manner: SendingManner, logger: Logger, reportInterval: Int)
    {
        self.session = session
        self.loop = loop
        self.mode = mode
        self.manner = manner
        self.logger = logger
        self.reportInterval = reportInterval
    }

    // MARK: Sending

    /// Sends a message as soon as there is an element and room in the window.
    func send(_ bytes: [UInt8]) async throws {
        while !maySend { await change { $0.maySend } }
        try Task.checkCancellation()
        ledger.add(bytes)
        try await session.send(bytes, manner.header)
    }

    /// Waits until every message has its answer.
    func waitForAnswers() async {
        while !isAnswered { await change { $0.isAnswered } }
    }

    private var maySend: Bool { isFinished || ledger.hasRoom && hasElement }
    private var isAnswered: Bool { isFinished || ledger.pending.isEmpty }

    /// Waits for a change, unless it has come already.
    private func change(_ hasCome: (isolated UserSessionPump) -> Bool) async {
        await withCheckedContinuation { continuation in
            if hasCome(self) { continuation.resume() } else { waiters.append(continuation) }
        }
    }

    private func changed() {
        let woken = waiters
        waiters = []
        for waiter in woken { waiter.resume() }
    }

    /// Lets everybody who waits go on: nothing more will change.
    func finish() {
        isFinished = true
        changed()
    }

    // MARK: Receiving

    /// Takes what happens in the session until it ends.
    /// - Throws: ``ToolFailure`` for an answer that is none, `PoolUserSessionFailure`.
    func receive() async throws {
        for try await occurrence in session.occurrences {
            switch occurrence {
            case .message(let message):
                try take(message.bytes)
            case .elementLost:
                hasElement = false
            case .failedOver:
                failovers += 1
                try await resend()
                hasElement = true
            case .undelivered:
                // It has no answer, so it is in the books, and is sent again after the failover that follows.
                break
            }
            changed()
        }
    }

    private func take(_ answer: [UInt8]) throws {
        switch (ledger.receive(answer), mode) {
        case (.acknowledged(let number, let count), _):
            StandardStreams.writeOutput(bytes: answer)
            guard number % reportInterval == 0 else { return }
            logger.report(
                EventReport(
                    "progress", mode == .verify ? .info : .debug,
                    "has \(number) messages acknowledged" + (count.map { ", session's count \($0)" } ?? ""),
                    ["acknowledged": "\(number)", "count": count.map(String.init) ?? ""]))
        case (.repeated, _):
            logger.report(EventReport("repeated", .debug, "got another answer to a message that was sent twice"))
        case (.wrong(let sentence), .verify):
            throw ToolFailure(.failure, sentence + ".")
        case (.wrong, .relay):
            ledger.receiveAny()
            StandardStreams.writeOutput(bytes: answer)
        }
    }

    private func resend() async throws {
        guard manner.isSentAgain else {
            let lost = ledger.abandon()
            if lost > 0 {
                logger.report(
                    EventReport(
                        "messages-lost", .warning,
                        "\(lost == 1 ? "1 message" : "\(lost) messages") had no answer, and will have none",
                        ["messages": "\(lost)"]))
            }
            return
        }
        let messages = ledger.resend()
        guard !messages.isEmpty else { return }
        logger.report(
            EventReport(
                "resent", .info,
                "sends \(messages.count == 1 ? "1 message" : "\(messages.count) messages") again that had no answer",
                ["messages": "\(messages.count)"]))
        for message in messages { try await session.send(message.bytes, manner.header) }
    }
}
