import ASAP
import RSerPoolParameters
import RequirementMarks
import SCTPTransport

/// Whether a registrar serves yet (RFC 5353 §3.2).
enum Stage: Hashable, Sendable {
    case initialising(Initialisation)
    case serving
}

/// How far a registrar has come on its way to service (§3.2).
struct Initialisation: Hashable, Sendable {
    enum Step: Hashable, Sendable {
        /// Listening for a peer's announcement.
        case discovering
        /// ENRP_LIST_REQUEST was sent (§3.2.2.2).
        case list
        /// ENRP_HANDLE_TABLE_REQUEST was sent (§3.2.3).
        case table(TableReceipt)
        /// Every mentor was tried in vain; the next round begins later.
        case waiting
    }

    var step = Step.discovering
    /// The mentor and its backups, each by its addresses.
    var mentors: [[SCTPAddress]] = []
    /// Which one is being asked.
    var current = 0
    /// The association with it.
    var association: AssociationIdentifier?
    var rounds = 0
    /// Whether one of this round refused: so there is somebody, who may be ready later.
    var wasRejected = false
    /// Whether another identifier has been drawn; that is done once.
    var hasNewIdentifier = false
}

extension RegistrarEngine {
    var isServing: Bool { stage == .serving }

    /// The configured peers without this registrar itself, so that all registrars of a scope may have the same list.
    var configuredPeers: [[SCTPAddress]] {
        let own = addresses.enrp.map(EndpointKey.init)
        return configuration.peers.peers.filter { peer in !peer.contains { own.contains(EndpointKey($0)) } }
    }

    mutating func start(at now: MonotonicInstant) {
        if configuration.peers.announcesToClients { timers.start(.serverAnnounce, at: now) }
        guard case .initialising(var initialisation) = stage else { return }
        timers.start(.heartbeat, at: now + configuration.peers.heartbeatCycle)
        initialisation.mentors = configuredPeers
        stage = .initialising(initialisation)
        if initialisation.mentors.isEmpty, configuration.peers.announcesToPeers {
            // §3.2.2.2, "by discovery": the answers to this presence, or anybody's, show a mentor.
            announce(.presence(presence(isReplyRequired: true)))
            timers.start(.mentor, at: now + configuration.peers.mentorDiscoveryTime)
        } else {
            askMentor(at: now)
        }
    }

    // MARK: §3.2.2.1 Finding the mentor

    /// A registrar was heard by announcement, or has opened an association; it may be a mentor.
    mutating func mentorHeard(_ identifier: RegistrarIdentifier, at addresses: [SCTPAddress], at now: MonotonicInstant) {
        guard case .initialising(var initialisation) = stage, configuredPeers.isEmpty, !addresses.isEmpty,
            initialisation.mentors.count < configuration.peers.limits.maximumPeers,
            !initialisation.mentors.contains(addresses)
        else { return }
        initialisation.mentors.append(addresses)
        stage = .initialising(initialisation)
        if initialisation.step == .discovering { askMentor(at: now) }
    }

    // MARK: §3.2.2.2 The server list

    /// Asks the current mentor for its list.
    private mutating func askMentor(at now: MonotonicInstant) {
        guard case .initialising(var initialisation) = stage else { return }
        guard initialisation.current < initialisation.mentors.count else { return roundEnded(at: now) }
        let addresses = initialisation.mentors[initialisation.current]
        fulfils("enrp-3.2.2.1-R1")
        fulfils("enrp-3.2.2.1-R2")
        let known = peers.peers.first { $0.association != nil && $0.leads(to: addresses) }
        let association = known?.association ?? link(to: addresses)
        initialisation.association = association
        initialisation.step = .list
        stage = .initialising(initialisation)
        timers.start(.mentor, at: now + configuration.peers.maximumTimeNoResponse)
        fulfils("enrp-3.2.2.2-R1")
        fulfils("enrp-3.2.2.2-R2")
        tell(.mentorChosen(links[association]?.peer, addresses))
        send(
            .listRequest(
                ENRPMessage.ListRequest(sender: identifier, receiver: links[association]?.peer ?? .undetermined)),
            over: association)
    }

