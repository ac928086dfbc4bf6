import ASAP
import RSerPoolParameters
import RequirementMarks
import SCTPTransport

// RFC 5352 §3.2: deregistration, by the element itself or by the end of its registration's life.
extension RegistrarEngine {
    mutating func deregister(_ request: ASAPMessage.Deregistration, from association: AssociationIdentifier) {
        let location = handlespace.location(of: request.identifier, in: request.pool)
        let isRefused = location.map { !mayDeregister($0, from: association) } ?? false
        let causes: [ErrorCause] = isRefused ? [.rejectedForSecurity] : []
        fulfils("asap-4-R9")
        fulfils("asap-3.2-R17")
        // Before the element goes: an association that this registrar opened to it is closed with its last element.
        send(
            .deregistrationResponse(
                ASAPMessage.DeregistrationResponse(pool: request.pool, identifier: request.identifier, causes: causes)),
            to: association)
        if let location, !isRefused {
            fulfils("asap-3.2-R13")
            fulfils("asap-3.2-R19")
            fulfils("asap-2.2.4-R1")
            remove(location, .deregistered)
        } else if isRefused {
            fulfils("asap-2.2.2-R2")
            fulfils("asap-3.2-R16")
            fulfils("asap-3.2-R18")
            fulfils("asap-3.2-R20")
            tell(.deregistrationRejected(request.pool, request.identifier, causes, association))
        } else {
            // Out is out: an element that nobody knows is told that it is deregistered.
            fulfils("asap-3.2-R15")
            fulfils("asap-3.2-R20")
            tell(.unknownElementDeregistered(request.pool, request.identifier, association))
        }
    }

    /// Only the element itself may deregister (§2.2.2). It should use the association over which it registered (§3.2), so
    /// another one from the same SCTP endpoint is its own too.
    private func mayDeregister(_ location: ElementLocation, from association: AssociationIdentifier) -> Bool {
        let known = handlespace[location].association
        guard known != association else { return true }
        // RFC 5352 §2.1: elements use SCTP.
        guard association.channel == .asap else { return false }
        guard let new = associations[association] else { return false }
        guard let known else {
            // A peer's element, which has lost that home: its endpoint is what the home recorded.
            return new.leads(to: handlespace.parameter(at: location).endpointAddresses)
        }
        return associations[known]?.sharesEndpoint(with: new) ?? false
    }

    /// The registration's life has ended: the element is told that it is out.
    mutating func expire(_ location: ElementLocation) {
        let (pool, identifier) = (handlespace.handle(of: location), handlespace.parameter(at: location).identifier)
        let message = ASAPMessage.deregistrationResponse(
            ASAPMessage.DeregistrationResponse(pool: pool, identifier: identifier))
        if let association = handlespace[location].association, associations[association]?.isUp == true {
            fulfils("asap-3.2-R3")
            send(message, to: association)
        }
        remove(location, .expired)
    }

    /// Takes an element out of the handlespace, with its pool where it was the last one, and tells the peers (RFC 5353 §3.3.2).
    mutating func remove(_ location: ElementLocation, _ reason: ElementRemoval) {
        fulfils("enrp-3.3.2-R1")
        fulfils("enrp-3.3.2-R2")
        announce(.delete, location)
        let identifier = handlespace.parameter(at: location).identifier
        tell(.elementRemoved(handlespace.handle(of: location), identifier, reason))
        drop(location)
    }

    /// Takes an element out of the handlespace, with its pool where it was the last one.
    mutating func drop(_ location: ElementLocation) {
        unwatch(location)
        let pool = handlespace.handle(of: location)
        guard handlespace.remove(location).isPoolRemoved else { return }
        fulfils("asap-3.2-R14")
        fulfils("enrp-3.3.2-R7")
        fulfils("asap-3.2-R14")
        tell(.poolRemoved(pool))
    }
}
