public import RSerPoolParameters
public import SCTPTransport

/// A session with a pool: with one of its elements at a time, and with another when that one fails.
public struct PoolUserSession: Sendable {
    /// What a program learns of in a session, in order.
    public enum Occurrence: Hashable, Sendable {
        /// A data message of the element.
        case message(SCTPMessage)
        /// The element is gone, and with it what it had not answered; another is looked for.
        case elementLost(PoolElementIdentifier, ElementLoss)
        /// There is another element; it has been given the latest cookie. What the element before had not acknowledged in the
        /// program's own terms may be sent again now.
        case failedOver(to: PoolElementIdentifier)
        /// A message that was not delivered and is not sent again.
        case undelivered(UndeliveredMessage)

        /// What it counts against the receive queue.
        var size: Int {
            switch self {
            case .message(let message): message.bytes.count
            case .undelivered(let undelivered): undelivered.message.bytes.count
            case .elementLost, .failedOver: 0
            }
        }
    }

    let user: PoolUser
    let identifier: PoolUserSessionIdentifier
    /// The pool that the session is with.
    public let pool: PoolHandle
    let mailbox: Mailbox<Occurrence>

    /// Everything that happens in the session. It ends when the session is closed; where no element is left that answers, it
    /// throws ``PoolUserSessionFailure``.
    public var occurrences: Received<Occurrence> { Received(mailbox: mailbox) }

    /// The element in use; nil while there is none.
    public var element: PoolElementIdentifier? {
        get async { await user.element(of: identifier) }
    }

    /// Sends a data message to the element, waiting while there is no room; while there is no element it is kept for the next.
    ///
    /// That the call returns does not mean that the element has the message: only its own answer does.
    /// - Parameter options: what is to become of this message where its element fails, and whether it may overtake others; a
    ///   session's messages all go to one element, so the options that say to whom do not apply.
    /// - Returns: the element that the message was sent to; nil where it waits for one.
    /// - Throws: ``PoolUserSessionFailure`` once the session has ended, `SCTPTransportError` for a message that cannot be sent,
    ///   ``ReservedPayloadProtocolError``; `CancellationError`.
    @discardableResult
    public func send(_ message: SCTPMessage, options: SendOptions = []) async throws -> PoolElementIdentifier? {
        try await user.send(message, options, in: identifier)
    }

    /// Sends a data message; see ``send(_:options:)``.
    @discardableResult
    public func send(
        _ bytes: [UInt8], _ header: MessageHeader = MessageHeader(), options: SendOptions = []
    ) async throws -> PoolElementIdentifier? {
        try await send(SCTPMessage(bytes, header), options: options)
    }

    /// Gives the element up, for it does not do its part, and goes to another (RFC 5352 §6.9.2).
    public func failOver() async {
        await user.failOver(identifier)
    }
}
