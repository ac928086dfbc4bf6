/// What an engine asks of its endpoint; the counterpart of ``SCTPEvent``.
public enum SCTPAction: Hashable, Sendable {
    /// Opens an association under an identifier that the engine chose; ``SCTPNotification/up(_:)`` or
    /// ``SCTPNotification/failed(_:)`` follows.
    case open(AssociationIdentifier, to: [SCTPAddress])
    /// Sends a message; on an association that is not yet up it is queued.
    case send(AssociationIdentifier, SCTPMessage)
    /// Closes gracefully, after delivering what was sent.
    case shutDown(AssociationIdentifier)
    /// Ends at once, telling the peer.
    case abort(AssociationIdentifier)
}
