import PoolPolicies
import RSerPoolParameters
import RequirementMarks
import SCTPTransport

// RFC 5352 §3.3: handle resolution and its cache.
extension PoolUserEngine {
    /// Who waits for an answer.
    enum Waiter: Equatable, Sendable {
        case call(ResolutionIdentifier)
        case session(PoolUserSessionIdentifier)
        case messenger(PoolMessengerIdentifier)
    }

    struct Answer: Sendable {
        var policy: PolicyParameter?
        var elements: [PoolElementParameter]
        var learntAt: MonotonicInstant
    }

    struct Request: Sendable {
        /// Questions sent.
        var attempts = 0
        var waiters: [Waiter]
    }

    /// An element that failed, and when.
    struct Suspect: Sendable {
        var identifier: PoolElementIdentifier
        var since: MonotonicInstant
    }

    /// All that is known of one pool.
    struct Pool: Sendable {
        var answer: Answer?
        /// The way through the answer's elements. Each answer begins it anew: under Round Robin with its first element, where the
        /// registrar has put the one whose turn is next (RFC 5356 §4.1.3).
        var choice: any PoolUserChoice
        var policyType: PolicyType
        var request: Request?
        var suspects: [Suspect] = []
        /// What programs were told of the pool last (§6.9.1); only these elements can they have sent to.
        var handedOut: [PoolElementParameter] = []
        /// Those who want to be told of changes; nil where nobody does.
        var followers: Followers?
    }

    /// The most elements of a pool that are remembered as failed.
    static var maximumSuspects: Int { 64 }

    mutating func resolve(_ pool: PoolHandle, for waiter: Waiter, at now: MonotonicInstant) {
        // C1, C4
        if let answer = freshAnswer(of: pool, at: now) {
            fulfils("asap-3.3-R14")
            fulfils("asap-3.3-R18")
            fulfils("asap-3.3-R19")
            fulfils("asap-6.9.1-R1")
            fulfils("asap-6.5.1-R9")
            let resolution = PoolResolution(
                pool: pool, policy: answer.policy, elements: answer.elements, isFromCache: true)
            return tell(waiter, .success(resolution), at: now)
        }
        // C2, C3: a stale entry blocks the user until there is a fresh one.
        if pools[pool]?.request != nil {
            pools[pool]?.request?.waiters.append(waiter)
            return
        }
        guard openRequests.count < configuration.maximumRequests else {
            return tell(waiter, .failure(.tooManyRequests(configuration.maximumRequests)), at: now)
        }
        addPool(pool)
        pools[pool]?.request = Request(waiters: [waiter])
        openRequests.append(pool)
        if home == nil {
            fulfils("asap-3.3-R3")
            search(at: now)
        } else {
            sendRequest(pool, at: now)
        }
    }

    /// What the cache has, unless it is stale (C2). What the registrar keeps up to date is never stale.
    func freshAnswer(of pool: PoolHandle, at now: MonotonicInstant) -> Answer? {
        guard let known = pools[pool], let answer = known.answer else { return nil }
        guard known.followers?.isLive == true || now - answer.learntAt < configuration.staleCacheValue else {
            fulfils("asap-3.3-R15")
            fulfils("asap-3.3-R16")
            fulfils("asap-3.3-R17")
            return nil
        }
        return answer
    }

    mutating func addPool(_ pool: PoolHandle) {
        guard pools[pool] == nil else { return }
        makeRoomForPool()
        pools[pool] = Pool(choice: PolicyRegistry.choice(for: .roundRobin), policyType: .roundRobin)
        poolOrder.append(pool)
    }

    private mutating func makeRoomForPool() {
        guard poolOrder.count >= configuration.maximumCachedPools,
            let place = poolOrder.firstIndex(where: { pools[$0]?.request == nil && pools[$0]?.followers == nil })
        else { return }
        pools[poolOrder.remove(at: place)] = nil
    }

    /// NR1, NR3, NR4.
    mutating func sendRequest(_ pool: PoolHandle, at now: MonotonicInstant) {
        guard let home, pools[pool]?.request != nil else { return }
        fulfils("extensions-2-R1")
        let option = configuration.requestedElements.map { HandleResolutionOption(items: $0) }
        if pools[pool]?.followers != nil { fulfils("asap-2.2.5-R1") }
        let question = ASAPMessage.HandleResolution(
            wantsUpdates: pools[pool]?.followers != nil, pool: pool, option: option)
        fulfils("asap-3.3-R1")
        fulfils("asap-3.3-R2")
        fulfils("asap-3.3-R5")
        fulfils("asap-4-R1")
        fulfils("asap-6.3-R1")
        fulfils("asap-6.9.1-R2")
        if let error = send(.handleResolution(question), to: home.association) {
            return failRequest(pool, .doesNotFit(error), at: now)
        }
        pools[pool]?.request?.attempts += 1
        fulfils("asap-3.3-R7")
        timers.start(.request(pool), at: now + configuration.requestTimeout)
        report(.resolutionSent(pool, attempt: pools[pool]?.request?.attempts ?? 0))
    }

