import ASAP
import RSerPoolParameters
import RequirementMarks
import SCTPTransport

/// Times at which a registrar acts towards its peers. A timer that fires for nothing does nothing.
enum PeerTimer: Hashable, Sendable {
    /// Initialisation begins (§3.2).
    case start
    /// The mentor does not answer, or discovery or the wait before the next round is over (§3.2).
    case mentor
    /// PEER-HEARTBEAT-CYCLE (§3.4.2).
    case heartbeat
    /// MAX-TIME-LAST-HEARD has perhaps gone by for a peer (§3.4.3).
    case silence(RegistrarIdentifier)
    /// MAX-TIME-NO-RESPONSE has gone by for a peer that was asked for a sign of life (§3.4.3).
    case probe(RegistrarIdentifier)
    /// A peer is taken over by another registrar, which has not said that it did (§3.5.1).
    case inactivity(RegistrarIdentifier)
    /// Acknowledgements of a takeover are missing (§3.5.1).
    case arbitration(RegistrarIdentifier)
    /// The next part of a handle table does not come (§3.6.3).
    case table(RegistrarIdentifier)
    /// The next part of a handle table is not asked for (§3.2.3).
    case download(RegistrarIdentifier)
    /// (N + 1) × T6-Serverannounce (RFC 5352 §3.6).
    case serverAnnounce
}

// RFC 5353 §3.4: the peer list, and how the registrar knows that a peer is there.
extension RegistrarEngine {
    mutating func actOnPeerTimers(at now: MonotonicInstant) {
        while let timer = timers.popDue(at: now) {
            switch timer {
            case .start: start(at: now)
            case .mentor: mentorTimerFired(at: now)
            case .heartbeat: heartbeat(at: now)
            case .silence(let peer): checkSilence(of: peer, at: now)
            case .probe(let peer):
                fulfils("enrp-3.4.3-R5")
                giveUp(peer, at: now)
            case .inactivity(let peer): takeoverExpired(of: peer, at: now)
            case .arbitration(let target): arbitrationTimedOut(target, at: now)
            case .table(let peer): resynchronisationFailed(peer, .noResponse, at: now)
            case .download(let peer):
                fulfils("enrp-3.2.3-R22")
                closeDownload(of: peer)
            case .serverAnnounce: announceServer(at: now)
            }
        }
    }

    // MARK: §3.4.1 Discovering new peers

    /// How often the other end of an association may show another identifier before the association is aborted.
    static var maximumRenamings: Int { 8 }

    /// Notes that a message came from a peer, over its association.
    /// - Returns: false where the message is not to be taken.
    mutating func hear(
        _ identifier: RegistrarIdentifier, over association: AssociationIdentifier, at now: MonotonicInstant
    ) -> Bool {
        if let other = links[association]?.peer, other != identifier {
            // One process has one identifier (§2.1). It has drawn another one while it initialised, or it is not the process that was
            // expected here. Nobody does that often.
            links[association]?.peer = nil
            links[association]?.isHeard = false
            links[association]?.renamings += 1
            replaced(other, on: association, at: now)
            guard links[association]?.renamings ?? 0 <= Self.maximumRenamings else {
                links[association] = nil
                outputs.append(.transport(.abort(association)))
                tell(.associationRefused(association))
                return false
            }
        }
        links[association]?.peer = identifier
        links[association]?.isHeard = true
        links[association]?.sharesIdentifier = false
        // §3.5.1: it lives, so nobody is told any more that it was taken over.
        takeoversWon.removeAll { $0.target == identifier }
        if peers[identifier] == nil {
            guard makeRoom() else {
                links[association]?.peer = nil
                offend(.flood, nil, association)
                return false
            }
            fulfils("enrp-3.4.1-R1")
            add(identifier, .active, links[association]?.addresses ?? [], over: association, at: now)
            fulfils("enrp-3.4.1-R2")
            sendPresence(to: identifier, isReplyRequired: true, at: now)
            return true
        }
        let current = peers[identifier]?.association
        if current != association, current.map({ links[$0]?.isUp != true || links[$0]?.isHeard != true }) ?? true {
            // The other end has opened one too, or the old one is not up, or it leads to somebody else at an address that was wrong.
            if let current { links[current]?.peer = nil }
            _ = peers.change(identifier) { $0.association = association }
        }
        hear(identifier, at: now)
        return true
    }

