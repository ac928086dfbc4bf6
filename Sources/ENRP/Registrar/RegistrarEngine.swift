public import ASAP
public import RSerPoolParameters
import RequirementMarks
public import SCTPTransport

/// A registrar (ENRP server): the server's side of RFC 5352, and RFC 5353 towards its peers.
///
/// Each section has a file of its own: registration (RFC 5352 §3.1), deregistration §3.2, handle resolution §3.3, keep-alives §3.4 and
/// unreachable elements §3.5 in `Registrar`; initialisation (RFC 5353 §3.2), handle updates §3.3, the peer list §3.4, takeover §3.5 and
/// audit §3.6 in `Peers`.
///
/// No request's work grows with a pool's size, or the number of pools, beyond O(log n) for each element returned; a change costs
/// one message to each peer, encoded once.
public struct RegistrarEngine<Randomness: RandomNumberGenerator & Sendable>: TransportEngine {
    /// What can happen to a registrar.
    public enum Input: TransportEngineInput {
        /// Something from an association, or about it.
        case transport(SCTPEvent)
        /// What came to a multicast endpoint.
        case announcement(Announcement)
        /// ``nextDeadline`` has been reached.
        case timer
        /// The smoothed round-trip time of an association, as ``Output/measurementWanted(_:)`` asked for.
        case roundTripTime(AssociationIdentifier, Duration)
    }

    /// What a registrar does.
    public enum Output: Hashable, TransportEngineOutput {
        /// Something for an association.
        case transport(SCTPAction)
        /// A datagram for elements and users (channel `.asap`) or for peers (`.enrp`).
        case announcement(OutgoingAnnouncement)
        /// Something to tell.
        case event(RegistrarEvent)
        /// The round-trip time of an association is wanted, for a policy under which distance counts. Where it is not known,
        /// nothing need be answered.
        case measurementWanted(AssociationIdentifier)

        /// What is for an association; nil for anything else.
        public var transportAction: SCTPAction? {
            if case .transport(let action) = self { action } else { nil }
        }

        /// What is for a multicast group; nil for anything else.
        public var announcement: OutgoingAnnouncement? {
            if case .announcement(let announcement) = self { announcement } else { nil }
        }
    }

    /// The registrar's own identifier. It may change while the registrar initialises, where a peer has the same (RFC 5353 §3.2.1).
    public internal(set) var identifier: RegistrarIdentifier
    /// Timers, thresholds and limits.
    public let configuration: RegistrarConfiguration
    /// Where the registrar is reached, as it tells others.
    public let addresses: RegistrarAddresses

    var handlespace = Handlespace<Supervision>()
    var associations: [AssociationIdentifier: RegistrarAssociation] = [:]
    var associationsByEndpoint: [EndpointKey: AssociationIdentifier] = [:]
    /// One deadline for each element that this registrar supervises: its expiry or its next keep-alive, whichever comes first.
    var deadlines = DeadlineQueue<ElementLocation>()
    /// Pools of whose changes users are told, by handle; and when that is due.
    var watches: [PoolHandle: PoolWatch] = [:]
    var updateDeadlines = DeadlineQueue<PoolHandle>()
    var outputs = OutputQueue<Output>()
    var randomness: Randomness
    var lastOpened: UInt64 = 0
    let wireLimits: WireLimits

    // Among peers.
    var stage: Stage
    var peers = PeerList()
    var links: [AssociationIdentifier: PeerLink] = [:]
    var timers = TimerTable<PeerTimer>()
    var announcements = RateWindow()
    var rumours = RateWindow()
    /// Those of which a peer may have missed the word, the oldest first.
    var takeoversWon: [WonTakeover] = []
    var announcementOffences = PeerOffences()
    /// Since when, and when last, another registrar was heard that has the same identifier.
    var sharing: (since: MonotonicInstant, last: MonotonicInstant)?
    /// How often this registrar has begun anew for that reason.
    var beginnings = 0
    /// Registrars whose ASAP_SERVER_ANNOUNCE was heard, and until when that counts; at most as many as there may be peers.
    var announcers: [(registrar: RegistrarIdentifier, validity: MonotonicInstant)] = []
    /// Faults to act on, in debug builds; see ``PlantedFault``.
    package var plantedFaults: Set<PlantedFault> = [] {
        didSet { handlespace.keepsChecksumOfRemoved = hasFault(.checksumKeptOnDelete) }
    }

