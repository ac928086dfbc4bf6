import ASAP
import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import SCTPTransport
import Testing

@testable import ENRP

/// Registrars and pool elements on a network in memory, with one clock. A message takes a millisecond.
struct PeerNetwork {
    typealias Engine = RegistrarEngine<SeededRandomNumberGenerator>

    /// A host: a registrar, or one with a pool element's ASAP endpoint, played by the test.
    struct Node {
        var engine: Engine?
        var isAlive = true
        var isFrozen = false
        /// What a registrar told.
        var events: [PeerEvent] = []
        var allEvents: [RegistrarEvent] = []
        /// ENRP messages that it sent, with their receivers' nodes.
        var sent: [(to: Int, message: ENRPMessage)] = []
        var announced: [OutgoingAnnouncement] = []
        /// ASAP messages that an element's host got, and from whom.
        var received: [(from: Int, message: ASAPMessage)] = []
        /// What an element's host answers keep-alives with.
        var element: PoolElementIdentifier?
        var openings = 0
        var accepted: UInt64 = 0
    }

    private struct End: Hashable {
        var node: Int
        var association: AssociationIdentifier
    }

    private enum Happening {
        case event(End, SCTPEvent)
        case announcement(Int, Announcement)
    }

    var nodes: [Node] = []
    var now = MonotonicInstant.origin + .seconds(1_000)
    /// Pairs of hosts, sender first, between which nothing arrives.
    var cuts: Set<[Int]> = []
    var isMulticastLost = false
    static let latency = Duration.milliseconds(1)
    /// How long an association lives that does not get anything through.
    static let retransmission = Duration.seconds(8)

    private var others: [End: End] = [:]
    private var schedule: [(at: MonotonicInstant, order: Int, what: Happening)] = []
    private var order = 0

    // MARK: Who is there

    static func address(_ node: Int, port: UInt16 = ENRPProtocol.port) -> SCTPAddress {
        SCTPAddress(.v4(0x0a00_0001 + UInt32(node)), port: port)
    }

    /// Starts a registrar on a new host.
    @discardableResult
    mutating func addRegistrar(_ identifier: UInt32, _ configuration: RegistrarConfiguration) -> Int {
        nodes.append(Node())
        startRegistrar(nodes.count - 1, identifier, configuration)
        return nodes.count - 1
    }

    /// Starts a registrar on a host whose former process has ended.
    mutating func startRegistrar(_ node: Int, _ identifier: UInt32, _ configuration: RegistrarConfiguration) {
        nodes[node].engine = Engine(
            identifier: RegistrarIdentifier(rawValue: identifier), configuration: configuration,
            addresses: RegistrarAddresses(enrp: [Self.address(node)]),
            randomness: SeededRandomNumberGenerator(seed: UInt64(identifier)))
        nodes[node].isAlive = true
    }

    /// A host with a pool element.
    mutating func addElementHost(_ element: UInt32) -> Int {
        nodes.append(Node(element: PoolElementIdentifier(rawValue: element)))
        return nodes.count - 1
    }

    /// A host that speaks ENRP as the test lets it.
    mutating func addStranger() -> Int {
        nodes.append(Node())
        return nodes.count - 1
    }

    /// Ends a process: its host shuts its associations down.
    mutating func kill(_ node: Int) {
        nodes[node].isAlive = false
        nodes[node].engine = nil
        for end in others.keys.filter({ $0.node == node }).sorted(by: { $0.association < $1.association }) {
            if let other = others[end] { post(other, .notification(other.association, .shutDown)) }
            unpair(end)
        }
    }

    /// Has every association between two hosts restart at both ends (RFC 9260 §5.2.2); what is under way is lost.
    mutating func restartAssociations(_ one: Int, _ other: Int) {
        for (end, opposite) in others.sorted(by: { $0.key.node < $1.key.node })
        where Set([end.node, opposite.node]) == [one, other] {
            schedule.removeAll { if case .event(let target, .message) = $0.what { target == end } else { false } }
            post(end, .notification(end.association, .restarted(Self.details(opposite.node, ENRPProtocol.port))))
        }
    }

    mutating func cut(_ one: Int, _ other: Int) { cuts.formUnion([[one, other], [other, one]]) }
    mutating func heal() { cuts = [] }

    // MARK: What the test does

    /// The association of a host that has no registrar with one, opened where there is none.
    mutating func connect(_ node: Int, to registrar: Int, port: UInt16 = ENRPProtocol.port) -> AssociationIdentifier {
        let known = others.filter { $0.key.node == node && $0.value.node == registrar }.keys.map(\.association)
        if let known = known.first(where: { ($0.channel == .enrp) == (port == ENRPProtocol.port) }) { return known }
        nodes[node].openings += 1
        let channel: TransportChannel = port == ENRPProtocol.port ? .enrp : .main
        let association = AssociationIdentifier(chosen: UInt64(1_000 + nodes[node].openings), channel: channel)
        open(End(node: node, association: association), to: [Self.address(registrar, port: port)])
        return association
    }

