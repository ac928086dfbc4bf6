public import SCTPTransport

/// Drives an engine over its endpoints, on their loop: each event goes into the engine, what comes out is done, and one timer
/// waits for the engine's deadline.
///
/// An engine may live on several channels: each has an SCTP endpoint, whose configuration names the channel, and may have
/// multicast endpoints. Associations are told apart by the channel in their identifiers.
///
/// An endpoint has at most one association with a peer. For an engine that opens several, or opens one while another with the
/// same peer is closing, the owner gives the driver further endpoints of a channel when it asks for them
/// (``furtherEndpointWanted``).
///
/// A driver belongs to an actor on the loop, or to code that runs on it; it is not to be used elsewhere.
public final class EngineDriver<Engine: TransportEngine> {
    /// The engine. Changes are to be followed by ``drain()``.
    public var engine: Engine
    /// The first endpoint.
    public let endpoint: SCTPEndpoint
    /// Endpoints in the order in which they were added; each channel's first one is the one that peers open associations to.
    var lanes: [EngineLane] = []
    /// Each channel's first lane.
    var firstLanes: [TransportChannel: Int] = [:]
    /// The lanes of associations that are not in their channel's first.
    var laneOf: [AssociationIdentifier: Int] = [:]
    /// Associations that wait for a further endpoint.
    var waitingOpens: [(association: AssociationIdentifier, addresses: [SCTPAddress])] = []
    var wantedChannels: Set<TransportChannel> = []
    /// The lane of associations with registrars, where they have one of their own.
    var controlLane: Int?
    var multicasts: [(endpoint: MulticastEndpoint, channel: TransportChannel)] = []
    var isReceivingPaused = false
    /// Endpoints that a driver has at most, all channels together.
    public static var endpointLimit: Int { 256 }

    private var output: ((Engine.Output) -> Void)?
    private var timer: LoopTimer?
    private var armedAt: MonotonicInstant?
    private var isDraining = false
    var isStarted = false
    private(set) var isStopped = false
    /// Messages of the engine that found the send queue full, per association in order, and how many bytes they have.
    var backlog: [AssociationIdentifier: (messages: [SCTPMessage], bytes: Int)] = [:]
    /// Bytes of messages that may wait for room on one association, beyond the endpoint's send queue. A peer that asks for more
    /// and reads nothing has its association aborted.
    public var backlogLimit = 262_144

    /// Takes messages before the engine does; true where it took one. For data, which most engines need not see.
    public var interceptMessage: ((RawSpan, MessageHeader, AssociationIdentifier) -> Bool)?
    /// Learns of actions that the transport refused.
    public var actionFailed: ((SCTPAction, SCTPTransportError) -> Void)?
    /// Learns of announcements that could not be sent; the engine does not, since it may lose any.
    public var announcementFailed: ((OutgoingAnnouncement, SCTPTransportError) -> Void)?
    /// Which of the associations that the engine opens go to the endpoint that ``add(control:)`` gave; without it all of them.
    public var isControl: ((AssociationIdentifier) -> Bool)?
    /// Asks the owner for a further endpoint of a channel: ``add(_:channel:)-(SCTPEndpoint,_)`` or
    /// ``furtherEndpointFailed(_:channel:)`` answers. Without it each channel has one.
    public var furtherEndpointWanted: ((TransportChannel) -> Void)?

    /// - Parameter output: called on the loop for every output that is neither a transport action nor an announcement.
    public init(_ engine: Engine, endpoint: SCTPEndpoint, output: @escaping (Engine.Output) -> Void) {
        self.engine = engine
        self.endpoint = endpoint
        self.output = output
        append(endpoint)
    }

    var now: MonotonicInstant { endpoint.loop.now }

    /// Starts taking the endpoints' events.
    public func start() {
        timer = endpoint.loop.makeTimer { [weak self] in self?.timerFired() }
        isStarted = true
        for lane in lanes { takeEvents(of: lane.core) }
        for multicast in multicasts { takeAnnouncements(of: multicast.endpoint, multicast.channel) }
        drain()
    }

    /// Takes no more events and sets no more timers.
    public func stop() {
        isStopped = true
        timer?.disarm()
        timer = nil
        // What the closures hold on to is let go.
        for multicast in multicasts { multicast.endpoint.setHandler(nil) }
        interceptMessage = nil
        actionFailed = nil
        isControl = nil
        announcementFailed = nil
        furtherEndpointWanted = nil
        output = nil
    }

    /// Gives the engine an input and does what comes out.
    public func handle(_ input: Engine.Input) {
        guard !isStopped else { return }
        engine.handle(input, at: now)
        drain()
    }

    /// Does what the engine has put out.
    public func drain() {
        // An action may bring an event at once; the engine has it by then, and the outer loop goes on.
        guard !isDraining else { return }
        isDraining = true
        while let next = engine.nextOutput() {
            if let action = next.transportAction {
                perform(action)
            } else if let announcement = next.announcement {
                announce(announcement)
            } else {
                output?(next)
            }
        }
        isDraining = false
        armTimer()
    }

    private func armTimer() {
        let deadline = isStopped ? nil : engine.nextDeadline
        guard deadline != armedAt else { return }
        armedAt = deadline
        if let deadline {
            timer?.arm(at: deadline)
        } else {
            timer?.disarm()
        }
    }

    private func timerFired() {
        armedAt = nil
        handle(.timer)
    }

    // MARK: Events

    func takeEvents(of core: LoopEndpoint) {
        core.setHandlers(
            message: { [weak self] bytes, header, association in
                self?.received(bytes, header, association)
            },
            notification: { [weak self] association, notification in
                self?.notified(association, notification)
            })
    }

    func takeAnnouncements(of multicast: MulticastEndpoint, _ channel: TransportChannel) {
        multicast.setHandler { [weak self] bytes, source in
            guard let self else { return }
            let copy = unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
            handle(.announcement(Announcement(channel: channel, bytes: copy, source: source)))
        }
    }

    private func received(_ bytes: RawSpan, _ header: MessageHeader, _ association: AssociationIdentifier) {
        if let interceptMessage, interceptMessage(bytes, header, association) { return }
        let copy = unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
        handle(.transport(.message(association, SCTPMessage(copy, header))))
    }

    private func notified(_ association: AssociationIdentifier, _ notification: SCTPNotification) {
        switch notification {
        case .failed, .lost, .shutDown: forget(association)
        default: break
        }
        if !backlog.isEmpty, backlog[association] != nil {
            switch notification {
            case .readyToSend:
                retryBacklog(of: association)
                if hasBacklog(association) { return }
            case .failed, .lost, .shutDown:
                for message in backlog.removeValue(forKey: association)?.messages ?? [] { handBack(message, association) }
            default:
                break
            }
        }
        handle(.transport(.notification(association, notification)))
    }
}
