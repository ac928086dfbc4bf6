public import RSerPoolParameters
import RequirementMarks
public import SCTPTransport

/// What a registrar's handlespace holds at one moment, for status views and tests.
public struct RegistrarSnapshot: Hashable, Sendable {
    /// A pool and its elements.
    public struct Pool: Hashable, Sendable {
        public var handle: PoolHandle
        /// The overall policy.
        public var policy: PolicyParameter
        /// Ordered by identifier.
        public var elements: [Element]
    }

    /// A pool element, and how things stand with it.
    public struct Element: Hashable, Sendable {
        /// The element as it is given out, its load in its policy, its owner as home registrar.
        public var parameter: PoolElementParameter
        /// Since it first registered, and since it last did.
        public var age: Duration
        public var timeSinceRenewal: Duration
        /// Until it expires; nil where it does not.
        public var timeToExpiry: Duration?
        /// Reports of its being unreachable since it last registered.
        public var reports: Int
        /// The association over which it registered or is probed; nil for a peer's element.
        public var association: AssociationIdentifier?
    }

    /// A peer registrar (RFC 5353 §3.4).
    public struct Peer: Hashable, Sendable {
        /// How things stand with a peer.
        public enum Status: Hashable, Sendable {
            /// Known by hearsay only.
            case rumoured
            case active
            /// Asked for a sign of life.
            case suspected
            /// Being taken over by another registrar.
            case inactive(by: RegistrarIdentifier)
            /// Being taken over by this one.
            case takenOver
        }

        public var registrar: RegistrarIdentifier
        public var status: Status
        public var addresses: [SCTPAddress]
        public var association: AssociationIdentifier?
        /// Since it was last heard (peer_last_heard).
        public var silence: Duration
        /// Elements in the own copy of the handlespace that are its.
        public var elements: Int
        /// The checksum over these, and the one that it last told.
        public var checksum: PEChecksum
        public var toldChecksum: PEChecksum?
        /// Whether the two agreed when last compared; nil before.
        public var isInStep: Bool?
        public var isResynchronising: Bool
        /// How far it is, in milliseconds; nil where that is not known.
        public var distance: UInt32?
        /// What it has done wrong, and how often.
        public var offences: [Offence]
    }

    /// A kind of mischief and its count.
    public struct Offence: Hashable, Sendable {
        public var kind: PeerOffence
        public var count: UInt64
    }

    public var registrar: RegistrarIdentifier
    /// False until the handlespace has been downloaded from a mentor, or it is clear that there is none (RFC 5353 §3.2).
    public var isServing = true
    /// Ordered by identifier.
    public var peers: [Peer] = []
    /// Ordered by handle.
    public var pools: [Pool]
    public var associations: Int
    /// The PE checksum over the elements that the registrar owns (RFC 5353 §3.6.2).
    public var checksum: PEChecksum

    public var elements: Int { pools.reduce(0) { $0 + $1.elements.count } }
}

extension RegistrarEngine {
    /// A copy of the handlespace. O(n log n) in its size.
    public func snapshot(at now: MonotonicInstant) -> RegistrarSnapshot {
        var pools: [RegistrarSnapshot.Pool] = []
        handlespace.forEachPool { pool, elements in
            let views = elements.map { element in
                let supervision = element.attachment
                return RegistrarSnapshot.Element(
                    parameter: element.parameter, age: now - supervision.registered,
                    timeSinceRenewal: now - supervision.renewed,
                    timeToExpiry: supervision.expiry == .distantFuture ? nil : supervision.expiry - now,
                    reports: Int(supervision.reports), association: supervision.association)
            }
            pools.append(RegistrarSnapshot.Pool(handle: pool.handle, policy: pool.policy, elements: views))
        }
        return RegistrarSnapshot(
            registrar: identifier, isServing: isServing, peers: peers.peers.map { view(of: $0, at: now) }, pools: pools,
            associations: associations.count, checksum: checksum)
    }

    /// The PE checksum over the elements that the registrar owns (RFC 5353 §3.6.2).
    public var checksum: PEChecksum {
        fulfils("enrp-3.6.2-R4")
        return handlespace.checksum(of: identifier)
    }

    private func view(of peer: Peer, at now: MonotonicInstant) -> RegistrarSnapshot.Peer {
        let status: RegistrarSnapshot.Peer.Status =
            switch peer.status {
            case .rumoured: .rumoured
            case .active: .active
            case .probed: .suspected
            case .inactive(let other): .inactive(by: other)
            case .contested: .takenOver
            }
        return RegistrarSnapshot.Peer(
            registrar: peer.identifier, status: status, addresses: peer.addresses, association: peer.association,
            silence: now - peer.lastHeard, elements: handlespace.count(ownedBy: peer.identifier),
            checksum: handlespace.checksum(of: peer.identifier), toldChecksum: peer.toldChecksum,
            isInStep: peer.audit.isInStep, isResynchronising: peer.audit.table != nil, distance: peer.distance,
            offences: peer.offences.all.map { RegistrarSnapshot.Offence(kind: $0.0, count: $0.1) })
    }
}
