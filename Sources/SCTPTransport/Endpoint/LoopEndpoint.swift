import InternetAddresses

/// An endpoint as its own event loop sees it: synchronous calls, and messages without a copy. Reached by
/// ``SCTPEndpoint/onLoop``; for actors and engines that live on the same loop. Used on the loop only.
public final class LoopEndpoint {
    /// The event loop that it belongs to.
    public let loop: EventLoop
    /// How it was opened.
    public let configuration: SCTPEndpointConfiguration
    /// What carries its messages.
    public let backendKind: SCTPBackendKind
    var counters = SCTPStatistics()

    enum Life {
        case open
        case closing
        case closed
    }

    var life = Life.open
    /// Nil only while the backend is being made, and after the endpoint has closed.
    var backend: (any SCTPBackend)?
    var closeCompletions: [() -> Void] = []
    /// Those whose end has not been told yet.
    var associations: Set<AssociationIdentifier> = []
    private var usedIdentifiers = UsedIdentifiers()
    private var openedCount: UInt64 = 0
    var acceptedCount: UInt64 = 0
    var waitingSends = WaitingSends()
    var queue: EventQueue
    var consumer: CheckedContinuation<Void, Never>?
    var messageHandler: ((RawSpan, MessageHeader, AssociationIdentifier) -> Void)?
    var notificationHandler: ((AssociationIdentifier, SCTPNotification) -> Void)?
    var isPausedByUser = false
    var isPausedByQueue = false

    init(
        _ configuration: SCTPEndpointConfiguration, backend choice: SCTPBackendChoice, on loop: EventLoop
    ) throws(SCTPTransportError) {
        loop.checkIsolated()
        let choice = try choice.decided()
        guard let kind = choice.kind else { preconditionFailure("a decided choice has a kind") }
        try configuration.check(for: kind)
        self.loop = loop
        self.configuration = configuration
        backendKind = kind
        queue = EventQueue(limit: configuration.receiveQueueLimit)
        backend = try choice.makeBackend(configuration, on: loop, delegate: self)
    }

    /// What its backend can do.
    public var capabilities: SCTPCapabilities { backend?.capabilities ?? backendKind.capabilities }

    /// The bound addresses, with the port in use; empty once the endpoint is closed.
    public var localAddresses: [SCTPAddress] { backend?.localAddresses ?? [] }

    /// Messages and bytes since it was opened.
    public var statistics: SCTPStatistics {
        var result = counters
        result.associations = associations.count
        return result
    }

    // MARK: Associations

    /// Starts opening an association to a peer, all of whose addresses are given.
    ///
    /// Returns at once; ``SCTPNotification/up(_:)`` or ``SCTPNotification/failed(_:)`` follows. Messages may be sent before.
    /// - Parameter chosen: the identifier to use, never used on this endpoint before; nil lets the endpoint choose.
    /// - Throws: `invalidConfiguration`, `unsupported` (several addresses without multi-homing), `identifierInUse`,
    ///   `alreadyConnected`, `tooManyAssociations`, `noRoute`, `endpointClosed`, `system`.
    @discardableResult
    public func connect(
        to addresses: [SCTPAddress], as chosen: AssociationIdentifier? = nil
    ) throws(SCTPTransportError) -> AssociationIdentifier {
        let backend = try openBackend()
        try check(peer: addresses)
        guard associations.count < configuration.maximumAssociations else {
            throw SCTPTransportError(
                .tooManyAssociations,
                "the endpoint has \(associations.count) associations and may have no more; close some or raise maximumAssociations"
            )
        }
        let association = try take(chosen)
        associations.insert(association)
        do throws(SCTPTransportError) {
            try backend.open(association, to: addresses)
        } catch {
            associations.remove(association)
            throw error
        }
        counters.associationsOpened += 1
        return association
    }

    private func take(_ chosen: AssociationIdentifier?) throws(SCTPTransportError) -> AssociationIdentifier {
        guard let chosen else {
            openedCount += 1
            return AssociationIdentifier(opened: openedCount, channel: configuration.channel)
        }
        guard chosen.isChosen else {
            throw SCTPTransportError(.identifierInUse, "\(chosen) is the endpoint's own number; choose one below 2^54")
        }
        switch usedIdentifiers.insert(chosen.rawValue) {
        case .new: return chosen
        case .usedBefore:
            throw SCTPTransportError(.identifierInUse, "association \(chosen) was there before; choose a number never used")
        case .tooScattered:
            throw SCTPTransportError(.identifierInUse, "too many chosen association numbers lie apart; choose them in sequence")
        }
    }

