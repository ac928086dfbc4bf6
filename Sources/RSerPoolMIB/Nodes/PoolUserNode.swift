public import ASAP
public import RSerPoolParameters

/// A pool user as management sees it (RFC 5525 §5.3).
///
/// A manager may set the pool. That is for sessions to come: a program that begins one asks for ``pool`` then.
public actor PoolUserNode: ManagedNode {
    /// A pool user.
    public nonisolated let kind = ManagedNodeKind.poolUser
    /// The pool of sessions to come.
    public private(set) var pool: PoolHandle
    private let user: PoolUser
    private let operationScope: [UInt8]
    private var description: [UInt8]
    private let changed: @Sendable (ManagedUserAttributes) async -> Void

    /// - Parameters:
    ///   - pool: the pool of the user's sessions. A manager may set it.
    ///   - operationScope: the name of the user's operational scope; may be empty.
    ///   - description: for people, at most 255 bytes. A manager may set it.
    ///   - changed: is given what a manager has set, to be kept for the next start (RFC 5525 §5.4).
    public init(
        _ user: PoolUser, pool: PoolHandle, operationScope: [UInt8] = [], description: [UInt8] = [],
        changed: @escaping @Sendable (ManagedUserAttributes) async -> Void = { _ in }
    ) {
        self.user = user
        self.pool = pool
        self.operationScope = operationScope
        self.description = description
        self.changed = changed
    }

    /// The user as it is now.
    public func state() async -> ManagedState? {
        let uptime = await user.uptime
        var shown = ManagedPoolUser(pool: pool)
        shown.operationScope = operationScope
        shown.description = description
        shown.uptime = uptime.timeTicks
        return .poolUser(shown)
    }

    /// Takes what was set for sessions to come.
    public func apply(_ change: ManagedChange) async {
        guard case .poolUser(let attributes, _) = change else { return }
        pool = attributes.pool
        description = attributes.description
        await changed(attributes)
    }
}
