public import RSerPoolParameters
import SCTPTransport

// RFC 5352 §2.2.5, §2.2.6: following a pool.
extension PoolUser {
    /// What a pool consists of, now and after each change: by dynamic updates where the registrar gives them, else by asking
    /// every ``PoolUserConfiguration/pollInterval``. The registrar is told that no more updates are wanted once the sequence
    /// and its iterators are gone.
    public nonisolated func watch(_ pool: PoolHandle) async -> PoolContents {
        PoolContents(watch: await startWatch(pool))
    }

    private func startWatch(_ pool: PoolHandle) -> PoolWatch {
        lastNumber += 1
        let identifier = SubscriptionIdentifier(rawValue: lastNumber)
        let mailbox = Mailbox<PoolSnapshot>(on: loop)
        if let driver {
            watches[identifier] = mailbox
            driver.handle(.subscribe(identifier, pool))
        } else {
            mailbox.finish(throwing: PoolUserSessionFailure.closed)
        }
        return PoolWatch(user: self, identifier: identifier, mailbox: mailbox)
    }

    func endWatch(_ identifier: SubscriptionIdentifier) {
        guard let mailbox = watches.removeValue(forKey: identifier) else { return }
        mailbox.finish()
        driver?.handle(.unsubscribe(identifier))
    }

    func process(_ result: Result<PoolSnapshot, ResolutionFailure>, of identifier: SubscriptionIdentifier) {
        guard let mailbox = watches[identifier] else { return }
        switch result {
        case .success(let snapshot):
            // Who is slow needs to know the latest alone.
            _ = mailbox.drop()
            mailbox.append(snapshot)
        case .failure(let failure):
            watches[identifier] = nil
            mailbox.finish(throwing: failure)
        }
    }
}

/// The interest in a pool, until nobody holds it any more.
final class PoolWatch: Sendable {
    let user: PoolUser
    let identifier: SubscriptionIdentifier
    let mailbox: Mailbox<PoolSnapshot>

    init(user: PoolUser, identifier: SubscriptionIdentifier, mailbox: Mailbox<PoolSnapshot>) {
        self.user = user
        self.identifier = identifier
        self.mailbox = mailbox
    }

    deinit {
        let (user, identifier) = (user, identifier)
        user.loop.execute { user.assumeIsolated { $0.endWatch(identifier) } }
    }
}

/// A pool's contents, one snapshot for each change, the present ones first. A slow reader gets the latest and misses those
/// between.
///
/// It throws ``ResolutionFailure`` where nothing could be learnt of the pool at all, because no registrar answers; that there is
/// no such pool is no failure but a snapshot without elements. Once there was a snapshot, registrars that fail are waited for.
public struct PoolContents: AsyncSequence, Sendable {
    /// The pool's contents after a change, whole.
    public typealias Element = PoolSnapshot
    /// Why the pool cannot be followed any more.
    public typealias Failure = any Error

    let watch: PoolWatch

    public struct AsyncIterator: AsyncIteratorProtocol {
        let watch: PoolWatch
        private var received: Received<PoolSnapshot>.AsyncIterator

        init(_ watch: PoolWatch) {
            self.watch = watch
            received = Received<PoolSnapshot>.AsyncIterator(watch.mailbox)
        }

        /// The contents after the next change; nil once the pool user is closed.
        /// - Throws: ``ResolutionFailure``; `CancellationError`.
        public mutating func next() async throws -> PoolSnapshot? {
            try await received.next()
        }
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(watch)
    }
}
