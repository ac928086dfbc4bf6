import InternetAddresses

/// One endpoint's worth of an SCTP stack: what ``SCTPEndpoint`` drives. Every call and every call-back is on the endpoint's
/// event loop; nothing blocks. Message sizes, identifiers, limits and capabilities are checked before a call gets here.
///
/// Each backend has a `static func make(_ configuration:, on loop:, delegate:) throws(SCTPTransportError)`, called on the loop.
/// The delegate lives until the completion of ``close(deadline:completion:)``; a backend does not keep it alive.
package protocol SCTPBackend: AnyObject {
    var capabilities: SCTPCapabilities { get }
    /// The bound addresses, with the port in use; encapsulation port included.
    var localAddresses: [SCTPAddress] { get }

    /// Starts opening an association; its fate arrives as a notification, never from within the call.
    func open(_ association: AssociationIdentifier, to addresses: [SCTPAddress]) throws(SCTPTransportError)
    /// Queues a message. The bytes are copied before the call returns. Each ``SCTPTransportError/Code/sendQueueFull`` is
    /// followed by one ``SCTPNotification/readyToSend``, when there is room for the longest message again.
    func send(_ bytes: RawSpan, _ header: MessageHeader, on association: AssociationIdentifier) throws(SCTPTransportError)
    func shutDown(_ association: AssociationIdentifier) throws(SCTPTransportError)
    /// ``SCTPNotification/lost(_:)`` with ``AssociationEnd/abortedLocally`` follows, or ``SCTPNotification/failed(_:)``.
    func abort(_ association: AssociationIdentifier) throws(SCTPTransportError)
    func peerAddresses(of association: AssociationIdentifier) throws(SCTPTransportError) -> [SCTPAddress]
    /// Changes time-outs of one association, or with nil of all later ones.
    func setTiming(_ timing: SCTPTiming, of association: AssociationIdentifier?) throws(SCTPTransportError)
    /// Smoothed round-trip time of the primary path; nil before the first measurement.
    func roundTripTime(of association: AssociationIdentifier) throws(SCTPTransportError) -> Duration?

    /// Pauses or resumes delivery: while paused the stack keeps what arrives and lets the peers' windows close. Notifications
    /// wait too, since they must not overtake messages; only ``SCTPNotification/readyToSend`` is still told.
    func setReceivingPaused(_ isPaused: Bool)
    /// Takes no new associations, shuts every association down, and calls `completion` once all are gone or `deadline` has
    /// passed (those left are aborted); then the endpoint's resources are free.
    func close(deadline: MonotonicInstant, completion: @escaping () -> Void)
}

/// Where a backend delivers; implemented by ``SCTPEndpoint``. Calls may come from within `send`, `shutDown` and `abort` of
/// another association, never for the association of the call itself. The delegate may call the backend from within them.
package protocol SCTPBackendDelegate: AnyObject {
    /// A whole message; the bytes are valid during the call.
    func backend(didReceive bytes: RawSpan, _ header: MessageHeader, on association: AssociationIdentifier)
    func backend(didNotify notification: SCTPNotification, of association: AssociationIdentifier)
    /// A number for an association that a peer opened; nil where the endpoint has as many as it may, and then the backend
    /// aborts it and tells nothing of it.
    func backendNextAcceptedIdentifier() -> AssociationIdentifier?
}
