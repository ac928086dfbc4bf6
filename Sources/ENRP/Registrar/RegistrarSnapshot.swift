public import RSerPoolParameters
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
        /// The association over which it registered or is probed.
        public var association: AssociationIdentifier
    }

    public var registrar: RegistrarIdentifier
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
            registrar: identifier, pools: pools, associations: associations.count, checksum: checksum)
    }

    /// The PE checksum over the elements that the registrar owns (RFC 5353 §3.6.2).
    public var checksum: PEChecksum { handlespace.checksum(of: identifier) }
}
