public import InternetAddresses

/// A network of SCTP endpoints without packets or clock: messages, paths that delay and lose, failures, virtual time.
///
/// Two runs with one seed and the same calls are the same in everything. Whoever drives it calls ``advance(to:)`` with the
/// earlier of ``nextInstant`` and its own next deadline, takes every ``nextDelivery()``, and answers with
/// ``perform(_:by:)``. Endpoints that live on an event loop use it by ``SimulatedNetwork``.
///
/// The protocol is RFC 9260's at the level of messages: set-up in four steps, acknowledgement and retransmission with doubling
/// time-outs, windows, heartbeats, several paths, shut-down, abort, restart. Left out: fragments, congestion control, checksums.
public final class NetworkSimulation {
    /// Endpoints at a time.
    public static let nodeLimit = 100_000
    /// Packets and timers under way at a time; a packet beyond is lost, as in a network that is overloaded.
    public static let scheduleLimit = 4_000_000
    /// Bytes that an association has in flight at most.
    public static let flightLimit = 65_536
    /// The first port that is given to an endpoint that asks for any.
    public static let firstFreePort: UInt16 = 49_152

    enum Happening {
        case arrival(SimulatedPacket)
        case retransmission(tag: UInt64, generation: UInt64)
        case heartbeat(tag: UInt64, path: Int, generation: UInt64)
        case announcement(to: Int, bytes: [UInt8], source: SCTPAddress)
    }

    /// The network's time.
    public private(set) var now = MonotonicInstant.origin
    /// How packets fare where ``setPath(from:to:_:)`` says nothing else.
    public var defaultPath: SimulatedPath {
        didSet { defaultCost = PathCost(defaultPath) }
    }
    /// What an endpoint binds that names no address.
    public var hostAddresses: [IPAddress] = [.loopbackIPv4, .loopbackIPv6]
    /// Packets sent, and those of them that were lost on the way.
    public internal(set) var packetsSent: UInt64 = 0
    /// Packets that were lost by chance or by a fault.
    public internal(set) var packetsLost: UInt64 = 0

    var random: SimulationRandom
    var schedule = Schedule<Happening>()
    var nodes: [SimulatedNodeIdentifier: SimulatedNode] = [:]
    var bindings: [SCTPAddress: SimulatedNode] = [:]
    /// How many endpoints each address has; an address without any does not answer.
    var endpointsByHost: [IPAddress: Int] = [:]
    var ends: [UInt64: SimulatedEnd] = [:]
    var lastTag: UInt64 = 0
    var defaultCost: PathCost
    var paths: [AddressPair: PathCost] = [:]
    /// From where to where nothing gets.
    var blocked: Set<AddressPair> = []
    /// Nanoseconds that packets from and to an address take longer.
    var extraDelays: [IPAddress: UInt64] = [:]
    /// Hosts that answer for endpoints that have crashed.
    var livingHosts: Set<IPAddress> = []
    var disconnected: Set<IPAddress> = []
    /// The number of each address's group; addresses of different groups do not reach each other.
    var groups: [IPAddress: Int] = [:]
    private var lastNode = 0
    private var deliveries = Fifo<SimulatedDelivery>()
    /// Multicast endpoints by number; nil where one has gone.
    var members: [SimulatedMember?] = []
    /// The members of each group, ascending.
    var membersByGroup: [SCTPAddress: [Int]] = [:]
    /// Those that listen at an address and port.
    var membersByUnicast: [SCTPAddress: [Int]] = [:]
    var memberCount = 0
    var announcements = Fifo<SimulatedAnnouncement>()

    struct AddressPair: Hashable {
        var source: IPAddress
        var destination: IPAddress
    }

    /// - Parameter seed: decides every loss and delay.
    public init(seed: UInt64, path: SimulatedPath = SimulatedPath()) {
        random = SimulationRandom(seed: seed)
        defaultPath = path
        defaultCost = PathCost(path)
    }

    // MARK: Time

    /// When something happens next; ``now`` while deliveries wait, nil where nothing is under way.
    public var nextInstant: MonotonicInstant? {
        deliveries.isEmpty && announcements.isEmpty ? schedule.nextInstant : now
    }

    /// Lets everything happen up to and including `instant`; an instant in the past changes nothing.
    public func advance(to instant: MonotonicInstant) {
        while let next = schedule.nextInstant, next <= instant, let (time, happening) = schedule.popFirst() {
            now = max(now, time)
            switch happening {
            case .arrival(let packet): receive(packet)
            case .retransmission(let tag, let generation): retransmissionTimerFired(tag, generation)
            case .heartbeat(let tag, let path, let generation): heartbeatTimerFired(tag, path, generation)
            case .announcement(let member, let bytes, let source): announcementArrived(bytes, source, at: member)
            }
        }
        now = max(now, instant)
    }

    /// The next event for an endpoint, in the order in which they happened.
    public func nextDelivery() -> SimulatedDelivery? {
        deliveries.popFirst()
    }

    func deliver(_ event: SCTPEvent, to node: SimulatedNode, countingAgainst end: SimulatedEnd? = nil) {
        if node.isPaused {
            if let end, case .message(_, let message) = event { end.heldBytes += message.bytes.count }
            node.held.append((event, end))
        } else {
            deliveries.append(SimulatedDelivery(node: node.identifier, event: event))
        }
    }

