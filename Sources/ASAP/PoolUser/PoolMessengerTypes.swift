public import RSerPoolParameters
public import SCTPTransport

/// Names a messenger of a pool user; whoever opens it chooses the number, and uses none twice.
public struct PoolMessengerIdentifier: Hashable, Sendable {
    public let rawValue: UInt64

    /// - Parameter rawValue: a number that was not used before.
    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }
}

/// Names a message that was given to a messenger; whoever gives it chooses the number.
public struct PostIdentifier: Hashable, Sendable {
    public let rawValue: UInt64

    /// - Parameter rawValue: a number that was not used before.
    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }
}

/// What happens to a messenger.
public enum PoolMessengerOccurrence: Hashable, Sendable {
    /// The message was given to the transport, for these elements (RFC 5352 §6.5.1: the handles of the elements).
    case posted(PostIdentifier, [PoolElementIdentifier])
    /// There is nobody to send the message to.
    case notPosted(PostIdentifier, PoolMessengerFailure)
    /// A data message of an element (RFC 5352 §6.6).
    case message(PoolElementIdentifier, SCTPMessage)
    /// The element is gone. What it did not get is sent to another one, unless its options say otherwise.
    case elementLost(PoolElementIdentifier, ElementLoss)
    /// A message that its element did not get and that is not sent again (RFC 5352 §6.7).
    case undelivered(PoolElementIdentifier, UndeliveredMessage)
    /// Sending to the element is possible again.
    case readyToSend(PoolElementIdentifier)
}

/// Why a message could not be sent to a pool. The description is a sentence for people.
public enum PoolMessengerFailure: Error, Hashable, Sendable {
    /// The pool has no element to be found.
    case resolution(ResolutionFailure)
    /// None of the pool's elements can be sent to: they are of other transports, or the sender is the only one.
    case noElement(PoolHandle)
    /// The pool has no such element.
    case unknownElement(PoolElementIdentifier, PoolHandle)
    /// The messages that wait for the pool's resolution have so many bytes that no more fit.
    case queueFull(Int)
    /// There are as many messengers as there may be.
    case tooManyMessengers(Int)
    /// The message carries ASAP's own payload protocol identifier.
    case reservedPayloadProtocol
    /// The messenger was closed, or its pool user was.
    case closed
}

extension PoolMessengerFailure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .resolution(let failure): failure.description
        case .noElement(let pool): "Pool \(pool) has no element that a message could be sent to."
        case .unknownElement(let element, let pool): "Pool \(pool) has no element \(element); resolve the pool again."
        case .queueFull(let limit): "More than \(limit) bytes wait for the pool's elements; send less at a time."
        case .tooManyMessengers(let limit): "There are as many messengers as there may be, \(limit); close one first."
        case .reservedPayloadProtocol: ReservedPayloadProtocolError().description
        case .closed: "The messenger has been closed."
        }
    }
}
