/// The books of a user's session with an echo pool: what was sent and not yet answered, and whether each answer is right.
///
/// The elements echo in order, so an answer belongs to the oldest message that has none. An element of `rserpool element` puts
/// the session's count before it, `17: text`; other implementations' echo services do not.
struct MessageLedger: Sendable {
    struct Pending: Equatable, Sendable {
        /// From 1.
        var number: Int
        var bytes: [UInt8]
    }

    /// What an answer proved.
    enum Verdict: Equatable, Sendable {
        /// It answers this message; `count` is the session's count where the element gave one.
        case acknowledged(Int, count: Int?)
        /// It answers a message that was sent twice, and comes beside the answer that counts.
        case repeated
        /// It answers a message wrongly; the sentence says how.
        case wrong(String)
    }

    /// Messages unanswered at a time; the next one waits.
    static let window = 64

    /// Sent, in order, and not yet answered.
    private(set) var pending: [Pending] = []
    private(set) var sent = 0
    private(set) var acknowledged = 0
    /// Messages sent once more because their element failed before it answered.
    private(set) var resent = 0
    /// The messages that were sent again last: the element may get, and answer, either of the two.
    private var twiceSent: [Pending] = []

    var hasRoom: Bool { pending.count < Self.window }

    /// Notes a message that is about to be sent.
    mutating func add(_ bytes: [UInt8]) {
        sent += 1
        pending.append(Pending(number: sent, bytes: bytes))
    }

    /// What must be sent again to the next element, in order.
    mutating func resend() -> [Pending] {
        resent += pending.count
        twiceSent = pending
        return pending
    }

    /// Gives up what has no answer.
    /// - Returns: how many messages that were.
    mutating func abandon() -> Int {
        defer { pending = [] }
        return pending.count
    }

    /// Compares an answer with the oldest message that has none.
    mutating func receive(_ answer: [UInt8]) -> Verdict {
        let split = Self.split(answer)
        func answers(_ message: Pending) -> Bool {
            answer == message.bytes || split.map { $0.text.elementsEqual(message.bytes) } ?? false
        }
        guard let oldest = pending.first, answers(oldest) else {
            if twiceSent.contains(where: answers) { return .repeated }
            guard let oldest = pending.first else { return .wrong("an answer came that no message asked for") }
            let text = String(decoding: answer.prefix(200), as: UTF8.self)
            return .wrong("message \(oldest.number) was answered by '\(text)', which is no echo of it")
        }
        guard answer != oldest.bytes, let count = split?.count else {
            take()
            return .acknowledged(oldest.number, count: nil)
        }
        // What was sent twice may have been counted twice; what was acknowledged is counted in any case.
        guard count >= oldest.number, count <= oldest.number + resent else {
            return .wrong("message \(oldest.number) was counted as number \(count): the session's state was lost")
        }
        take()
        return .acknowledged(oldest.number, count: count)
    }

    /// Takes any answer for one to the oldest message: services other than echo answer what they like.
    mutating func receiveAny() {
        if !pending.isEmpty { take() }
    }

    private mutating func take() {
        pending.removeFirst()
        acknowledged += 1
    }

    /// The count and the text of `17: text`.
    static func split(_ answer: [UInt8]) -> (count: Int, text: ArraySlice<UInt8>)? {
        guard let colon = answer.firstIndex(of: 0x3a), colon + 1 < answer.count, answer[colon + 1] == 0x20,
            answer[..<colon].allSatisfy({ (0x30...0x39).contains($0) }),
            let count = Int(String(decoding: answer[..<colon], as: UTF8.self))
        else { return nil }
        return (count, answer[(colon + 2)...])
    }

    /// The answer that an element of this tool gives.
    static func answer(count: Int, to message: some Sequence<UInt8>) -> [UInt8] {
        Array("\(count): ".utf8) + message
    }
}