    mutating func send(_ message: ENRPMessage, over association: AssociationIdentifier, from node: Int) throws {
        send(try message.encoded(), .enrp, from: End(node: node, association: association))
    }

    mutating func send(raw bytes: [UInt8], over association: AssociationIdentifier, from node: Int) {
        send(bytes, .enrp, from: End(node: node, association: association))
    }

    mutating func send(_ message: ASAPMessage, over association: AssociationIdentifier, from node: Int) throws {
        send(try message.encoded(), .asap, from: End(node: node, association: association))
    }

    /// Registers a host's element at a registrar and waits for the answer.
    mutating func register(
        _ host: Int, in pool: PoolHandle = "Pool", at registrar: Int, policy: PolicyParameter = .roundRobin
    ) throws {
        let association = connect(host, to: registrar, port: 3863)
        try send(try registration(of: host, in: pool, policy: policy), over: association, from: host)
        run(for: .milliseconds(10))
        let answers = nodes[host].received.compactMap {
            if case .registrationResponse(let response) = $0.message { response } else { nil }
        }
        #expect(answers.last?.isRejected == false)
    }

    /// What a host's element registers with.
    func registration(
        of host: Int, in pool: PoolHandle = "Pool", policy: PolicyParameter = .roundRobin
    ) throws -> ASAPMessage {
        let element = PoolElementParameter(
            identifier: try #require(nodes[host].element), registrationLife: .seconds(3_000),
            userTransport: .sctp(SCTPTransportParameter(port: 7, use: .dataPlusControl, addresses: [Self.address(host).ip])),
            policy: policy)
        return .registration(.init(pool: pool, element: element))
    }

    // MARK: What the test sees

    func snapshot(_ node: Int) -> RegistrarSnapshot? { nodes[node].engine?.snapshot(at: now) }

    /// Pool elements by pool, with their homes.
    func table(_ node: Int) -> [String] {
        snapshot(node)?.pools.flatMap { pool in
            pool.elements.map { "\(pool.handle)/\($0.parameter.identifier.rawValue)@\($0.parameter.homeRegistrar.rawValue)" }
        } ?? []
    }

    func peers(_ node: Int) -> [UInt32] { snapshot(node)?.peers.map(\.registrar.rawValue) ?? [] }

    func peer(_ identifier: UInt32, of node: Int) -> RegistrarSnapshot.Peer? {
        snapshot(node)?.peers.first { $0.registrar.rawValue == identifier }
    }

    mutating func takeEvents(_ node: Int) -> [PeerEvent] {
        defer { nodes[node].events = [] }
        return nodes[node].events
    }

    func sent(_ type: ENRPMessageType, by node: Int) -> [ENRPMessage] {
        nodes[node].sent.map(\.message).filter { $0.type == type }
    }

    mutating func forgetSent() {
        for node in nodes.indices { nodes[node].sent = [] }
    }

    // MARK: Time

    /// Lets time pass for all.
    mutating func run(for duration: Duration) {
        let end = now + duration
        while true {
            let deadlines = nodes.indices.filter { !nodes[$0].isFrozen }.compactMap { nodes[$0].engine?.nextDeadline }
            let next = min(schedule.map(\.at).min() ?? .distantFuture, deadlines.min() ?? .distantFuture)
            guard next <= end else { break }
            now = max(now, next)
            for node in nodes.indices where !nodes[node].isFrozen {
                if let deadline = nodes[node].engine?.nextDeadline, deadline <= now { handle(.timer, at: node) }
            }
            let due = schedule.filter { $0.at <= now }.sorted { ($0.at, $0.order) < ($1.at, $1.order) }
            schedule.removeAll { $0.at <= now }
            for happening in due { deliver(happening.what) }
        }
        now = end
    }

    private mutating func post(_ end: End, _ event: SCTPEvent, after delay: Duration = latency) {
        order += 1
        schedule.append((now + delay, order, .event(end, event)))
    }

    private mutating func deliver(_ happening: Happening) {
        let node =
            switch happening {
            case .event(let end, _): end.node
            case .announcement(let node, _): node
            }
        guard nodes[node].isAlive else { return }
        if nodes[node].isFrozen {
            order += 1
            return schedule.append((now + Self.latency, order, happening))
        }
        switch happening {
        case .announcement(let node, let announcement): handle(.announcement(announcement), at: node)
        case .event(let end, let event):
            if nodes[end.node].engine != nil {
                handle(.transport(event), at: end.node)
            } else if case .message(_, let message) = event, message.header.payloadProtocol == .asap {
                hostReceived(message, end)
            }
        }
    }

    private mutating func hostReceived(_ message: SCTPMessage, _ end: End) {
        guard let decoded = try? ASAPMessage.decode(message.bytes) else { return }
        nodes[end.node].received.append((others[end]?.node ?? -1, decoded.message))
        if case .endpointKeepAlive(let keepAlive) = decoded.message, let element = nodes[end.node].element {
            let answer = ASAPMessage.endpointKeepAliveAcknowledgement(.init(pool: keepAlive.pool, identifier: element))
            try? send(answer, over: end.association, from: end.node)
        }
    }

