import InternetAddresses

/// One side of an association in a ``NetworkSimulation``.
final class SimulatedEnd {
    enum State {
        case initiating
        case confirming
        case established
        /// The user closed; what is queued goes out first.
        case shutDownPending
        case shutDownSent
        /// The peer closed; what is queued goes out first.
        case shutDownReceived
        case shutDownAcknowledged
    }

    /// One of the peer's addresses.
    struct Path {
        let local: SCTPAddress
        let remote: SCTPAddress
        var errors: UInt16 = 0
        var isReachable = true
        var awaitsHeartbeat = false
        var timeout: Duration
        /// RFC 9260 §6.3.1: SRTT and RTTVAR; nil before the first measurement.
        var smoothedRoundTrip: Duration?
        var variation: Duration = .zero
    }

    struct Outgoing {
        var number: UInt64
        var streamNumber: UInt64
        var message: SCTPMessage
        var isInFlight = false
        var isAcknowledged = false
        var timesSent = 0
        var sentAt = MonotonicInstant.origin
    }

    let identifier: AssociationIdentifier
    unowned let node: SimulatedNode
    let tag: UInt64
    var peerTag: UInt64 = 0
    var state: State
    var timing: SCTPTiming
    var paths: [Path]
    var primary = 0
    var errors: UInt16 = 0
    /// Counts up whenever the retransmission timer is set or stopped: an older one that fires is stale.
    var timerGeneration: UInt64 = 0
    var isTimerRunning = false
    var heartbeatGeneration: UInt64 = 0
    /// The user closed before the association was up, and sent something before.
    var closesOnceUp = false
    var outboundStreams: UInt16
    var inboundStreams: UInt16
    /// What the acceptor said, to be said again in each third step.
    var confirmation: (own: SimulatedPacket.Introduction, echo: SimulatedPacket.Introduction)?

    // Sending
    var outgoing = Fifo<Outgoing>()
    var queuedBytes = 0
    var flightBytes = 0
    var peerWindow = 0
    var nextNumber: UInt64 = 0
    var nextStreamNumbers: [UInt16: UInt64] = [:]
    var owesReadyToSend = false

    // Receiving
    /// Every number below this arrived.
    var nextExpected: UInt64 = 0
    /// Numbers that arrived above ``nextExpected``.
    var arrivedAhead: Set<UInt64> = []
    var expectedStreamNumbers: [UInt16: UInt64] = [:]
    /// Ordered messages that wait for an earlier one of their stream.
    var waitingForOrder: [UInt16: [UInt64: SCTPMessage]] = [:]
    /// Bytes that count against the window: waiting for order, or for a paused node.
    var heldBytes = 0

    init(
        _ identifier: AssociationIdentifier, of node: SimulatedNode, tag: UInt64, state: State, peers: [SCTPAddress]
    ) {
        self.identifier = identifier
        self.node = node
        self.tag = tag
        self.state = state
        timing = node.timing
        outboundStreams = node.configuration.streams
        inboundStreams = node.configuration.streams
        paths = []
        setPeers(peers)
    }

    /// Paths to a peer's addresses, each from a local address of the same family; addresses of another family are left out.
    func setPeers(_ peers: [SCTPAddress]) {
        paths = []
        for peer in peers {
            let locals = node.addresses.filter { $0.ip.family == peer.ip.family }
            guard !locals.isEmpty else { continue }
            let sameFamily = paths.count { $0.remote.ip.family == peer.ip.family }
            let local = locals[sameFamily % locals.count]
            paths.append(Path(local: local, remote: peer, timeout: timing.initialRetransmissionTimeout))
        }
        primary = 0
    }

    /// True once the association is up and until the user or the peer closes.
    var isOpenForSending: Bool { !closesOnceUp && (!isUp || state == .established) }

    var isUp: Bool { state != .initiating && state != .confirming }

    var window: Int { max(0, node.configuration.receiveQueueLimit - heldBytes) }

    var details: AssociationDetails {
        AssociationDetails(
            peerAddresses: [paths[primary].remote] + paths.indices.filter { $0 != primary }.map { paths[$0].remote },
            inboundStreams: inboundStreams, outboundStreams: outboundStreams)
    }

    /// RFC 9260 §6.3.1.
    func measured(_ roundTrip: Duration, onPath index: Int) {
        if let smoothed = paths[index].smoothedRoundTrip {
            let difference = smoothed > roundTrip ? smoothed - roundTrip : roundTrip - smoothed
            paths[index].variation = (paths[index].variation * 3 + difference) / 4
            paths[index].smoothedRoundTrip = (smoothed * 7 + roundTrip) / 8
        } else {
            paths[index].smoothedRoundTrip = roundTrip
            paths[index].variation = roundTrip / 2
        }
        resetTimeout(ofPath: index)
    }

    /// Undoes the doubling of time-outs.
    func resetTimeout(ofPath index: Int) {
        guard let smoothed = paths[index].smoothedRoundTrip else {
            return paths[index].timeout = timing.initialRetransmissionTimeout
        }
        paths[index].timeout = min(
            max(smoothed + paths[index].variation * 4, timing.minimumRetransmissionTimeout), timing.maximumRetransmissionTimeout
        )
    }
}

/// One endpoint in a ``NetworkSimulation``.
final class SimulatedNode {
    let identifier: SimulatedNodeIdentifier
    let configuration: SCTPEndpointConfiguration
    var addresses: [SCTPAddress]
    var timing: SCTPTiming
    var endsByIdentifier: [AssociationIdentifier: SimulatedEnd] = [:]
    /// By each of the peer's addresses: a pair of endpoints has one association (RFC 9260 §1.3).
    var endsByPeer: [SCTPAddress: SimulatedEnd] = [:]
    var accepted: UInt64 = 0
    var acceptsAssociations: Bool
    var isPaused = false
    /// What arrived while paused, with its end where it counts against a window.
    var held = Fifo<(event: SCTPEvent, end: SimulatedEnd?)>()

    init(_ identifier: SimulatedNodeIdentifier, _ configuration: SCTPEndpointConfiguration, _ addresses: [SCTPAddress]) {
        self.identifier = identifier
        self.configuration = configuration
        self.addresses = addresses
        timing = configuration.timing
        acceptsAssociations = configuration.isListening
    }
}
