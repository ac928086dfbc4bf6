#if UserlandSCTP
    import CUserlandSCTP
    import Glibc
    import InternetAddresses

    // Opening, sending and ending associations.
    extension UserlandBackend {
        /// Opens to the first of the addresses that this endpoint and this host can reach: userland SCTP has one path.
        func open(_ identifier: AssociationIdentifier, to addresses: [SCTPAddress]) throws(SCTPTransportError) {
            guard !isClosing, let socket else { throw closedError }
            guard associations[identifier] == nil else {
                throw SCTPTransportError(.identifierInUse, "association identifier \(identifier) is in use; choose another")
            }
            guard associations.count < configuration.maximumAssociations else {
                throw SCTPTransportError(
                    .tooManyAssociations,
                    "the endpoint has \(associations.count) associations, its limit; close some or raise maximumAssociations")
            }
            let peer = try reachablePeer(addresses)
            var number: UInt32 = 0
            let error = socket.connect(to: peer.number, number: &number)
            guard error == 0 else { throw connectError(error, peer) }
            let association = UserlandAssociation(
                identifier, of: self, number: number, peer: peer, outboundStreams: configuration.streams)
            add(association)
        }

        func add(_ association: UserlandAssociation) {
            associations[association.identifier] = association
            byNumber[association.number] = association
            peers.setHasAssociation(true, association.peer)
            stack.add(association)
            refreshTags(of: association)
        }

        /// usrsctp chooses tags anew when associations collide or restart.
        func refreshTags(of association: UserlandAssociation) {
            guard let tags = socket?.tags(of: association.number) else { return }
            stack.setTags(of: association, local: tags.local, peer: tags.peer)
        }

        private func reachablePeer(_ addresses: [SCTPAddress]) throws(SCTPTransportError) -> UserlandPeer {
            var latest = SCTPTransportError(.noRoute, "no address to connect to was given")
            for address in addresses {
                guard address.port != 0, !address.ip.isUnspecified, !address.ip.isMulticast else {
                    latest = SCTPTransportError(
                        .noRoute, "\(address) is not the address of a peer; give a unicast address and a port above 0")
                    continue
                }
                guard let socket = udpSockets.first(where: { $0.ip.family == address.ip.family }) else {
                    latest = SCTPTransportError(
                        .noRoute,
                        "the endpoint is bound to \(udpSockets[0].ip) and cannot reach \(address), an address of the other family"
                    )
                    continue
                }
                let port = address.encapsulationPort ?? SCTPAddress.defaultEncapsulationPort
                var remote = userland_address(address.ip, port: port)
                var local = userland_address(socket.ip, port: 0)
                let error = unsafe userland_udp_source(&remote, &local)
                guard error == 0 else {
                    latest = SCTPTransportError(
                        .noRoute, "there is no route from \(socket.ip) to \(address): system error \(error)")
                    continue
                }
                let source = socket.ip.isUnspecified ? IPAddress(local) : nil
                if let peer = peers.peer(at: remote, port: address.port, local: source, of: socket) { return peer }
                latest = SCTPTransportError(
                    .tooManyAssociations,
                    "the endpoint has \(UserlandPeerTable.limit) peers, its limit; close some associations")
            }
            throw latest
        }

        private func connectError(_ error: CInt, _ peer: UserlandPeer) -> SCTPTransportError {
            let address = peer.address
            if error == EALREADY || error == EISCONN || error == EADDRINUSE {
                return SCTPTransportError(
                    .alreadyConnected, "the endpoint has an association with \(address) already, and SCTP allows no second one")
            }
            return SCTPTransportError(.system(error), "an association with \(address) cannot be opened: system error \(error)")
        }

        private var closedError: SCTPTransportError {
            SCTPTransportError(.endpointClosed, "the endpoint is closed or closing; open another")
        }

        func send(
            _ bytes: RawSpan, _ header: MessageHeader, on identifier: AssociationIdentifier
        ) throws(SCTPTransportError) {
            let association = try find(identifier)
            guard association.state != .closing else {
                throw SCTPTransportError(.closing, "association \(identifier) is closing and takes no more messages")
            }
            guard bytes.byteCount > 0, bytes.byteCount <= configuration.maximumMessageSize else {
                throw SCTPTransportError(
                    .messageSize,
                    "a message must have 1 to \(configuration.maximumMessageSize) bytes, not \(bytes.byteCount)")
            }
            guard header.stream < association.outboundStreams else {
                throw SCTPTransportError(
                    .invalidStream,
                    "association \(identifier) has \(association.outboundStreams) outbound streams, so \(header.stream) is none"
                )
            }
            let context = association.messagesSent
            let putOutBefore = UserlandStack.packetsPutOut
            let error = socket?.send(bytes, header, context: context, on: association.number) ?? ENOTCONN
            guard error == 0 else { throw sendError(error, association, length: bytes.byteCount) }
            association.messagesSent &+= 1
            stack.pushAtTurnEnd(association, wasPutOut: UserlandStack.packetsPutOut != putOutBefore)
            association.retained.add(bytes, context: context)
            if bytes.byteCount > RetainedMessages.longestUncut { retain(association) }
        }

        private func sendError(_ error: CInt, _ association: UserlandAssociation, length: Int) -> SCTPTransportError {
            switch error {
            case EAGAIN, ENOBUFS, ENOMEM:
                if !association.needsAttention { attention.append(association) }
                association.refusedLength = length
                return SCTPTransportError(
                    .sendQueueFull,
                    "association \(association.identifier) has its send queue full; wait until it is ready to send")
            case EMSGSIZE:
                return SCTPTransportError(.messageSize, "a message of \(length) bytes does not fit the send queue")
            case EINVAL:
                return SCTPTransportError(.invalidStream, "association \(association.identifier) has no such stream")
            default:
                return SCTPTransportError(
                    .closing,
                    "association \(association.identifier) is ending and takes no more messages: system error \(error)")
            }
        }

        // MARK: Room in the send queue, and what need not be kept

        private func retain(_ association: UserlandAssociation) {
            let queued = queuedBytes(of: association)
            let isListed = attention.last === association || attention.contains { $0 === association }
            association.retained.drop(unacknowledged: queued)
            if !isListed, association.needsAttention { attention.append(association) }
        }

        private func queuedBytes(of association: UserlandAssociation) -> Int {
            socket?.queuedBytes(of: association.number) ?? 0
        }

        /// On every tick: what arrived since, and which queues have room.
        func checkAttention() {
            guard !attention.isEmpty else { return }
            for association in attention { checkRoom(of: association) }
            attention.removeAll { !$0.needsAttention || associations[$0.identifier] !== $0 }
        }

        /// Tells of room once half of the queue is free, and enough for the message that had found none.
        func checkRoom(of association: UserlandAssociation) {
            let queued = queuedBytes(of: association)
            association.retained.drop(unacknowledged: queued)
            guard let refused = association.refusedLength, association.state == .opening || association.state == .up else {
                return
            }
            let limit = max(configuration.sendQueueLimit, configuration.maximumMessageSize)
            guard queued <= min(limit / 2, limit - refused) else { return }
            association.hasRoom = true
            stack.markReady(self)
        }

        // MARK: Ending

        func shutDown(_ identifier: AssociationIdentifier) throws(SCTPTransportError) {
            let association = try find(identifier)
            guard association.state != .closing else { return }
            beginShutDown(association)
        }

        func beginShutDown(_ association: UserlandAssociation) {
            association.state = .closing
            socket?.shutDown(association.number)
            stack.markReady(self)
        }

        func abort(_ identifier: AssociationIdentifier) throws(SCTPTransportError) {
            end(try find(identifier), because: .abortedLocally)
        }

        /// Aborts; the end itself is told with the endpoint's other events.
        func end(_ association: UserlandAssociation, because reason: AssociationEnd) {
            guard association.state != .ending else { return }
            let wasOpening = association.state == .opening
            association.state = .ending
            association.ownEnd = reason
            stack.markReady(self)
            guard wasOpening || reason == .unreachable else { return socket?.abort(association.number) ?? () }
            refreshTags(of: association)
            // Between COOKIE ECHO and COOKIE ACK the peer may have an association already.
            if association.peerTag != 0, reason != .unreachable {
                userland_send_abort(internalPort, association.peer.number, association.peerTag)
            }
            userland_take_abort(internalPort, association.peer.number, association.localTag)
        }
    }
#endif
