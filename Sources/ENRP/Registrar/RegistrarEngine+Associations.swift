import ASAP
import RSerPoolParameters
import SCTPTransport

// The associations with pool elements and pool users, and what their ends say about elements (RFC 5352 §3.5).
extension RegistrarEngine {
    mutating func notice(
        _ notification: SCTPNotification, of association: AssociationIdentifier, at now: MonotonicInstant
    ) {
        guard association.channel != .enrp else { return noticePeer(notification, of: association, at: now) }
        switch notification {
        case .up(let details): up(details, association)
        case .restarted(let details): restarted(details, association, at: now)
        case .failed(let end), .lost(let end): lost(end, association)
        case .shutDown: ended(association, at: now)
        case .sendFailed(let undelivered): undeliverable(undelivered, on: association)
        case .path(let address, .added):
            guard associations[association]?.peerAddresses.contains(address) == false else { return }
            associations[association]?.peerAddresses.append(address)
            list(association)
        case .path(let address, .removed):
            unlist(association)
            associations[association]?.peerAddresses.removeAll { $0 == address }
            list(association)
        case .path, .peerIsClosing, .readyToSend: break
        }
    }

    private mutating func up(_ details: AssociationDetails, _ association: AssociationIdentifier) {
        if associations[association] != nil {
            associations[association]?.isUp = true
            unlist(association)
            associations[association]?.peerAddresses = details.peerAddresses
        } else {
            // RFC 5353 §3.2.3, step 5: service begins when the handlespace is there. An element or user that is turned away looks for
            // another registrar at once (RFC 5352 §3.6, SH4); one whose request were rejected might not try again (§3.1).
            guard isServing, associations.count < configuration.limits.maximumAssociations else {
                outputs.append(.transport(.abort(association)))
                return tell(.associationRefused(association))
            }
            associations[association] = RegistrarAssociation(peerAddresses: details.peerAddresses, isUp: true)
        }
        list(association)
        tell(.associationUp(association, details.peerAddresses.first))
    }

    /// The peer has started anew, perhaps without the elements that it had: each is asked at once.
    private mutating func restarted(
        _ details: AssociationDetails, _ association: AssociationIdentifier, at now: MonotonicInstant
    ) {
        guard associations[association] != nil else { return }
        unlist(association)
        associations[association]?.peerAddresses = details.peerAddresses
        list(association)
        tell(.associationUp(association, details.peerAddresses.first))
        for location in associations[association]?.elements ?? [] { check(location, at: now) }
    }

    /// The association broke or could not be opened. A keep-alive sent now would end as undeliverable, and an element for which
    /// it does is to be removed (§3.5); so it is removed without.
    private mutating func lost(_ end: AssociationEnd, _ association: AssociationIdentifier) {
        guard let elements = associations[association]?.elements else { return }
        forget(association)
        for location in elements { unreachable(location, .associationLost(end)) }
    }

    /// The peer closed the association in good order. Its elements may well live on, and a kernel ends a killed program's
    /// associations the same way; so they are asked over an association opened for that. A dead one is found out as soon as it
    /// cannot be opened, or when the keep-alive's time is up.
    private mutating func ended(_ association: AssociationIdentifier, at now: MonotonicInstant) {
        guard let old = associations[association] else { return }
        forget(association)
        guard !old.elements.isEmpty else { return }
        let new = open(to: old.peerAddresses)
        for location in old.elements {
            enlist(location, with: new)
            // A keep-alive that was under way has gone with the association.
            handlespace[location].check = .due(now)
            check(location, at: now)
        }
    }

    /// Opens an association to a pool element.
    private mutating func open(to addresses: [SCTPAddress]) -> AssociationIdentifier {
        lastOpened += 1
        let association = AssociationIdentifier(chosen: lastOpened)
        associations[association] = RegistrarAssociation(peerAddresses: addresses, isUp: false)
        list(association)
        outputs.append(.transport(.open(association, to: addresses)))
        return association
    }

