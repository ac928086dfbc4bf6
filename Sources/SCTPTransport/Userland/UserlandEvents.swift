#if UserlandSCTP
    import CUserlandSCTP
    import InternetAddresses

    // From usrsctp's events to the seam's.
    extension UserlandBackend {
        /// Takes every event off the socket, unless reading is paused.
        func drain() {
            var event = userland_event()
            while !isPaused, let socket, socket.receive(&event) {
                take(event)
            }
            if !failing.isEmpty { flushFailures() }
            if !attention.isEmpty { tellOfRoom() }
            finishIfClosed()
        }

        private func take(_ event: userland_event) {
            if event.kind == userland_event_up { return takeUp(event) }
            guard let association = byNumber[event.association] else { return }
            switch event.kind {
            case userland_event_message:
                takeMessage(event, association)
            case userland_event_restarted:
                flushFailures(of: association)
                association.partial = []
                association.outboundStreams = event.outbound_streams
                refreshTags(of: association)
                tell(.restarted(details(event, association)), association)
            case userland_event_lost:
                end(association, with: .lost(reason(event, association)))
            case userland_event_failed:
                end(association, with: .failed(reason(event, association)))
            case userland_event_shut_down:
                // The stack tells of a shutdown that was cut short by a local abort as one that was completed.
                end(association, with: association.ownEnd.map { .lost($0) } ?? .shutDown)
            case userland_event_peer_is_closing:
                guard association.state == .up else { return }
                association.state = .closing
                tell(.peerIsClosing, association)
            case userland_event_send_failed:
                takeFailure(event, association)
            case userland_event_path:
                tell(.path(association.peer.address, PathState(event.path_state)), association)
            case userland_event_partial_delivery_aborted:
                association.partial = []
            default:
                break
            }
        }

        private func tell(_ notification: SCTPNotification, _ association: UserlandAssociation) {
            delegate.backend(didNotify: notification, of: association.identifier)
        }

        // MARK: Beginning and end

        private func takeUp(_ event: userland_event) {
            let association: UserlandAssociation
            if let known = byNumber[event.association] {
                association = known
                guard known.state != .ending else { return }
                if known.state == .opening { known.state = .up }
            } else {
                guard let peer = peers[event.peer] else {
                    // The cookie of a peer that has lost its number since.
                    socket?.abort(event.association)
                    return
                }
                guard !isClosing, let identifier = delegate.backendNextAcceptedIdentifier() else {
                    socket?.abort(event.association)
                    return
                }
                association = UserlandAssociation(
                    identifier, of: self, number: event.association, peer: peer,
                    outboundStreams: event.outbound_streams)
                association.state = .up
                add(association)
            }
            association.outboundStreams = event.outbound_streams
            refreshTags(of: association)
            tell(.up(details(event, association)), association)
        }

        private func details(_ event: userland_event, _ association: UserlandAssociation) -> AssociationDetails {
            AssociationDetails(
                peerAddresses: [association.peer.address], inboundStreams: event.inbound_streams,
                outboundStreams: event.outbound_streams)
        }

        private func reason(_ event: userland_event, _ association: UserlandAssociation) -> AssociationEnd {
            if let own = association.ownEnd { return own }
            if event.aborted_by_peer { return .abortedByPeer }
            return stack.isInTimers ? .unreachable : .abortedLocally
        }

        private func end(_ association: UserlandAssociation, with notification: SCTPNotification) {
            flushFailures(of: association)
            association.state = .ending
            associations[association.identifier] = nil
            byNumber[association.number] = nil
            attention.removeAll { $0 === association }
            stack.remove(association)
            peers.setHasAssociation(false, association.peer)
            tell(notification, association)
        }

        // MARK: Messages

        private func takeMessage(_ event: userland_event, _ association: UserlandAssociation) {
            guard association.state != .ending else { return }
            let header = MessageHeader(
                payloadProtocol: PayloadProtocolIdentifier(rawValue: event.payload_protocol), stream: event.stream,
                isUnordered: event.is_unordered)
            guard association.partial.count + event.length <= configuration.maximumMessageSize else {
                association.partial = []
                return end(association, because: .abortedLocally)
            }
            UserlandSocket.withBytes(of: event) { part in
                if event.is_complete, association.partial.isEmpty {
                    return delegate.backend(didReceive: part, header, on: association.identifier)
                }
                association.partial.append(part)
                guard event.is_complete else { return }
                let whole = association.partial
                association.partial = []
                unsafe delegate.backend(didReceive: whole.span.bytes, header, on: association.identifier)
            }
        }

        private func takeFailure(_ event: userland_event, _ association: UserlandAssociation) {
            if association.failures.last?.context != event.context {
                if association.failures.isEmpty { failing.append(association) }
                let header = MessageHeader(
                    payloadProtocol: PayloadProtocolIdentifier(rawValue: event.payload_protocol), stream: event.stream,
                    isUnordered: event.is_unordered)
                association.failures.append(
                    SendFailure(context: event.context, message: SCTPMessage([], header), mayHaveArrived: false))
            }
            let last = association.failures.count - 1
            UserlandSocket.withBytes(of: event) { association.failures[last].message.bytes.append($0) }
            if event.was_sent { association.failures[last].mayHaveArrived = true }
        }

        private func flushFailures() {
            let associations = failing
            failing = []
            for association in associations { flushFailures(of: association) }
        }

        /// Hands failed messages back, in the order in which they were sent. usrsctp tells of them stream by stream, and of one
        /// that it had begun to cut twice.
        private func flushFailures(of association: UserlandAssociation) {
            guard !association.failures.isEmpty else { return }
            let next = association.messagesSent
            // By age: numbers wrap, so what is compared is how long before the next one they were given.
            let parts = association.failures.sorted { next &- $0.context > next &- $1.context }
            association.failures = []
            var failures: [SendFailure] = []
            for part in parts {
                if let last = failures.indices.last, failures[last].context == part.context {
                    failures[last].message.bytes += part.message.bytes
                    failures[last].mayHaveArrived = failures[last].mayHaveArrived || part.mayHaveArrived
                } else {
                    failures.append(part)
                }
            }
            for var failure in failures {
                if let whole = association.retained.bytes(context: failure.context) { failure.message.bytes = whole }
                tell(
                    .sendFailed(UndeliveredMessage(message: failure.message, mayHaveArrived: failure.mayHaveArrived)),
                    association)
            }
        }

        private func tellOfRoom() {
            for association in attention where association.hasRoom {
                association.hasRoom = false
                association.refusedLength = nil
                guard association.state == .opening || association.state == .up else { continue }
                tell(.readyToSend, association)
            }
        }
    }
#endif
