public import RSerPoolParameters

/// What a pool element registers (RFC 5352 §3.1, R2).
public struct PoolElementRegistration: Hashable, Sendable {
    /// The pool to found or to join (R2.1).
    public var pool: PoolHandle
    /// The element's identifier in the pool; nil has the engine draw one, and another where it is taken (R2.2).
    public var identifier: PoolElementIdentifier?
    /// Where and how pool users reach the element (R2.4).
    public var userTransport: UserTransport
    /// The UDP port under which the element's SCTP endpoint is reached, where that is not 9899 (RFC 6951).
    public var encapsulationPort: UInt16?
    /// How pool users are to be spread, with the element's own values (R2.5).
    public var policy: PolicyParameter
    /// How long the registration is valid (R2.3); nil for ``PoolElementConfiguration/registrationLife``.
    public var registrationLife: RegistrationLife?

    /// - Parameters:
    ///   - pool: the pool to found or to join.
    ///   - identifier: nil has one drawn.
    public init(
        pool: PoolHandle, identifier: PoolElementIdentifier? = nil, userTransport: UserTransport,
        encapsulationPort: UInt16? = nil, policy: PolicyParameter, registrationLife: RegistrationLife? = nil
    ) {
        self.pool = pool
        self.identifier = identifier
        self.userTransport = userTransport
        self.encapsulationPort = encapsulationPort
        self.policy = policy
        self.registrationLife = registrationLife
    }
}
