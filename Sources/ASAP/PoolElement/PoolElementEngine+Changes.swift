public import RSerPoolParameters
import SCTPTransport

/// Values that an element is to be registered with from now on; nil leaves one as it is.
public struct PoolElementChange: Hashable, Sendable {
    /// The pool to be in.
    public var pool: PoolHandle?
    /// The policy; its type may be another one.
    public var policy: PolicyParameter?
    /// How long a registration is valid.
    public var registrationLife: RegistrationLife?

    /// A change of what is given, and of nothing else.
    public init(pool: PoolHandle? = nil, policy: PolicyParameter? = nil, registrationLife: RegistrationLife? = nil) {
        self.pool = pool
        self.policy = policy
        self.registrationLife = registrationLife
    }
}

// Changes of what is registered (RFC 5525, `rserpoolPETable`), by the procedures of RFC 5352 §3.1 and §3.2.
extension PoolElementEngine {
    /// Values of a policy and the life are told by registering again (§3.1). A registration is for one pool, and a pool has one type
    /// of policy (§3.1, rule 1): for another the element leaves, and joins anew.
    mutating func change(_ change: PoolElementChange, at now: MonotonicInstant) {
        guard goal == .membership, let registration else { return }
        var new = move ?? registration
        if let pool = change.pool { new.pool = pool }
        if let policy = change.policy { new.policy = policy }
        if let life = change.registrationLife, life != registrationLife { new.registrationLife = life }
        guard new != move ?? registration else { return }
        if mayBeRegistered, new.pool != registration.pool || new.policy.type != registration.policy.type {
            move = new
        } else {
            move = nil
            self.registration = new
        }
        switch phase {
        case .registered: proceed(at: now)
        case .registering: isUpdateWaiting = true
        // The next registration carries it.
        case .idle, .deregistering: break
        }
    }

    /// Out of the old pool: from here on it is about the new one.
    mutating func adoptMove() {
        guard let move else { return }
        fallback = granted
        registration = move
        self.move = nil
        granted = nil
        attempts = 0
    }
}
