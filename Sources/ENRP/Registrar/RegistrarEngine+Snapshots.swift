public import RSerPoolParameters
import RequirementMarks
public import SCTPTransport

/// Where a walk through a registrar's pools has come to: a snapshot is taken in slices, between which the registrar works on.
///
/// An element that is registered from the walk's beginning to its end is in one slice. One that comes or goes meanwhile is in one,
/// in none or, where it comes back, in two.
public struct RegistrarSnapshotPlace: Hashable, Sendable {
    var pool = 0
    var slot = 0
    /// The pool's handle, where the walk is within a pool: another pool may have its place by the next slice.
    var handle: PoolHandle?

    /// Before the first pool.
    public static let start = RegistrarSnapshotPlace()
}

extension RegistrarSnapshot {
    /// The most elements of a slice. Taking so many stops a registrar for a fraction of a millisecond.
    public static let elementsPerSlice = 256
    /// The most places of a slice that are looked at, whether or not an element is there now.
    static let placesPerSlice = 4_096

    static func offences(_ offences: PeerOffences) -> [Offence] {
        offences.all.map { Offence(kind: $0.0, count: $0.1) }
    }

    /// Puts slices together: each pool once, ordered by handle, and each element once, ordered by identifier.
    /// - Parameter slices: in the order in which they were taken; of an element that is there twice the later view counts.
    public static func pools(of slices: [Pool]) -> [Pool] {
        let pools = Dictionary(grouping: slices, by: \.handle).values.map { parts in
            var pool = parts[parts.count - 1]
            let views = Dictionary(
                parts.flatMap(\.elements).map { ($0.parameter.identifier, $0) }, uniquingKeysWith: { $1 })
            pool.elements = views.values.sorted { $0.parameter.identifier < $1.parameter.identifier }
            return pool
        }
        return pools.sorted { $0.handle < $1.handle }
    }
}

extension RegistrarEngine {
    /// How things stand now. O(n log n) in the size of the handlespace; ``poolSlice(_:elements:at:)`` does not stop the registrar for long.
    public func snapshot(at now: MonotonicInstant) -> RegistrarSnapshot {
        var snapshot = overview(at: now)
        var slices: [RegistrarSnapshot.Pool] = []
        var place: RegistrarSnapshotPlace? = .start
        while let next = place {
            let slice = poolSlice(next, elements: .max, at: now)
            slices += slice.pools
            place = slice.next
        }
        snapshot.pools = RegistrarSnapshot.pools(of: slices)
        return snapshot
    }

    /// The same without pools. O(n) in the number of peers.
    public func overview(at now: MonotonicInstant) -> RegistrarSnapshot {
        var snapshot = RegistrarSnapshot(
            registrar: identifier, isServing: isServing, peers: peers.peers.map { view(of: $0, at: now) }, pools: [],
            associations: associations.count, checksum: checksum)
        snapshot.addresses = addresses
        snapshot.announcementOffences = RegistrarSnapshot.offences(announcementOffences)
        return snapshot
    }

    /// The next pools and elements from a place on, in no particular order.
    /// - Parameter limit: the most elements.
    /// - Returns: the pools, the first and the last perhaps in part; and where to go on, nil at the end.
    public func poolSlice(
        _ place: RegistrarSnapshotPlace, elements limit: Int = RegistrarSnapshot.elementsPerSlice, at now: MonotonicInstant
    ) -> (pools: [RegistrarSnapshot.Pool], next: RegistrarSnapshotPlace?) {
        var slice: [RegistrarSnapshot.Pool] = []
        var place = place
        var (elements, places) = (0, 0)
        while place.pool < handlespace.capacity {
            let end = handlespace.slotCount(ofPool: place.pool)
            let handle = handlespace.handle(ofPool: place.pool)
            if handle != place.handle { (place.handle, place.slot) = (handle, 0) }
            var views: [RegistrarSnapshot.Element] = []
            while place.slot < end, elements < limit, places < RegistrarSnapshot.placesPerSlice {
                let location = ElementLocation(pool: place.pool, slot: place.slot)
                if handlespace.contains(location) {
                    views.append(view(of: location, at: now))
                    elements += 1
                }
                place.slot += 1
                places += 1
            }
            if let handle, !views.isEmpty {
                fulfils("mib-5-R1")
                slice.append(
                    RegistrarSnapshot.Pool(
                        index: place.pool + 1, handle: handle, policy: handlespace.policy(ofPool: place.pool), elements: views))
            }
            guard place.slot >= end else { return (slice, place) }
            place = RegistrarSnapshotPlace(pool: place.pool + 1)
            places += 1
            if elements >= limit || places >= RegistrarSnapshot.placesPerSlice {
                return (slice, place.pool < handlespace.capacity ? place : nil)
            }
        }
        return (slice, nil)
    }

    /// The PE checksum over the elements that the registrar owns (RFC 5353 §3.6.2).
    public var checksum: PEChecksum {
        fulfils("enrp-3.6.2-R4")
        return handlespace.checksum(of: identifier)
    }

    private func view(of location: ElementLocation, at now: MonotonicInstant) -> RegistrarSnapshot.Element {
        let supervision = handlespace[location]
        fulfils("mib-5-R1")
        return RegistrarSnapshot.Element(
            index: Int(location.slot) + 1, parameter: handlespace.parameter(at: location), age: now - supervision.registered,
            timeSinceRenewal: now - supervision.renewed,
            timeToExpiry: supervision.expiry == .distantFuture ? nil : supervision.expiry - now,
            reports: Int(supervision.reports), association: supervision.association)
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
            offences: RegistrarSnapshot.offences(peer.offences))
    }
}
