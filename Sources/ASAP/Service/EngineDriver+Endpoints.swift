import InternetAddresses
public import SCTPTransport

/// An endpoint of an engine, and the peers of the associations that the engine opened on it.
struct EngineLane {
    var endpoint: SCTPEndpoint
    var core: LoopEndpoint
    var peers: [AssociationIdentifier: [SCTPAddress]] = [:]

    var channel: TransportChannel { endpoint.configuration.channel }

    func isFree(for addresses: [SCTPAddress]) -> Bool {
        // Not in any order, nor does the result depend on one.
        !peers.values.contains { known in
            known.contains { peer in addresses.contains { $0.ip == peer.ip && $0.port == peer.port } }
        }
    }
}

extension EngineDriver {
    /// All endpoints, the first in front.
    public var endpoints: [SCTPEndpoint] { lanes.map(\.endpoint) }

    /// Takes an endpoint on the same loop: a channel's first, or a further one that the driver had asked for.
    /// - Parameter channel: the one that the endpoint's configuration names.
    public func add(_ further: SCTPEndpoint, channel: TransportChannel = .main) {
        precondition(further.configuration.channel == channel, "an endpoint serves the channel of its configuration")
        precondition(further.loop === endpoint.loop, "an engine's endpoints are on one event loop")
        append(further)
        wantedChannels.remove(channel)
        if isReceivingPaused, !isForControl(lanes.count - 1) { further.onLoop.setReceivingPaused(true) }
        guard isStarted else { return }
        takeEvents(of: further.onLoop)
        for open in takeWaitingOpens(of: channel) {
            perform(.open(open.association, to: open.addresses))
            retryBacklog(of: open.association)
        }
        drain()
    }

    /// Takes an endpoint for associations with registrars, on which reading never pauses: what the engine has to say to them goes
    /// on while a program reads its sessions slowly (RFC 5352 §3.4: else its registrar would take the element for dead).
    public func add(control endpoint: SCTPEndpoint) {
        precondition(controlLane == nil, "an engine has one endpoint for control")
        precondition(endpoint.loop === self.endpoint.loop, "an engine's endpoints are on one event loop")
        controlLane = lanes.count
        append(endpoint)
        if isStarted { takeEvents(of: endpoint.onLoop) }
    }

    func append(_ endpoint: SCTPEndpoint) {
        let lane = EngineLane(endpoint: endpoint, core: endpoint.onLoop)
        if firstLanes[lane.channel] == nil { firstLanes[lane.channel] = lanes.count }
        lanes.append(lane)
    }

    /// There is no further endpoint to be had.
    public func furtherEndpointFailed(_ error: SCTPTransportError, channel: TransportChannel = .main) {
        wantedChannels.remove(channel)
        for open in takeWaitingOpens(of: channel) { failed(.open(open.association, to: open.addresses), error) }
        drain()
    }

    private func takeWaitingOpens(
        of channel: TransportChannel
    ) -> [(association: AssociationIdentifier, addresses: [SCTPAddress])] {
        let taken = waitingOpens.filter { $0.association.channel == channel }
        waitingOpens.removeAll { $0.association.channel == channel }
        return taken
    }

    /// Takes a multicast endpoint on the same loop: what comes there is the engine's, what the engine announces on the channel
    /// goes there. A channel may have several, such as one for each address family.
    public func add(_ multicast: MulticastEndpoint, channel: TransportChannel) {
        precondition(multicast.loop === endpoint.loop, "an engine's endpoints are on one event loop")
        multicasts.append((multicast, channel))
        if isStarted { takeAnnouncements(of: multicast, channel) }
    }

    func announce(_ announcement: OutgoingAnnouncement) {
        for multicast in multicasts where multicast.channel == announcement.channel {
            do throws(SCTPTransportError) {
                try multicast.endpoint.send(announcement.bytes)
            } catch {
                announcementFailed?(announcement, error)
            }
        }
    }

    /// Stops reading on all endpoints but the one for control, so that the peers' windows close, or goes on.
    public func setReceivingPaused(_ isPaused: Bool) {
        isReceivingPaused = isPaused
        for place in lanes.indices where !isForControl(place) { lanes[place].core.setReceivingPaused(isPaused) }
    }

    /// ASAP over TCP is for registrars alone.
    private func isForControl(_ place: Int) -> Bool {
        place == controlLane || lanes[place].channel == .asapOverTCP
    }

    // MARK: Associations

    /// - Throws: `unsupported` where the channel has no endpoint.
    func core(of association: AssociationIdentifier) throws(SCTPTransportError) -> LoopEndpoint {
        try lanes[lane(of: association)].core
    }

    private func lane(of association: AssociationIdentifier) throws(SCTPTransportError) -> Int {
        if !laneOf.isEmpty, let lane = laneOf[association] { return lane }
        // The usual case, without a look-up.
        if lanes[0].channel == association.channel { return 0 }
        guard let lane = firstLanes[association.channel] else {
            throw SCTPTransportError(
                .unsupported,
                "association \(association) is on channel \(association.channel), for which there is no endpoint; add one")
        }
        return lane
    }

    /// Opens an association on its channel's first endpoint that has none with the peer.
    func open(_ association: AssociationIdentifier, to addresses: [SCTPAddress]) throws(SCTPTransportError) {
        let channel = association.channel
        if firstLanes[channel] == nil, let furtherEndpointWanted {
            // The channel's first endpoint is opened when it is wanted.
            waitingOpens.append((association, addresses))
            if wantedChannels.insert(channel).inserted { furtherEndpointWanted(channel) }
            return
        }
        let first = try lane(of: association)
        let addresses = usable(addresses, from: lanes[first].endpoint)
        var place = first
        if let controlLane, channel == .main, isControl?(association) ?? true,
            lanes[controlLane].isFree(for: addresses)
        {
            place = controlLane
        } else if !lanes[first].isFree(for: addresses) {
            let further = lanes.indices.first { place in
                place != controlLane && lanes[place].channel == channel && lanes[place].isFree(for: addresses)
            }
            if let further {
                place = further
            } else if let furtherEndpointWanted, lanes.count < Self.endpointLimit {
                waitingOpens.append((association, addresses))
                if wantedChannels.insert(channel).inserted { furtherEndpointWanted(channel) }
                return
            }
        }
        try lanes[place].core.perform(.open(association, to: addresses))
        lanes[place].peers[association] = addresses
        if place != first { laneOf[association] = place }
    }

    func forget(_ association: AssociationIdentifier) {
        guard let lane = try? lane(of: association) else { return }
        laneOf[association] = nil
        lanes[lane].peers[association] = nil
    }

    /// The addresses of a peer that an endpoint can open an association to: those of the families it is bound to, and one only
    /// where the backend has one path per association.
    private func usable(_ addresses: [SCTPAddress], from endpoint: SCTPEndpoint) -> [SCTPAddress] {
        let local = endpoint.localAddresses
        let fitting = addresses.filter { address in
            local.contains { $0.ip.family == address.ip.family || $0.ip == .anyIPv6 }
        }
        let candidates = fitting.isEmpty ? addresses : fitting
        return endpoint.capabilities.contains(.multiHoming) ? candidates : Array(candidates.prefix(1))
    }
}
