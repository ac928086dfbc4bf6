import ASAP
import PoolPolicies
import RSerPoolParameters
import SCTPTransport

// The distance of elements under a policy for which it counts (draft-dreibholz-rserpool-delay): half the round-trip time of the
// association over which the element registered, in steps. The registrar sets it, whatever the element says.
extension RegistrarEngine {
    /// An element's policy with the distance as last measured, 0 before that; and a wish to measure it.
    mutating func located(_ policy: PolicyParameter, from association: AssociationIdentifier) -> PolicyParameter {
        guard policy.isDistanceSensitive else { return policy }
        outputs.append(.measurementWanted(association))
        return policy.at(distance: associations[association]?.distance ?? 0)
    }

    /// The round-trip time has been measured. Elements that the association has are where it says; that is looked at only where it
    /// is another distance than before.
    mutating func measured(_ roundTripTime: Duration, _ association: AssociationIdentifier) {
        let distance = PolicyDistance.milliseconds(roundTripTime: roundTripTime)
        guard let record = associations[association], record.distance != distance else { return }
        associations[association]?.distance = distance
        for location in record.elements {
            var element = handlespace.parameter(at: location)
            element.policy = element.policy.at(distance: distance)
            guard element != handlespace.parameter(at: location) else { continue }
            // The policy is the same but for its distance, so it cannot be refused.
            try? handlespace.replace(location, with: element)
        }
    }
}
