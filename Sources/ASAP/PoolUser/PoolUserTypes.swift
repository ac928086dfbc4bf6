public import RSerPoolParameters
public import SCTPTransport

/// Names a session of a pool user; whoever opens it chooses the number, and uses none twice.
public struct PoolUserSessionIdentifier: Hashable, Sendable {
    public let rawValue: UInt64

    /// - Parameter rawValue: a number that was not used before.
    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }
}

/// Names a question for a pool's elements; whoever asks chooses the number.
public struct ResolutionIdentifier: Hashable, Sendable {
    public let rawValue: UInt64

    /// - Parameter rawValue: a number that was not used before.
    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }
}

/// What a pool handle was resolved to (RFC 5352 §3.3).
public struct PoolResolution: Hashable, Sendable {
    /// The pool that was asked for.
    public var pool: PoolHandle
    /// The pool's policy; nil is Round Robin.
    public var policy: PolicyParameter?
    /// The elements, in the registrar's order.
    public var elements: [PoolElementParameter]
    /// True where no registrar was asked.
    public var isFromCache: Bool

    /// What a handle was resolved to.
    public init(pool: PoolHandle, policy: PolicyParameter?, elements: [PoolElementParameter], isFromCache: Bool) {
        self.pool = pool
        self.policy = policy
        self.elements = elements
        self.isFromCache = isFromCache
    }
}

/// Why a pool handle could not be resolved. The description is a sentence for people.
public enum ResolutionFailure: Error, Hashable, Sendable {
    /// The registrar knows no pool of this name.
    case unknownPool(PoolHandle)
    /// The registrar refused with these causes, or its answer named no element.
    case rejected(PoolHandle, [ErrorCause])
    /// No registrar of the list could be reached within the time limit of the search.
    case noRegistrar([SCTPAddress])
    /// The registrar did not answer, nor did another.
    case noAnswer(PoolHandle, attempts: Int)
    /// As many questions are open as there may be.
    case tooManyRequests(Int)
    /// As many subscriptions to pools are open as there may be.
    case tooManySubscriptions(Int)
    /// The question cannot be sent: the handle is too long.
    case doesNotFit(WireEncodingError)
}

extension ResolutionFailure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownPool(let pool):
            "There is no pool \(pool); check the name and whether an element of the pool is registered."
        case .rejected(let pool, let causes):
            "The registrar gave no element of pool \(pool): "
                + "\(causes.isEmpty ? "its answer was empty" : causes.map(\.description).joined(separator: "; "))."
        case .noRegistrar(let addresses) where addresses.isEmpty:
            "There is no registrar to ask: none is in the list, and none has announced itself."
        case .noRegistrar(let addresses):
            "No registrar answers at \(addresses.map(\.description).joined(separator: ", ")); check the addresses and whether one runs."
        case .noAnswer(let pool, let attempts):
            "No registrar answered \(attempts) questions for pool \(pool); it accepts associations but does not speak ASAP or is overloaded."
        case .tooManyRequests(let limit):
            "As many handle resolutions are under way as there may be, \(limit); try again when some have ended."
        case .tooManySubscriptions(let limit):
            "As many pools are being watched as may be, \(limit); stop watching one first."
        case .doesNotFit(let error):
            "The handle resolution cannot be sent: \(error)."
        }
    }
}

/// What becomes of messages that were sent to an element which failed before it acknowledged them (RFC 5352 §6.5.5).
public enum FailedMessageHandling: Hashable, Sendable {
    /// They are sent again to the next element (ASAP_SEND_FAILOVER). One that the failed element had received may arrive at
    /// two elements.
    case resend
    /// They are handed back (ASAP_SEND_NO_FAILOVER).
    case handBack
}

/// How a session's element was lost.
public enum ElementLoss: Hashable, Sendable {
    /// No association could be set up.
    case unreachable(AssociationEnd)
    /// The association broke.
    case lost(AssociationEnd)
    /// The element closed the association.
    case closed
    /// The element's process started anew and forgot the session.
    case restarted
    /// The program said so.
    case reportedByProgram

