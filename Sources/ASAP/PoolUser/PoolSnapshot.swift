public import RSerPoolParameters

/// Names a pool user's interest in the changes of a pool; whoever subscribes chooses the number, and uses none twice.
public struct SubscriptionIdentifier: Hashable, Sendable {
    public let rawValue: UInt64

    /// - Parameter rawValue: a number that was not used before.
    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }
}

/// What a pool consists of at one time (RFC 5352 §2.2.6).
public struct PoolSnapshot: Hashable, Sendable {
    /// The pool that is followed.
    public var pool: PoolHandle
    /// The pool's policy; nil is Round Robin.
    public var policy: PolicyParameter?
    /// The elements, in the registrar's order; none where there is no such pool.
    public var elements: [PoolElementParameter]
    /// True where the registrar tells of changes as they happen (the A flag); false where it has to be asked again and again.
    public var isLive: Bool

    /// What a followed pool consists of.
    public init(pool: PoolHandle, policy: PolicyParameter?, elements: [PoolElementParameter], isLive: Bool) {
        self.pool = pool
        self.policy = policy
        self.elements = elements
        self.isLive = isLive
    }
}
