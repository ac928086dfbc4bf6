import ASAP
import RSerPoolParameters
import RequirementMarks
import SCTPTransport

// RFC 5353 §3.6: auditing the own copy of the peers' elements, and fetching it anew.
extension RegistrarEngine {
    // MARK: §3.6.1 Auditing

    /// Compares the checksum that a peer tells with the one over the own copy of its elements.
    mutating func audit(_ identifier: RegistrarIdentifier, _ told: PEChecksum, at now: MonotonicInstant) {
        // While the handlespace is being downloaded, it lacks elements of course.
        guard isServing, let audit = peers[identifier]?.audit else { return }
        fulfils("enrp-3.6-R1")
        fulfils("enrp-3.6.1-R3")
        fulfils("enrp-3.6.2-R1")
        let own = handlespace.checksum(of: identifier)
        _ = peers.change(identifier) { $0.toldChecksum = told }
        guard told != own else {
            guard audit.table == nil else { return }
            fulfils("enrp-3.6.1-R4")
            _ = peers.change(identifier) { peer in
                peer.audit.isInStep = true
                peer.audit.fruitless = 0
            }
            if audit.isInStep != true { tell(.inStep(identifier)) }
            return
        }
        // One that is under way will tell; one that has just been may not be repeated at once.
        guard audit.table == nil, audit.earliest <= now else { return }
        fulfils("enrp-3.6.1-R5")
        fulfils("enrp-3.6.1-R6")
        tell(.checksumMismatch(identifier, told: told, own: own))
        if audit.fruitless == 3 { offend(.persistentMismatch, identifier) }
        resynchronise(with: identifier, at: now)
    }

    // MARK: §3.6.3 Resynchronisation

    private mutating func resynchronise(with identifier: RegistrarIdentifier, at now: MonotonicInstant) {
        guard let association = link(to: identifier) else { return }
        let settings = configuration.peers
        _ = peers.change(identifier) { peer in
            peer.audit.isInStep = false
            peer.audit.table = TableReceipt(began: now)
            // Step 1: all elements of the peer bear lower numbers now, and so are marked.
            fulfils("enrp-3.6.3-R2")
            peer.audit.generation &+= 1
            let delay = settings.resynchronisationDelay * (1 << min(peer.audit.fruitless, 30))
            peer.audit.earliest = now + min(delay, settings.maximumResynchronisationDelay)
            peer.audit.fruitless += 1
        }
        tell(.resynchronisationBegun(identifier))
        // Step 2.
        fulfils("enrp-3.6.3-R1")
        fulfils("enrp-3.6.3-R3")
        requestTable(from: identifier, ownChildrenOnly: true, over: association)
        timers.start(.table(identifier), at: now + settings.maximumTimeNoResponse)
    }

    /// A part of the table that was asked for.
    mutating func takeResynchronisation(
        _ response: ENRPMessage.HandleTableResponse, over association: AssociationIdentifier, at now: MonotonicInstant
    ) -> Bool {
        let sender = response.sender
        guard var receipt = peers[sender]?.audit.table else { return false }
        guard !response.isRejected else {
            resynchronisationFailed(sender, .rejected, at: now)
            return true
        }
        // Step 4.
        fulfils("enrp-3.6.3-R5")
        for entry in response.entries {
            for element in entry.elements {
                receipt.elements += 1
                transfer(element, of: entry.pool, from: sender, over: association, at: now)
            }
        }
        receipt.messages += 1
        guard response.hasMore else {
            finishResynchronisation(with: sender, receipt)
            return true
        }
        guard mayGoOn(receipt, at: now) else {
            offend(.endlessTable, sender, association)
            resynchronisationFailed(sender, .endless, at: now)
            return true
        }
        _ = peers.change(sender) { $0.audit.table = receipt }
        requestTable(from: sender, ownChildrenOnly: true, over: association)
        timers.start(.table(sender), at: now + configuration.peers.maximumTimeNoResponse)
        return true
    }

    /// An element that its home lists.
    ///
    /// Where this registrar takes itself for the home, two do: after a takeover of a peer that lived, or registrations that crossed.
    /// RFC 5353 has each take the other's word, and then neither is the home and the element is swept away. So the greater
    /// identifier keeps it, as in a takeover's arbitration (§3.5.1), and tells the element and the peers.
    private mutating func transfer(
        _ element: PoolElementParameter, of pool: PoolHandle, from sender: RegistrarIdentifier,
        over association: AssociationIdentifier, at now: MonotonicInstant
    ) {
        // §3.6.3, step 3: the peer lists what it owns.
        guard element.homeRegistrar == sender else { return offend(.foreignElement, sender, association) }
        if let location = handlespace.location(of: element.identifier, in: pool), handlespace.home(of: location) == identifier {
            guard identifier < sender else {
                announce(.add, location)
                return claim(location, at: now)
            }
            tell(.elementReleased(pool, element.identifier, home: sender))
        }
        copy(element, of: pool, at: now)
    }

    /// Step 5: elements that are still marked are removed.
    private mutating func finishResynchronisation(with identifier: RegistrarIdentifier, _ receipt: TableReceipt) {
        timers.stop(.table(identifier))
        guard
            let generation = peers.change(
                identifier,
                { peer in
                    peer.audit.table = nil
                    return peer.audit.generation
                })
        else { return }
        fulfils("enrp-3.6.3-R8")
        var removed = 0
        var next = hasFault(.sweepLeftOut) ? nil : handlespace.first(ownedBy: identifier)
        while let location = next {
            next = handlespace.next(after: location)
            guard handlespace[location].generation != generation else { continue }
            fulfils("enrp-3.6.3-R9")
            drop(location)
            removed += 1
        }
        tell(.resynchronised(identifier, elements: receipt.elements, removed: removed))
        guard let told = peers[identifier]?.toldChecksum, told == handlespace.checksum(of: identifier) else { return }
        _ = peers.change(identifier) { peer in
            peer.audit.isInStep = true
            peer.audit.fruitless = 0
        }
        tell(.inStep(identifier))
    }

    /// The table is given up; what was marked stays, and the next presence that does not agree begins anew.
    mutating func resynchronisationFailed(
        _ identifier: RegistrarIdentifier, _ failure: MentorFailure, at now: MonotonicInstant
    ) {
        timers.stop(.table(identifier))
        guard peers[identifier]?.audit.table != nil else { return }
        _ = peers.change(identifier) { $0.audit.table = nil }
        tell(.resynchronisationFailed(identifier, failure))
    }
}
