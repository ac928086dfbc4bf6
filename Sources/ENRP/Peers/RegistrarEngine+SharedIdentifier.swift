import RSerPoolParameters
import RequirementMarks
import SCTPTransport

// RFC 5353 §3.2.1: the own identifier, where another registrar has it too.
//
// Before service another one is drawn. In service a registrar is to keep it, since RFC 5353 expects nothing grave of two that have
// the same. But to their peers the two are one, which is resynchronised with each in turn, and their elements are
// swept away in turn. So one of the two ends, and begins anew in its own place under another identifier: to everybody else it
// is a registrar that took over the elements of a former one.
extension RegistrarEngine {
    /// How often a registrar begins anew for it, in one process: somebody who only says that he has each identifier cannot have it do
    /// so without end.
    static var maximumBeginnings: Int { 8 }

    /// A message over an association comes from somebody who has the own identifier, or from this registrar itself.
    mutating func heardOwnIdentifier(over association: AssociationIdentifier, at now: MonotonicInstant) {
        // An association with itself tells nothing.
        guard let link = links[association], !isOwn(link.addresses) else { return }
        guard isServing else {
            if !association.isAccepted { changeIdentifier(at: now) }
            return
        }
        if !link.sharesIdentifier {
            links[association]?.sharesIdentifier = true
            send(.presence(presence()), over: association)
        }
        identifierIsTaken(by: link.addresses, at: now)
    }

    /// Somebody else has the own identifier: draws another while that may be. In service it is told of once, and one of the two begins
    /// anew, unless the other one was only about to begin, and draws another itself.
    mutating func identifierIsTaken(by others: [SCTPAddress], at now: MonotonicInstant) {
        guard isServing else { return changeIdentifier(at: now) }
        fulfils("enrp-2.1-R6")
        fulfils("enrp-3.2.1-R2")
        guard let known = sharing, now - known.last <= configuration.peers.maximumTimeLastHeard else {
            sharing = (now, now)
            return tell(.identifierShared(identifier))
        }
        sharing = (known.since, now)
        guard now - known.since >= configuration.peers.maximumTimeNoResponse, yields(to: others),
            beginnings < Self.maximumBeginnings
        else { return }
        beginAnew(at: now)
    }

    /// Both see both's addresses; the smaller one keeps the identifier.
    private func yields(to others: [SCTPAddress]) -> Bool {
        guard let own = addresses.enrp.min(), let other = others.min() else { return false }
        return (other.ip, other.port) < (own.ip, own.port)
    }

    private mutating func beginAnew(at now: MonotonicInstant) {
        let old = identifier
        beginnings += 1
        sharing = nil
        identifier = drawIdentifier()
        tell(.identifierChanged(from: old, to: identifier))
        claimAll(ownedBy: old, at: now)
        announcePresence()
        // The one that keeps the identifier becomes a peer.
        for association in links.keys.sorted() where links[association]?.sharesIdentifier == true {
            links[association]?.sharesIdentifier = false
            send(.presence(presence(isReplyRequired: true)), over: association)
        }
    }

    /// While the identifier is shared, those who share it are told so with each heartbeat: no peer list has them.
    mutating func remindThoseWhoShare() {
        guard sharing != nil else { return }
        for association in links.keys.sorted() where links[association]?.sharesIdentifier == true {
            send(.presence(presence()), over: association)
        }
    }

    /// Another identifier than the own one and every peer's.
    mutating func drawIdentifier() -> RegistrarIdentifier {
        while true {
            let drawn = RegistrarIdentifier.random(using: &randomness)
            if drawn != identifier, !peers.contains(drawn) { return drawn }
        }
    }
}
