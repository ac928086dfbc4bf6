extension LoopEndpoint {
    /// Queues a message for sending; the bytes are copied before this returns.
    ///
    /// On an association that is not yet up the message waits for it.
    /// - Throws: `sendQueueFull` (try again after ``SCTPNotification/readyToSend``), `messageSize`, `invalidStream`,
    ///   `unknownAssociation`, `closing`, `endpointClosed`, `system`.
    public func send(
        _ bytes: RawSpan, _ header: MessageHeader = MessageHeader(), on association: AssociationIdentifier
    ) throws(SCTPTransportError) {
        guard !waitingSends.contains(association) else { throw LoopEndpoint.full(association) }
        try sendNow(bytes, header, on: association)
    }

    /// Sends a message; see ``send(_:_:on:)``.
    public func send(_ message: SCTPMessage, on association: AssociationIdentifier) throws(SCTPTransportError) {
        try unsafe send(message.bytes.span.bytes, message.header, on: association)
    }

    func sendNow(
        _ bytes: RawSpan, _ header: MessageHeader, on association: AssociationIdentifier
    ) throws(SCTPTransportError) {
        guard bytes.byteCount > 0, bytes.byteCount <= configuration.maximumMessageSize else {
            throw SCTPTransportError(
                .messageSize,
                "a message of \(bytes.byteCount) bytes cannot be sent: 1 to \(configuration.maximumMessageSize) are allowed")
        }
        try openBackend().send(bytes, header, on: association)
        counters.messagesSent &+= 1
        counters.bytesSent &+= UInt64(bytes.byteCount)
    }

    static func full(_ association: AssociationIdentifier) -> SCTPTransportError {
        SCTPTransportError(
            .sendQueueFull, "the send queue of association \(association) is full; try again when it is ready to send")
    }

    // MARK: Senders that wait

    /// Lets `continuation` go on when the message is queued, or fails it. `number` names it for ``cancelWaitingSend``.
    func sendWhenReady(
        _ message: SCTPMessage, on association: AssociationIdentifier, number: UInt64,
        _ continuation: CheckedContinuation<Void, any Error>
    ) {
        do throws(SCTPTransportError) {
            // Not past those that wait already.
            try send(message, on: association)
            continuation.resume()
        } catch {
            guard error.code == .sendQueueFull else { return continuation.resume(throwing: error) }
            let entry = WaitingSends.Entry(number: number, message: message, continuation: continuation)
            if !waitingSends.append(entry, on: association) { continuation.resume(throwing: error) }
        }
    }

    func cancelWaitingSend(_ number: UInt64, on association: AssociationIdentifier) {
        waitingSends.remove(number, on: association)?.continuation.resume(throwing: CancellationError())
    }

    func retryWaitingSends(on association: AssociationIdentifier) {
        let entries = waitingSends.removeAll(on: association)
        for (index, entry) in entries.enumerated() {
            do throws(SCTPTransportError) {
                try unsafe sendNow(entry.message.bytes.span.bytes, entry.message.header, on: association)
                entry.continuation.resume()
            } catch {
                if error.code == .sendQueueFull {
                    return waitingSends.putBack(entries[index...], on: association)
                }
                entry.continuation.resume(throwing: error)
            }
        }
    }
}