    /// peer_last_heard (§3.4.3): a message of any kind shows that a peer lives, whatever was thought of it.
    private mutating func hear(_ identifier: RegistrarIdentifier, at now: MonotonicInstant) {
        guard
            let status = peers.change(
                identifier,
                { peer in
                    peer.lastHeard = now
                    fulfils("enrp-3.4.3-R2")
                    return peer.status
                }), status != .active
        else { return }
        _ = peers.change(identifier) { $0.status = .active }
        timers.stop(.probe(identifier))
        timers.stop(.inactivity(identifier))
        timers.stop(.arbitration(identifier))
        timers.start(.silence(identifier), at: now + configuration.peers.maximumTimeLastHeard)
        // §3.5.1: the target lives, so the takeover stops.
        if case .contested = status {
            fulfils("enrp-3.5.1-R6")
            fulfils("enrp-3.5.1-R16")
            tell(.takeoverStopped(identifier))
        }
        if status != .rumoured { tell(.recovered(identifier)) }
    }

    /// Makes a registrar a peer.
    mutating func add(
        _ identifier: RegistrarIdentifier, _ status: Peer.Status, _ addresses: [SCTPAddress],
        over association: AssociationIdentifier? = nil, at now: MonotonicInstant
    ) {
        peers[identifier] = Peer(
            identifier: identifier, status: status, addresses: addresses, association: association, lastHeard: now)
        fulfils("enrp-3.4-R1")
        fulfils("enrp-3.4.3-R1")
        timers.start(.silence(identifier), at: now + configuration.peers.maximumTimeLastHeard)
        if timers.deadline(of: .heartbeat) == nil {
            timers.start(.heartbeat, at: now + configuration.peers.heartbeatCycle)
        }
        tell(.found(identifier, addresses.first))
    }

    /// A registrar known by hearsay becomes a peer, and is asked whether it is there.
    mutating func addRumoured(
        _ identifier: RegistrarIdentifier, at addresses: [SCTPAddress], _ information: ServerInformationParameter?,
        at now: MonotonicInstant
    ) {
        guard identifier != self.identifier, identifier != .undetermined else { return }
        // Under another identifier, this registrar was known here once.
        guard !isOwn(addresses) else { return }
        if peers.contains(identifier) {
            _ = peers.change(identifier) { peer in
                if peer.addresses.isEmpty { peer.addresses = addresses }
                peer.information = peer.information ?? information
            }
        } else {
            guard makeRoom() else { return }
            add(identifier, .rumoured, addresses, at: now)
            _ = peers.change(identifier) { $0.information = information }
        }
        sendPresence(to: identifier, isReplyRequired: true, at: now)
    }

    /// Sees to it that the peer list has room for one more: whoever is known by hearsay only, and owns nothing, makes room.
    private mutating func makeRoom() -> Bool {
        guard peers.count >= configuration.peers.limits.maximumPeers else { return true }
        let victim = peers.peers.first { $0.status == .rumoured && handlespace.count(ownedBy: $0.identifier) == 0 }
        guard let victim else { return false }
        forget(victim.identifier)
        return true
    }

    /// Takes a peer out of the list. Its association stays, for it may be heard again.
    mutating func forget(_ identifier: RegistrarIdentifier) {
        guard let peer = peers[identifier] else { return }
        closeDownload(of: identifier)
        if let association = peer.association {
            links[association]?.peer = nil
            // One that is not up yet leads nowhere.
            if links[association]?.isUp == false {
                links[association] = nil
                outputs.append(.transport(.abort(association)))
            }
        }
        for timer in [
            PeerTimer.silence(identifier), .probe(identifier), .inactivity(identifier), .arbitration(identifier),
            .table(identifier), .download(identifier),
        ] { timers.stop(timer) }
        peers[identifier] = nil
    }

