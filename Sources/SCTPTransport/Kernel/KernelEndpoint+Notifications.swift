import CKernelSCTP

/// What the kernel tells (RFC 6458 §6.1), put into the order that ``SCTPNotification`` promises.
extension KernelEndpoint {
    func handle(notification bytes: RawSpan) {
        let notification = KernelSocket.parse(bytes)
        if let ending, notification.event != kernel_sctp_send_failure || notification.number != ending.number {
            finishEnding()
        }
        let known = association(number: notification.number)
        switch notification.event {
        case kernel_sctp_association_up:
            associationIsUp(known, notification)
        case kernel_sctp_association_restarted:
            guard let known else { return }
            known.partialMessage = []
            known.partialHeader = nil
            known.failedPaths = []
            known.outboundStreams = notification.outbound_streams
            tell(.restarted(details(of: known, notification)), known)
        case kernel_sctp_association_lost:
            guard let known else { return }
            expectEnd(.lost(known.isUp ? lossReason(notification, known) : failureReason(notification, known)), of: known)
        case kernel_sctp_association_failed:
            guard let known else { return }
            expectEnd(.failed(failureReason(notification, known)), of: known)
        case kernel_sctp_association_shut_down:
            guard let known else { return }
            expectEnd(.shutDown, of: known)
        case kernel_sctp_peer_shuts_down:
            guard let known, known.isUp, !known.isAborting else { return }
            known.isPeerClosing = true
            tell(.peerIsClosing, known)
        case kernel_sctp_path_change:
            guard let known, let address = SCTPAddress(notification.path) else { return }
            pathChanged(address, notification.path_state, of: known)
        case kernel_sctp_send_failure:
            guard let known else { return }
            takeBack(bytes, notification, of: known)
        case kernel_sctp_delivery_aborted:
            known?.partialMessage = []
            known?.partialHeader = nil
        case kernel_sctp_sender_dry:
            guard let known, known.end == nil else { return }
            senderIsDry(known)
        default:
            return
        }
    }

    private func tell(_ notification: SCTPNotification, _ association: KernelAssociation) {
        delegate?.backend(didNotify: notification, of: association.identifier)
    }

    // MARK: Beginning

    private func associationIsUp(_ known: KernelAssociation?, _ notification: kernel_sctp_notification) {
        let association: KernelAssociation
        if let known {
            association = known
        } else {
            guard case .open = life, let identifier = delegate?.backendNextAcceptedIdentifier() else {
                _ = kernel_sctp_abort(socket.descriptor, notification.number)
                return
            }
            association = KernelAssociation(
                identifier, number: notification.number, openedAt: loop.now, outboundStreams: notification.outbound_streams)
            association.timing = timing
            insert(association)
        }
        association.outboundStreams = notification.outbound_streams
        association.isUp = true
        let details = details(of: association, notification)
        association.pathCount = max(1, details.peerAddresses.count)
        tell(.up(details), association)
        serve(association)
    }

    private func details(
        of association: KernelAssociation, _ notification: kernel_sctp_notification
    ) -> AssociationDetails {
        AssociationDetails(
            peerAddresses: peerAddresses(of: association), inboundStreams: notification.inbound_streams,
            outboundStreams: notification.outbound_streams)
    }

    // MARK: Paths

    private func pathChanged(_ address: SCTPAddress, _ state: kernel_sctp_path_state, of association: KernelAssociation) {
        guard let pathState = PathState(state) else { return }
        switch pathState {
        case .unreachable, .potentiallyFailed:
            if association.failedPaths.isEmpty { association.failingSince = loop.now }
            if !association.failedPaths.contains(address) { association.failedPaths.append(address) }
        case .available, .confirmed, .removed:
            association.failedPaths.removeAll { $0 == address }
        case .added, .madePrimary:
            break
        }
        // Before the association is up there is nobody to whom its paths would mean something.
        if association.isUp, association.end == nil, !association.isAborting {
            tell(.path(address, pathState), association)
        }
    }

    // MARK: End

    /// Waits for the messages that the kernel hands back: it does that after telling the end.
    private func expectEnd(_ notification: SCTPNotification, of association: KernelAssociation) {
        // What is still in the batch is refused now and handed back with the rest.
        flush()
        association.end = notification
        ending = association
    }

    private func lossReason(
        _ notification: kernel_sctp_notification, _ association: KernelAssociation
    ) -> AssociationEnd {
        if association.isAborting { return .abortedLocally }
        if notification.has_abort_causes { return .abortedByPeer }
        guard notification.error == 0 else { return .other(Int32(notification.error)) }
        // An ABORT without causes looks like used-up retransmissions; but these leave paths in trouble and take their time.
        guard !association.failedPaths.isEmpty else { return .abortedByPeer }
        let leastTime = association.timing.lossTime(paths: association.pathCount) / 2
        return loop.now - association.failingSince < leastTime ? .abortedByPeer : .unreachable
    }

    private func failureReason(
        _ notification: kernel_sctp_notification, _ association: KernelAssociation
    ) -> AssociationEnd {
        if association.isAborting { return .abortedLocally }
        guard notification.error == 0 else { return .abortedByPeer }
        // Here only the time tells an ABORT without causes from an INIT that nobody answered.
        return loop.now - association.openedAt < association.initiationTime * 0.9 ? .abortedByPeer : .unreachable
    }

    func finishEnding() {
        guard let association = ending, let end = association.end else { return }
        ending = nil
        if association.hasReturnedFragments { giveReturned(MessageHeader(), of: association) }
        refusing.removeAll { $0 === association }
        tellRefused(association)
        for message in association.queue.removeAll() { handBack(message, mayHaveArrived: false, of: association) }
        remove(association)
        tell(end, association)
        completeIfEmpty()
    }

    // MARK: Messages handed back

    /// The kernel returns a message fragment by fragment, those that arrived included.
    private func takeBack(
        _ bytes: RawSpan, _ notification: kernel_sctp_notification, of association: KernelAssociation
    ) {
        if notification.is_first_fragment {
            association.returned = []
            association.wasReturnedSent = false
        }
        association.hasReturnedFragments = true
        association.wasReturnedSent = association.wasReturnedSent || notification.was_sent
        let data = bytes.extracting(droppingFirst: Int(notification.data_offset))
        unsafe data.withUnsafeBytes { unsafe association.returned.append(contentsOf: $0) }
        guard notification.is_last_fragment else { return }
        let header = MessageHeader(
            payloadProtocol: PayloadProtocolIdentifier(rawValue: notification.payload_protocol), stream: notification.stream,
            isUnordered: notification.is_unordered)
        giveReturned(header, of: association)
    }

    private func giveReturned(_ header: MessageHeader, of association: KernelAssociation) {
        let message = SCTPMessage(association.returned, header)
        association.returned = []
        association.hasReturnedFragments = false
        handBack(message, mayHaveArrived: association.wasReturnedSent, of: association)
    }
}

extension PathState {
    fileprivate init?(_ state: kernel_sctp_path_state) {
        switch state {
        case kernel_sctp_path_available: self = .available
        case kernel_sctp_path_unreachable: self = .unreachable
        case kernel_sctp_path_removed: self = .removed
        case kernel_sctp_path_added: self = .added
        case kernel_sctp_path_made_primary: self = .madePrimary
        case kernel_sctp_path_confirmed: self = .confirmed
        case kernel_sctp_path_potentially_failed: self = .potentiallyFailed
        default: return nil
        }
    }
}
