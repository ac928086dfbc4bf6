/// Events that the user has not taken yet. Used on the loop only.
///
/// It hands out all it has at once, and takes the emptied array back, so that two arrays serve for ever. What was handed out
/// counts until the user comes for more: only then has it been worked through.
struct EventQueue {
    /// What an event counts for beside its bytes, so that tiny messages and notifications are limited too.
    static let overhead = 64

    /// Bytes at which reading is to pause.
    let limit: Int
    private var events: [SCTPEvent] = []
    private var queuedBytes = 0
    private var handedOutBytes = 0

    init(limit: Int) {
        self.limit = limit
    }

    var isEmpty: Bool { events.isEmpty }
    var isFull: Bool { queuedBytes + handedOutBytes >= limit }
    /// Reading resumes well below the limit, lest it pause and resume with each message.
    var mayResume: Bool { queuedBytes + handedOutBytes <= limit / 2 }

    mutating func append(_ event: SCTPEvent) {
        queuedBytes += EventQueue.overhead + event.payloadBytes
        events.append(event)
    }

    /// All events so far. `spent` is the array of the time before; its storage is used again.
    mutating func take(returning spent: inout [SCTPEvent]) {
        spent.removeAll(keepingCapacity: true)
        swap(&events, &spent)
        handedOutBytes = queuedBytes
        queuedBytes = 0
    }

    /// The user has worked through what was handed out.
    mutating func release() {
        handedOutBytes = 0
    }
}

extension SCTPEvent {
    fileprivate var payloadBytes: Int {
        switch self {
        case .message(_, let message): message.bytes.count
        case .notification(_, .sendFailed(let undelivered)): undelivered.message.bytes.count
        case .notification: 0
        }
    }
}
