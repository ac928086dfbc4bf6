public import RSerPoolParameters
public import SCTPTransport

/// How things stand with a registrar, for status views, the MIB and tests: at one moment, or where it was taken in slices, within
/// a short time.
public struct RegistrarSnapshot: Hashable, Sendable {
    /// A pool and its elements.
    public struct Pool: Hashable, Sendable {
        /// From 1; no other pool has it as long as this one exists. It may be the next pool's after that.
        public var index: Int
        /// The pool's handle.
        public var handle: PoolHandle
        /// The overall policy.
        public var policy: PolicyParameter
        /// Ordered by identifier.
        public var elements: [Element]

        init(index: Int, handle: PoolHandle, policy: PolicyParameter, elements: [Element]) {
            self.index = index
            self.handle = handle
            self.policy = policy
            self.elements = elements
        }
    }

    /// A pool element, and how things stand with it.
    public struct Element: Hashable, Sendable {
        /// From 1; no other element of the pool has it as long as this one is registered.
        public var index: Int
        /// The element as it is given out, its load in its policy, its owner as home registrar.
        public var parameter: PoolElementParameter
        /// Since it first registered.
        public var age: Duration
        /// Since it last registered.
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
            /// Heard lately.
            case active
            /// Asked for a sign of life.
            case suspected
            /// Being taken over by another registrar.
            case inactive(by: RegistrarIdentifier)
            /// Being taken over by this one.
            case takenOver
        }

        /// Its identifier.
        public var registrar: RegistrarIdentifier
        /// How things stand with it.
        public var status: Status
        /// Where it is reached for ENRP, as it told; empty where it is known by hearsay without addresses.
        public var addresses: [SCTPAddress]
        /// The association with it; nil where there is none.
        public var association: AssociationIdentifier?
        /// Since it was last heard (peer_last_heard).
        public var silence: Duration
        /// Elements in the own copy of the handlespace that are its.
        public var elements: Int
        /// The checksum over these (RFC 5353 §3.6.2).
        public var checksum: PEChecksum
        /// The checksum that it last told of its elements; nil before.
        public var toldChecksum: PEChecksum?
        /// Whether the two agreed when last compared; nil before.
        public var isInStep: Bool?
        /// Whether its elements are being asked for anew (RFC 5353 §3.6.3).
        public var isResynchronising: Bool
        /// How far it is, in milliseconds; nil where that is not known.
        public var distance: UInt32?
        /// What it has done wrong, and how often.
        public var offences: [Offence]
    }

    /// A kind of mischief and its count.
    public struct Offence: Hashable, Sendable {
        /// What it did.
        public var kind: PeerOffence
        /// How often.
        public var count: UInt64
    }

    /// The registrar's identifier.
    public var registrar: RegistrarIdentifier
    /// Where it is reached, as it tells others.
    public var addresses = RegistrarAddresses.none
    /// The groups to which it announces itself to elements and users.
    public var asapAnnouncements: [MulticastConfiguration] = []
    /// The groups to which it announces itself to its peers.
    public var enrpAnnouncements: [MulticastConfiguration] = []
    /// Since it was started; nil where the view is of an engine alone, which does not know.
    public var uptime: Duration?
    /// What has happened in it since then.
    public var counters = RegistrarCounters()
    /// False until the handlespace has been downloaded from a mentor, or it is clear that there is none (RFC 5353 §3.2).
    public var isServing = true
    /// Ordered by identifier.
    public var peers: [Peer] = []
    /// Announcements by multicast that were thrown away, by cause: nobody can be named for them.
    public var announcementOffences: [Offence] = []
    /// Ordered by handle.
    public var pools: [Pool]
    /// Associations for ASAP, over SCTP and TCP.
    public var associations: Int
    /// The PE checksum over the elements that the registrar owns (RFC 5353 §3.6.2).
    public var checksum: PEChecksum

    /// Elements of all pools in ``pools``.
    public var elements: Int { pools.reduce(0) { $0 + $1.elements.count } }

    init(
        registrar: RegistrarIdentifier, isServing: Bool, peers: [Peer], pools: [Pool], associations: Int, checksum: PEChecksum
    ) {
        self.registrar = registrar
        self.isServing = isServing
        self.peers = peers
        self.pools = pools
        self.associations = associations
        self.checksum = checksum
    }
}
