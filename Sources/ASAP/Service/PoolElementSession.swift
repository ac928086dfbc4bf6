public import SCTPTransport

/// A pool user's session, as the pool element has it.
public struct PoolElementSession: Sendable {
    /// The element that the session is with.
    public let element: PoolElement
    /// The session's association.
    public let association: AssociationIdentifier
    /// The pool user's addresses.
    public let peerAddresses: [SCTPAddress]
    let mailbox: Mailbox<SCTPMessage>

    /// The pool user's data messages. They end when the pool user closes the session; where it is lost they throw
    /// ``PoolElementSessionError``.
    public var messages: Received<SCTPMessage> { Received(mailbox: mailbox) }

    /// Sends a data message, waiting while the association has no room.
    /// - Throws: `SCTPTransportError`, ``PoolElementSessionError`` once the session has ended,
    ///   ``ReservedPayloadProtocolError``; `CancellationError`.
    public func send(_ message: SCTPMessage) async throws {
        try await element.send(message, in: association)
    }

    /// Sends a data message; see ``send(_:)-(SCTPMessage)``.
    public func send(_ bytes: [UInt8], _ header: MessageHeader = MessageHeader()) async throws {
        try await send(SCTPMessage(bytes, header))
    }

    /// Gives the pool user a cookie; should this element fail, the next one gets it as ``cookieEcho`` (RFC 5352 §3.8). Whoever
    /// has the pool user in his hands can change the cookie: sign it where that matters.
    ///
    /// One that is longer than ``PoolElementConfiguration/maximumCookieSize`` is not sent.
    public func sendCookie(_ cookie: [UInt8]) async {
        await element.sendCookie(cookie, in: association)
    }

    /// The cookie that the pool user had from the element before this one; nil where there was none. It is there before the
    /// session's first data message.
    public var cookieEcho: [UInt8]? {
        get async { await element.cookieEcho(of: association) }
    }

    /// The pool that the pool user is an element of itself, and the elements it recommends for a failover, best first (RFC 5352
    /// §3.9); nil where it has shown no card.
    public var businessCard: ASAPMessage.BusinessCard? {
        get async { await element.businessCard(of: association) }
    }

    func run(_ closure: @Sendable (PoolElementSession) async throws -> Void) async {
        do {
            try await closure(self)
            await element.end(association, nil)
        } catch {
            await element.end(association, error)
        }
    }
}

/// A session ended though its program had not ended it. The description is a sentence for people.
public struct PoolElementSessionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// How the session ended.
    public var end: SessionEnd

    init(_ end: SessionEnd) {
        self.end = end
    }

    public var description: String {
        switch end {
        case .closedByPeer: "The pool user has closed the session."
        case .closedLocally: "The session has ended."
        case .lost(.unreachable): "The pool user does not answer any more."
        case .lost(.abortedByPeer): "The pool user aborted the session."
        case .lost(.abortedLocally): "The session was aborted on this side."
        case .lost(.other(let number)): "The session was lost; the SCTP stack's reason is number \(number)."
        }
    }
}

/// A data message must not carry ASAP's payload protocol identifier, which tells control messages (RFC 5352 §5).
public struct ReservedPayloadProtocolError: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String {
        "Payload protocol 11 is ASAP's own and cannot be used for data; choose another, such as 0."
    }
}
