import ASAP
import Logging
import RSerPoolParameters
import SCTPTransport

/// Sends each message to every element of a pool, and prints the answers (RFC 5352 §6.5.5, ASAP_SEND_TO_ALL).
actor UserBroadcast {
    private let messenger: PoolMessenger
    private let manner: SendingManner
    private let logger: Logger
    /// Answers that are due, by element.
    private var due: [PoolElementIdentifier: Int] = [:]
    private var waiter: CheckedContinuation<Void, Never>?

    init(_ messenger: PoolMessenger, manner: SendingManner, logger: Logger) {
        self.messenger = messenger
        self.manner = manner
        self.logger = logger
    }

    func send(_ bytes: [UInt8]) async throws {
        let elements = try await messenger.send(
            bytes, manner.header, options: manner.header.isUnordered ? [.toAll, .unordered] : .toAll)
        for element in elements { due[element, default: 0] += 1 }
        logger.report(
            EventReport(
                "sent-to-all", .debug, "has sent a message to \(elements.count) elements", ["elements": "\(elements.count)"]))
    }

    /// Prints answers until the messenger closes.
    func receive() async throws {
        for try await occurrence in messenger.occurrences {
            switch occurrence {
            case .message(let element, let message):
                StandardStreams.writeOutput(bytes: Array("\(element): ".utf8) + message.bytes)
                // An answer may come before the call that sent its question returns.
                due[element, default: 0] -= 1
            case .elementLost(let element, let loss):
                due[element] = nil
                logger.report(
                    EventReport(
                        "element-failed", .notice, "element \(element) has failed: \(EventReport.reason(loss))",
                        ["element": "\(element)"]))
            case .undelivered(let element, _):
                logger.report(
                    EventReport(
                        "undelivered", .warning, "a message was not delivered to element \(element)", ["element": "\(element)"])
                )
                due[element] = nil
            }
            if isComplete { complete() }
        }
    }

    private var isComplete: Bool { due.values.allSatisfy { $0 <= 0 } }

    /// Waits until every element has answered every message that it got.
    func waitForAnswers() async {
        await withCheckedContinuation { continuation in
            if isComplete { continuation.resume() } else { waiter = continuation }
        }
    }

    /// Lets go who waits: all is answered, or nothing more will come.
    func complete() {
        waiter?.resume()
        waiter = nil
    }
}
