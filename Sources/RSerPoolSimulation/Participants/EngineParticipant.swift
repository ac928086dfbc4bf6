import ASAP
import InternetAddresses
import SCTPTransport

/// A process with an engine. It drives the engine as `EngineDriver` does, over the simulated network itself.
class EngineParticipant<Engine: TransportEngine>: Participant {
    private(set) var engine: Engine?
    /// The endpoints, for each channel the one that peers reach in front; an endpoint has one association with a peer.
    private var lanes: [(node: SimulatedNodeIdentifier, channel: TransportChannel)] = []
    private var members: [(member: SimulatedMemberIdentifier, channel: TransportChannel)] = []
    /// The endpoints of associations that are not on their channel's first.
    private var laneOf: [AssociationIdentifier: Int] = [:]
    /// Messages that found a send queue full.
    private var backlog: [AssociationIdentifier: [SCTPMessage]] = [:]
    private var isDraining = false

    /// Endpoints that a process has at most, as `EngineDriver.endpointLimit`.
    private static var endpointLimit: Int { 256 }
    /// Messages that wait for room on one association; one more has it aborted.
    private static var backlogLimit: Int { 10_000 }

    override var isRunning: Bool { engine != nil }
    override var nextDeadline: MonotonicInstant? { engine?.nextDeadline }
    override var endpoints: [SimulatedNodeIdentifier] { lanes.map(\.node) }

    /// Called for what the engine tells its user.
    func observe(_ output: Engine.Output) {}

    /// Starts the process. An endpoint with port 0 is on a free one, and nobody can open associations to it.
    func launch(
        _ engine: Engine, on ports: KeyValuePairs<TransportChannel, UInt16>,
        multicast groups: KeyValuePairs<TransportChannel, MulticastConfiguration> = [:]
    ) {
        incarnation += 1
        for (channel, port) in ports { addEndpoint(channel, port: port) }
        for (channel, group) in groups {
            guard let member = world.addMember(group, of: self) else { continue }
            members.append((member, channel))
        }
        self.engine = engine
        arm()
    }

    override func crash() {
        for lane in lanes { world.removeEndpoint(lane.node, crashManner) }
        crashManner = .host
        for member in members { world.removeMember(member.member) }
        lanes = []
        members = []
        laneOf = [:]
        backlog = [:]
        engine = nil
        isStalled = false
        clock = LocalClock()
        wakeInstant = nil
    }

    private func addEndpoint(_ channel: TransportChannel, port: UInt16) {
        var configuration = SCTPEndpointConfiguration(localAddresses: [host], port: port)
        configuration.isListening = port != 0
        configuration.channel = channel
        configuration.timing = world.timers.transport
        guard let node = world.addEndpoint(configuration, of: self) else { return }
        lanes.append((node, channel))
    }

    // MARK: Inputs

    func handle(_ input: Engine.Input) {
        guard engine != nil else { return }
        engine?.handle(input, at: now)
        drain()
    }

    override func timerReached() {
        handle(.timer)
    }

    override func deliver(_ event: SCTPEvent) {
        if case .notification(let association, let notification) = event {
            switch notification {
            case .readyToSend:
                for message in backlog.removeValue(forKey: association) ?? [] { send(message, on: association) }
                if backlog[association] != nil { return drain() }
            case .failed, .lost, .shutDown:
                for message in backlog.removeValue(forKey: association) ?? [] { handBack(message, association) }
                laneOf[association] = nil
            default: break
            }
        }
        handle(.transport(event))
    }

    /// A process that stands still reads no datagrams, and its socket's buffer does not hold them for long.
    override func hear(_ announcement: Announcement) {
        guard !isStalled else { return }
        handle(.announcement(announcement))
    }

    override func channel(of member: SimulatedMemberIdentifier) -> TransportChannel? {
        members.first { $0.member == member }?.channel
    }

    // MARK: Outputs

    private func drain() {
        guard !isDraining else { return }
        isDraining = true
        while let output = engine?.nextOutput() {
            if let action = output.transportAction {
                perform(action)
            } else if let announcement = output.announcement {
                announce(announcement)
            } else {
                observe(output)
            }
        }
        isDraining = false
        arm()
    }

    private func announce(_ announcement: OutgoingAnnouncement) {
        world.checkAnnounced(announcement.bytes, by: self)
        for member in members where member.channel == announcement.channel {
            world.network.announce(announcement.bytes, by: member.member)
        }
    }

    /// The endpoint that has an association.
    func node(of association: AssociationIdentifier) -> SimulatedNodeIdentifier {
        if !laneOf.isEmpty, let lane = laneOf[association] { return lanes[lane].node }
        return lanes.first { $0.channel == association.channel }?.node ?? lanes[0].node
    }

    private func perform(_ action: SCTPAction) {
        switch action {
        case .open(let association, let addresses): open(association, to: addresses)
        case .send(let association, let message): send(message, on: association)
        case .shutDown(let association), .abort(let association):
            // What has ended by itself needs no closing.
            try? world.network.perform(action, by: node(of: association))
        }
    }

    private func open(_ association: AssociationIdentifier, to addresses: [SCTPAddress]) {
        var isFirst = true
        for lane in 0..<Self.endpointLimit {
            if lane == lanes.count { addEndpoint(association.channel, port: 0) }
            guard lanes[lane].channel == association.channel else { continue }
            do throws(SCTPTransportError) {
                try world.network.perform(.open(association, to: addresses), by: lanes[lane].node)
                if !isFirst { laneOf[association] = lane }
                return
            } catch {
                isFirst = false
                if error.code == .alreadyConnected { continue }
                let end: AssociationEnd = error.code == .noRoute ? .unreachable : .other(0)
                engine?.handle(.transport(.notification(association, .failed(end))), at: now)
                return
            }
        }
    }

    /// Sends a message, the engine's or data past it.
    func send(_ message: SCTPMessage, on association: AssociationIdentifier) {
        world.checkSent(message, by: self)
        guard backlog.isEmpty || backlog[association] == nil else { return append(message, association) }
        do throws(SCTPTransportError) {
            try world.network.perform(.send(association, message), by: node(of: association))
        } catch {
            if error.code == .sendQueueFull { append(message, association) } else { handBack(message, association) }
        }
    }

    private func append(_ message: SCTPMessage, _ association: AssociationIdentifier) {
        backlog[association, default: []].append(message)
        guard let count = backlog[association]?.count, count > Self.backlogLimit else { return }
        try? world.network.perform(.abort(association), by: node(of: association))
    }

    private func handBack(_ message: SCTPMessage, _ association: AssociationIdentifier) {
        let undelivered = UndeliveredMessage(message: message, mayHaveArrived: false)
        engine?.handle(.transport(.notification(association, .sendFailed(undelivered))), at: now)
    }
}