    // MARK: §3.4.2 Heartbeat

    /// The own presence, with the checksum as it is now (§3.6.1).
    func presence(
        to receiver: RegistrarIdentifier = .undetermined, isReplyRequired: Bool = false
    ) -> ENRPMessage.Presence {
        fulfils("enrp-2.1-R3")
        fulfils("enrp-3.6.1-R2")
        return ENRPMessage.Presence(
            isReplyRequired: isReplyRequired, sender: identifier, receiver: receiver, checksum: checksum,
            server: addresses.information(identifier))
    }

    mutating func sendPresence(to peer: RegistrarIdentifier, isReplyRequired: Bool, at now: MonotonicInstant) {
        send(.presence(presence(to: peer, isReplyRequired: isReplyRequired)), to: peer)
    }

    /// Tells all peers that this registrar is there. Those without an association get one, and so do configured peers that were never
    /// reached: two registrars that began alone find each other.
    private mutating func heartbeat(at now: MonotonicInstant) {
        timers.start(.heartbeat, at: now + configuration.peers.heartbeatCycle)
        guard isServing else { return }
        fulfils("enrp-3.4.2-R1")
        fulfils("enrp-3.4.2-R2")
        announcePresence()
        remindThoseWhoShare()
        for peer in peers.peers where peer.association == nil {
            switch peer.status {
            case .active, .rumoured: sendPresence(to: peer.identifier, isReplyRequired: true, at: now)
            case .probed, .inactive, .contested: break
            }
        }
        reachConfiguredPeers()
        askStrangers()
        for peer in peers.peers where peer.isMeasured {
            if let association = peer.association { outputs.append(.measurementWanted(association)) }
        }
    }

    /// An announcement (§3.1): to each peer over its association, and by multicast where that is in use.
    mutating func announcePresence() {
        cast(.presence(presence()))
        if configuration.peers.announcesToPeers { announce(.presence(presence())) }
    }

    /// Asks configured peers that have no association whether they are there.
    mutating func reachConfiguredPeers() {
        for addresses in configuredPeers {
            guard !links.values.contains(where: { $0.leads(to: addresses) }) else { continue }
            guard !peers.peers.contains(where: { $0.association != nil && $0.leads(to: addresses) }) else { continue }
            fulfils("enrp-2.1-R2")
            send(.presence(presence(isReplyRequired: true)), over: link(to: addresses))
        }
    }

    // MARK: Presences

    mutating func take(_ presence: ENRPMessage.Presence, over association: AssociationIdentifier, at now: MonotonicInstant) {
        let sender = presence.sender
        // Over another association it is somebody else who goes by the same identifier (§3.2.1).
        if let server = presence.server, server.identifier == sender, peers[sender]?.association == association {
            _ = peers.change(sender) { peer in
                peer.information = server
                peer.addresses = server.addresses
            }
        }
        mentorHeard(sender, at: peers[sender]?.addresses ?? [], at: now)
        // §2.1: an answer has the server information.
        if presence.isReplyRequired {
            fulfils("enrp-2.1-R4")
            send(.presence(self.presence(to: sender)), over: association)
        }
        if let checksum = presence.checksum { audit(sender, checksum, at: now) }
    }

    // MARK: §3.4.3 Detecting failures

    private mutating func checkSilence(of identifier: RegistrarIdentifier, at now: MonotonicInstant) {
        guard let peer = peers[identifier] else { return }
        let limit = peer.lastHeard + configuration.peers.maximumTimeLastHeard
        switch peer.status {
        case .active where limit <= now && isServing: suspect(identifier, at: now)
        case .rumoured where limit <= now && isServing: giveUp(identifier, at: now)
        case .active, .rumoured:
            // It was heard since the timer was set; or this registrar does not serve yet, and looks again later.
            timers.start(.silence(identifier), at: limit > now ? limit : now + configuration.peers.maximumTimeNoResponse)
        case .probed, .inactive, .contested: break
        }
    }

