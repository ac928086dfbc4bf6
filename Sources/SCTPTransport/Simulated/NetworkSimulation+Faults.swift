import InternetAddresses

/// How an endpoint ends without closing.
public enum SimulatedCrash: Hashable, Sendable {
    /// With its host: nobody answers for it any more, and its peers find out by their timers.
    case host
    /// The process only: the host's stack answers what still comes for it with ABORT (RFC 9260 §8.4).
    case process
    /// The process, whose stack sends an ABORT on every association at once, as a kernel's may.
    case aborting
}

// Failures of endpoints and associations. Those of the network are paths, partitions and delays.
extension NetworkSimulation {
    /// Ends an endpoint as a crash does: it hears nothing any more, not even what is under way. Another endpoint may take its
    /// addresses and port at once, as a process that is started again.
    public func crash(_ identifier: SimulatedNodeIdentifier, _ how: SimulatedCrash) {
        guard let node = nodes[identifier] else { return }
        if how == .aborting {
            // Ascending, so that every run is the same.
            for association in node.endsByIdentifier.keys.sorted() {
                if let end = node.endsByIdentifier[association], end.peerTag != 0 { transmit(.abort, end) }
            }
        }
        for address in node.addresses {
            if how == .host { livingHosts.remove(address.ip) } else { livingHosts.insert(address.ip) }
        }
        kill(identifier)
    }

    /// Has one side of an association give up, as if nothing had been acknowledged for too long; the other side learns of it
    /// when it sends.
    /// - Throws: `unknownAssociation`.
    public func fail(
        _ association: AssociationIdentifier, of node: SimulatedNodeIdentifier
    ) throws(SCTPTransportError) {
        let end = try end(association, of: node)
        finish(end, end.isUp ? .lost(.unreachable) : .failed(.unreachable))
    }

    /// Has an association restart (RFC 9260 §5.2.2) as its peer's stack does that lost its state: this side is told, keeps the
    /// identifier, and what was under way in either direction is lost. The peer's user is told of a restart too.
    /// - Throws: `unknownAssociation`, also where the peer has gone or the association is not up.
    public func restart(
        _ association: AssociationIdentifier, of node: SimulatedNodeIdentifier
    ) throws(SCTPTransportError) {
        let end = try end(association, of: node)
        guard end.isUp, let peer = ends[end.peerTag], peer.isUp, peer.peerTag == end.tag else {
            throw LoopEndpoint.unknown(association)
        }
        let (tag, peerTag) = (nextTag(), nextTag())
        let fresh = renew(end, as: tag, peerTag: peerTag)
        let freshPeer = renew(peer, as: peerTag, peerTag: tag)
        notify(.restarted(fresh.details), fresh)
        notify(.restarted(freshPeer.details), freshPeer)
    }

    private func renew(_ end: SimulatedEnd, as tag: UInt64, peerTag: UInt64) -> SimulatedEnd {
        let fresh = SimulatedEnd(end.identifier, of: end.node, tag: tag, state: .established, peers: end.paths.map(\.remote))
        fresh.timing = end.timing
        fresh.peerTag = peerTag
        fresh.inboundStreams = end.inboundStreams
        fresh.outboundStreams = end.outboundStreams
        fresh.peerWindow = ends[end.peerTag]?.node.configuration.receiveQueueLimit ?? end.peerWindow
        handBack(end)
        remove(end)
        ends[tag] = fresh
        fresh.node.endsByIdentifier[fresh.identifier] = fresh
        for path in fresh.paths { fresh.node.endsByPeer[path.remote] = fresh }
        startHeartbeats(fresh)
        return fresh
    }
}