    private mutating func roundEnded(at now: MonotonicInstant) {
        guard case .initialising(var initialisation) = stage else { return }
        initialisation.rounds += 1
        // Nobody is there: the registrar is alone (§3.2.2.1). Or they go on refusing; they may be waiting for this one.
        guard initialisation.wasRejected, initialisation.rounds < configuration.peers.maximumMentorRounds else {
            return beginService(mentor: nil, at: now)
        }
        fulfils("enrp-3.2.2.2-R7")
        fulfils("enrp-3.2.3-R18")
        initialisation.step = .waiting
        initialisation.current = 0
        initialisation.wasRejected = false
        stage = .initialising(initialisation)
        let delay = configuration.peers.mentorRetryDelay.wholeNanoseconds
        timers.start(.mentor, at: now + .nanoseconds(delay / 2 + Int64.random(in: 0...delay, using: &randomness)))
    }

    mutating func mentorTimerFired(at now: MonotonicInstant) {
        guard case .initialising(let initialisation) = stage else { return }
        switch initialisation.step {
        case .discovering: beginService(mentor: nil, at: now)
        case .waiting: askMentor(at: now)
        case .list:
            fulfils("enrp-3.2.2.2-R3")
            mentorFailed(.noResponse, at: now)
        case .table:
            fulfils("enrp-3.2.3-R20")
            mentorFailed(.noResponse, at: now)
        }
    }

    /// The association with the mentor failed, or ended.
    mutating func mentorUnreachable(_ association: AssociationIdentifier, at now: MonotonicInstant) {
        guard case .initialising(let initialisation) = stage, initialisation.association == association else { return }
        mentorFailed(.unreachable, at: now)
    }

    /// §3.2.2.2, §3.2.3: the interaction with this mentor is given up, and the next one asked.
    private mutating func mentorFailed(_ failure: MentorFailure, at now: MonotonicInstant) {
        guard case .initialising(var initialisation) = stage else { return }
        tell(
            .mentorFailed(
                initialisation.association.flatMap { links[$0]?.peer }, initialisation.mentors[initialisation.current], failure)
        )
        timers.stop(.mentor)
        if failure == .rejected { initialisation.wasRejected = true }
        initialisation.association = nil
        initialisation.current += 1
        fulfils("enrp-3.2.2.1-R3")
        stage = .initialising(initialisation)
        askMentor(at: now)
    }

    /// A mentor's side: the list of the peers that this registrar knows, itself left out, for the asker knows it.
    mutating func answer(_ request: ENRPMessage.ListRequest, over association: AssociationIdentifier) {
        var response = ENRPMessage.ListResponse(isRejected: !isServing, sender: identifier, receiver: request.sender)
        if isServing {
            fulfils("enrp-3.2.2.2-R4")
            response.servers = peers.peers.compactMap { peer in
                guard peer.identifier != request.sender || links[association]?.leads(to: peer.addresses) == false else {
                    return nil
                }
                switch peer.status {
                case .active, .probed: return peer.information
                case .rumoured, .inactive, .contested: return nil
                }
            }
        } else {
            fulfils("enrp-2.6-R1")
            fulfils("enrp-3.2.2.2-R6")
        }
        send(.listResponse(response), over: association)
    }

