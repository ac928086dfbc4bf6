import SCTPTransport

// Distances for the policies that weigh them (draft-dreibholz-rserpool-delay): half the round-trip time, in steps.
extension RegistrarEngine {
    /// The step in milliseconds to which distances are rounded, so that they do not change with every measurement.
    static var distanceStep: Int64 { 50 }

    mutating func note(_ roundTripTime: Duration, of association: AssociationIdentifier) {
        let half = max(0, roundTripTime.wholeNanoseconds) / 2_000_000
        let rounded = (half + Self.distanceStep / 2) / Self.distanceStep * Self.distanceStep
        let distance = UInt32(clamping: rounded)
        if association.channel == .enrp {
            guard let peer = links[association]?.peer else { return }
            _ = peers.change(peer) { $0.distance = distance }
        } else {
            associations[association]?.distance = distance
        }
    }
}