    // Used again from message to message.
    var writer = ParameterWriter(capacity: 1_024)
    var selected: [Int] = []

    /// - Parameters:
    ///   - identifier: unique in the operational scope and not `RegistrarIdentifier.undetermined`; usually random.
    ///   - addresses: where the registrar is reached; without ENRP addresses it cannot tell peers where to find it.
    ///   - randomness: spreads the keep-alives.
    public init(
        identifier: RegistrarIdentifier, configuration: RegistrarConfiguration = .standard,
        addresses: RegistrarAddresses = .none,
        randomness: Randomness
    ) {
        precondition(identifier != .undetermined, "a registrar has an identifier other than 0")
        self.identifier = identifier
        self.configuration = configuration
        self.addresses = addresses
        self.randomness = randomness
        // RFC 5353 §3.2.2.1: with nobody to ask, the registrar is alone and serves at once.
        let peers = configuration.peers
        if peers.peers.isEmpty && !peers.announcesToPeers {
            fulfils("enrp-3.2.2.1-R4")
            fulfils("enrp-3.2.2.1-R5")
            fulfils("enrp-3.2.2.1-R6")
            stage = .serving
        } else {
            stage = .initialising(Initialisation())
        }
        if peers.announcesToClients || stage != .serving { timers.start(.start, at: .origin) }
        var limits = WireLimits.standard
        // What the codec refuses would be answered without naming the pool element; the registrar's own limits answer better.
        limits.addressesPerTransport = max(limits.addressesPerTransport, configuration.limits.maximumAddressesPerElement)
        wireLimits = limits
    }

    /// When ``Input/timer`` is due; nil where nothing is waited for.
    public var nextDeadline: MonotonicInstant? {
        [deadlines.next, updateDeadlines.next, timers.nextDeadline].lazy.compactMap(\.self).min()
    }

    public mutating func nextOutput() -> Output? {
        outputs.popFirst()
    }

    public mutating func handle(_ input: Input, at now: MonotonicInstant) {
        switch input {
        case .transport(.message(let association, let message)):
            receive(unsafe message.bytes.span.bytes, message.header, from: association, at: now)
        case .transport(.notification(let association, let notification)):
            notice(notification, of: association, at: now)
        case .announcement(let announcement): take(announcement, at: now)
        case .timer:
            actOnDeadlines(at: now)
            noteChanges(at: now)
            sendDueUpdates(at: now)
        case .roundTripTime(let association, let roundTripTime):
            measured(roundTripTime, association)
        }
        noteChanges(at: now)
    }

    /// Takes one message without copying it; the same as the input `SCTPEvent/message(_:_:)`.
    public mutating func receive(
        _ bytes: RawSpan, _ header: MessageHeader, from association: AssociationIdentifier, at now: MonotonicInstant
    ) {
        defer { noteChanges(at: now) }
        guard association.channel != .enrp else { return receiveFromPeer(bytes, header, association, at: now) }
        guard associations[association] != nil else { return discard(.unknownAssociation, from: association) }
        // RFC 5352 §5 only recommends the identifier, so a sender may leave it out; another protocol's message is none of ASAP.
        guard header.payloadProtocol == .asap || header.payloadProtocol == .unspecified else {
            return discard(.payloadProtocol(header.payloadProtocol), from: association)
        }
        do throws(WireError) {
            let decoded = try ASAPMessage.decode(bytes, limits: wireLimits)
            handle(decoded.message, from: association, at: now)
            // What was passed over in a message that was taken (RFC 5354 §3).
            if !decoded.report.isEmpty { reportErrors(decoded.report, to: association, at: now) }
        } catch {
            refuse(bytes, error, from: association, at: now)
        }
    }

