import InternetAddresses

extension NetworkSimulation {
    func isReachable(_ destination: IPAddress, from source: IPAddress) -> Bool {
        // Nearly always all of these are empty, and every packet comes by twice.
        (disconnected.isEmpty || !disconnected.contains(source) && !disconnected.contains(destination))
            && (groups.isEmpty || groups[source] == groups[destination])
            && (blocked.isEmpty || !blocked.contains(AddressPair(source: source, destination: destination)))
    }

    /// Puts a packet on its way; it may be lost.
    func transmit(_ packet: SimulatedPacket) {
        guard let delay = delay(from: packet.source.ip, to: packet.destination.ip) else { return }
        schedule.add(.arrival(packet), at: MonotonicInstant(nanoseconds: now.nanoseconds + delay))
    }

    /// How many nanoseconds a packet takes from one address to another; nil where it is lost.
    func delay(from source: IPAddress, to destination: IPAddress) -> UInt64? {
        packetsSent &+= 1
        let path = paths.isEmpty ? defaultCost : paths[AddressPair(source: source, destination: destination)] ?? defaultCost
        // Drawn for every packet, so that a change of one path's loss does not shift the others' fortunes more than it must.
        let isLost = random.nextFraction() < path.loss
        var latency = path.latency
        if path.jitter > 0 { latency += UInt64(Double(path.jitter) * random.nextFraction()) }
        if !extraDelays.isEmpty { latency += (extraDelays[source] ?? 0) + (extraDelays[destination] ?? 0) }
        guard !isLost, isReachable(destination, from: source), schedule.count < NetworkSimulation.scheduleLimit else {
            packetsLost &+= 1
            return nil
        }
        return latency
    }

    func transmit(_ content: SimulatedPacket.Content, _ end: SimulatedEnd, path index: Int? = nil) {
        let path = end.paths[index ?? end.primary]
        transmit(
            SimulatedPacket(
                source: path.local, destination: path.remote, destinationTag: end.peerTag, sourceTag: end.tag,
                content: content))
    }

    /// Answers a packet that belongs to no association here.
    private func answer(_ packet: SimulatedPacket, _ content: SimulatedPacket.Content, tag: UInt64 = 0) {
        transmit(
            SimulatedPacket(
                source: packet.destination, destination: packet.source, destinationTag: packet.sourceTag, sourceTag: tag,
                content: content))
    }

    func receive(_ packet: SimulatedPacket) {
        // A path that was cut while the packet was under way.
        guard isReachable(packet.destination.ip, from: packet.source.ip) else {
            packetsLost &+= 1
            return
        }
        switch packet.content {
        case .initiate(let peer):
            guard isHostUp(packet.destination.ip) else { return }
            let node = bindings[packet.destination]
            guard let node, node.acceptsAssociations || node.endsByPeer[packet.source] != nil else {
                return answer(packet, .abort)
            }
            initiated(packet, by: peer, at: node)
        case .confirm(let own, let peer):
            guard let node = bindings[packet.destination] else { return }
            confirm(packet, own: own, peer: peer, at: node)
        default:
            // Tags are never used again, and go with their endpoint.
            guard let end = ends[packet.destinationTag] else { return outOfTheBlue(packet) }
            receive(packet, end)
        }
    }

    private func isHostUp(_ address: IPAddress) -> Bool {
        endpointsByHost[address] != nil || livingHosts.contains(address)
    }

    /// RFC 9260 §8.4.
    private func outOfTheBlue(_ packet: SimulatedPacket) {
        guard isHostUp(packet.destination.ip) else { return }
        switch packet.content {
        case .abort, .shutDownComplete: break
        case .shutDownAcknowledge: answer(packet, .shutDownComplete)
        default: answer(packet, .abort)
        }
    }

    private func receive(_ packet: SimulatedPacket, _ end: SimulatedEnd) {
        switch packet.content {
        case .initiate, .confirm: break
        case .accept(let peer, let echo): accepted(end, by: peer, echo: echo)
        case .confirmed: if end.state == .confirming { cameUp(end) }
        case .data(let number, let streamNumber, let message): received(number, streamNumber, message, end)
        case .acknowledge(let next, let number, let window): acknowledged(next, number, window, end)
        case .heartbeat(let path, let sent):
            // Answered on the path on which it came.
            let back = end.paths.firstIndex { $0.remote == packet.source }
            transmit(.heartbeatAcknowledge(path: path, sent: sent), end, path: back)
        case .heartbeatAcknowledge(let path, let sent):
            guard path < end.paths.count else { return }
            end.paths[path].awaitsHeartbeat = false
            end.measured(now - sent, onPath: path)
            pathAnswered(path, end)
        case .shutDown: peerShutsDown(end)
        case .shutDownAcknowledge:
            guard end.state == .shutDownSent || end.state == .shutDownAcknowledged else { return }
            transmit(.shutDownComplete, end)
            finish(end, .shutDown)
        case .shutDownComplete:
            if end.state == .shutDownAcknowledged { finish(end, .shutDown) }
        case .abort:
            finish(end, end.isUp ? .lost(.abortedByPeer) : .failed(.abortedByPeer))
        }
    }

