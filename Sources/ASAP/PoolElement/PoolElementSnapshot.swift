public import RSerPoolParameters
public import SCTPTransport

/// How things stand with a pool element at one moment, for status views and the MIB.
public struct PoolElementSnapshot: Hashable, Sendable {
    /// How far an element is with its registration (RFC 5352 §3.1, §3.2).
    public enum Registration: String, Hashable, Sendable, CaseIterable {
        /// Not registered, and about to look for a registrar or to wait before the next attempt.
        case unregistered
        /// A registration has been sent, its answer is awaited; so with each renewal.
        case registering
        /// The registrar has granted the registration, and has not been asked anything since.
        case registered
        /// A deregistration has been sent.
        case deregistering
    }

    /// The registrar that the element speaks with (RFC 5352 §3.1).
    public struct Home: Hashable, Sendable {
        /// Where the registrar is.
        public var address: SCTPAddress
        /// Its identifier; nil until a keep-alive has told it.
        public var identifier: RegistrarIdentifier?
        /// The association with it.
        public var association: AssociationIdentifier
    }

    /// A session with a pool user.
    public struct Session: Hashable, Sendable {
        /// The association with it.
        public var association: AssociationIdentifier
        /// Where the pool user is.
        public var addresses: [SCTPAddress]
    }

    /// The pool that it is in, or wants to be in; nil before it has been told to register.
    public var pool: PoolHandle?
    /// The element as it registers: its identifier, transport, policy with its values, and life.
    public var parameter: PoolElementParameter?
    /// How far the registration is.
    public var registration: Registration
    /// Nil while a registrar is looked for.
    public var home: Home?
    /// The registrars that are known now, configured ones first (RFC 5352 §3.6).
    public var registrars: [SCTPAddress]
    /// The sessions in the order in which their associations came, at most ``listedSessions``.
    public var sessions: [Session]
    /// How many sessions there are.
    public var sessionCount: Int
    /// Where it is bound for registrars; empty where the view is of an engine alone, which does not know.
    public var asapAddresses: [SCTPAddress] = []
    /// Since it was started; nil where the view is of an engine alone, which does not know.
    public var uptime: Duration?

    /// The most sessions that a snapshot lists.
    public static let listedSessions = 1_000
}

extension PoolElementEngine {
    /// How things stand now. O(n log n) in the number of sessions.
    public var snapshot: PoolElementSnapshot {
        let users = peers.filter { $0.value.role == .user }.sorted { $0.key.rawValue < $1.key.rawValue }
        let state: PoolElementSnapshot.Registration =
            switch phase {
            case .idle: .unregistered
            case .registering: .registering
            case .registered: .registered
            case .deregistering: .deregistering
            }
        let wanted = move ?? registration
        return PoolElementSnapshot(
            pool: wanted?.pool, parameter: wanted.map { parameter(of: $0, homeRegistrar: home?.identifier) },
            registration: state,
            home: home.map {
                PoolElementSnapshot.Home(address: $0.address, identifier: $0.identifier, association: $0.association)
            },
            registrars: hunt.list,
            sessions: users.prefix(PoolElementSnapshot.listedSessions).map {
                PoolElementSnapshot.Session(association: $0.key, addresses: $0.value.addresses)
            },
            sessionCount: users.count)
    }

    /// The element as it is registered with a registrar.
    func parameter(of registration: PoolElementRegistration, homeRegistrar: RegistrarIdentifier?) -> PoolElementParameter {
        PoolElementParameter(
            identifier: identifier, homeRegistrar: homeRegistrar ?? .undetermined,
            registrationLife: registration.registrationLife ?? registrationLife,
            userTransport: registration.userTransport, policy: registration.policy,
            encapsulationPort: registration.encapsulationPort)
    }
}
