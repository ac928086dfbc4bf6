import RSerPoolParameters
import RequirementMarks
import SCTPTransport

// Messages from peers: RFC 5353 §3.4.1 for the unknown ones among them, §3.7 for messages that are not understood.
extension RegistrarEngine {
    mutating func receiveFromPeer(
        _ bytes: RawSpan, _ header: MessageHeader, _ association: AssociationIdentifier, at now: MonotonicInstant
    ) {
        guard let link = links[association] else { return discard(.unknownAssociation, from: association) }
        guard header.payloadProtocol == .enrp || header.payloadProtocol == .unspecified else {
            return discard(.payloadProtocol(header.payloadProtocol), from: association)
        }
        guard admits(bytes, from: association, at: now) else { return offend(.flood, link.peer, association) }
        do throws(WireError) {
            let decoded = try ENRPMessage.decode(bytes)
            handle(decoded.message, from: association, at: now)
            if !decoded.report.isEmpty {
                reportErrors(decoded.report, to: decoded.message.sender, over: association, at: now)
            }
        } catch {
            fulfils("enrp-3.7-R1")
            offend(.malformedMessage, link.peer, association)
            discard(.malformed(error), from: association, isFromPeer: true)
            reportErrors(error.report, to: link.peer ?? .undetermined, over: association, at: now)
        }
    }

    /// Counts a message without reading it. Updates and handle tables come in great numbers in good order; everything else is rare.
    private mutating func admits(_ bytes: RawSpan, from association: AssociationIdentifier, at now: MonotonicInstant) -> Bool {
        let limits = configuration.peers.limits
        guard links[association]?.messages.admits(limits.maximumMessagesPerSecond, at: now) == true else { return false }
        var reader = ParameterReader(bytes)
        let type = (try? reader.readUInt8()).flatMap { ENRPMessageType(rawValue: $0) }
        if type == .handleUpdate || type == .handleTableResponse { return true }
        if type == .handleTableRequest {
            return links[association]?.requests.admits(limits.maximumTableRequestsPerSecond, at: now) == true
        }
        return links[association]?.presences.admits(limits.maximumPresencesPerSecond, at: now) == true
    }

    private mutating func handle(_ message: ENRPMessage, from association: AssociationIdentifier, at now: MonotonicInstant) {
        let sender = message.sender
        // §3.2.1: no registrar has the identifier 0.
        guard sender != .undetermined else { return offend(.malformedMessage, links[association]?.peer, association) }
        guard sender != identifier else { return heardOwnIdentifier(over: association, at: now) }
        guard hear(sender, over: association, at: now) else { return }
        // §2.1: a message is for the registrar that it names, or for all.
        guard message.receiver == .undetermined || message.receiver == identifier else {
            fulfils("enrp-2.1-R7")
            // Who asks for a sign of life of a process that was here before is told who is here now.
            if case .presence(let presence) = message, presence.isReplyRequired {
                fulfils("enrp-2.1-R8")
                send(.presence(self.presence(to: sender)), over: association)
            }
            return offend(.wrongReceiver, sender, association)
        }
        switch message {
        case .presence(let presence): take(presence, over: association, at: now)
        case .listRequest(let request): answer(request, over: association)
        case .listResponse(let response): take(response, over: association, at: now)
        case .handleTableRequest(let request): answer(request, over: association, at: now)
        case .handleTableResponse(let response): take(response, over: association, at: now)
        case .handleUpdate(let update): take(update, over: association, at: now)
        case .initTakeover(let takeover): take(takeover, over: association, at: now)
        case .initTakeoverAcknowledgement(let acknowledgement): take(acknowledgement, at: now)
        case .takeoverServer(let takeover): take(takeover, over: association, at: now)
        case .error(let report):
            offend(.errorReported, sender, association)
            discard(.errorReported(report.causes), from: association, isFromPeer: true)
        }
    }

    /// §3.7: an ENRP_ERROR, unless there is nothing to tell.
    private mutating func reportErrors(
        _ causes: [ErrorCause], to receiver: RegistrarIdentifier, over association: AssociationIdentifier,
        at now: MonotonicInstant
    ) {
        let limit = configuration.limits.maximumErrorsPerSecond
        guard !causes.isEmpty, links[association]?.errors.admits(limit, at: now) == true else { return }
        fulfils("enrp-3.7-R2")
        send(
            .error(ENRPMessage.ErrorReport(sender: identifier, receiver: receiver, causes: causes)), over: association)
    }

    // MARK: Offences

    /// Counts what a peer does wrong, and tells of each kind once; of somebody who is no peer, the transport's event is all.
    mutating func offend(
        _ offence: PeerOffence, _ identifier: RegistrarIdentifier?, _ association: AssociationIdentifier? = nil
    ) {
        guard let identifier, let isFirst = peers.change(identifier, { $0.offences.count(offence) }) else {
            if let association, links[association]?.isReported == false {
                links[association]?.isReported = true
                discard(.stranger(offence), from: association)
            }
            return
        }
        if isFirst { tell(.offence(offence, identifier)) }
    }

    /// A discarded message of a peer's is told of once with its reason; ``PeerOffences`` has the count.
    private mutating func discard(_ reason: DiscardReason, from association: AssociationIdentifier, isFromPeer: Bool) {
        guard links[association]?.isReported == false else { return }
        links[association]?.isReported = true
        discard(reason, from: association)
    }
}
