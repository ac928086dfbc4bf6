public import RSerPoolParameters
public import SCTPTransport

/// What a pool element has to tell: the one source of its logs and metrics.
public enum PoolElementEvent: Hashable, Sendable {
    /// A search for a home registrar began (RFC 5352 §3.6).
    case registrarSearchStarted([SCTPAddress])
    /// A round of the search found none; another begins.
    case registrarSearchContinues
    /// Registrars announced themselves at addresses that were not known (RFC 5352 §3.6).
    case registrarsAnnounced([SCTPAddress])
    /// Registrars have not announced themselves for T7-ENRPoutdate and are forgotten.
    case registrarsOutdated([SCTPAddress])
    /// A datagram on the announcement channel that cannot be understood.
    case invalidAnnouncement(WireError, from: SCTPAddress)
    /// There is a home registrar.
    case registrarFound(SCTPAddress)
    /// The home registrar is not to be reached any more.
    case registrarLost(SCTPAddress, RegistrarLoss)
    /// A registrar took the element over by a keep-alive with the H flag (RFC 5352 §3.4, KA2.4).
    case registrarAdopted(RegistrarIdentifier, SCTPAddress)
    /// A registration was sent; the number of this attempt, from 1.
    case registrationSent(attempt: Int)
    /// The registrar granted a registration or its renewal; warnings tell what it changed.
    case registered(PoolElementIdentifier, isRenewal: Bool, warnings: [ErrorCause])
    /// The registrar refused changed values; those granted before go on to hold.
    case updateRejected([ErrorCause])
    /// The identifier drawn was taken; another is tried.
    case identifierTaken(PoolElementIdentifier)
    /// The registrar let the registration expire; the element registers again.
    case registrationExpired
    /// The element gave up.
    case registrationFailed(RegistrationFailure)
    /// The element is out of its pool.
    case deregistered
    /// Whether the element is out of its pool is not known; the registration ends with its life.
    case deregistrationFailed(RegistrationFailure)
    /// The registrar was told that another element could not be reached (RFC 5352 §3.5).
    case unreachableReported(PoolHandle, PoolElementIdentifier)
    /// A keep-alive was answered.
    case keepAliveAnswered(RegistrarIdentifier)
    /// A message that cannot be understood.
    case invalidMessage(WireError, from: AssociationIdentifier)
    /// A message that has no place here, by type.
    case unexpectedMessage(ASAPMessageType, from: AssociationIdentifier)
    /// A peer did not understand a message.
    case errorReceived([ErrorCause], from: AssociationIdentifier)
    /// The pool user of a session is an element of this pool itself, and recommends these for a failover (RFC 5352 §3.9).
    case businessCardReceived(AssociationIdentifier, PoolHandle, [PoolElementIdentifier])
    /// A pool user's session began or ended.
    case sessionBegan(AssociationIdentifier, [SCTPAddress])
    /// A session with a pool user ended, and how.
    case sessionEnded(AssociationIdentifier, SessionEnd)
    /// The program's closure for a session threw this; the session was aborted.
    case sessionClosureFailed(AssociationIdentifier, String)
    /// A pool user was turned away, for there are as many sessions as there may be.
    case sessionRefused(AssociationIdentifier)
}

/// How a home registrar was lost.
public enum RegistrarLoss: Hashable, Sendable {
    /// It did not answer a request in time.
    case noAnswer
    /// A message could not be delivered to it.
    case sendFailed
    /// The association broke.
    case associationLost(AssociationEnd)
    /// It closed the association.
    case closed
}

/// Why registration or deregistration came to its end. The description is a sentence for people.
public enum RegistrationFailure: Error, Hashable, Sendable {
    /// No registrar of the list could be reached within the time limit of the search.
    case noRegistrar([SCTPAddress])
    /// As many attempts as MAX-REG-ATTEMPT allows got no answer.
    case noAnswer(attempts: Int)
    /// The registrar refused, with these causes.
    case rejected([ErrorCause])
    /// The message would be too long for the wire.
    case doesNotFit(WireEncodingError)
}

extension RegistrationFailure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noRegistrar(let addresses) where addresses.isEmpty:
            "No registrar has announced itself; check the multicast group and whether a registrar announces to it."
        case .noRegistrar(let addresses):
            "No registrar answers at \(addresses.map(\.description).joined(separator: ", ")); check the addresses and whether one runs."
        case .noAnswer(let attempts):
            "No registrar answered in \(attempts) attempts; it accepts associations but does not speak ASAP or is overloaded."
        case .rejected(let causes):
            "The registrar refused: \(causes.isEmpty ? "it gave no cause" : causes.map(\.description).joined(separator: "; "))."
        case .doesNotFit(let error):
            "The registration cannot be sent: \(error)."
        }
    }
}

/// How a session between pool user and pool element ended.
public enum SessionEnd: Hashable, Sendable {
    /// The peer closed it; everything sent was delivered.
    case closedByPeer
    /// The peer could not be reached any more, or aborted.
    case lost(AssociationEnd)
    /// This side closed it.
    case closedLocally
}
