public import RSerPoolParameters
public import SCTPTransport

/// How things stand with a pool user at one moment, for status views and the MIB.
public struct PoolUserSnapshot: Hashable, Sendable {
    /// A pool that the user knows of: its cache entry (RFC 5352 §3.3), and who waits for news of it.
    public struct Pool: Hashable, Sendable {
        /// The pool's name.
        public var handle: PoolHandle
        /// The policy by which elements are chosen; Round Robin before the first answer.
        public var policy: PolicyType
        /// The elements as the registrar gave them last; empty where there is no answer.
        public var elements: [PoolElementIdentifier]
        /// How old the answer is; nil where there is none.
        public var age: Duration?
        /// True where a question would be answered without asking a registrar (C1, C4).
        public var isFresh: Bool
        /// True while a registrar is being asked.
        public var isRequested: Bool
        /// Those who follow the pool's changes, and whether the registrar tells of them by itself (RFC 5352 §2.2.5).
        public var followers: Int
        /// True while the registrar has promised to tell of the pool's changes.
        public var isLive: Bool
    }

    /// A session with a pool.
    public struct Session: Hashable, Sendable {
        /// The session's number.
        public var identifier: PoolUserSessionIdentifier
        /// The pool that it is with.
        public var pool: PoolHandle
        /// The element in use, or being tried; nil while one is looked for.
        public var element: PoolElementIdentifier?
        /// Where the element is; none while one is looked for.
        public var addresses: [SCTPAddress]
        /// True where the element has taken the association.
        public var isConnected: Bool
        /// Bytes of the latest cookie; nil without one (RFC 5352 §3.8).
        public var cookieSize: Int?
        /// Bytes that wait for an element.
        public var queuedBytes: Int
    }

    /// The home registrar; nil while none is needed or one is looked for.
    public var registrar: SCTPAddress?
    /// The registrars that are known now, configured ones first (RFC 5352 §3.6).
    public var registrars: [SCTPAddress]
    /// The one known for longest in front; at most ``PoolUserConfiguration/maximumCachedPools``.
    public var pools: [Pool]
    /// By ascending identifier, at most ``listedSessions``.
    public var sessions: [Session]
    /// How many sessions and messengers there are.
    public var sessionCount: Int
    /// How many messengers there are (RFC 5352 §6.5.1).
    public var messengerCount: Int
    /// Since it was opened; nil where the view is of an engine alone, which does not know.
    public var uptime: Duration?

    /// The most sessions that a snapshot lists.
    public static let listedSessions = 1_000
    /// The most elements of a pool that a snapshot lists.
    public static let listedElements = 128
}

extension PoolUserEngine {
    /// How things stand now. O(n log n) in the number of sessions, O(n) in that of pools.
    public func snapshot(at now: MonotonicInstant) -> PoolUserSnapshot {
        PoolUserSnapshot(
            registrar: home?.address, registrars: hunt.list,
            pools: poolOrder.compactMap { view(of: $0, at: now) },
            sessions: sessions.keys.sorted { $0.rawValue < $1.rawValue }.prefix(PoolUserSnapshot.listedSessions)
                .compactMap(view(of:)),
            sessionCount: sessions.count, messengerCount: messengers.count)
    }

    private func view(of handle: PoolHandle, at now: MonotonicInstant) -> PoolUserSnapshot.Pool? {
        guard let pool = pools[handle] else { return nil }
        let elements = pool.answer?.elements.prefix(PoolUserSnapshot.listedElements).map(\.identifier) ?? []
        return PoolUserSnapshot.Pool(
            handle: handle, policy: pool.policyType, elements: elements, age: pool.answer.map { now - $0.learntAt },
            isFresh: freshAnswer(of: handle, at: now) != nil, isRequested: pool.request != nil,
            followers: pool.followers?.identifiers.count ?? 0, isLive: pool.followers?.isLive ?? false)
    }

    private func view(of identifier: PoolUserSessionIdentifier) -> PoolUserSnapshot.Session? {
        guard let session = sessions[identifier] else { return nil }
        return PoolUserSnapshot.Session(
            identifier: identifier, pool: session.pool, element: session.link?.element.identifier,
            addresses: session.link?.addresses ?? [], isConnected: session.link?.isUp ?? false,
            cookieSize: session.cookie?.bytes.count, queuedBytes: session.queuedBytes)
    }
}