    private mutating func forget(_ association: AssociationIdentifier) {
        unlist(association)
        guard let record = associations.removeValue(forKey: association) else { return }
        endUpdates(of: record.watched, ofEnded: association)
        tell(.associationEnded(association))
    }

    /// The transport hands a message back. Where it is a keep-alive, the element counts as unreachable (§3.5).
    private mutating func undeliverable(_ undelivered: UndeliveredMessage, on association: AssociationIdentifier) {
        guard let elements = associations[association]?.elements,
            let decoded = try? ASAPMessage.decode(undelivered.message.bytes),
            case .endpointKeepAlive(let keepAlive) = decoded.message
        else { return }
        // The keep-alive names only the pool; several of its elements may share the association.
        for location in elements {
            guard handlespace.handle(of: location) == keepAlive.pool, case .awaiting = handlespace[location].check
            else { continue }
            unreachable(location, .keepAliveUndeliverable)
        }
    }

    // MARK: Which elements an association has

    /// Notes that an element registered over an association, in place of the one it had.
    mutating func attach(_ location: ElementLocation, to association: AssociationIdentifier) {
        let old = handlespace[location].association
        guard old != association else { return }
        delist(location)
        enlist(location, with: association)
        if let old { releaseAssociation(old) }
    }

    /// The association by which an element is reached: the one that it has, one that leads to the same SCTP endpoint, or a new one.
    /// - Returns: nil where the element does not say where its ASAP endpoint is.
    mutating func reach(_ location: ElementLocation) -> AssociationIdentifier? {
        if let association = handlespace[location].association { return association }
        let addresses = handlespace.parameter(at: location).endpointAddresses
        guard !addresses.isEmpty else { return nil }
        var known: AssociationIdentifier?
        for address in addresses where known == nil { known = associationsByEndpoint[EndpointKey(address)] }
        let association = known ?? open(to: addresses)
        enlist(location, with: association)
        return association
    }

    private mutating func list(_ association: AssociationIdentifier) {
        // A TCP port of the same number is no SCTP endpoint.
        guard association.channel == .asap else { return }
        for address in associations[association]?.peerAddresses ?? [] {
            associationsByEndpoint[EndpointKey(address)] = association
        }
    }

    private mutating func unlist(_ association: AssociationIdentifier) {
        for address in associations[association]?.peerAddresses ?? []
        where associationsByEndpoint[EndpointKey(address)] == association {
            associationsByEndpoint[EndpointKey(address)] = nil
        }
    }

    mutating func enlist(_ location: ElementLocation, with association: AssociationIdentifier) {
        handlespace[location].association = association
        handlespace[location].position = Int32(associations[association]?.elements.count ?? 0)
        associations[association]?.elements.append(location)
    }

    /// The last element of the association takes the place of the one that goes.
    mutating func delist(_ location: ElementLocation) {
        let position = Int(handlespace[location].position)
        guard let association = handlespace[location].association else { return }
        handlespace[location].association = nil
        guard let last = associations[association]?.elements.popLast(), last != location else { return }
        associations[association]?.elements[position] = last
        handlespace[last].position = Int32(position)
    }

    /// Closes an association that was opened to probe elements, once it has none.
    mutating func releaseAssociation(_ association: AssociationIdentifier) {
        guard !association.isAccepted, let record = associations[association], record.elements.isEmpty else { return }
        outputs.append(.transport(record.isUp ? .shutDown(association) : .abort(association)))
    }

    /// Counts one more of a kind from an association and tells once that there are too many within a second.
    mutating func admits(
        _ window: WritableKeyPath<RegistrarAssociation, RateWindow>, _ limit: Int, _ association: AssociationIdentifier,
        at now: MonotonicInstant
    ) -> Bool {
        guard associations[association]?[keyPath: window].admits(limit, at: now) == true else {
            discard(.rateLimit, from: association)
            return false
        }
        return true
    }
}
