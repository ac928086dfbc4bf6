import RSerPoolParameters
import RequirementMarks
import SCTPTransport

// RFC 5352 §3.9: what the element tells its pool users of itself and of a failover. Without a recommendation of the program's
// the card names the element alone: then it says which pool this is, and nothing about the order.
extension PoolElementEngine {
    /// The card, once there is a registration for it.
    var businessCard: ASAPMessage.BusinessCard? {
        guard let registration else { return nil }
        let own = PoolElementParameter(
            identifier: identifier, homeRegistrar: home?.identifier ?? .undetermined, registrationLife: registrationLife,
            userTransport: registration.userTransport, policy: registration.policy,
            encapsulationPort: registration.encapsulationPort)
        return ASAPMessage.BusinessCard(pool: registration.pool, elements: failoverOrder.isEmpty ? [own] : failoverOrder)
    }

    mutating func setFailoverOrder(_ elements: [PoolElementParameter]) {
        guard elements != failoverOrder else { return }
        fulfils("asap-3.9-R5")
        failoverOrder = elements
        for association in peers.keys.sorted() where peers[association]?.role == .user { sendCard(to: association) }
    }

    /// §3.9: only where there is a control channel.
    mutating func sendCard(to association: AssociationIdentifier) {
        guard hasControlChannel(association) else { return fulfils("asap-3.9-R4") }
        guard configuration.sendsBusinessCards, let card = businessCard else { return }
        fulfils("asap-3.9-R1")
        send(.businessCard(card), to: association)
    }

    /// Whether ASAP's messages may go beside a session's data: over SCTP, and where the element registered that use (RFC 5354
    /// §3.4).
    func hasControlChannel(_ association: AssociationIdentifier) -> Bool {
        guard association.channel == .main, case .sctp(let transport) = registration?.userTransport else { return false }
        return transport.use == .dataPlusControl
    }
}
