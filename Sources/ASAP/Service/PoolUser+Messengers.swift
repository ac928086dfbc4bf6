public import RSerPoolParameters
import SCTPTransport

// RFC 5352 §6.5.1: messages to a pool by its handle.
extension PoolUser {
    struct MessengerState {
        var mailbox: Mailbox<PoolMessenger.Occurrence>
        /// Senders whose message is not with the transport yet.
        var posts: [PostIdentifier: CheckedContinuation<[PoolElementIdentifier], any Error>] = [:]
        /// Senders that wait for room.
        var senders: [(number: UInt64, continuation: CheckedContinuation<Void, Never>)] = []
    }

    /// Opens a messenger to a pool, calls `body` with it, and closes it once what was sent has been delivered.
    /// - Parameter handling: what becomes of messages whose element failed before it acknowledged them, unless their options
    ///   say otherwise.
    /// - Throws: what `body` throws.
    public nonisolated func withMessenger<Result>(
        pool: PoolHandle, handling: FailedMessageHandling = .resend, _ body: (PoolMessenger) async throws -> Result
    ) async throws -> Result {
        let messenger = await openMessenger(pool, handling)
        do {
            let result = try await body(messenger)
            await close(messenger.identifier)
            return result
        } catch {
            await close(messenger.identifier)
            throw error
        }
    }

    private func openMessenger(_ pool: PoolHandle, _ handling: FailedMessageHandling) -> PoolMessenger {
        lastNumber += 1
        let identifier = PoolMessengerIdentifier(rawValue: lastNumber)
        let mailbox = Mailbox<PoolMessenger.Occurrence>(on: loop) { taken in
            let bytes = taken.reduce(0) { $0 + $1.size }
            self.assumeIsolated { $0.count(-bytes) }
        }
        messengers[identifier] = MessengerState(mailbox: mailbox)
        driver?.handle(.openMessenger(identifier, pool, handling))
        return PoolMessenger(user: self, identifier: identifier, pool: pool, mailbox: mailbox)
    }

    func close(_ identifier: PoolMessengerIdentifier) {
        driver?.handle(.closeMessenger(identifier))
        guard let state = messengers.removeValue(forKey: identifier) else { return }
        count(-state.mailbox.drop().reduce(0) { $0 + $1.size })
        state.mailbox.finish()
        for sender in state.senders { sender.continuation.resume() }
        for post in state.posts.values { post.resume(throwing: PoolMessengerFailure.closed) }
    }

    func post(
        _ message: SCTPMessage, _ options: SendOptions, to element: PoolElementIdentifier?,
        in identifier: PoolMessengerIdentifier
    ) async throws -> [PoolElementIdentifier] {
        try checkSize(of: message)
        try Task.checkCancellation()
        lastNumber += 1
        let post = PostIdentifier(rawValue: lastNumber)
        let elements = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation {
                (continuation: CheckedContinuation<[PoolElementIdentifier], any Error>) in
                guard let driver, messengers[identifier] != nil else {
                    return continuation.resume(throwing: PoolMessengerFailure.closed)
                }
                messengers[identifier]?.posts[post] = continuation
                driver.handle(.post(identifier, post, message, options, to: element))
            }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.cancel(post, in: identifier) } }
        }
        while isCrowded(elements, of: identifier), !Task.isCancelled { await waitToSend(in: identifier) }
        return elements
    }

    private func cancel(_ post: PostIdentifier, in identifier: PoolMessengerIdentifier) {
        messengers[identifier]?.posts.removeValue(forKey: post)?.resume(throwing: CancellationError())
    }

    /// True where messages for one of these elements wait for room.
    private func isCrowded(_ elements: [PoolElementIdentifier], of identifier: PoolMessengerIdentifier) -> Bool {
        guard let driver else { return false }
        return elements.contains { element in
            driver.engine.association(with: element, of: identifier).map { driver.hasBacklog($0) } ?? false
        }
    }

    private func waitToSend(in identifier: PoolMessengerIdentifier) async {
        lastNumber += 1
        let number = lastNumber
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled || messengers[identifier] == nil {
                    continuation.resume()
                } else {
                    messengers[identifier]?.senders.append((number, continuation))
                }
            }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.wakeSender(number, in: identifier) } }
        }
    }

    private func wakeSender(_ number: UInt64, in identifier: PoolMessengerIdentifier) {
        guard let place = messengers[identifier]?.senders.firstIndex(where: { $0.number == number }) else { return }
        messengers[identifier]?.senders.remove(at: place).continuation.resume()
    }

    func process(_ occurrence: PoolMessengerOccurrence, of identifier: PoolMessengerIdentifier) {
        guard let state = messengers[identifier] else { return }
        switch occurrence {
        case .posted(let post, let elements):
            messengers[identifier]?.posts.removeValue(forKey: post)?.resume(returning: elements)
        case .notPosted(let post, let failure):
            messengers[identifier]?.posts.removeValue(forKey: post)?.resume(throwing: failure)
        case .message(let element, let message):
            deliver(.message(element, message), to: state.mailbox)
        case .undelivered(let element, let undelivered):
            deliver(.undelivered(element, undelivered), to: state.mailbox)
        case .elementLost(let element, let loss):
            deliver(.elementLost(element, loss), to: state.mailbox)
            wakeSenders(of: identifier)
        case .readyToSend:
            wakeSenders(of: identifier)
        }
    }

    private func wakeSenders(of identifier: PoolMessengerIdentifier) {
        guard let senders = messengers[identifier]?.senders, !senders.isEmpty else { return }
        messengers[identifier]?.senders = []
        for sender in senders { sender.continuation.resume() }
    }

    private func deliver(_ occurrence: PoolMessenger.Occurrence, to mailbox: Mailbox<PoolMessenger.Occurrence>) {
        count(occurrence.size)
        mailbox.append(occurrence)
    }
}
