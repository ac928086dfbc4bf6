public import RSerPoolParameters

/// A registrar, a pool element or a pool user that a ``ManagementSubagent`` shows.
///
/// What it does for management may take time, but none of it may keep the node from its own work for longer than a millisecond at
/// a time.
public protocol ManagedNode: Sendable {
    /// Which row it is.
    var kind: ManagedNodeKind { get }

    /// How it is now; nil where there is nothing to show (yet, or any more).
    func state() async -> ManagedState?

    /// The peers of a registrar that have a row of their own. Asked now and then.
    func peers() async -> [RegistrarIdentifier]

    /// A manager has set something. The next ``state()`` shows it.
    func apply(_ change: ManagedChange) async
}

extension ManagedNode {
    /// None: only registrars have peers.
    public func peers() async -> [RegistrarIdentifier] { [] }
}

/// The three kinds of what RFC 5525 manages.
public enum ManagedNodeKind: Hashable, Sendable {
    /// `rserpoolENRPTable`
    case registrar
    /// `rserpoolPETable`
    case poolElement
    /// `rserpoolPUTable`
    case poolUser
}

/// What is shown of a node.
public enum ManagedState: Hashable, Sendable {
    /// With its pools and peers.
    case registrar(ManagedRegistrar)
    /// As it registers.
    case poolElement(ManagedPoolElement)
    /// With the pool of its sessions.
    case poolUser(ManagedPoolUser)
}
