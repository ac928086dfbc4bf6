import CKernelSCTP
import Glibc

/// Sending: messages are collected in a batch, which goes to the kernel when it is full and at the end of each turn.
///
/// The kernel's memory for sending belongs to the socket, so one peer that stops reading could take it from all others. While
/// less than half of it is in use everybody may send; beyond that an association has to stay within a share of it, and what it
/// has beyond waits here until the kernel has delivered all that it has of that association.
extension KernelEndpoint {
    /// An association may always have this part of the kernel's memory: one of so many.
    private static let shares = 16
    /// Bytes of one packet's payload, for estimating what a message costs the kernel.
    private static let packetPayload = 1400
    /// How often to look for room that the kernel does not report.
    private static let roomInterval = Duration.milliseconds(10)

    func send(
        _ bytes: RawSpan, _ header: MessageHeader, on identifier: AssociationIdentifier
    ) throws(SCTPTransportError) {
        let association = try current(identifier)
        guard !association.isShuttingDown, !association.isPeerClosing else {
            throw SCTPTransportError(
                .closing, "association \(identifier) is closing and takes no more messages; open a new one")
        }
        guard header.stream < association.outboundStreams else {
            throw SCTPTransportError(
                .invalidStream,
                "association \(identifier) has \(association.outboundStreams) streams from 0 on, so none with the number "
                    + "\(header.stream)")
        }
        if association.queue.isEmpty, prepare(bytes.byteCount, on: association) {
            association.hasSent = true
            return add(bytes, header, on: association)
        }
        guard association.queue.byteCount + bytes.byteCount <= configuration.sendQueueLimit else {
            association.owesReadyToSend = true
            throw SCTPTransportError(
                .sendQueueFull, "the send queue of association \(identifier) is full; try again when it is ready to send")
        }
        association.hasSent = true
        let copy = unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
        association.queue.append(SCTPMessage(copy, header))
        wait(association)
    }

    // MARK: The batch

    /// Whether the association may give the kernel a message of `size` bytes now; if so, the batch has room for it.
    private func prepare(_ size: Int, on association: KernelAssociation) -> Bool {
        guard !isSocketFull, mayHold(cost(of: size), association) else { return false }
        if !socket.hasRoom(for: size) { flush() }
        return !isSocketFull
    }

    private func add(_ bytes: RawSpan, _ header: MessageHeader, on association: KernelAssociation) {
        association.held += cost(of: bytes.byteCount)
        let isAdded = socket.add(
            bytes, header, to: association.number, asksForAcknowledgement: association.isNearShare)
        precondition(isAdded, "no memory is left for a message of \(bytes.byteCount) bytes")
    }

    private func cost(of size: Int) -> Int {
        size + KernelBackend.messageOverhead * (1 + size / KernelEndpoint.packetPayload)
    }

    private func mayHold(_ cost: Int, _ association: KernelAssociation) -> Bool {
        let most = configuration.sendQueueLimit
        let share = min(sendMemoryLimit / KernelEndpoint.shares, max(most, cost))
        // The last message before a wait is to be acknowledged without the usual delay.
        association.isNearShare = association.held + 2 * cost > most
        guard association.held + cost > share else { return true }
        // What the association holds is known only from above; the socket's total may be less.
        flush()
        let used = socket.sendMemory.used
        association.held = min(association.held, used)
        let half = sendMemoryLimit / 2
        if association.held == 0 || association.held + cost <= share { return true }
        guard used + cost <= half, association.held + cost <= most else { return false }
        association.isNearShare = association.isNearShare || used + 2 * cost > half
        return true
    }

    /// Gives the batch to the kernel. What it has no room for goes back to the queues.
    func flush() {
        let count = socket.outputCount
        guard count > 0 else { return }
        var first = 0
        while first < count {
            let result = socket.send(from: first)
            if result > 0 {
                first += Int(result)
            } else if result == -EAGAIN || result == -ENOBUFS || result == -ENOMEM {
                takeBack(first..<count)
                break
            } else if result != -EINTR {
                // The association has ended, or is about to; the end itself is in the socket's queue.
                refuse(first)
                first += 1
            }
        }
        socket.clearOutput()
    }

