import CKernelSCTP

/// Reading: batches of messages and notifications, in the socket's order.
extension KernelEndpoint {
    /// Batches read before the loop's other work gets its turn.
    private static let batchesPerTurn = 4

    func setReceivingPaused(_ isPaused: Bool) {
        guard isPaused != self.isPaused else { return }
        self.isPaused = isPaused
        updateInterest()
    }

    /// Delivers what the socket has. With `all` it does not stop before the socket is empty.
    func read(all: Bool = false) {
        guard !isReading else { return }
        isReading = true
        defer { isReading = false }
        var batches = 0
        while true {
            if nextItem == itemCount {
                // The messages handed back at an association's end follow it closely: they are read with it.
                guard ending != nil || !isPaused && (all || batches < KernelEndpoint.batchesPerTurn) else { return }
                batches += 1
                nextItem = 0
                itemCount = max(0, Int(socket.receive()))
                guard itemCount > 0 else { return finishEnding() }
            }
            let isWholeQueue = itemCount < KernelSocket.batchSize
            while nextItem < itemCount {
                if isPaused, !belongsToEnding(nextItem) { return finishEnding() }
                let index = nextItem
                nextItem += 1
                socket.withItem(index) { item, bytes in
                    item.isNotification ? take(notification: bytes, item) : take(message: bytes, item)
                }
                if case .closed = life { return }
            }
            if isWholeQueue, !all { return finishEnding() }
        }
    }

    /// Whether an item hands back a message of the association whose end has been read: that goes on in a pause.
    private func belongsToEnding(_ index: Int) -> Bool {
        guard let ending else { return false }
        guard partialNotification.isEmpty else { return true }
        var belongs = false
        socket.withItem(index) { item, bytes in
            guard item.isNotification else { return }
            let notification = KernelSocket.parse(bytes)
            belongs = notification.event == kernel_sctp_send_failure && notification.number == ending.number
        }
        return belongs
    }

    private func take(notification bytes: RawSpan, _ item: KernelSocket.Item) {
        if partialNotification.isEmpty, item.isLast { return handle(notification: bytes) }
        unsafe bytes.withUnsafeBytes { unsafe partialNotification.append(contentsOf: $0) }
        guard item.isLast else { return }
        let whole = partialNotification
        partialNotification = []
        handle(notification: unsafe whole.span.bytes)
    }

    private func take(message bytes: RawSpan, _ item: KernelSocket.Item) {
        finishEnding()
        guard let association = association(number: item.number), association.isUp, !association.isAborting else { return }
        let size = association.partialMessage.count + bytes.byteCount
        guard size <= configuration.maximumMessageSize else {
            association.partialMessage = []
            association.partialHeader = nil
            return abort(association)
        }
        if item.isLast, association.partialHeader == nil {
            delegate?.backend(didReceive: bytes, item.header, on: association.identifier)
            return
        }
        let header = association.partialHeader ?? item.header
        association.partialHeader = header
        unsafe bytes.withUnsafeBytes { unsafe association.partialMessage.append(contentsOf: $0) }
        guard item.isLast else { return }
        let whole = association.partialMessage
        association.partialMessage = []
        association.partialHeader = nil
        delegate?.backend(didReceive: unsafe whole.span.bytes, header, on: association.identifier)
    }
}