    // MARK: Set-up (RFC 9260 §5)

    private func introduction(of node: SimulatedNode, tag: UInt64) -> SimulatedPacket.Introduction {
        SimulatedPacket.Introduction(
            tag: tag, addresses: node.addresses, streams: node.configuration.streams,
            window: node.configuration.receiveQueueLimit)
    }

    func sendInitiate(_ end: SimulatedEnd) {
        transmit(.initiate(introduction(of: end.node, tag: end.tag)), end)
    }

    func nextTag() -> UInt64 {
        lastTag += 1
        return lastTag
    }

    private func initiated(_ packet: SimulatedPacket, by peer: SimulatedPacket.Introduction, at node: SimulatedNode) {
        // An end that is opening towards the same peer answers under its own tag, so both become one association (§5.2.1).
        let existing = node.endsByPeer[packet.source]
        let isOpening = existing.map { !$0.isUp } ?? false
        let tag = isOpening ? existing!.tag : nextTag()
        answer(packet, .accept(introduction(of: node, tag: tag), echo: peer), tag: tag)
    }

    private func accepted(
        _ end: SimulatedEnd, by peer: SimulatedPacket.Introduction, echo: SimulatedPacket.Introduction
    ) {
        guard end.state == .initiating else { return }
        end.peerTag = peer.tag
        end.confirmation = (own: peer, echo: echo)
        end.state = .confirming
        end.errors = 0
        adopt(peer, end)
        transmit(.confirm(peer, echo: echo), end)
        startTimer(end)
    }

    /// Takes over what the peer said of itself.
    private func adopt(_ peer: SimulatedPacket.Introduction, _ end: SimulatedEnd) {
        // The address that answered stays first.
        let first = end.paths[end.primary].remote
        for path in end.paths { end.node.endsByPeer[path.remote] = nil }
        end.setPeers([first] + peer.addresses.filter { $0 != first })
        for path in end.paths { end.node.endsByPeer[path.remote] = end }
        end.outboundStreams = min(end.node.configuration.streams, peer.streams)
        end.inboundStreams = end.outboundStreams
        end.peerWindow = peer.window
    }

    private func confirm(
        _ packet: SimulatedPacket, own: SimulatedPacket.Introduction, peer: SimulatedPacket.Introduction, at node: SimulatedNode
    ) {
        if let end = ends[own.tag], end.node === node {
            if end.isUp, end.peerTag == peer.tag { return transmit(.confirmed, end) }
            guard !end.isUp else { return }
            // Both sides opened at once.
            end.peerTag = peer.tag
            adopt(peer, end)
            transmit(.confirmed, end)
            return cameUp(end)
        }
        if let end = node.endsByPeer[packet.source], end.isUp { return restart(end, as: own.tag, peer) }
        guard node.acceptsAssociations, node.endsByIdentifier.count < node.configuration.maximumAssociations else {
            return answer(packet, .abort)
        }
        node.accepted += 1
        let end = SimulatedEnd(
            AssociationIdentifier(accepted: node.accepted, channel: node.configuration.channel), of: node, tag: own.tag,
            state: .confirming, peers: [packet.source])
        end.peerTag = peer.tag
        ends[own.tag] = end
        node.endsByIdentifier[end.identifier] = end
        adopt(peer, end)
        transmit(.confirmed, end)
        cameUp(end)
    }

    /// The peer started anew (RFC 9260 §5.2.2): the association goes on under its identifier, what was under way is handed back.
    private func restart(_ end: SimulatedEnd, as tag: UInt64, _ peer: SimulatedPacket.Introduction) {
        let fresh = SimulatedEnd(
            end.identifier, of: end.node, tag: tag, state: .established, peers: [end.paths[end.primary].remote])
        fresh.timing = end.timing
        fresh.peerTag = peer.tag
        handBack(end)
        remove(end)
        ends[tag] = fresh
        fresh.node.endsByIdentifier[fresh.identifier] = fresh
        adopt(peer, fresh)
        transmit(.confirmed, fresh)
        notify(.restarted(fresh.details), fresh)
        startHeartbeats(fresh)
    }

    private func cameUp(_ end: SimulatedEnd) {
        stopTimer(end)
        end.state = .established
        end.errors = 0
        end.confirmation = nil
        notify(.up(end.details), end)
        startHeartbeats(end)
        if end.closesOnceUp { end.state = .shutDownPending }
        pushOut(end)
    }
}
