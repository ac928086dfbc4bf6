import ASAP
import RSerPoolParameters
import RequirementMarks
import SCTPTransport

// RFC 5353 §3.5: taking over a peer that has failed.
extension RegistrarEngine {
    // MARK: §3.5.1 Arbitration, the initiating server

    /// Asks all peers, the target among them, whether they mind.
    mutating func beginTakeover(of target: RegistrarIdentifier, at now: MonotonicInstant) {
        let awaited = peers.peers.filter { $0.isListening && $0.identifier != target }.map(\.identifier)
        guard peers.change(target, { $0.status = .contested(Arbitration(awaited: awaited)) }) != nil else { return }
        tell(.takeoverBegun(target))
        fulfils("enrp-3.5.1-R1")
        fulfils("enrp-3.5.1-R2")
        cast(.initTakeover(ENRPMessage.InitTakeover(sender: identifier, target: target)))
        if awaited.isEmpty {
            completeTakeover(of: target, unheard: [], at: now)
        } else {
            fulfils("enrp-3.5.1-R3")
            timers.start(.arbitration(target), at: now + configuration.peers.takeoverTimeout)
        }
    }

    mutating func take(_ acknowledgement: ENRPMessage.InitTakeoverAcknowledgement, at now: MonotonicInstant) {
        acknowledged(acknowledgement.target, by: acknowledgement.sender, at: now)
    }

    /// One answer less to wait for. With the last one the arbitration is won.
    private mutating func acknowledged(
        _ target: RegistrarIdentifier, by peer: RegistrarIdentifier, at now: MonotonicInstant
    ) {
        guard case .contested(var arbitration) = peers[target]?.status,
            let index = arbitration.awaited.firstIndex(of: peer)
        else { return }
        arbitration.awaited.remove(at: index)
        _ = peers.change(target) { $0.status = .contested(arbitration) }
        guard arbitration.awaited.isEmpty else { return }
        fulfils("enrp-3.5.1-R14")
        fulfils("enrp-3.5.1-R15")
        completeTakeover(of: target, unheard: [], at: now)
    }

    /// A peer that is no longer one need not acknowledge: only those "currently known" have to.
    mutating func excuse(_ peer: RegistrarIdentifier, at now: MonotonicInstant) {
        for target in peers.peers.map(\.identifier) { acknowledged(target, by: peer, at: now) }
    }

    /// Some have not acknowledged. RFC 5353 would wait for ever, and one silent peer would keep the elements without a home. They are
    /// asked again, and gone without in the end.
    mutating func arbitrationTimedOut(_ target: RegistrarIdentifier, at now: MonotonicInstant) {
        guard case .contested(var arbitration) = peers[target]?.status else { return }
        guard arbitration.attempts < configuration.peers.maximumTakeoverAttempts else {
            return completeTakeover(of: target, unheard: arbitration.awaited, at: now)
        }
        arbitration.attempts += 1
        _ = peers.change(target) { $0.status = .contested(arbitration) }
        for peer in arbitration.awaited {
            send(.initTakeover(ENRPMessage.InitTakeover(sender: identifier, receiver: peer, target: target)), to: peer)
        }
        timers.start(.arbitration(target), at: now + configuration.peers.takeoverTimeout)
    }

    // MARK: §3.5.1 Arbitration, its peers

    /// How many takeovers of registrars that live are taken from one association within a minute. Who does not hear another one may
    /// well take it for dead, but nobody finds so many dead. The others mean nothing: their targets' elements stay where they are.
    static var maximumTakeoversOfTheLiving: Int { 30 }

    /// Whether a message about the takeover of this registrar, or of one that is known to live, is to be taken.
    private mutating func admitsTakeover(
        of target: RegistrarIdentifier, by initiator: RegistrarIdentifier, over association: AssociationIdentifier,
        at now: MonotonicInstant
    ) -> Bool {
        guard target == identifier || peers[target]?.status == .active else { return true }
        let limit = Self.maximumTakeoversOfTheLiving
        if links[association]?.takeovers.admits(limit, within: .seconds(60), at: now) == true { return true }
        fulfils("enrp-3.5.1-R17")
        offend(.takeoverOfTheLiving, initiator, association)
        return false
    }

