import RSerPoolParameters
import RequirementMarks
import SCTPTransport

// RFC 5352 §3.3: a pool element resolves pool handles too, its own pool's or another's, at its home registrar and over the
// association that it registered by (NR3). It keeps no cache.
extension PoolElementEngine {
    struct Question: Sendable {
        var pool: PoolHandle
        var waiters: [ResolutionIdentifier]
        var attempts = 0
    }

    /// The elements of a pool that the program was told of and has not reported since: it can have sent to no others (§3.5).
    struct Told: Sendable {
        var pool: PoolHandle
        var elements: [PoolElementIdentifier]
    }

    /// The most pools of which it is remembered what the program was told; the oldest is forgotten.
    static var maximumToldPools: Int { 64 }

    mutating func resolve(_ identifier: ResolutionIdentifier, _ pool: PoolHandle, at now: MonotonicInstant) {
        if let place = questions.firstIndex(where: { $0.pool == pool }) {
            questions[place].waiters.append(identifier)
            return
        }
        guard questions.count < configuration.maximumRequests else {
            outputs.append(.resolved(identifier, .failure(.tooManyRequests(configuration.maximumRequests))))
            return
        }
        questions.append(Question(pool: pool, waiters: [identifier]))
        // NR2: without a home registrar one is being looked for; only an element that is not to be in its pool has none.
        fulfils("asap-3.3-R3")
        guard goal == .membership else { return end(pool, .failure(.noRegistrar(hunt.list))) }
        if home != nil { ask(pool, at: now) }
    }

    /// NR1, NR3, NR4.
    private mutating func ask(_ pool: PoolHandle, at now: MonotonicInstant) {
        guard let home, let place = questions.firstIndex(where: { $0.pool == pool }) else { return }
        fulfils("asap-3.3-R1")
        fulfils("asap-3.3-R2")
        fulfils("asap-3.3-R4")
        fulfils("asap-3.3-R6")
        if let error = send(.handleResolution(ASAPMessage.HandleResolution(pool: pool)), to: home.association) {
            return end(pool, .failure(.doesNotFit(error)))
        }
        questions[place].attempts += 1
        fulfils("asap-3.3-R7")
        timers.start(.request(pool), at: now + configuration.requestTimeout)
    }

    /// A home registrar was found: what was asked of none, or of the one before, is asked again (§3.7.1).
    mutating func askAll(at now: MonotonicInstant) {
        for question in questions {
            fulfils("asap-3.3-R10")
            fulfils("asap-3.7.1-R3")
            fulfils("asap-3.7.1-R5")
            ask(question.pool, at: now)
        }
    }

    mutating func requestTimerExpired(_ pool: PoolHandle, at now: MonotonicInstant) {
        guard let question = questions.first(where: { $0.pool == pool }) else { return }
        guard question.attempts <= configuration.maximumRequestRetransmissions else {
            fulfils("asap-3.7.2-R4")
            return end(pool, .failure(.noAnswer(pool, attempts: question.attempts)))
        }
        fulfils("asap-3.3-R8")
        fulfils("asap-3.7.2-R1")
        fulfils("asap-3.7.2-R3")
        ask(pool, at: now)
    }

    mutating func receive(
        _ response: ASAPMessage.HandleResolutionResponse, from association: AssociationIdentifier
    ) {
        guard association == home?.association, questions.contains(where: { $0.pool == response.pool }) else {
            return report(.unexpectedMessage(.handleResolutionResponse, from: association))
        }
        hunt.answered()
        let pool = response.pool
        if response.causes.contains(.unknownPoolHandle) {
            end(pool, .failure(.unknownPool(pool)))
        } else if !response.causes.isEmpty || response.elements.isEmpty {
            end(pool, .failure(.rejected(pool, response.causes)))
        } else {
            told.removeAll { $0.pool == pool }
            if told.count >= Self.maximumToldPools { told.removeFirst() }
            told.append(Told(pool: pool, elements: response.elements.map(\.identifier)))
            end(
                pool,
                .success(
                    PoolResolution(
                        pool: pool, policy: response.policy, elements: response.elements, isFromCache: false)))
        }
    }

    private mutating func end(_ pool: PoolHandle, _ result: Result<PoolResolution, ResolutionFailure>) {
        guard let place = questions.firstIndex(where: { $0.pool == pool }) else { return }
        fulfils("asap-3.3-R11")
        timers.stop(.request(pool))
        for waiter in questions.remove(at: place).waiters { outputs.append(.resolved(waiter, result)) }
    }

    mutating func cancelResolution(_ identifier: ResolutionIdentifier) {
        for place in questions.indices { questions[place].waiters.removeAll { $0 == identifier } }
    }

    /// The element gives up: nothing is asked any more.
    mutating func endAllQuestions(_ failure: ResolutionFailure) {
        for question in questions { end(question.pool, .failure(failure)) }
    }

    /// §6.9.2, §3.5: another element could not be reached. The program says so, having sent to it by its own means; it can have
    /// sent only to an element that it was told of, and each telling is good for one report.
    mutating func reportUnreachable(_ pool: PoolHandle, _ identifier: PoolElementIdentifier) {
        guard let place = told.firstIndex(where: { $0.pool == pool }),
            let element = told[place].elements.firstIndex(of: identifier)
        else {
            fulfils("asap-3.5-R4")
            fulfils("asap-3.5-R5")
            fulfils("asap-6.9.2-R2")
            return
        }
        guard let home else { return }
        told[place].elements.remove(at: element)
        fulfils("asap-3.5-R2")
        fulfils("asap-3.5-R3")
        fulfils("asap-6.9.2-R1")
        send(
            .endpointUnreachable(ASAPMessage.EndpointUnreachable(pool: pool, identifier: identifier)),
            to: home.association)
        report(.unreachableReported(pool, identifier))
    }
}