    /// False for an element that closed the association or started anew: it is there.
    var isUnreachable: Bool { self != .closed && self != .restarted }
}

/// Why a session ended though the program had not closed it. The description is a sentence for people.
public enum PoolUserSessionFailure: Error, Hashable, Sendable {
    /// The pool has no element to be found.
    case resolution(ResolutionFailure)
    /// None of the pool's elements could be reached in time.
    case noElementReachable(PoolHandle)
    /// None of the pool's elements serves over SCTP, TCP or UDP.
    case noUsableTransport(PoolHandle)
    /// There are as many sessions as there may be.
    case tooManySessions(Int)
    /// It was closed, or its pool user was.
    case closed
}

extension PoolUserSessionFailure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .resolution(let failure): failure.description
        case .noElementReachable(let pool):
            "No element of pool \(pool) could be reached; check that the addresses it registered are reachable from here."
        case .noUsableTransport(let pool):
            "Pool \(pool) serves over none of SCTP, TCP and UDP, and no other transport is supported."
        case .tooManySessions(let limit):
            "There are as many sessions as there may be, \(limit); close one first."
        case .closed: "The session has been closed."
        }
    }
}

/// What happens in a pool user's session.
public enum PoolUserSessionOccurrence: Hashable, Sendable {
    /// There is an element; after a failover it has been given the latest cookie, and messages that wait are sent.
    case connected(PoolElementIdentifier, [SCTPAddress], isFailover: Bool)
    /// A data message.
    case message(SCTPMessage)
    /// The element is gone; another is looked for.
    case elementLost(PoolElementIdentifier, ElementLoss)
    /// A message that will not be sent again.
    case undelivered(UndeliveredMessage)
    /// Sending is possible again.
    case readyToSend
    /// The last of the session; nil where the program closed it.
    case ended(PoolUserSessionFailure?)
}

/// What a pool user has to tell: the one source of its logs and metrics.
public enum PoolUserEvent: Hashable, Sendable {
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
    /// A registrar was found at this address; it is asked from now on.
    case registrarFound(SCTPAddress)
    /// The registrar is not asked any more, and why.
    case registrarLost(SCTPAddress, RegistrarLoss)
    /// A handle resolution was sent; the number of this attempt, from 1.
    case resolutionSent(PoolHandle, attempt: Int)
    /// The registrar's answer, with the elements in its order.
    case resolved(PoolHandle, [PoolElementIdentifier])
    /// A pool handle could not be resolved, and why.
    case resolutionFailed(PoolHandle, ResolutionFailure)
    /// The registrar was told that an element could not be reached (RFC 5352 §3.5).
    case unreachableReported(PoolHandle, PoolElementIdentifier)
    /// A session has an element.
    case sessionConnected(PoolUserSessionIdentifier, PoolHandle, PoolElementIdentifier, [SCTPAddress], isFailover: Bool)
    /// A session's element is gone, and how it was lost.
    case elementLost(PoolUserSessionIdentifier, PoolHandle, PoolElementIdentifier, ElementLoss)
    /// The element gave a cookie of so many bytes (RFC 5352 §3.8).
    case cookieStored(PoolUserSessionIdentifier, Int)
    /// The next element was given the latest cookie.
    case cookieEchoed(PoolUserSessionIdentifier, PoolElementIdentifier, Int)
    /// The element recommends these for a failover, best first (RFC 5352 §3.9).
    case businessCardReceived(PoolUserSessionIdentifier, [PoolElementIdentifier])
    /// So many messages that had been sent to the failed element are sent to the next one.
    case messagesResent(PoolUserSessionIdentifier, Int)
    /// A session ended; nil where the program closed it.
    case sessionEnded(PoolUserSessionIdentifier, PoolUserSessionFailure?)
    /// A message that cannot be understood.
    case invalidMessage(WireError, from: AssociationIdentifier)
    /// A message that has no place here, by type.
    case unexpectedMessage(ASAPMessageType, from: AssociationIdentifier)
    /// A peer did not understand a message.
    case errorReceived([ErrorCause], from: AssociationIdentifier)
}
