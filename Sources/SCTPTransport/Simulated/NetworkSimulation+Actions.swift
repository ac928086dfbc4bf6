extension NetworkSimulation {
    /// Does what an endpoint's engine asks for. What follows comes as deliveries, never from within the call.
    /// - Throws: as the functions of ``LoopEndpoint`` do; `unknownAssociation` also for an endpoint that has gone.
    public func perform(_ action: SCTPAction, by node: SimulatedNodeIdentifier) throws(SCTPTransportError) {
        switch action {
        case .open(let association, let addresses):
            try open(association, to: addresses, by: node)
        case .send(let association, let message):
            let end = try end(association, of: node)
            guard !message.bytes.isEmpty, message.bytes.count <= end.node.configuration.maximumMessageSize else {
                throw SCTPTransportError(
                    .messageSize,
                    "a message of \(message.bytes.count) bytes cannot be sent: 1 to "
                        + "\(end.node.configuration.maximumMessageSize) are allowed")
            }
            try queue(message, end)
        case .shutDown(let association):
            let end = try end(association, of: node)
            switch end.state {
            case .initiating, .confirming:
                guard !end.closesOnceUp else {
                    throw SCTPTransportError(.closing, "association \(association) is closing already")
                }
                // What was sent is still to be delivered; without that there is nothing to come up for.
                end.closesOnceUp = true
                if end.outgoing.isEmpty { finish(end, .failed(.abortedLocally)) }
            case .established:
                end.state = .shutDownPending
                pushOut(end)
            case .shutDownPending, .shutDownSent, .shutDownReceived, .shutDownAcknowledged:
                throw SCTPTransportError(.closing, "association \(association) is closing already")
            }
        case .abort(let association):
            let end = try end(association, of: node)
            if end.peerTag != 0 { transmit(.abort, end) }
            finish(end, end.isUp ? .lost(.abortedLocally) : .failed(.abortedLocally))
        }
    }

    private func open(
        _ association: AssociationIdentifier, to addresses: [SCTPAddress], by identifier: SimulatedNodeIdentifier
    ) throws(SCTPTransportError) {
        guard let node = nodes[identifier] else { throw LoopEndpoint.unknown(association) }
        guard node.endsByIdentifier[association] == nil else {
            throw SCTPTransportError(.identifierInUse, "association \(association) is there already; choose another number")
        }
        guard node.endsByIdentifier.count < node.configuration.maximumAssociations else {
            throw SCTPTransportError(
                .tooManyAssociations, "the endpoint has \(node.endsByIdentifier.count) associations and may have no more")
        }
        // A simulated network has no encapsulation.
        let peers = addresses.map { SCTPAddress($0.ip, port: $0.port) }
        for peer in peers where node.endsByPeer[peer] != nil {
            throw LoopEndpoint.alreadyConnected(peer)
        }
        let end = SimulatedEnd(association, of: node, tag: nextTag(), state: .initiating, peers: peers)
        guard !end.paths.isEmpty else { throw .reaching("\(addresses.first.map { "\($0)" } ?? "a peer without address")", 97) }
        ends[end.tag] = end
        node.endsByIdentifier[association] = end
        for path in end.paths { node.endsByPeer[path.remote] = end }
        sendInitiate(end)
        startTimer(end)
    }

    func end(
        _ association: AssociationIdentifier, of node: SimulatedNodeIdentifier
    ) throws(SCTPTransportError) -> SimulatedEnd {
        guard let end = nodes[node]?.endsByIdentifier[association] else { throw LoopEndpoint.unknown(association) }
        return end
    }

    /// The peer's addresses, the primary one first.
    /// - Throws: `unknownAssociation`.
    public func peerAddresses(
        of association: AssociationIdentifier, at node: SimulatedNodeIdentifier
    ) throws(SCTPTransportError) -> [SCTPAddress] {
        try end(association, of: node).details.peerAddresses
    }

    /// The smoothed round-trip time of the primary path; nil before the first measurement.
    /// - Throws: `unknownAssociation`.
    public func roundTripTime(
        of association: AssociationIdentifier, at node: SimulatedNodeIdentifier
    ) throws(SCTPTransportError) -> Duration? {
        let end = try end(association, of: node)
        return end.paths[end.primary].smoothedRoundTrip
    }

    /// Changes the time-outs of one association, or with nil of all later ones.
    /// - Throws: `unknownAssociation`.
    public func setTiming(
        _ timing: SCTPTiming, of association: AssociationIdentifier?, at node: SimulatedNodeIdentifier
    ) throws(SCTPTransportError) {
        guard let association else {
            nodes[node]?.timing = timing
            return
        }
        let end = try end(association, of: node)
        end.timing = timing
        for index in end.paths.indices { end.resetTimeout(ofPath: index) }
        if end.isUp { startHeartbeats(end) }
    }
}
