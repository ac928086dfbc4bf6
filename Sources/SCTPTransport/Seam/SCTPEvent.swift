/// What an endpoint tells its user, in the order in which it happened.
public enum SCTPEvent: Hashable, Sendable {
    /// A message has come.
    case message(AssociationIdentifier, SCTPMessage)
    /// Something happened to an association.
    case notification(AssociationIdentifier, SCTPNotification)
}

/// A change in the life of one association.
///
/// An association's notifications begin with ``up(_:)`` or ``failed(_:)`` and end with ``failed(_:)``, ``lost(_:)`` or
/// ``shutDown``; after one of these three nothing more is heard of it. Messages that could not be delivered are handed back
/// before the end.
public enum SCTPNotification: Hashable, Sendable {
    /// The association is established in either direction.
    case up(AssociationDetails)
    /// The peer started anew and took the association up again; what was under way in either direction may be lost.
    case restarted(AssociationDetails)
    /// The association could not be established.
    case failed(AssociationEnd)
    /// The association broke.
    case lost(AssociationEnd)
    /// The peer wants to close; what was sent before still arrives, sending more fails.
    case peerIsClosing
    /// The association ended gracefully; everything sent was delivered.
    case shutDown
    /// A message was not delivered, or it is not known to have been.
    case sendFailed(UndeliveredMessage)
    /// A path to the peer changed.
    case path(SCTPAddress, PathState)
    /// Sending is possible again after ``SCTPTransportError/Code/sendQueueFull``.
    case readyToSend
}

/// What is known of an association once it is up.
public struct AssociationDetails: Hashable, Sendable {
    /// The peer's addresses, the primary one first. Userland SCTP knows one, the packet source.
    public var peerAddresses: [SCTPAddress]
    /// Streams by which the peer sends.
    public var inboundStreams: UInt16
    /// Streams by which may be sent; numbers from 0.
    public var outboundStreams: UInt16

    /// - Parameter peerAddresses: the primary one in front.
    public init(peerAddresses: [SCTPAddress], inboundStreams: UInt16, outboundStreams: UInt16) {
        self.peerAddresses = peerAddresses
        self.inboundStreams = inboundStreams
        self.outboundStreams = outboundStreams
    }
}

/// Why an association was lost or could not be established.
public enum AssociationEnd: Hashable, Sendable {
    /// The peer does not answer: retransmissions were used up.
    case unreachable
    /// The peer sent ABORT, also as its answer to an attempt to connect to a port where nobody listens.
    case abortedByPeer
    /// This side aborted.
    case abortedLocally
    /// The stack gives another reason, as its own number.
    case other(Int32)
}

/// A message that the transport hands back.
public struct UndeliveredMessage: Hashable, Sendable {
    /// What was to be sent.
    public var message: SCTPMessage
    /// False where no part of it was sent, so the peer cannot have seen it; true where the peer may have received it.
    public var mayHaveArrived: Bool

    /// - Parameter mayHaveArrived: false where it was never sent.
    public init(message: SCTPMessage, mayHaveArrived: Bool) {
        self.message = message
        self.mayHaveArrived = mayHaveArrived
    }
}

/// The state of one path (RFC 6458 §6.1.2, RFC 7829 for ``potentiallyFailed``).
public enum PathState: Hashable, Sendable {
    /// It can be used.
    case available
    /// It does not answer.
    case unreachable
    /// It does not answer lately; others are preferred (RFC 7829).
    case potentiallyFailed
    /// The peer has shown that it is its own (RFC 9260 §5.4).
    case confirmed
    /// The peer has added it (RFC 5061).
    case added
    /// The peer has removed it (RFC 5061).
    case removed
    /// It is the one that is used first.
    case madePrimary
}
