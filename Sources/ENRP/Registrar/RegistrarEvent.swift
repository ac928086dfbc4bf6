public import ASAP
public import RSerPoolParameters
public import SCTPTransport

/// What happens in a registrar, for logs, metrics and status views: every change of the handlespace and every refusal.
public enum RegistrarEvent: Hashable, Sendable {
    /// A peer's association, or one to a pool element, came up.
    case associationUp(AssociationIdentifier, SCTPAddress?)
    /// An association ended; the elements registered over it are probed or removed next.
    case associationEnded(AssociationIdentifier)
    /// An association was aborted because there are as many as there may be.
    case associationRefused(AssociationIdentifier)

    /// A pool began to be, by its first element, with that element's policy.
    case poolCreated(PoolHandle, PolicyType)
    /// A pool ended with its last element.
    case poolRemoved(PoolHandle)
    /// A pool element is new in its pool.
    case elementRegistered(PoolHandle, PoolElementIdentifier, PolicyParameter)
    /// A pool element registered again; these are its values now.
    case elementRenewed(PoolHandle, PoolElementIdentifier, PolicyParameter)
    /// An element is gone, and why.
    case elementRemoved(PoolHandle, PoolElementIdentifier, ElementRemoval)
    /// A registration was rejected, with these causes (RFC 5352 §3.1).
    case registrationRejected(PoolHandle, PoolElementIdentifier, [ErrorCause], AssociationIdentifier)
    /// A deregistration was rejected, with these causes (RFC 5352 §3.2).
    case deregistrationRejected(PoolHandle, PoolElementIdentifier, [ErrorCause], AssociationIdentifier)
    /// An element that is not registered deregistered; it was told that it is out.
    case unknownElementDeregistered(PoolHandle, PoolElementIdentifier, AssociationIdentifier)

    /// A handle was resolved to so many elements.
    case handleResolved(PoolHandle, elements: Int, AssociationIdentifier)
    /// A handle was asked for that no pool has.
    case unknownHandleRequested(PoolHandle, AssociationIdentifier)

    /// A user is told of a pool's changes from now on (RFC 5352 §2.2.5).
    case updatesPromised(PoolHandle, AssociationIdentifier)
    /// A user that wanted to be told of a pool's changes is not, for a limit is reached.
    case updatesRefused(PoolHandle, AssociationIdentifier)
    /// The users that wanted it were told of a pool's changes.
    case poolUpdateSent(PoolHandle, subscribers: Int)

    /// An element was asked for a sign of life (RFC 5352 §3.4).
    case keepAliveSent(PoolHandle, PoolElementIdentifier)
    /// An element gave it.
    case keepAliveAcknowledged(PoolHandle, PoolElementIdentifier)
    /// A pool user reported an element; `reports` is how many there are now since it last registered.
    case elementReportedUnreachable(PoolHandle, PoolElementIdentifier, reports: Int, AssociationIdentifier)

    /// Announcements do not go out, and why; told once, though they are tried again each time.
    case announcementFailed(TransportChannel, String)

    /// A message was thrown away.
    case messageDiscarded(DiscardReason, AssociationIdentifier)

    /// What happens among registrars.
    case peer(PeerEvent)
}

/// Why a pool element is no longer in the handlespace.
public enum ElementRemoval: Hashable, Sendable {
    /// It deregistered.
    case deregistered
    /// Its registration's life ended.
    case expired
    /// It did not acknowledge a keep-alive in time.
    case keepAliveTimeout
    /// A keep-alive could not be delivered.
    case keepAliveUndeliverable
    /// Its association broke.
    case associationLost(AssociationEnd)
    /// More users than MAX-BAD-PE-REPORT allows reported it.
    case reportedUnreachable
}

/// Why a registrar throws a message away.
public enum DiscardReason: Hashable, Sendable {
    /// It came over an association that is not known (any more).
    case unknownAssociation
    /// Its payload protocol identifier is not ASAP's.
    case payloadProtocol(PayloadProtocolIdentifier)
    /// It is no message of ASAP.
    case malformed(WireError)
    /// It is one that registrars send, or that elements and users exchange.
    case notForRegistrars(ASAPMessageType)
    /// It names a pool element that is not registered, or not over this association.
    case unknownElement(PoolHandle, PoolElementIdentifier)
    /// The association sent more of its kind than it may within a second.
    case rateLimit
    /// The peer reports an error.
    case errorReported([ErrorCause])
    /// It is one of a registrar's that is no peer; told once for an association.
    case stranger(PeerOffence)
}
