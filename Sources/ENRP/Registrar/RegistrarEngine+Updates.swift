import ASAP
import RSerPoolParameters
import RequirementMarks
import SCTPTransport

// RFC 5352 §2.2.5, §2.2.6: pool users that asked for it are told of a pool's changes by further handle resolution responses.
//
// Such a response is what the user would get if it asked again, its A flag set, at most one within the minimum interval: changes in
// between are told together. It ends with the association, when the user asks without the S flag, and with the pool: the response
// is negative then, and a pool of that name that comes later is none of it. What a change costs does not depend on the pool's size.
extension RegistrarEngine {
    /// Takes, keeps or ends a user's wish for updates of a pool that exists.
    /// - Returns: the answer's A flag.
    mutating func settleUpdates(
        _ request: ASAPMessage.HandleResolution, wanted: Int, from association: AssociationIdentifier, at now: MonotonicInstant
    ) -> Bool {
        guard request.wantsUpdates else {
            fulfils("asap-2.2.5-R3")
            fulfils("asap-2.2.6-R2")
            endUpdates(of: request.pool, to: association)
            return false
        }
        let subscriber = PoolWatch.Subscriber(association: association, wanted: wanted)
        var watch = watches[request.pool] ?? PoolWatch(earliest: now)
        if let place = watch.subscribers.firstIndex(where: { $0.association == association }) {
            watch.subscribers[place] = subscriber
        } else {
            let limits = configuration.limits
            let pools = associations[association]?.watched.count ?? 0
            guard watch.subscribers.count < limits.maximumSubscribersPerPool, pools < limits.maximumWatchedPoolsPerAssociation
            else {
                fulfils("asap-2.2.6-R2")
                tell(.updatesRefused(request.pool, association))
                return false
            }
            watch.subscribers.append(subscriber)
            associations[association]?.watched.append(request.pool)
            tell(.updatesPromised(request.pool, association))
        }
        watches[request.pool] = watch
        handlespace.watched.insert(request.pool)
        fulfils("asap-2.2.6-R1")
        return true
    }

    /// The user no longer wants a pool's updates.
    mutating func endUpdates(of pool: PoolHandle, to association: AssociationIdentifier) {
        guard let place = associations[association]?.watched.firstIndex(of: pool) else { return }
        associations[association]?.watched.remove(at: place)
        unsubscribe(association, from: pool)
    }

    /// An association has ended, with all that it watched.
    mutating func endUpdates(of pools: [PoolHandle], ofEnded association: AssociationIdentifier) {
        for pool in pools { unsubscribe(association, from: pool) }
    }

    private mutating func unsubscribe(_ association: AssociationIdentifier, from pool: PoolHandle) {
        watches[pool]?.subscribers.removeAll { $0.association == association }
        if watches[pool]?.subscribers.isEmpty == true { endWatch(pool) }
    }

    private mutating func endWatch(_ pool: PoolHandle) {
        if let deadline = watches.removeValue(forKey: pool)?.deadline { updateDeadlines.remove(deadline) }
        handlespace.watched.remove(pool)
    }

    // MARK: Telling

    /// Sees to it that what has changed is told.
    mutating func noteChanges(at now: MonotonicInstant) {
        guard !handlespace.changes.isEmpty else { return }
        for pool in handlespace.changes {
            guard let watch = watches[pool], watch.deadline == nil else { continue }
            let deadline = updateDeadlines.add(pool, at: max(now, watch.earliest))
            watches[pool]?.deadline = deadline
        }
        handlespace.changes.removeAll(keepingCapacity: true)
    }

    mutating func sendDueUpdates(at now: MonotonicInstant) {
        while let pool = updateDeadlines.firstDue(at: now) { sendUpdates(of: pool, at: now) }
    }

    private mutating func sendUpdates(of pool: PoolHandle, at now: MonotonicInstant) {
        guard let watch = watches[pool] else { return }
        if let deadline = watch.deadline { updateDeadlines.remove(deadline) }
        watches[pool]?.deadline = nil
        let earliest = now + configuration.minimumUpdateInterval
        watches[pool]?.earliest = earliest
        tell(.poolUpdateSent(pool, subscribers: watch.subscribers.count))
        if let place = handlespace.pool(pool) {
            for subscriber in watch.subscribers {
                fulfils("asap-2.2.5-R2")
                _ = answer(
                    pool, at: place, wanted: subscriber.wanted, promisesUpdates: true, to: subscriber.association)
            }
            return
        }
        for subscriber in watch.subscribers {
            associations[subscriber.association]?.watched.removeAll { $0 == pool }
            fulfils("asap-2.2.5-R5")
            refuse(pool, to: subscriber.association)
        }
        endWatch(pool)
    }
}
