extension LoopEndpoint {
    // MARK: Callback path

    /// Calls these for everything that arrives, on the loop and without a copy, instead of queueing events. What is queued
    /// already is handed over first. The bytes are valid during the call. The handlers may call this endpoint.
    ///
    /// Formed inside an actor on this loop, the handlers may touch that actor's state.
    public func setHandlers(
        message: @escaping (_ bytes: RawSpan, _ header: MessageHeader, _ association: AssociationIdentifier) -> Void,
        notification: @escaping (_ association: AssociationIdentifier, _ notification: SCTPNotification) -> Void
    ) {
        loop.checkIsolated()
        messageHandler = message
        notificationHandler = notification
        var events: [SCTPEvent] = []
        queue.take(returning: &events)
        queue.release()
        for event in events {
            switch event {
            case .message(let association, let content):
                unsafe message(content.bytes.span.bytes, content.header, association)
            case .notification(let association, let content):
                notification(association, content)
            }
        }
        resumeReceiving()
    }

    /// Stops reading, so that the peers' windows close, or goes on; for users of handlers, who have no queue to fill.
    public func setReceivingPaused(_ isPaused: Bool) {
        isPausedByUser = isPaused
        applyPause()
    }

    private func applyPause() {
        backend?.setReceivingPaused(life == .open && (isPausedByUser || isPausedByQueue))
    }

    // MARK: Async path

    /// Takes the queued events into `batch`, whose old contents the consumer has worked through. False where there are none.
    func takeBatch(_ batch: inout [SCTPEvent]) -> Bool {
        queue.release()
        defer { resumeReceiving() }
        guard !queue.isEmpty else { return false }
        queue.take(returning: &batch)
        return true
    }

    private func resumeReceiving() {
        guard isPausedByQueue, queue.mayResume else { return }
        isPausedByQueue = false
        applyPause()
    }

    /// False where there is nothing for the consumer, and never will be.
    var mayHaveEvents: Bool { !queue.isEmpty || life != .closed }

    /// Lets the consumer go on once there is something for it.
    func wait(_ continuation: CheckedContinuation<Void, Never>) {
        loop.checkIsolated()
        precondition(consumer == nil, "the events of an endpoint have one consumer at a time")
        guard queue.isEmpty, mayHaveEvents else { return continuation.resume() }
        consumer = continuation
    }

    func wakeConsumer() {
        guard let consumer else { return }
        self.consumer = nil
        consumer.resume()
    }

    private func enqueue(_ event: SCTPEvent) {
        queue.append(event)
        if queue.isFull, !isPausedByQueue, life == .open {
            isPausedByQueue = true
            counters.receivingPauses &+= 1
            applyPause()
        }
        wakeConsumer()
    }

    // MARK: Closing

    /// Takes no new associations, shuts every association down and calls `completion` when the endpoint is gone, at
    /// `deadline` at the latest: those left then are aborted.
    func close(deadline: MonotonicInstant, completion: @escaping () -> Void) {
        guard life != .closed else { return completion() }
        closeCompletions.append(completion)
        guard life == .open, let backend else { return }
        life = .closing
        // A user that takes nothing more must not hold up the associations' ends.
        backend.setReceivingPaused(false)
        for entry in waitingSends.removeAll() {
            entry.continuation.resume(
                throwing: SCTPTransportError(.endpointClosed, "the endpoint was closed before there was room for the message"))
        }
        // The closure keeps this object alive for its backend, whoever else lets go of it.
        backend.close(deadline: deadline) { self.didClose() }
    }

    private func didClose() {
        for association in associations.sorted() {
            backend(didNotify: .lost(.abortedLocally), of: association)
        }
        life = .closed
        backend = nil
        wakeConsumer()
        let completions = closeCompletions
        closeCompletions = []
        for completion in completions { completion() }
    }
}

extension LoopEndpoint: SCTPBackendDelegate {
    package func backend(didReceive bytes: RawSpan, _ header: MessageHeader, on association: AssociationIdentifier) {
        counters.messagesReceived &+= 1
        counters.bytesReceived &+= UInt64(bytes.byteCount)
        if let messageHandler { return messageHandler(bytes, header, association) }
        if life == .closing, queue.isFull {
            counters.messagesDroppedWhileClosing &+= 1
            return
        }
        let copy = unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
        enqueue(.message(association, SCTPMessage(copy, header)))
    }

    package func backend(didNotify notification: SCTPNotification, of association: AssociationIdentifier) {
        var hasEnded = false
        switch notification {
        case .failed, .lost, .shutDown:
            hasEnded = true
            guard associations.remove(association) != nil else { return }
        case .sendFailed:
            counters.messagesUndelivered &+= 1
        case .up, .restarted, .peerIsClosing, .path, .readyToSend:
            break
        }
        if let notificationHandler {
            notificationHandler(association, notification)
        } else {
            enqueue(.notification(association, notification))
        }
        guard !waitingSends.isEmpty else { return }
        if hasEnded {
            for entry in waitingSends.removeAll(on: association) {
                entry.continuation.resume(throwing: LoopEndpoint.unknown(association))
            }
        } else if notification == .readyToSend {
            retryWaitingSends(on: association)
        }
    }

    package func backendNextAcceptedIdentifier() -> AssociationIdentifier? {
        guard life == .open, associations.count < configuration.maximumAssociations else {
            counters.associationsRefused &+= 1
            return nil
        }
        acceptedCount += 1
        counters.associationsAccepted &+= 1
        let association = AssociationIdentifier(accepted: acceptedCount, channel: configuration.channel)
        associations.insert(association)
        return association
    }
}
