import ASAP
import RSerPoolParameters
import RequirementMarks
import SCTPTransport

/// An association with a peer, or with somebody who may become one.
struct PeerLink: Sendable {
    /// Who is at the other end; nil until its first message.
    var peer: RegistrarIdentifier?
    var addresses: [SCTPAddress]
    /// False while an association that this registrar opens is not established yet.
    var isUp: Bool
    /// Whether the peer has spoken over it: until then its address is all that says who is there.
    var isHeard = false
    var messages = RateWindow()
    var presences = RateWindow()
    var requests = RateWindow()
    var errors = RateWindow()
    /// Takeovers of registrars that live.
    var takeovers = RateWindow()
    /// How often the other end has shown another identifier.
    var renamings = 0
    /// Whether an event has told that something over it was thrown away.
    var isReported = false
    /// Whether the other end goes by this registrar's own identifier.
    var sharesIdentifier = false

    func leads(to addresses: [SCTPAddress]) -> Bool {
        let mine = self.addresses.map(EndpointKey.init)
        return addresses.contains { mine.contains(EndpointKey($0)) }
    }
}

// RFC 5353 §3.1: point-to-point messages over SCTP associations, and announcements, a copy to each peer.
extension RegistrarEngine {
    // MARK: Associations

    mutating func noticePeer(
        _ notification: SCTPNotification, of association: AssociationIdentifier, at now: MonotonicInstant
    ) {
        switch notification {
        case .up(let details):
            if links[association] == nil {
                guard makeRoomForLink() else {
                    outputs.append(.transport(.abort(association)))
                    return tell(.associationRefused(association))
                }
                links[association] = PeerLink(addresses: details.peerAddresses, isUp: true)
            } else {
                links[association]?.isUp = true
                links[association]?.addresses = details.peerAddresses
            }
            tell(.associationUp(association, details.peerAddresses.first))
        case .restarted(let details):
            links[association] = PeerLink(peer: links[association]?.peer, addresses: details.peerAddresses, isUp: true)
            if let peer = links[association]?.peer { restarted(peer, on: association, at: now) }
        case .failed(let end), .lost(let end): linkEnded(association, end, at: now)
        case .shutDown: linkEnded(association, nil, at: now)
        case .sendFailed(let undelivered): presenceUndeliverable(undelivered, on: association, at: now)
        case .path, .peerIsClosing, .readyToSend: break
        }
    }

    /// Whether there may be one more association. One over which nobody has said who it is makes room for it.
    private mutating func makeRoomForLink() -> Bool {
        guard links.count >= configuration.peers.limits.maximumPeerAssociations else { return true }
        guard let victim = links.filter({ $0.value.peer == nil && $0.key.isAccepted }).keys.min() else { return false }
        links[victim] = nil
        outputs.append(.transport(.abort(victim)))
        tell(.associationRefused(victim))
        return true
    }

    /// - Parameter end: nil where the peer closed it in good order.
    private mutating func linkEnded(
        _ association: AssociationIdentifier, _ end: AssociationEnd?, at now: MonotonicInstant
    ) {
        guard let link = links.removeValue(forKey: association) else { return }
        tell(.associationEnded(association))
        mentorUnreachable(association, at: now)
        if let peer = link.peer { separate(peer, from: association, end, at: now) }
    }

    /// The other end has forgotten the association. Mostly it is a new process, and its first message shows a new identifier (§2.1);
    /// then the peer is replaced. Somebody who only lost the association says that he is still there.
    private mutating func restarted(
        _ identifier: RegistrarIdentifier, on association: AssociationIdentifier, at now: MonotonicInstant
    ) {
        guard let peer = peers[identifier], peer.association == association else { return }
        closeDownload(of: identifier)
        switch peer.status {
        case .active:
            // Whoever it is; so the question names nobody.
            send(.presence(presence(isReplyRequired: true)), over: association)
            suspect(identifier, isAsked: true, at: now)
        // What it was asked is lost.
        case .probed, .rumoured, .contested: send(.presence(presence(isReplyRequired: true)), over: association)
        case .inactive: break
        }
    }

    /// §3.4.2: asks who is there over associations that no peer is reached by. Two registrars that have both given each other up, or
    /// that have both gone by an identifier that they shared with another, and whose association is up all the same, would not speak
    /// to each other again.
    mutating func askStrangers() {
        for association in links.keys.sorted() {
            guard let link = links[association], link.isUp, !link.sharesIdentifier, !isOwn(link.addresses) else { continue }
            if let peer = link.peer, peers[peer]?.association == association { continue }
            fulfils("enrp-3.4.2-R3")
            send(.presence(presence(isReplyRequired: true)), over: association)
        }
    }

    /// Another process is where a peer was, at the same port of the same host: the peer is no more.
    mutating func replaced(
        _ identifier: RegistrarIdentifier, on association: AssociationIdentifier, at now: MonotonicInstant
    ) {
        guard let peer = peers[identifier], peer.association == association else { return }
        closeDownload(of: identifier)
        _ = peers.change(identifier) { $0.association = nil }
        // Another one that goes by the identifier is still there (§3.2.1).
        let other = links.keys.sorted().first { other in
            links[other].map { other != association && $0.peer == identifier && $0.isUp && $0.isHeard } ?? false
        }
        if let other {
            _ = peers.change(identifier) { $0.association = other }
            return sendPresence(to: identifier, isReplyRequired: true, at: now)
        }
        switch peer.status {
        case .active, .probed, .rumoured: giveUp(identifier, at: now)
        case .inactive, .contested: break
        }
    }

