import ASAP
import PoolPolicies
import RSerPoolParameters
import RequirementMarks
import SCTPTransport

// The distance of elements under a policy for which it counts (draft-dreibholz-rserpool-delay): half the round-trip time of the
// association over which the element registered, in steps. The registrar sets it, whatever the element says.
extension RegistrarEngine {
    /// An element's policy with the distance as last measured, 0 before that; and a wish to measure it.
    mutating func located(_ policy: PolicyParameter, from association: AssociationIdentifier) -> PolicyParameter {
        guard policy.isDistanceSensitive else { return policy }
        outputs.append(.measurementWanted(association))
        fulfils("extensions-3.1-R1")
        return policy.at(distance: associations[association]?.distance ?? 0)
    }

    /// The policy of a peer's element: it is further away by the distance to the peer.
    mutating func relocated(_ policy: PolicyParameter, from home: RegistrarIdentifier) -> PolicyParameter {
        guard policy.isDistanceSensitive, let peer = peers[home] else { return policy }
        if !peer.isMeasured {
            _ = peers.change(home) { $0.isMeasured = true }
            if let association = peer.association { outputs.append(.measurementWanted(association)) }
        }
        fulfils("extensions-3.1-R2")
        return policy.further(by: peer.distance ?? 0)
    }

    /// The round-trip time has been measured. Elements that the association has are where it says; that is looked at only where it
    /// is another distance than before.
    mutating func measured(_ roundTripTime: Duration, _ association: AssociationIdentifier) {
        let distance = PolicyDistance.milliseconds(roundTripTime: roundTripTime)
        if association.channel == .enrp {
            guard let peer = links[association]?.peer else { return }
            return _ = peers.change(peer) { $0.distance = distance }
        }
        guard let record = associations[association], record.distance != distance else { return }
        associations[association]?.distance = distance
        for location in record.elements {
            var element = handlespace.parameter(at: location)
            fulfils("extensions-3.1-R1")
            element.policy = element.policy.at(distance: distance)
            guard element != handlespace.parameter(at: location) else { continue }
            // The policy is the same but for its distance, so it cannot be refused.
            try? handlespace.replace(location, with: element)
            if element.homeRegistrar == identifier { announce(.add, location) }
        }
    }
}