    mutating func take(
        _ response: ENRPMessage.ListResponse, over association: AssociationIdentifier, at now: MonotonicInstant
    ) {
        guard case .initialising(var initialisation) = stage, initialisation.association == association,
            initialisation.step == .list
        else { return offend(.unsolicitedResponse, response.sender, association) }
        guard !response.isRejected else { return mentorFailed(.rejected, at: now) }
        // §3.2.1: as unique as possible, and this is when it shows.
        if !initialisation.hasNewIdentifier,
            response.servers.contains(where: { $0.identifier == identifier && !isOwn($0) })
        {
            return changeIdentifier(at: now)
        }
        for server in response.servers where server.identifier != response.sender {
            addRumoured(server.identifier, at: server.addresses, server, at: now)
            fulfils("enrp-3.2.2.2-R5")
        }
        // §3.2.3, step 1.
        fulfils("enrp-3.2.3-R1")
        fulfils("enrp-3.2.3-R2")
        fulfils("enrp-3.2.3-R19")
        initialisation.step = .table(TableReceipt(began: now))
        stage = .initialising(initialisation)
        requestTable(from: response.sender, ownChildrenOnly: false, over: association)
        timers.start(.mentor, at: now + configuration.peers.maximumTimeNoResponse)
    }

    func isOwn(_ server: ServerInformationParameter) -> Bool {
        addresses.enrp.isEmpty || isOwn(server.addresses)
    }

    /// Whether one of the addresses is known to be this registrar's.
    func isOwn(_ others: [SCTPAddress]) -> Bool {
        let own = addresses.enrp.map(EndpointKey.init)
        return others.contains { own.contains(EndpointKey($0)) }
    }

    /// §3.2.1: draws another identifier and asks the same mentor again under it.
    mutating func changeIdentifier(at now: MonotonicInstant) {
        guard case .initialising(var initialisation) = stage, !initialisation.hasNewIdentifier else { return }
        initialisation.hasNewIdentifier = true
        stage = .initialising(initialisation)
        let old = identifier
        identifier = drawIdentifier()
        tell(.identifierChanged(from: old, to: identifier))
        switch initialisation.step {
        case .discovering: announce(.presence(presence(isReplyRequired: true)))
        case .list, .table: askMentor(at: now)
        case .waiting: break
        }
    }

    // MARK: §3.2.3 The handlespace

    /// A part of the mentor's handle table.
    mutating func takeMentorTable(
        _ response: ENRPMessage.HandleTableResponse, over association: AssociationIdentifier, at now: MonotonicInstant
    ) -> Bool {
        guard case .initialising(var initialisation) = stage, initialisation.association == association,
            case .table(var receipt) = initialisation.step
        else { return false }
        guard !response.isRejected else {
            mentorFailed(.rejected, at: now)
            return true
        }
        for entry in response.entries {
            for element in entry.elements { copy(element, of: entry.pool, at: now) }
            fulfils("enrp-3.2.3-R9")
            fulfils("enrp-3.2.3-R11")
        }
        receipt.messages += 1
        guard response.hasMore else {
            beginService(mentor: response.sender, at: now)
            return true
        }
        guard mayGoOn(receipt, at: now) else {
            offend(.endlessTable, response.sender, association)
            mentorFailed(.endless, at: now)
            return true
        }
        initialisation.step = .table(receipt)
        stage = .initialising(initialisation)
        // Step 3.
        fulfils("enrp-3.2.3-R10")
        requestTable(from: response.sender, ownChildrenOnly: false, over: association)
        timers.start(.mentor, at: now + configuration.peers.maximumTimeNoResponse)
        return true
    }

    /// §3.2.3, step 5. Elements whose home nobody has named as a peer get one that may be heard, or taken over.
    private mutating func beginService(mentor: RegistrarIdentifier?, at now: MonotonicInstant) {
        timers.stop(.mentor)
        stage = .serving
        if mentor != nil { fulfils("enrp-3.2.3-R16") }
        tell(.serviceBegun(mentor: mentor, elements: handlespace.elementCount))
        for owner in handlespace.owners where owner != identifier && !peers.contains(owner) {
            addRumoured(owner, at: [], nil, at: now)
        }
        // An earlier life's elements, under the same identifier.
        claimAll(ownedBy: identifier, at: now)
        announcePresence()
        reachConfiguredPeers()
        timers.start(.heartbeat, at: now + configuration.peers.heartbeatCycle)
    }
}
