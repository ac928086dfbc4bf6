import RSerPoolParameters
import RequirementMarks
import SCTPTransport

// RFC 5352 §2.2.5, §2.2.6, §3.3: pools whose changes are followed. The reading of the S and the A flag:
//
// * A question with S for a pool that exists subscribes to it, where the registrar says so by A in its answer. For the life of
//   that association each change of the pool brings a further response with A, which has the pool's contents whole.
// * A question without S for the same pool ends the subscription, so while a pool is followed every question for it has S.
// * A response without A, and a negative one, say that there are no more updates. Then the registrar is asked every
//   `pollInterval`, with S, until it promises updates again; so are registrars that have none to give.
// * Registrars do not tell each other of subscriptions: another home registrar is asked with S at once.
extension PoolUserEngine {
    /// Those who follow a pool.
    struct Followers: Sendable {
        var identifiers: [SubscriptionIdentifier] = []
        /// True while the home registrar has promised to tell of changes.
        var isLive = false
        /// What the followers know.
        var told: PoolSnapshot?
    }

    mutating func subscribe(_ identifier: SubscriptionIdentifier, to pool: PoolHandle, at now: MonotonicInstant) {
        guard subscriptionCount < configuration.maximumSubscriptions else {
            outputs.append(
                .snapshot(identifier, .failure(.tooManySubscriptions(configuration.maximumSubscriptions))))
            return
        }
        addPool(pool)
        subscriptionCount += 1
        let isFirst = pools[pool]?.followers == nil
        if isFirst { pools[pool]?.followers = Followers() }
        pools[pool]?.followers?.identifiers.append(identifier)
        if isFirst { followedPools.append(pool) }
        if let followers = pools[pool]?.followers, followers.isLive, let told = followers.told {
            outputs.append(.snapshot(identifier, .success(told)))
        } else {
            ask(pool, at: now)
        }
    }

    mutating func unsubscribe(_ identifier: SubscriptionIdentifier, at now: MonotonicInstant) {
        guard
            let pool = followedPools.first(where: { pools[$0]?.followers?.identifiers.contains(identifier) ?? false })
        else { return }
        pools[pool]?.followers?.identifiers.removeAll { $0 == identifier }
        subscriptionCount -= 1
        guard let followers = pools[pool]?.followers, followers.identifiers.isEmpty else { return }
        pools[pool]?.followers = nil
        followedPools.removeAll { $0 == pool }
        timers.stop(.poll(pool))
        // The registrar is to send no more updates.
        if home != nil, followers.isLive || pools[pool]?.request != nil { ask(pool, at: now) }
    }

    /// Asks for a pool unless that is under way or too much is.
    mutating func refresh(_ pool: PoolHandle, at now: MonotonicInstant) {
        guard pools[pool]?.request == nil, openRequests.count < configuration.maximumRequests else { return }
        addPool(pool)
        ask(pool, at: now)
    }

    /// Sends a question for a pool that nobody waits for: its answer is for the followers and the cache.
    mutating func ask(_ pool: PoolHandle, at now: MonotonicInstant) {
        timers.stop(.poll(pool))
        if pools[pool]?.request == nil {
            pools[pool]?.request = Request(waiters: [])
            openRequests.append(pool)
        }
        if home == nil {
            search(at: now)
        } else {
            sendRequest(pool, at: now)
        }
    }

    /// The home registrar has changed or is gone; what it had promised does not hold any more.
    mutating func promisesEnded() {
        for pool in followedPools { pools[pool]?.followers?.isLive = false }
    }

    /// Asks for all followed pools that are not asked for yet.
    mutating func renewSubscriptions(at now: MonotonicInstant) {
        for pool in followedPools where pools[pool]?.request == nil {
            fulfils("asap-2.2.5-R4")
            ask(pool, at: now)
        }
    }

    /// Takes a response that is no answer to an open question: an update. False where it is none.
    mutating func takeUpdate(
        _ response: ASAPMessage.HandleResolutionResponse, from association: AssociationIdentifier, at now: MonotonicInstant
    ) -> Bool {
        guard association == home?.association, pools[response.pool]?.followers != nil else { return false }
        if response.causes.isEmpty, !response.elements.isEmpty {
            learn(response, at: now)
            report(.resolved(response.pool, response.elements.map(\.identifier)))
            fulfils("requirements-2.11-R2")
            tellFollowers(of: response.pool, promised: response.promisesUpdates, at: now)
        } else {
            pools[response.pool]?.answer = nil
            tellFollowers(of: response.pool, promised: false, at: now)
        }
        return true
    }

    /// Tells the followers what the pool's answer is now, if that is news.
    mutating func tellFollowers(of pool: PoolHandle, promised isLive: Bool, at now: MonotonicInstant) {
        guard let followers = pools[pool]?.followers else { return }
        let answer = pools[pool]?.answer
        let snapshot = PoolSnapshot(
            pool: pool, policy: answer?.policy, elements: answer?.elements ?? [], isLive: isLive)
        pools[pool]?.followers?.isLive = isLive
        if snapshot != followers.told {
            pools[pool]?.followers?.told = snapshot
            for identifier in followers.identifiers { outputs.append(.snapshot(identifier, .success(snapshot))) }
        }
        if isLive {
            timers.stop(.poll(pool))
        } else {
            timers.start(.poll(pool), at: now + configuration.pollInterval)
        }
    }

    /// A question for a followed pool failed. Who has seen nothing of the pool yet is told so; the others go on waiting.
    mutating func followedRequestFailed(_ pool: PoolHandle, _ failure: ResolutionFailure, at now: MonotonicInstant) {
        guard let followers = pools[pool]?.followers else { return }
        if case .unknownPool = failure { return tellFollowers(of: pool, promised: false, at: now) }
        pools[pool]?.followers?.isLive = false
        guard followers.told == nil else { return timers.start(.poll(pool), at: now + configuration.pollInterval) }
        pools[pool]?.followers = nil
        followedPools.removeAll { $0 == pool }
        subscriptionCount -= followers.identifiers.count
        for identifier in followers.identifiers { outputs.append(.snapshot(identifier, .failure(failure))) }
    }
}