    private func check(peer addresses: [SCTPAddress]) throws(SCTPTransportError) {
        guard !addresses.isEmpty, addresses.count <= SCTPEndpointConfiguration.addressLimit else {
            throw SCTPTransportError(
                .invalidConfiguration,
                "\(addresses.count) peer addresses are given; there must be 1 to \(SCTPEndpointConfiguration.addressLimit)")
        }
        for address in addresses {
            guard address.port != 0, !address.ip.isUnspecified, !address.ip.isMulticast else {
                throw SCTPTransportError(
                    .invalidConfiguration, "\(address) cannot be connected to: a peer has a unicast address and a port above 0")
            }
            guard address.port == addresses[0].port else {
                throw SCTPTransportError(
                    .invalidConfiguration,
                    "\(address) has another port than \(addresses[0]); a peer has one port on all addresses")
            }
        }
        guard addresses.count == 1 || capabilities.contains(.multiHoming) else {
            throw SCTPTransportError(
                .unsupported,
                "\(backendKind.name) has no multi-homing: connect to one of the peer's \(addresses.count) addresses, "
                    + "or use kernel SCTP")
        }
    }

    /// Closes an association gracefully, after delivering what was sent; ``SCTPNotification/shutDown`` follows.
    /// - Throws: `unknownAssociation`, `closing`, `endpointClosed`.
    public func shutDown(_ association: AssociationIdentifier) throws(SCTPTransportError) {
        try backend(of: association).shutDown(association)
    }

    /// Ends an association at once and tells the peer; ``SCTPNotification/lost(_:)`` follows, or ``SCTPNotification/failed(_:)``.
    /// - Throws: `unknownAssociation`, `endpointClosed`.
    public func abort(_ association: AssociationIdentifier) throws(SCTPTransportError) {
        try backend(of: association).abort(association)
    }

    /// The peer's addresses, the primary one first.
    /// - Throws: `unknownAssociation`, `endpointClosed`.
    public func peerAddresses(of association: AssociationIdentifier) throws(SCTPTransportError) -> [SCTPAddress] {
        try backend(of: association).peerAddresses(of: association)
    }

    /// Changes time-outs and path supervision of one association, or with nil of all later ones.
    /// - Throws: `invalidConfiguration`, `unknownAssociation`, `endpointClosed`.
    public func setTiming(_ timing: SCTPTiming, of association: AssociationIdentifier? = nil) throws(SCTPTransportError) {
        try timing.check()
        let backend = if let association { try backend(of: association) } else { try openBackend() }
        try backend.setTiming(timing, of: association)
    }

    /// The smoothed round-trip time of the primary path; nil before the first measurement.
    /// - Throws: `unknownAssociation`, `endpointClosed`.
    public func roundTripTime(of association: AssociationIdentifier) throws(SCTPTransportError) -> Duration? {
        try backend(of: association).roundTripTime(of: association)
    }

    // MARK: Engines

    /// Does what an engine asks for.
    /// - Throws: what the action's own function throws.
    public func perform(_ action: SCTPAction) throws(SCTPTransportError) {
        switch action {
        case .open(let association, let addresses): try connect(to: addresses, as: association)
        case .send(let association, let message): try send(message, on: association)
        case .shutDown(let association): try shutDown(association)
        case .abort(let association): try abort(association)
        }
    }

    // MARK: Checks

    func openBackend() throws(SCTPTransportError) -> any SCTPBackend {
        guard life == .open, let backend else {
            throw SCTPTransportError(.endpointClosed, "the endpoint is closed; open a new one")
        }
        return backend
    }

    private func backend(of association: AssociationIdentifier) throws(SCTPTransportError) -> any SCTPBackend {
        let backend = try openBackend()
        guard associations.contains(association) else { throw LoopEndpoint.unknown(association) }
        return backend
    }

    static func unknown(_ association: AssociationIdentifier) -> SCTPTransportError {
        SCTPTransportError(.unknownAssociation, "there is no association \(association), or it has ended; open a new one")
    }

    static func alreadyConnected(_ peer: SCTPAddress) -> SCTPTransportError {
        SCTPTransportError(.alreadyConnected, "there is an association with \(peer) already; use that one or end it first")
    }
}
