import SCTPTransport

/// What arrives for a consumer that takes it at its own pace, in order. It lives on an event loop: whoever fills it is on the
/// loop; consumers may be anywhere and are best there too.
actor Mailbox<Element: Sendable> {
    nonisolated let loop: EventLoop
    private var items: [Element] = []
    private var isFinished = false
    private var failure: (any Error)?
    private var waiters: [(number: UInt64, continuation: CheckedContinuation<Void, Never>)] = []
    private var lastWaiter: UInt64 = 0
    /// Told on the loop of what a consumer has taken.
    private let taken: (@Sendable ([Element]) -> Void)?

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    init(on loop: EventLoop, taken: (@Sendable ([Element]) -> Void)? = nil) {
        self.loop = loop
        self.taken = taken
    }

    // MARK: On the loop

    /// Adds an item, unless the mailbox is finished. On the loop only.
    nonisolated func append(_ item: Element) {
        assumeIsolated { mailbox in
            guard !mailbox.isFinished else { return }
            mailbox.items.append(item)
            mailbox.wake()
        }
    }

    /// Lets consumers end once they have taken all, by the error where there is one. On the loop only.
    nonisolated func finish(throwing error: (any Error)? = nil) {
        assumeIsolated { mailbox in
            guard !mailbox.isFinished else { return }
            mailbox.isFinished = true
            mailbox.failure = error
            mailbox.wake()
        }
    }

    /// Takes back everything that no consumer has taken. On the loop only.
    nonisolated func drop() -> [Element] {
        assumeIsolated { mailbox in
            defer { mailbox.items = [] }
            return mailbox.items
        }
    }

    private func wake() {
        guard !waiters.isEmpty else { return }
        let woken = waiters
        waiters = []
        for waiter in woken { waiter.continuation.resume() }
    }

    // MARK: Consumers

    /// The next items; none where there will be no more.
    /// - Throws: the error that the mailbox was finished with; `CancellationError`.
    nonisolated func next() async throws -> [Element] {
        while true {
            if loop.inLoop {
                if let items = try takeOnLoop() { return items }
            } else if let items = try await isolatedTake() {
                return items
            }
            try await wait()
        }
    }

    private nonisolated func takeOnLoop() throws -> [Element]? {
        try assumeIsolated { mailbox in try mailbox.take() }
    }

    private func isolatedTake() throws -> [Element]? {
        try take()
    }

    /// Nil where there is nothing yet.
    private func take() throws -> [Element]? {
        try Task.checkCancellation()
        if !items.isEmpty {
            let batch = items
            items = []
            taken?(batch)
            return batch
        }
        guard isFinished else { return nil }
        if let failure { throw failure }
        return []
    }

    private func wait() async throws {
        lastWaiter += 1
        let number = lastWaiter
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled || !items.isEmpty || isFinished {
                    continuation.resume()
                } else {
                    waiters.append((number, continuation))
                }
            }
        } onCancel: {
            // Straight to the loop, so that virtual time does not pass meanwhile.
            loop.execute { self.assumeIsolated { $0.cancel(number) } }
        }
    }

    private func cancel(_ number: UInt64) {
        guard let place = waiters.firstIndex(where: { $0.number == number }) else { return }
        waiters.remove(at: place).continuation.resume()
    }
}

/// What arrives in a session, in order: for one consumer at a time. While it is slow, what it has not taken counts against the
/// endpoint's receive queue, and when that is full the peers' windows close.
public struct Received<Element: Sendable>: AsyncSequence, Sendable {
    /// Why the session ended, where it did not end in order.
    public typealias Failure = any Error

    let mailbox: Mailbox<Element>

    public struct AsyncIterator: AsyncIteratorProtocol {
        let mailbox: Mailbox<Element>
        private var batch: [Element] = []
        private var taken = 0

        init(_ mailbox: Mailbox<Element>) {
            self.mailbox = mailbox
        }

        /// The next one; nil when the session has ended in order.
        /// - Throws: why the session ended otherwise; `CancellationError`.
        public mutating func next() async throws -> Element? {
            if taken == batch.count {
                taken = 0
                batch = try await mailbox.next()
                guard !batch.isEmpty else { return nil }
            }
            defer { taken += 1 }
            return batch[taken]
        }
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(mailbox)
    }
}