    mutating func take(
        _ takeover: ENRPMessage.InitTakeover, over association: AssociationIdentifier, at now: MonotonicInstant
    ) {
        let (initiator, target) = (takeover.sender, takeover.target)
        guard admitsTakeover(of: target, by: initiator, over: association, at: now) else { return }
        fulfils("enrp-3.5.1-R4")
        // Rule 1: this registrar lives, and says so to all.
        guard target != identifier else { return protest(against: initiator) }
        if case .contested = peers[target]?.status {
            // Rule 2: of two initiators, the one with the greater identifier goes on.
            let yields = hasFault(.arbitrationReversed) ? identifier > initiator : identifier < initiator
            fulfils("enrp-3.5.1-R7")
            guard yields else { return fulfils("enrp-3.5.1-R11") }
            fulfils("enrp-3.5.1-R8")
            tell(.takeoverYielded(target, to: initiator))
        }
        // Rules 2A and 3: the target is not monitored any more, and the initiator may go on.
        if peers.contains(target), target != initiator {
            fulfils("enrp-3.5.1-R9")
            fulfils("enrp-3.5.1-R12")
            _ = peers.change(target) { $0.status = .inactive(by: initiator) }
            timers.stop(.probe(target))
            timers.stop(.arbitration(target))
            timers.start(.inactivity(target), at: now + configuration.peers.takeoverExpiry)
            excuse(target, at: now)
        }
        if takeoversWon.contains(where: { $0.target == target && now < $0.validity }) {
            // §3.5.2's word of it was lost with an association: the initiator would win, too, and both be the home of the same elements.
            send(
                .takeoverServer(ENRPMessage.TakeoverServer(sender: identifier, receiver: initiator, target: target)),
                to: initiator)
        }
        fulfils("enrp-3.5.1-R10")
        fulfils("enrp-3.5.1-R13")
        send(
            .initTakeoverAcknowledgement(
                ENRPMessage.InitTakeoverAcknowledgement(sender: identifier, receiver: initiator, target: target)),
            to: initiator)
    }

    /// A peer takes this registrar for dead: the presence to all is to stop it.
    private mutating func protest(against initiator: RegistrarIdentifier) {
        offend(.takeoverOfTheLiving, initiator)
        tell(.takeoverOfSelf(by: initiator))
        fulfils("enrp-3.5.1-R5")
        announcePresence()
    }

    /// The initiator did not complete the takeover, nor was the target heard. The initiator may have failed: the target is monitored
    /// again, beginning with a sign of life.
    mutating func takeoverExpired(of target: RegistrarIdentifier, at now: MonotonicInstant) {
        guard case .inactive = peers[target]?.status else { return }
        suspect(target, at: now)
    }

    // MARK: §3.5.2 Takeover

    private mutating func completeTakeover(
        of target: RegistrarIdentifier, unheard: [RegistrarIdentifier], at now: MonotonicInstant
    ) {
        fulfils("enrp-3.5.2-R3")
        forget(target)
        takeoversWon.removeAll { $0.target == target }
        if takeoversWon.count == WonTakeover.limit { takeoversWon.removeFirst() }
        // A peer that waits in vain for the word of it begins its own after that time.
        takeoversWon.append(WonTakeover(target: target, validity: now + configuration.peers.takeoverExpiry * 2))
        fulfils("enrp-3.5.2-R1")
        fulfils("enrp-3.5.2-R2")
        cast(.takeoverServer(ENRPMessage.TakeoverServer(sender: identifier, target: target)))
        let elements = handlespace.count(ownedBy: target)
        claimAll(ownedBy: target, at: now)
        tell(.takeoverWon(target, elements: elements, unheard: unheard))
    }

