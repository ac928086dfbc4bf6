import SCTPTransport

/// How a user's messages are sent (RFC 5352 §6.5.5).
struct SendingManner: Sendable {
    var header: MessageHeader
    /// Whether a message without an answer is sent again to the next element.
    var isSentAgain: Bool
    /// Whether each message goes to every element of the pool.
    var goesToAll: Bool
    /// Whether a line that was read is sent with its end.
    var hasLineEnds: Bool
}