    private func takeBack(_ unsent: Range<Int>) {
        for index in unsent.reversed() {
            let (number, message) = socket.message(index)
            guard let association = association(number: number) else { continue }
            association.held = max(0, association.held - cost(of: message.bytes.count))
            association.queue.putBack(CollectionOfOne(message))
            // The turn goes to whoever was first.
            if !association.isWaiting {
                association.isWaiting = true
                waiting.insert(association, at: 0)
            }
        }
        isSocketFull = true
        let memory = socket.sendMemory
        if memory.used < memory.limit {
            // It is the system's memory that is short; the socket itself would be reported as writable all the time.
            roomTimer?.arm(at: loop.now + KernelEndpoint.roomInterval)
        } else {
            isWatchingForRoom = true
            updateInterest()
        }
    }

    private func refuse(_ index: Int) {
        let (number, message) = socket.message(index)
        guard let association = association(number: number) else { return }
        if association.refused.isEmpty { refusing.append(association) }
        association.refused.append(message)
    }

    /// Hands back what the kernel refused; apart from ``flush()``, which runs within `send`.
    func tellRefused() {
        guard !refusing.isEmpty else { return }
        let associations = refusing
        refusing = []
        for association in associations { tellRefused(association) }
    }

    func tellRefused(_ association: KernelAssociation) {
        let messages = association.refused
        association.refused = []
        for message in messages { handBack(message, mayHaveArrived: false, of: association) }
    }

    func handBack(_ message: SCTPMessage, mayHaveArrived: Bool, of association: KernelAssociation) {
        delegate?.backend(
            didNotify: .sendFailed(UndeliveredMessage(message: message, mayHaveArrived: mayHaveArrived)),
            of: association.identifier)
    }

    // MARK: Waiting for room

    private func wait(_ association: KernelAssociation) {
        if !association.isWaiting {
            association.isWaiting = true
            waiting.append(association)
        }
        guard !isSocketFull, !association.isWatchedForDry else { return }
        flush()
        association.isWatchedForDry = kernel_sctp_watch_sender_dry(socket.descriptor, association.number, true) == 0
        // Notifications are not read during a pause, and the share may grow for other reasons.
        if let roomTimer, !roomTimer.isArmed { roomTimer.arm(at: loop.now + KernelEndpoint.roomInterval) }
    }

    /// Everything that the kernel had of this association was acknowledged.
    func senderIsDry(_ association: KernelAssociation) {
        guard association.isWatchedForDry else { return }
        association.isWatchedForDry = false
        _ = kernel_sctp_watch_sender_dry(socket.descriptor, association.number, false)
        association.held = 0
        if association.isWaiting, !isSocketFull { serve(association) }
    }

    func socketHasRoom() {
        isSocketFull = false
        isWatchingForRoom = false
        updateInterest()
        serveWaiting()
    }

    func lookForRoom() {
        if isSocketFull, !isWatchingForRoom { isSocketFull = false }
        serveWaiting()
    }

    private func serveWaiting() {
        for association in waiting {
            guard !isSocketFull else { break }
            serve(association)
        }
        if !waiting.isEmpty, !isWatchingForRoom, let roomTimer, !roomTimer.isArmed {
            roomTimer.arm(at: loop.now + KernelEndpoint.roomInterval)
        }
    }

    /// Moves what there is room for from the association's queue to the kernel.
    func serve(_ association: KernelAssociation) {
        guard association.end == nil, !association.isAborting else { return }
        while let message = association.queue.first, prepare(message.bytes.count, on: association) {
            association.queue.removeFirst()
            add(unsafe message.bytes.span.bytes, message.header, on: association)
        }
        if association.isWaiting {
            association.isWaiting = false
            waiting.removeAll { $0 === association }
        }
        if !association.queue.isEmpty {
            wait(association)
        } else if association.isShuttingDown {
            tellShutdown(association)
        }
        let room = configuration.sendQueueLimit - association.queue.byteCount
        if association.owesReadyToSend, room >= configuration.maximumMessageSize {
            association.owesReadyToSend = false
            delegate?.backend(didNotify: .readyToSend, of: association.identifier)
        }
    }
}