    /// §3.7.2: asks again, and looks for another registrar meanwhile.
    mutating func requestTimerExpired(_ pool: PoolHandle, at now: MonotonicInstant) {
        guard let attempts = pools[pool]?.request?.attempts else { return }
        guard attempts <= configuration.maximumRequestRetransmissions else {
            fulfils("asap-3.7.2-R4")
            failRequest(pool, .noAnswer(pool, attempts: attempts), at: now)
            // The next request starts with a search instead of with a registrar that does not answer.
            return abandonHome(.noAnswer, at: now)
        }
        fulfils("asap-3.3-R8")
        fulfils("asap-3.7.2-R1")
        fulfils("asap-3.7.2-R3")
        sendRequest(pool, at: now)
        guard let home, !hunt.isRunning else { return }
        fulfils("asap-3.7.2-R2")
        let actions = hunt.start(after: home.address, excluding: home.address, at: now, numbering: &numbering)
        if !actions.isEmpty { report(.registrarSearchStarted(hunt.list.filter { $0 != home.address })) }
        perform(actions)
    }

    mutating func receive(
        _ response: ASAPMessage.HandleResolutionResponse, from association: AssociationIdentifier, at now: MonotonicInstant
    ) {
        let pool = response.pool
        guard association == home?.association || association == previousHome, pools[pool]?.request != nil else {
            if takeUpdate(response, from: association, at: now) { return }
            return report(.unexpectedMessage(.handleResolutionResponse, from: association))
        }
        // The home registrar answers after all: no other is needed.
        if association == home?.association { perform(hunt.stop()) }
        if response.causes.contains(.unknownPoolHandle) {
            fulfils("asap-2.2.6-R8")
            pools[pool]?.answer = nil
            return failRequest(pool, .unknownPool(pool), at: now)
        }
        guard response.causes.isEmpty, !response.elements.isEmpty else {
            fulfils("asap-2.2.6-R8")
            return failRequest(pool, .rejected(pool, response.causes), at: now)
        }
        fulfils("asap-3.3-R12")
        fulfils("asap-4-R1")
        let waiters = closeRequest(pool)
        learn(response, at: now)
        report(.resolved(pool, response.elements.map(\.identifier)))
        tellFollowers(of: pool, promised: response.promisesUpdates && association == home?.association, at: now)
        let resolution = PoolResolution(
            pool: pool, policy: response.policy, elements: response.elements, isFromCache: false)
        for waiter in waiters { tell(waiter, .success(resolution), at: now) }
    }

    mutating func learn(_ response: ASAPMessage.HandleResolutionResponse, at now: MonotonicInstant) {
        fulfils("asap-2.2.6-R5")
        if response.policy == nil { fulfils("asap-2.2.6-R4") }
        let type = response.policy?.type ?? .roundRobin
        if pools[response.pool]?.policyType != type {
            pools[response.pool]?.policyType = type
            pools[response.pool]?.choice = PolicyRegistry.choice(for: type)
        }
        pools[response.pool]?.choice.renew(response.elements.map(\.policy))
        fulfils("asap-3.3-R13")
        fulfils("asap-6.3-R1")
        pools[response.pool]?.answer = Answer(
            policy: response.policy, elements: response.elements, learntAt: now)
    }

    mutating func failRequest(_ pool: PoolHandle, _ failure: ResolutionFailure, at now: MonotonicInstant) {
        let waiters = closeRequest(pool)
        report(.resolutionFailed(pool, failure))
        followedRequestFailed(pool, failure, at: now)
        for waiter in waiters { tell(waiter, .failure(failure), at: now) }
    }

    private mutating func closeRequest(_ pool: PoolHandle) -> [Waiter] {
        let waiters = pools[pool]?.request?.waiters ?? []
        pools[pool]?.request = nil
        openRequests.removeAll { $0 == pool }
        fulfils("asap-3.3-R11")
        timers.stop(.request(pool))
        return waiters
    }

    private mutating func tell(
        _ waiter: Waiter, _ result: Result<PoolResolution, ResolutionFailure>, at now: MonotonicInstant
    ) {
        switch waiter {
        case .call(let identifier):
            if case .success(let resolution) = result { pools[resolution.pool]?.handedOut = resolution.elements }
            fulfils("asap-6.9.1-R3")
            outputs.append(.resolved(identifier, result))
        case .session(let identifier):
            switch result {
            case .success: chooseElement(for: identifier, at: now)
            case .failure(let failure): resolutionFailed(failure, for: identifier, at: now)
            }
        case .messenger(let identifier):
            resolved(result, for: identifier, at: now)
        }
    }

    mutating func cancel(_ identifier: ResolutionIdentifier) {
        for pool in openRequests {
            pools[pool]?.request?.waiters.removeAll { $0 == .call(identifier) }
        }
    }
}