    private mutating func handle(_ message: ASAPMessage, from association: AssociationIdentifier, at now: MonotonicInstant) {
        switch message {
        case .registration(let request): register(request, from: association, at: now)
        case .deregistration(let request): deregister(request, from: association)
        case .handleResolution(let request): resolve(request, from: association, at: now)
        case .endpointKeepAliveAcknowledgement(let acknowledgement):
            acknowledge(acknowledgement, from: association, at: now)
        case .endpointUnreachable(let report): take(report, from: association, at: now)
        case .error(let report):
            guard admits(\.notices, configuration.limits.maximumAcknowledgementsPerSecond, association, at: now) else { return }
            fulfils("asap-4-R10")
            discard(.errorReported(report.causes), from: association)
        case .registrationResponse, .deregistrationResponse, .handleResolutionResponse, .endpointKeepAlive, .serverAnnounce,
            .cookie, .cookieEcho, .businessCard:
            guard admits(\.notices, configuration.limits.maximumAcknowledgementsPerSecond, association, at: now) else { return }
            discard(.notForRegistrars(message.type), from: association)
        }
    }

    // MARK: Messages that cannot be read

    /// Answers a message that is not one (RFC 5352 §2.2.14). A registration or deregistration whose element is known all the
    /// same is rejected by the response that the element waits for (§3.1, §3.2).
    private mutating func refuse(
        _ bytes: RawSpan, _ error: WireError, from association: AssociationIdentifier, at now: MonotonicInstant
    ) {
        fulfils("asap-2.2.14-R1")
        discard(.malformed(error), from: association)
        guard !error.report.isEmpty, admits(\.errors, configuration.limits.maximumErrorsPerSecond, association, at: now)
        else { return }
        let isUnknownParameter = error.code == .unrecognizedParameter || error.code == .unrecognizedMessage
        if !isUnknownParameter, let subject = RequestSubject(of: bytes, limits: wireLimits) {
            switch subject.type {
            case .registration:
                send(
                    .registrationResponse(
                        ASAPMessage.RegistrationResponse(
                            isRejected: true, pool: subject.pool, identifier: subject.identifier, causes: error.report)),
                    to: association)
                return
            case .deregistration:
                send(
                    .deregistrationResponse(
                        ASAPMessage.DeregistrationResponse(
                            pool: subject.pool, identifier: subject.identifier, causes: error.report)),
                    to: association)
                return
            default: break
            }
        }
        fulfils("asap-2.2.14-R2")
        if let answer = ASAPMessage.answer(to: error) { send(answer, to: association) }
    }

    private mutating func reportErrors(
        _ causes: [ErrorCause], to association: AssociationIdentifier, at now: MonotonicInstant
    ) {
        guard admits(\.errors, configuration.limits.maximumErrorsPerSecond, association, at: now) else { return }
        send(.error(ASAPMessage.ErrorReport(causes: causes)), to: association)
    }

    // MARK: Outputs

    /// Sends an ASAP message. One that is longer than a message may be is not sent: only error reports can be, for they quote
    /// what the peer sent.
    mutating func send(_ message: ASAPMessage, to association: AssociationIdentifier) {
        do throws(WireEncodingError) {
            try message.write(to: &writer)
        } catch {
            return
        }
        guard writer.bytes.count <= configuration.limits.maximumMessageSize else { return }
        // Bytes of their own, no longer than they need be: the writer keeps its buffer, however large that has become.
        var bytes: [UInt8] = []
        fulfils("asap-5-R1")
        bytes.reserveCapacity(writer.bytes.count)
        bytes.append(contentsOf: writer.bytes)
        outputs.append(.transport(.send(association, SCTPMessage(bytes, MessageHeader(payloadProtocol: .asap)))))
    }

    mutating func tell(_ event: RegistrarEvent) {
        outputs.append(.event(event))
    }

    mutating func discard(_ reason: DiscardReason, from association: AssociationIdentifier) {
        outputs.append(.event(.messageDiscarded(reason, association)))
    }

    /// A parameter as an error cause quotes it; nothing of one that is so long that the answer might not fit into a message.
    mutating func quote(_ parameter: some WireParameter) -> [UInt8] {
        writer.reset()
        writer.write(parameter)
        return writer.bytes.count <= configuration.limits.maximumElementSize / 2 ? writer.bytes : []
    }
}