    func notify(_ notification: SCTPNotification, _ end: SimulatedEnd) {
        if case .readyToSend = notification {
            // Told even while paused: whoever waits for room may be the one that does not read.
            let event = SCTPEvent.notification(end.identifier, notification)
            deliveries.append(SimulatedDelivery(node: end.node.identifier, event: event))
        } else {
            deliver(.notification(end.identifier, notification), to: end.node)
        }
    }

    // MARK: Endpoints

    /// Puts an endpoint into the network.
    /// - Throws: `addressInUse`, `invalidConfiguration`.
    public func addNode(_ configuration: SCTPEndpointConfiguration) throws(SCTPTransportError) -> SimulatedNodeIdentifier {
        try configuration.check(for: .simulated)
        guard nodes.count < NetworkSimulation.nodeLimit else {
            throw SCTPTransportError(
                .invalidConfiguration, "the simulated network has \(nodes.count) endpoints and may have no more")
        }
        let hosts = configuration.localAddresses.isEmpty ? hostAddresses : configuration.localAddresses
        let port = try choosePort(configuration.port, on: hosts)
        lastNode += 1
        let node = SimulatedNode(
            SimulatedNodeIdentifier(lastNode), configuration, hosts.map { SCTPAddress($0, port: port) })
        nodes[node.identifier] = node
        for address in node.addresses {
            bindings[address] = node
            endpointsByHost[address.ip, default: 0] += 1
        }
        return node.identifier
    }

    private func choosePort(_ wanted: UInt16, on hosts: [IPAddress]) throws(SCTPTransportError) -> UInt16 {
        func isFree(_ port: UInt16) -> Bool {
            hosts.allSatisfy { bindings[SCTPAddress($0, port: port)] == nil }
        }
        guard wanted == 0 else {
            guard isFree(wanted) else { throw .binding("\(SCTPAddress(hosts[0], port: wanted))", 98) }
            return wanted
        }
        for port in NetworkSimulation.firstFreePort...UInt16.max where isFree(port) { return port }
        throw SCTPTransportError(.addressInUse, "every free port on \(hosts[0]) is in use; close an endpoint")
    }

    /// The addresses of an endpoint; empty where it has gone.
    public func localAddresses(of node: SimulatedNodeIdentifier) -> [SCTPAddress] {
        nodes[node]?.addresses ?? []
    }

    /// Takes an endpoint away without a word to anybody, as a crash does. Its host answers for it as long as other endpoints
    /// have the same address.
    public func kill(_ identifier: SimulatedNodeIdentifier) {
        guard let node = nodes.removeValue(forKey: identifier) else { return }
        for end in node.endsByIdentifier.values { ends[end.tag] = nil }
        node.endsByIdentifier = [:]
        node.endsByPeer = [:]
        for address in node.addresses {
            bindings[address] = nil
            let count = (endpointsByHost[address.ip] ?? 1) - 1
            endpointsByHost[address.ip] = count == 0 ? nil : count
        }
    }

    /// Whether peers may open associations from now on; what is there stays.
    public func setListening(_ isListening: Bool, _ node: SimulatedNodeIdentifier) {
        nodes[node]?.acceptsAssociations = isListening
    }

    /// The associations of an endpoint that have not ended, ascending.
    public func associations(of node: SimulatedNodeIdentifier) -> [AssociationIdentifier] {
        nodes[node]?.endsByIdentifier.keys.sorted() ?? []
    }

    /// While paused, what arrives is kept back, and beyond the receive queue's limit the senders have to wait.
    public func setReceivingPaused(_ isPaused: Bool, _ identifier: SimulatedNodeIdentifier) {
        guard let node = nodes[identifier], node.isPaused != isPaused else { return }
        node.isPaused = isPaused
        guard !isPaused else { return }
        var last: SimulatedEnd?
        while let (event, end) = node.held.popFirst() {
            deliveries.append(SimulatedDelivery(node: identifier, event: event))
            guard let end, case .message(_, let message) = event else { continue }
            end.heldBytes -= message.bytes.count
            if let last, last !== end { acknowledge(nil, last) }
            last = end
        }
        if let last { acknowledge(nil, last) }
    }

    // MARK: Paths

    /// How packets fare from one address to another; nil: as ``defaultPath``. One direction only.
    public func setPath(from source: IPAddress, to destination: IPAddress, _ path: SimulatedPath?) {
        paths[AddressPair(source: source, destination: destination)] = path.map(PathCost.init)
    }

    /// Cuts an address off, as an interface that goes down, or brings it back.
    public func setConnected(_ isConnected: Bool, _ address: IPAddress) {
        if isConnected { disconnected.remove(address) } else { disconnected.insert(address) }
    }

    /// Splits the network: addresses of different groups, or one in a group and one in none, do not reach each other.
    public func partition(_ partition: [[IPAddress]]) {
        groups = [:]
        for (number, group) in partition.enumerated() {
            for address in group { groups[address] = number }
        }
    }

    /// Lets nothing get from one address to another, or lets it again; one direction only. Several of them make a partial
    /// partition, in which not all see the same.
    public func setBlocked(_ isBlocked: Bool, from source: IPAddress, to destination: IPAddress) {
        let pair = AddressPair(source: source, destination: destination)
        if isBlocked { blocked.insert(pair) } else { blocked.remove(pair) }
    }

    /// Makes a host slow: everything that it sends, and everything that it is sent, takes so much longer. Zero makes it well.
    public func setExtraDelay(_ delay: Duration, of address: IPAddress) {
        extraDelays[address] = delay > .zero ? UInt64(delay.wholeNanoseconds) : nil
    }

    /// Ends a partition, and everything that is blocked.
    public func heal() {
        groups = [:]
        blocked = []
    }
}
