public import RSerPoolParameters

/// Something that a manager has set (RFC 5525's ten read-write objects).
public enum ManagedChange: Hashable, Sendable {
    /// What describes the registrar to people.
    case registrarDescription([UInt8], registrar: UInt32)
    /// A pool element's attributes, for it to register again with; or only its descriptions.
    case poolElement(ManagedElementAttributes, element: UInt32)
    /// A pool user's attributes, for sessions that begin afterwards.
    case poolUser(ManagedUserAttributes, user: UInt32)

    /// The index of the row that it is about.
    public var index: UInt32 {
        switch self {
        case .registrarDescription(_, let index), .poolElement(_, let index), .poolUser(_, let index): index
        }
    }

    /// What kind of node it is about.
    public var kind: ManagedNodeKind {
        switch self {
        case .registrarDescription: .registrar
        case .poolElement: .poolElement
        case .poolUser: .poolUser
        }
    }
}

/// What can be set of a pool element, all of it at once.
public struct ManagedElementAttributes: Hashable, Sendable {
    /// The pool.
    public var pool: PoolHandle
    /// For people; at most 255 bytes.
    public var description: [UInt8]
    /// The policy with its values.
    public var policy: PolicyParameter
    /// What the policy is, for people; at most 255 bytes.
    public var policyDescription: [UInt8]
    /// How long a registration is valid.
    public var registrationLife: RegistrationLife

    init(_ node: ManagedPoolElement) {
        pool = node.pool
        description = node.description
        policy = node.element.parameter.policy
        policyDescription = node.policyDescription
        registrationLife = node.element.parameter.registrationLife
    }

    /// Whether others have to be told: the attributes that registrars know differ.
    public func differsForRegistrars(from other: ManagedElementAttributes) -> Bool {
        pool != other.pool || policy != other.policy || registrationLife != other.registrationLife
    }
}

/// What can be set of a pool user.
public struct ManagedUserAttributes: Hashable, Sendable {
    /// The pool.
    public var pool: PoolHandle
    /// For people; at most 255 bytes.
    public var description: [UInt8]

    init(_ node: ManagedPoolUser) {
        pool = node.pool
        description = node.description
    }
}
