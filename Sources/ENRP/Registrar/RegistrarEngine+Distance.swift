import ASAP
import PoolPolicies
import RSerPoolParameters
import SCTPTransport

// Distances for the policies under which they count (draft-dreibholz-rserpool-delay): half the round-trip time of an association, in
// steps. A registrar sets that of the elements which it owns, whatever they say, and adds the way to the peer to those of a peer.
extension RegistrarEngine {
    /// An element's policy with the distance as last measured, 0 before that; and a wish to measure it.
    mutating func located(_ policy: PolicyParameter, from association: AssociationIdentifier) -> PolicyParameter {
        guard policy.isDistanceSensitive else { return policy }
        outputs.append(.measurementWanted(association))
        return policy.at(distance: associations[association]?.distance ?? 0)
    }

    /// The round-trip time has been measured. The elements that the association has are looked at only where it says another distance
    /// than before; peers are told then (RFC 5353 §3.3.1).
    mutating func measured(_ roundTripTime: Duration, _ association: AssociationIdentifier) {
        let distance = PolicyDistance.milliseconds(roundTripTime: roundTripTime)
        if association.channel == .enrp {
            guard let peer = links[association]?.peer else { return }
            _ = peers.change(peer) { $0.distance = distance }
            return
        }
        guard let record = associations[association], record.distance != distance else { return }
        associations[association]?.distance = distance
        for location in record.elements where handlespace.home(of: location) == identifier {
            var element = handlespace.parameter(at: location)
            element.policy = element.policy.at(distance: distance)
            guard element != handlespace.parameter(at: location) else { continue }
            // The policy is the same but for its distance, so it cannot be refused.
            try? handlespace.replace(location, with: element)
            announce(.add, location)
        }
    }
}
