import ASAP
import PoolPolicies
import RSerPoolParameters
import RequirementMarks
import SCTPTransport

// RFC 5352 §3.3: handle resolution.
extension RegistrarEngine {
    mutating func resolve(
        _ request: ASAPMessage.HandleResolution, from association: AssociationIdentifier, at now: MonotonicInstant
    ) {
        fulfils("requirements-2.8-R1")
        guard let place = handlespace.pool(request.pool) else {
            fulfils("asap-2.2.5-R5")
            fulfils("asap-3.3-R21")
            fulfils("asap-3.3-R25")
            tell(.unknownHandleRequested(request.pool, association))
            endUpdates(of: request.pool, to: association)
            return refuse(request.pool, to: association)
        }
        fulfils("asap-3.3-R21")
        fulfils("asap-3.3-R22")
        if association.channel == .asapOverTCP {
            fulfils("asap-3.3-R20")
            fulfils("asap-2.1-R2")
        }
        let wanted = wanted(request.option)
        let promisesUpdates = settleUpdates(request, wanted: wanted, from: association, at: now)
        let count = answer(request.pool, at: place, wanted: wanted, promisesUpdates: promisesUpdates, to: association)
        tell(.handleResolved(request.pool, elements: count, association))
    }

    /// There is no such pool.
    mutating func refuse(_ pool: PoolHandle, to association: AssociationIdentifier) {
        fulfils("asap-2.2.6-R3")
        fulfils("asap-2.2.6-R7")
        send(
            .handleResolutionResponse(
                ASAPMessage.HandleResolutionResponse(pool: pool, causes: [.unknownPoolHandle])),
            to: association)
    }

    /// Sends elements as the pool's policy selects them.
    /// - Returns: how many.
    mutating func answer(
        _ pool: PoolHandle, at place: Int, wanted: Int, promisesUpdates: Bool, to association: AssociationIdentifier
    ) -> Int {
        select(wanted, fromPool: place)
        let policy = handlespace.policy(ofPool: place)
        var room = configuration.limits.maximumMessageSize - 8 - (pool.bytes.count + 3) & ~3
        room -= 8 + (policy.data.count + 3) & ~3
        var elements: [PoolElementParameter] = []
        elements.reserveCapacity(selected.count)
        for slot in selected {
            let location = ElementLocation(pool: place, slot: slot)
            let size = Int(handlespace[location].size)
            // What does not fit is left out; the first one always fits (``RegistrarLimits``).
            guard size <= room else { break }
            room -= size
            fulfils("asap-2.2.6-R6")
            fulfils("asap-3.3-R23")
            elements.append(handlespace.parameter(at: location))
        }
        fulfils("asap-3.3-R24")
        // The policy is always there, though its absence would mean Round Robin (§2.2.6): rsplib's pool users take no answer without.
        send(
            .handleResolutionResponse(
                ASAPMessage.HandleResolutionResponse(
                    promisesUpdates: promisesUpdates, pool: pool, policy: policy, elements: elements)),
            to: association)
        return elements.count
    }

    /// Selects into ``selected``. An element whose association has just ended, and which is not yet known to be alive, is left out
    /// where the pool has others to give: a user that asks for one element and gets a dead one may ask again only much later.
    private mutating func select(_ wanted: Int, fromPool place: Int) {
        selected.removeAll(keepingCapacity: true)
        handlespace.select(wanted, fromPool: place, using: &randomness, into: &selected)
        guard selected.contains(where: { isInDoubt(ElementLocation(pool: place, slot: $0)) }) else { return }
        var others: [Int] = []
        handlespace.select(
            min(2 * wanted, configuration.limits.maximumElementsPerResponse), fromPool: place, using: &randomness, into: &others
        )
        others.removeAll { isInDoubt(ElementLocation(pool: place, slot: $0)) }
        guard !others.isEmpty else { return }
        fulfils("requirements-2.9-R1")
        selected = Array(others.prefix(wanted))
    }

    /// True while an element is asked for a sign of life over an association that is not up yet.
    private func isInDoubt(_ location: ElementLocation) -> Bool {
        handlespace[location].association.map { associations[$0]?.isUp == false } ?? false
    }

    /// How many elements to select: what the Handle Resolution Option asks for, 0 being as good as no option; at most what an
    /// answer may have.
    private func wanted(_ option: HandleResolutionOption?) -> Int {
        let items = option.map { Int($0.items) } ?? 0
        guard items > 0 else {
            fulfils("extensions-2-R4")
            return configuration.defaultResolutionCount
        }
        fulfils("extensions-2-R2")
        fulfils("extensions-2-R3")
        return min(items, configuration.limits.maximumElementsPerResponse)
    }
}