    /// Another registrar has taken a peer over: the peer is one no longer, its elements are the other's.
    mutating func take(
        _ takeover: ENRPMessage.TakeoverServer, over association: AssociationIdentifier, at now: MonotonicInstant
    ) {
        let (winner, target) = (takeover.sender, takeover.target)
        guard admitsTakeover(of: target, by: winner, over: association, at: now) else { return }
        // Not foreseen by RFC 5353. The elements stay with this registrar until they register with the other one, or an audit shows
        // that both claim them (``transfer``).
        guard target != identifier else { return protest(against: winner) }
        guard target != winner else { return offend(.takeoverOfTheLiving, winner) }
        switch peers[target]?.status {
        // It did not object when it was asked; since then the target was heard.
        case .active: offend(.takeoverOfTheLiving, winner)
        case .contested: tell(.takeoverYielded(target, to: winner))
        case .probed, .inactive, .rumoured, nil: break
        }
        fulfils("enrp-3.5.2-R6")
        let wasKnown = peers.contains(target)
        forget(target)
        excuse(target, at: now)
        let generation = peers[winner]?.audit.generation ?? 0
        var count = 0
        while let location = handlespace.first(ownedBy: target) {
            fulfils("enrp-3.5.2-R7")
            handlespace.setHome(winner, of: location)
            handlespace[location].generation = generation
            count += 1
        }
        // Of somebody who was never heard of there is nothing to tell.
        if wasKnown || count > 0 { tell(.takenOver(target, by: winner, elements: count)) }
    }

    // MARK: Becoming the home of elements

    /// §3.5.2, steps 1 and 2: makes this registrar the home of a registrar's elements and lets each know by a keep-alive, the H flag set.
    /// Great numbers of them are spread, as all keep-alives are to be (RFC 5352 §3.5).
    mutating func claimAll(ownedBy registrar: RegistrarIdentifier, at now: MonotonicInstant) {
        // Those that are this registrar's already have been put at the end when the last one is met.
        let count = handlespace.count(ownedBy: registrar)
        let perSecond = configuration.peers.adoptionsPerSecond
        var next = handlespace.first(ownedBy: registrar)
        for number in 0..<count {
            guard let location = next else { break }
            next = handlespace.next(after: location)
            fulfils("enrp-3.5.2-R4")
            handlespace.setHome(identifier, of: location)
            let life = handlespace.parameter(at: location).registrationLife.duration
            handlespace[location].expiry = life.map { now + $0 } ?? .distantFuture
            handlespace[location].isClaimed = true
            handlespace[location].check = .due(now + .nanoseconds(Int64(number) * 1_000_000_000 / Int64(perSecond)))
            watch(location)
        }
    }

    /// How long an element is left in peace after a claim, whatever peers say of it.
    static var claimInterval: Duration { .seconds(1) }

    /// Wants to be an element's home, or to stay it: asks the element, the H flag set, at once unless it has just been asked so. Who the
    /// home is changes when it answers.
    mutating func claim(_ location: ElementLocation, at now: MonotonicInstant) {
        if case .awaiting = handlespace[location].check, handlespace[location].isClaimed {
            return fulfils("enrp-6.1-R1")
        }
        handlespace[location].isClaimed = true
        if let last = handlespace[location].claimed, now - last < Self.claimInterval {
            handlespace[location].check = .due(last + Self.claimInterval)
            return watch(location)
        }
        // A keep-alive under way has not the flag.
        handlespace[location].check = .due(now)
        check(location, at: now)
    }

    /// A claimed element has answered: it has this registrar for its home, and the peers learn it (§3.3: every change is told).
    mutating func adopt(_ location: ElementLocation, at now: MonotonicInstant) {
        handlespace[location].isClaimed = false
        if handlespace.home(of: location) != identifier {
            fulfils("enrp-3.3.1-R13")
            handlespace.setHome(identifier, of: location)
            let life = handlespace.parameter(at: location).registrationLife.duration
            handlespace[location].expiry = life.map { now + $0 } ?? .distantFuture
        }
        tell(.elementAdopted(handlespace.handle(of: location), handlespace.parameter(at: location).identifier))
        announce(.add, location)
    }

    /// Whether a fault is planted; never in a release build.
    func hasFault(_ fault: PlantedFault) -> Bool {
        #if DEBUG
            plantedFaults.contains(fault)
        #else
            false
        #endif
    }
}
