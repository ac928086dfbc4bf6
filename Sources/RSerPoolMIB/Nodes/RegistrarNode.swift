public import ENRP
public import RSerPoolParameters
import SCTPTransport

/// A registrar as management sees it (RFC 5525 §5.1).
public actor RegistrarNode: ManagedNode {
    /// A registrar.
    public nonisolated let kind = ManagedNodeKind.registrar
    private let registrar: Registrar
    private let operationScope: [UInt8]
    private var description: [UInt8]
    private let changed: @Sendable ([UInt8]) async -> Void

    /// - Parameters:
    ///   - operationScope: the name of the registrar's operational scope; may be empty.
    ///   - description: for people, at most 255 bytes. A manager may set it.
    ///   - changed: is given what a manager has set, to be kept for the next start (RFC 5525 §5.4).
    public init(
        _ registrar: Registrar, operationScope: [UInt8] = [], description: [UInt8] = [],
        changed: @escaping @Sendable ([UInt8]) async -> Void = { _ in }
    ) {
        self.registrar = registrar
        self.operationScope = operationScope
        self.description = description
        self.changed = changed
    }

    /// The registrar and its handlespace, taken in slices between which it works on.
    public func state() async -> ManagedState? {
        let snapshot = await registrar.snapshot()
        return .registrar(
            ManagedRegistrar(
                snapshot, boundTo: registrar.peerAddresses, operationScope: operationScope, description: description))
    }

    /// The peers that it knows now.
    public func peers() async -> [RegistrarIdentifier] {
        await registrar.snapshotStart().snapshot.peers.map(\.registrar)
    }

    /// Takes another description.
    public func apply(_ change: ManagedChange) async {
        guard case .registrarDescription(let text, _) = change else { return }
        description = text
        await changed(text)
    }
}

extension ManagedRegistrar {
    /// - Parameter bound: where the ENRP endpoint is bound; its port counts where the registrar tells nobody its addresses.
    init(_ snapshot: RegistrarSnapshot, boundTo bound: [SCTPAddress], operationScope: [UInt8], description: [UInt8]) {
        func group(_ configuration: MulticastConfiguration) -> AnnouncementGroup {
            AnnouncementGroup(configuration.group, port: configuration.port)
        }
        self.init(
            identifier: snapshot.registrar, port: snapshot.addresses.enrp.first?.port ?? bound.first?.port ?? 0)
        self.operationScope = operationScope
        self.description = description
        uptime = snapshot.uptime?.timeTicks ?? 0
        asapAnnouncement = snapshot.asapAnnouncements.first.map(group)
        enrpAnnouncement = snapshot.enrpAnnouncements.first.map(group)
        addresses = snapshot.addresses.enrp.map(\.ip)
        pools = snapshot.pools.map { pool in
            Pool(
                index: UInt32(clamping: pool.index), handle: pool.handle,
                elements: pool.elements.map { (UInt32(clamping: $0.index), ManagedElement($0.parameter)) })
        }
        peers = snapshot.peers.map { peer in
            Peer(
                index: 0, identifier: peer.registrar, port: peer.addresses.first?.port ?? 0,
                lastHeard: peer.silence.timeTicks, addresses: peer.addresses.map(\.ip))
        }
    }
}

extension Duration {
    /// Hundredths of a second, which begin again after 497 days (RFC 2578 §7.1.8).
    var timeTicks: UInt32 {
        let (seconds, attoseconds) = components
        return UInt32(truncatingIfNeeded: seconds &* 100 &+ attoseconds / 10_000_000_000_000_000)
    }
}
