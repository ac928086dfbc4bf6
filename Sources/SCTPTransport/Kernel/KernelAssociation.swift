import CKernelSCTP

/// What a ``KernelEndpoint`` knows of one association.
final class KernelAssociation {
    let identifier: AssociationIdentifier
    /// The kernel's number, which it gives to another association after this one's end.
    let number: kernel_sctp_number
    let openedAt: MonotonicInstant
    /// False until the association is established.
    var isUp = false
    var outboundStreams: UInt16

    // MARK: Closing

    /// This side wants a graceful end; the kernel is told when everything queued has gone to it.
    var isShuttingDown = false
    var hasToldShutdown = false
    var isPeerClosing = false
    var isAborting = false
    /// The kernel has reported the end; what it hands back may follow, then this is told.
    var end: SCTPNotification?

    // MARK: Sending

    /// Accepted and not yet given to the kernel, oldest first.
    var queue = MessageQueue()
    /// A send was refused for want of room, and that there is room again is still to be told.
    var owesReadyToSend = false
    /// At least as many bytes of kernel memory as the association's unacknowledged messages occupy.
    var held = 0
    /// The next message may have to wait, so this one is to be acknowledged at once.
    var isNearShare = false
    /// The queue waits for room in the kernel.
    var isWaiting = false
    /// The kernel is to tell when it has nothing of this association any more.
    var isWatchedForDry = false
    /// A message was given to the kernel or queued, so that closing has something to deliver.
    var hasSent = false
    /// Taken from the user and refused by the kernel.
    var refused: [SCTPMessage] = []

    // MARK: Receiving

    /// A message of which the rest has not arrived.
    var partialMessage: [UInt8] = []
    var partialHeader: MessageHeader?
    /// Fragments of a message that the kernel hands back.
    var returned: [UInt8] = []
    var hasReturnedFragments = false
    var wasReturnedSent = false
    /// Paths in trouble, and since when there are any: they tell an unreachable peer from one that aborts without a cause.
    var failedPaths: [SCTPAddress] = []
    var failingSince = MonotonicInstant.distantFuture
    var pathCount = 1
    var timing = SCTPTiming()

    /// How long the kernel goes on sending INITs that nobody answers.
    var initiationTime = Duration.zero

    init(
        _ identifier: AssociationIdentifier, number: kernel_sctp_number, openedAt: MonotonicInstant, outboundStreams: UInt16
    ) {
        self.identifier = identifier
        self.number = number
        self.openedAt = openedAt
        self.outboundStreams = outboundStreams
    }
}

/// Messages in order, with their bytes counted.
struct MessageQueue {
    private var messages: [SCTPMessage] = []
    private var taken = 0
    private(set) var byteCount = 0

    var isEmpty: Bool { taken == messages.count }
    var first: SCTPMessage? { isEmpty ? nil : messages[taken] }

    mutating func append(_ message: SCTPMessage) {
        messages.append(message)
        byteCount += message.bytes.count
    }

    /// Puts messages that were taken back to the front, in their order.
    mutating func putBack(_ earlier: some Collection<SCTPMessage>) {
        messages.replaceSubrange(..<taken, with: earlier)
        taken = 0
        byteCount += earlier.reduce(0) { $0 + $1.bytes.count }
    }

    mutating func removeFirst() {
        byteCount -= messages[taken].bytes.count
        // The slot stays until half of them are empty; its bytes need not.
        messages[taken].bytes = []
        taken += 1
        if taken == messages.count {
            messages.removeAll(keepingCapacity: true)
            taken = 0
        } else if taken > messages.count / 2 {
            messages.removeFirst(taken)
            taken = 0
        }
    }

    mutating func removeAll() -> [SCTPMessage] {
        defer { self = MessageQueue() }
        return Array(messages[taken...])
    }
}
