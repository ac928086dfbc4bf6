public import RSerPoolParameters
public import SCTPTransport

/// Sends messages to a pool by its handle, each to the element that the pool's policy chooses for it, or as its options say
/// (RFC 5352 §6.5.1, §6.5.5). For work that needs no conversation: each message stands for itself. A ``PoolUserSession``, by
/// contrast, stays with one element, and has the cookie that takes its state to the next.
///
///     try await user.withMessenger(pool: "WorkPool") { messenger in
///         try await messenger.send([UInt8]("hello".utf8))                    // to one
///         try await messenger.send([UInt8]("reload".utf8), options: .toAll)  // to all
///         for try await occurrence in messenger.occurrences { … }
///     }
public struct PoolMessenger: Sendable {
    /// What a program learns of, in order.
    public enum Occurrence: Hashable, Sendable {
        /// A data message of an element.
        case message(PoolElementIdentifier, SCTPMessage)
        /// The element is gone, and with it what it had not answered.
        case elementLost(PoolElementIdentifier, ElementLoss)
        /// A message that the element did not get and that is not sent again.
        case undelivered(PoolElementIdentifier, UndeliveredMessage)

        /// What it counts against the receive queue.
        var size: Int {
            switch self {
            case .message(_, let message): message.bytes.count
            case .undelivered(_, let undelivered): undelivered.message.bytes.count
            case .elementLost: 0
            }
        }
    }

    let user: PoolUser
    let identifier: PoolMessengerIdentifier
    /// The pool that it sends to.
    public let pool: PoolHandle
    let mailbox: Mailbox<Occurrence>

    /// Everything that happens. It ends when the messenger is closed. What is not taken counts against the endpoint's receive
    /// queue, so a program that sends has to read.
    public var occurrences: Received<Occurrence> { Received(mailbox: mailbox) }

    /// Sends a data message, waiting for the pool's resolution and for room.
    /// - Parameter element: the element to send to (RFC 5352 §6.5.3); nil leaves the choice to the policy and the options.
    /// - Returns: the elements that it was sent to: one, or with `toAll` all.
    /// - Throws: ``PoolMessengerFailure``; `CancellationError`.
    @discardableResult
    public func send(
        _ message: SCTPMessage, options: SendOptions = [], to element: PoolElementIdentifier? = nil
    ) async throws -> [PoolElementIdentifier] {
        try await user.post(message, options, to: element, in: identifier)
    }

    /// Sends a data message; see ``send(_:options:to:)``.
    @discardableResult
    public func send(
        _ bytes: [UInt8], _ header: MessageHeader = MessageHeader(), options: SendOptions = [],
        to element: PoolElementIdentifier? = nil
    ) async throws -> [PoolElementIdentifier] {
        try await send(SCTPMessage(bytes, header), options: options, to: element)
    }
}
