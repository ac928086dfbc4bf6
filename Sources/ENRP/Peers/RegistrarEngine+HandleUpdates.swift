import RSerPoolParameters
import RequirementMarks
import SCTPTransport

// RFC 5353 §3.3: every change of the handlespace is told to every peer.
extension RegistrarEngine {
    // MARK: Telling

    /// Announces an element that is this registrar's, or one that is gone (§3.3.1, §3.3.2): one message, the same bytes for all.
    mutating func announce(
        _ action: ENRPMessage.HandleUpdate.Action, _ location: ElementLocation, suggestingTakeover: Bool = false
    ) {
        guard peers.count > 0 else { return }
        let element = handlespace.parameter(at: location)
        var update = ENRPMessage.HandleUpdate(
            sender: identifier, action: action, pool: handlespace.handle(of: location), element: element)
        fulfils("enrp-3.3.1-R2")
        fulfils("enrp-3.3.1-R3")
        fulfils("enrp-3.3.1-R4")
        fulfils("enrp-3.3.2-R3")
        fulfils("enrp-3.3.2-R4")
        fulfils("enrp-3.3.2-R5")
        cast(.handleUpdate(update))
        guard suggestingTakeover, configuration.peers.suggestsTakeover, let peer = betterHome(for: element.identifier)
        else { return }
        fulfils("extensions-4-R1")
        fulfils("extensions-4-R2")
        fulfils("extensions-4-R3")
        update.suggestsTakeover = true
        update.receiver = peer
        send(.handleUpdate(update), to: peer)
    }

    /// draft-dreibholz-rserpool-enrp-takeover: the peer whose identifier differs most from the element's, counted as a number; nil
    /// where that is this registrar.
    private func betterHome(for element: PoolElementIdentifier) -> RegistrarIdentifier? {
        var best = identifier
        for peer in peers.peers where peer.status == .active && peer.association != nil {
            if peer.identifier.rawValue ^ element.rawValue > best.rawValue ^ element.rawValue { best = peer.identifier }
        }
        return best == identifier ? nil : best
    }

    // MARK: Being told

    mutating func take(_ update: ENRPMessage.HandleUpdate, over association: AssociationIdentifier, at now: MonotonicInstant) {
        switch update.action {
        case .add: add(update, over: association, at: now)
        case .delete: delete(update, at: now)
        }
    }

    /// §3.3.1. An element's home tells of it, so the sender has to be the home. Where it was this registrar's, it has moved: the last
    /// registration counts (RFC 5352 §3.1, rule 4).
    ///
    /// Two updates of one element can cross, where it registered at both. Each registrar would leave it to the other, and the audit
    /// would remove it from both. So where it has registered here but a moment ago, the greater identifier asks the element whose it is.
    private mutating func add(
        _ update: ENRPMessage.HandleUpdate, over association: AssociationIdentifier, at now: MonotonicInstant
    ) {
        let element = update.element
        guard element.homeRegistrar == update.sender else {
            return offend(.foreignElement, update.sender, association)
        }
        var mayCross = false
        if let location = handlespace.location(of: element.identifier, in: update.pool),
            handlespace.home(of: location) == identifier
        {
            fulfils("enrp-3.3.1-R11")
            tell(.elementReleased(update.pool, element.identifier, home: update.sender))
            // Where takeovers are suggested, elements move as soon as they have registered.
            mayCross =
                identifier > update.sender && !configuration.peers.suggestsTakeover
                && now - handlespace[location].renewed < configuration.peers.maximumTimeNoResponse
        }
        fulfils("enrp-3.3.1-R5")
        if copy(element, of: update.pool, at: now) {
            tell(.elementAdded(update.pool, element.identifier, home: update.sender))
        }
        if mayCross || update.suggestsTakeover && configuration.peers.suggestsTakeover,
            let location = handlespace.location(of: element.identifier, in: update.pool)
        {
            if mayCross { fulfils("enrp-3.3.1-R12") } else { fulfils("extensions-4-R4") }
            claim(location, at: now)
        }
    }

    /// §3.3.2. The element parameter names the home from which the element goes. Where the own copy has another home by now, the
    /// message is older than that and means nothing; RFC 5353 has no such rule, and an element that has moved would be lost.
    ///
    /// Where that home is this registrar, another one could not reach the element or let it go. The element is asked: it leaves unless
    /// it says that it is there, and then the peers are told so.
    private mutating func delete(_ update: ENRPMessage.HandleUpdate, at now: MonotonicInstant) {
        guard let location = handlespace.location(of: update.element.identifier, in: update.pool) else {
            return fulfils("enrp-3.3.2-R8")
        }
        let home = handlespace.home(of: location)
        if home == identifier {
            if update.element.homeRegistrar == identifier { claim(location, at: now) }
        } else if home == update.sender || home == update.element.homeRegistrar {
            fulfils("enrp-3.3.2-R6")
            drop(location)
            tell(.elementRemoved(update.pool, update.element.identifier, home: home))
        }
    }
}