    /// A peer has lost its association. Where both sides opened one at the same time, there is another; else the peer is asked for
    /// a sign of life at once, for most registrars that end do not come back.
    private mutating func separate(
        _ identifier: RegistrarIdentifier, from association: AssociationIdentifier, _ end: AssociationEnd?,
        at now: MonotonicInstant
    ) {
        guard let peer = peers[identifier], peer.association == association else { return }
        closeDownload(of: identifier)
        _ = peers.change(identifier) { $0.association = nil }
        if let other = existingLink(to: peer.addresses) {
            links[other]?.peer = identifier
            _ = peers.change(identifier) { $0.association = other }
            return sendPresence(to: identifier, isReplyRequired: true, at: now)
        }
        switch peer.status {
        case .active: suspect(identifier, at: now)
        // §3.4.3: the sign of life that it was asked for did not reach it. Where it is not the peer that ended the association, such as
        // where both opened one at a time, it has its time to answer.
        case .probed, .rumoured:
            switch end {
            case .unreachable, .abortedByPeer:
                fulfils("enrp-3.4.3-R4")
                giveUp(identifier, at: now)
            case .abortedLocally, .other, nil: break
            }
        case .inactive, .contested: break
        }
    }

    /// §3.4.3: "if the send fails" the peer is dead.
    private mutating func presenceUndeliverable(
        _ undelivered: UndeliveredMessage, on association: AssociationIdentifier, at now: MonotonicInstant
    ) {
        guard let identifier = links[association]?.peer, let peer = peers[identifier], peer.association == association,
            case .probed = peer.status, undelivered.message.bytes.first == ENRPMessageType.presence.rawValue
        else { return }
        fulfils("enrp-3.4.3-R4")
        giveUp(identifier, at: now)
    }

    /// An association that is up, or is to be, with an endpoint at one of these addresses, and which no peer has.
    private func existingLink(to addresses: [SCTPAddress]) -> AssociationIdentifier? {
        guard !addresses.isEmpty else { return nil }
        // In the order of their identifiers, as a dictionary has none.
        return links.keys.sorted().first { association in
            links[association].map { $0.peer == nil && $0.leads(to: addresses) } ?? false
        }
    }

    /// Opens an association to a registrar, or takes the one that there is.
    mutating func link(to addresses: [SCTPAddress]) -> AssociationIdentifier {
        if let known = existingLink(to: addresses) { return known }
        lastOpened += 1
        let association = AssociationIdentifier(chosen: lastOpened, channel: .enrp)
        links[association] = PeerLink(addresses: addresses, isUp: false)
        outputs.append(.transport(.open(association, to: addresses)))
        return association
    }

    /// The association with a peer, opened where there is none.
    /// - Returns: nil where it is not known how to reach the peer.
    mutating func link(to identifier: RegistrarIdentifier) -> AssociationIdentifier? {
        guard let peer = peers[identifier] else { return nil }
        if let association = peer.association { return association }
        guard !peer.addresses.isEmpty else { return nil }
        let association = link(to: peer.addresses)
        links[association]?.peer = identifier
        _ = peers.change(identifier) { $0.association = association }
        return association
    }

    // MARK: Sending

    /// The bytes of a message; nil for one that is longer than a message may be, as only error reports can be.
    private mutating func encode(_ message: ENRPMessage) -> [UInt8]? {
        do throws(WireEncodingError) {
            try message.write(to: &writer)
        } catch {
            return nil
        }
        guard writer.bytes.count <= configuration.limits.maximumMessageSize else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(writer.bytes.count)
        bytes.append(contentsOf: writer.bytes)
        return bytes
    }

    mutating func send(_ bytes: [UInt8], over association: AssociationIdentifier) {
        outputs.append(.transport(.send(association, SCTPMessage(bytes, MessageHeader(payloadProtocol: .enrp)))))
    }

    mutating func send(_ message: ENRPMessage, over association: AssociationIdentifier) {
        if let bytes = encode(message) { send(bytes, over: association) }
    }

    mutating func send(_ message: ENRPMessage, to peer: RegistrarIdentifier) {
        if let association = link(to: peer) {
            fulfils("enrp-3.1-R1")
            send(message, over: association)
        }
    }

    /// §3.1, "group-cast": the same bytes to every peer that has an association; their receiver is none (§2.1).
    mutating func cast(_ message: ENRPMessage) {
        guard peers.count > 0, let bytes = encode(message) else { return }
        for peer in peers.peers {
            guard let association = peer.association else { continue }
            fulfils("enrp-2.1-R1")
            fulfils("enrp-3.1-R2")
            send(bytes, over: association)
        }
    }

    /// A datagram to everybody who listens.
    mutating func announce(_ message: ENRPMessage) {
        if let bytes = encode(message) { outputs.append(.announcement(OutgoingAnnouncement(channel: .enrp, bytes: bytes))) }
    }

    mutating func tell(_ event: PeerEvent) {
        outputs.append(.event(.peer(event)))
    }
}