    /// Gives a registrar an input and does what it wants.
    mutating func handle(_ input: Engine.Input, at node: Int) {
        nodes[node].engine?.handle(input, at: now)
        while let output = nodes[node].engine?.nextOutput() {
            switch output {
            case .event(.peer(let event)):
                nodes[node].events.append(event)
                nodes[node].allEvents.append(.peer(event))
            case .event(let event): nodes[node].allEvents.append(event)
            case .announcement(let announcement): multicast(announcement, from: node)
            case .measurementWanted(let association):
                handle(.roundTripTime(association, Self.latency * 200), at: node)
            case .transport(let action): perform(action, of: node)
            }
        }
    }

    private mutating func multicast(_ announcement: OutgoingAnnouncement, from node: Int) {
        nodes[node].announced.append(announcement)
        guard !isMulticastLost else { return }
        let source = Self.address(node, port: announcement.channel == .enrp ? ENRPProtocol.port : 3863)
        for other in nodes.indices where nodes[other].engine != nil && !cuts.contains([node, other]) {
            order += 1
            let heard = Announcement(channel: announcement.channel, bytes: announcement.bytes, source: source)
            schedule.append((now + Self.latency, order, .announcement(other, heard)))
        }
    }

    private mutating func perform(_ action: SCTPAction, of node: Int) {
        switch action {
        case .open(let association, let addresses): open(End(node: node, association: association), to: addresses)
        case .send(let association, let message):
            let end = End(node: node, association: association)
            if message.header.payloadProtocol == .enrp, let other = others[end] {
                do {
                    nodes[node].sent.append((other.node, try ENRPMessage.decode(message.bytes).message))
                } catch {
                    Issue.record("a registrar sent what is no message: \(error)")
                }
            }
            send(message.bytes, message.header.payloadProtocol, from: end)
        case .shutDown(let association), .abort(let association):
            let end = End(node: node, association: association)
            guard let other = others[end] else { return }
            post(other, .notification(other.association, .lost(.abortedByPeer)))
            post(end, .notification(association, .shutDown))
            unpair(end)
        }
    }

    private mutating func unpair(_ end: End) {
        if let other = others.removeValue(forKey: end) { others[other] = nil }
    }

    private mutating func open(_ end: End, to addresses: [SCTPAddress]) {
        let target = addresses.compactMap { address in
            nodes.indices.first { Self.address($0).ip == address.ip }.map { ($0, address.port) }
        }.first
        guard let (node, port) = target, nodes[node].isAlive, node != end.node else {
            return post(end, .notification(end.association, .failed(.abortedByPeer)))
        }
        guard !cuts.contains([end.node, node]), !cuts.contains([node, end.node]) else {
            return post(end, .notification(end.association, .failed(.unreachable)), after: Self.retransmission)
        }
        let channel = end.association.channel
        guard
            !others.contains(where: {
                $0.key.node == end.node && $0.value.node == node && $0.key.association.channel == channel
            })
        else { return post(end, .notification(end.association, .failed(.other(0)))) }
        nodes[node].accepted += 1
        let other = End(node: node, association: AssociationIdentifier(accepted: nodes[node].accepted, channel: channel))
        others[end] = other
        others[other] = end
        let ports: (UInt16, UInt16) = channel == .enrp ? (port, port) : (5_000, port)
        post(other, .notification(other.association, .up(Self.details(end.node, ports.0))))
        post(end, .notification(end.association, .up(Self.details(node, ports.1))), after: Self.latency * 2)
    }

    private static func details(_ node: Int, _ port: UInt16) -> AssociationDetails {
        AssociationDetails(peerAddresses: [address(node, port: port)], inboundStreams: 1, outboundStreams: 1)
    }

    private mutating func send(_ bytes: [UInt8], _ identifier: PayloadProtocolIdentifier, from end: End) {
        guard let other = others[end] else { return }
        if cuts.contains([end.node, other.node]) {
            // What is sent is lost in the end, and so is the association.
            post(end, .notification(end.association, .lost(.unreachable)), after: Self.retransmission)
            post(other, .notification(other.association, .lost(.unreachable)), after: Self.retransmission)
            return unpair(end)
        }
        let message = SCTPMessage(bytes, MessageHeader(payloadProtocol: identifier))
        post(other, .message(other.association, message))
    }
}

extension RegistrarConfiguration {
    /// Peers at these hosts of a ``PeerNetwork``, with RFC 5353's timers unless a profile is named.
    static func among(
        _ peers: Int..., profile: PeerConfiguration = .standard, announces: Bool = false, suggestsTakeover: Bool = false,
        limits: PeerLimits = .standard
    ) throws -> RegistrarConfiguration {
        try RegistrarConfiguration(
            peers: PeerConfiguration(
                profile: profile, peers: peers.map { [PeerNetwork.address($0)] }, announcesToPeers: announces,
                suggestsTakeover: suggestsTakeover, limits: limits))
    }
}