    /// Asks a peer for a sign of life.
    /// - Parameter isAsked: whether that has been done already.
    mutating func suspect(_ identifier: RegistrarIdentifier, isAsked: Bool = false, at now: MonotonicInstant) {
        guard peers.change(identifier, { $0.status = .probed }) != nil else { return }
        tell(.suspected(identifier))
        guard link(to: identifier) != nil else { return giveUp(identifier, at: now) }
        timers.start(.probe(identifier), at: now + configuration.peers.maximumTimeNoResponse)
        guard !isAsked else { return }
        fulfils("enrp-3.4.3-R3")
        sendPresence(to: identifier, isReplyRequired: true, at: now)
    }

    /// A peer gave no sign of life. Who was never heard of but by others, and owns nothing, is no loss.
    mutating func giveUp(_ identifier: RegistrarIdentifier, at now: MonotonicInstant) {
        fulfils("requirements-2.2-R2")
        guard let peer = peers[identifier] else { return }
        if case .rumoured = peer.status {
            if handlespace.count(ownedBy: identifier) == 0 {
                forget(identifier)
                return tell(.forgotten(identifier))
            }
            // It may yet be heard: others may still reach it.
            guard peer.lastHeard + configuration.peers.maximumTimeLastHeard <= now else { return }
        }
        guard isServing else {
            _ = peers.change(identifier) { $0.status = .rumoured }
            return timers.start(.silence(identifier), at: now + configuration.peers.maximumTimeLastHeard)
        }
        timers.stop(.probe(identifier))
        tell(.lost(identifier))
        excuse(identifier, at: now)
        // A takeover is recommended only (§3.4.3); where there is nothing to take over, there is nothing to arbitrate. Whoever knows of
        // elements of the peer's begins one.
        if handlespace.count(ownedBy: identifier) == 0 {
            forget(identifier)
        } else {
            fulfils("enrp-3.4.3-R6")
            beginTakeover(of: identifier, at: now)
        }
    }

    // MARK: Announcements from peers

    /// How many registrars that are no peers yet are taken from announcements within a second. To each an association is opened,
    /// wherever the announcement says that it is.
    static var maximumRumoursPerSecond: Int { 64 }

    /// A presence by multicast. Anybody can send one, so it makes nobody more than a rumour, and is taken for a sign of life only of
    /// peers that are there already.
    mutating func take(announced bytes: RawSpan, from source: SCTPAddress, at now: MonotonicInstant) {
        guard let decoded = try? ENRPMessage.decode(bytes), decoded.message.sender != .undetermined else {
            return discardAnnouncement(.malformedMessage)
        }
        guard case .presence(let presence) = decoded.message else { return }
        let sender = presence.sender
        guard sender != identifier else {
            // The own announcement comes back, unless it says that it is from elsewhere.
            if let server = presence.server, !isOwn(server) { identifierIsTaken(by: server.addresses, at: now) }
            return
        }
        let information = presence.server.flatMap { $0.identifier == sender ? $0 : nil }
        let addresses = information?.addresses ?? [SCTPAddress(source.ip, port: ENRPProtocol.port)]
        if let peer = peers[sender], peer.status != .rumoured || peer.association != nil {
            if peer.status != .rumoured { hear(sender, at: now) }
        } else {
            guard rumours.admits(Self.maximumRumoursPerSecond, at: now) else { return discardAnnouncement(.flood) }
            fulfils("enrp-6.2-R22")
            addRumoured(sender, at: addresses, information, at: now)
        }
        mentorHeard(sender, at: addresses, at: now)
        if isServing, peers[sender]?.status == .active, let checksum = presence.checksum {
            audit(sender, checksum, at: now)
        }
    }
}

extension Peer {
    func leads(to addresses: [SCTPAddress]) -> Bool {
        let mine = self.addresses.map(EndpointKey.init)
        return addresses.contains { mine.contains(EndpointKey($0)) }
    }
}
