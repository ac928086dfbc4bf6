/// What an endpoint has counted since it opened.
public struct SCTPStatistics: Hashable, Sendable {
    /// Messages that the backend has taken.
    public var messagesSent: UInt64 = 0
    /// Their bytes, without headers.
    public var bytesSent: UInt64 = 0
    /// Messages that were given to the endpoint's owner.
    public var messagesReceived: UInt64 = 0
    /// Their bytes, without headers.
    public var bytesReceived: UInt64 = 0
    /// Messages handed back by ``SCTPNotification/sendFailed(_:)``.
    public var messagesUndelivered: UInt64 = 0
    /// Associations that this side asked for.
    public var associationsOpened: UInt64 = 0
    /// Associations that peers opened.
    public var associationsAccepted: UInt64 = 0
    /// Associations of peers that were aborted since the endpoint had as many as it may.
    public var associationsRefused: UInt64 = 0
    /// Associations there are now, opening ones included.
    public var associations = 0
    /// Times that reading paused since the user took events too slowly.
    public var receivingPauses: UInt64 = 0
    /// Messages dropped while the endpoint was closing and its user took no more.
    public var messagesDroppedWhileClosing: UInt64 = 0

    /// Nothing counted yet.
    public init() {}
}
