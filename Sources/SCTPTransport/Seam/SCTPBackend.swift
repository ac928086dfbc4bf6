import InternetAddresses

/// One endpoint's worth of an SCTP stack: what ``SCTPEndpoint`` drives. Every call and every call-back is on the endpoint's
/// event loop; nothing blocks.
package protocol SCTPBackend: AnyObject {
    var capabilities: SCTPCapabilities { get }
    /// The bound addresses, with the port in use; encapsulation port included.
    var localAddresses: [SCTPAddress] { get }

    /// Starts opening an association; its fate arrives as a notification, never from within the call.
    func open(_ association: AssociationIdentifier, to addresses: [SCTPAddress]) throws(SCTPTransportError)
    /// Queues a message. The bytes are copied before the call returns.
    func send(_ bytes: RawSpan, _ header: MessageHeader, on association: AssociationIdentifier) throws(SCTPTransportError)
    func shutDown(_ association: AssociationIdentifier) throws(SCTPTransportError)
    func abort(_ association: AssociationIdentifier) throws(SCTPTransportError)
    func peerAddresses(of association: AssociationIdentifier) throws(SCTPTransportError) -> [SCTPAddress]
    /// Changes time-outs of one association, or with nil of all later ones.
    func setTiming(_ timing: SCTPTiming, of association: AssociationIdentifier?) throws(SCTPTransportError)
    /// Smoothed round-trip time of the primary path; nil before the first measurement.
    func roundTripTime(of association: AssociationIdentifier) throws(SCTPTransportError) -> Duration?

    /// Pauses or resumes delivery: while paused the stack keeps what arrives and lets the peers' windows close.
    func setReceivingPaused(_ isPaused: Bool)
    /// Takes no new associations, shuts every association down, and calls `completion` once all are gone or `deadline` has
    /// passed (those left are aborted); then the endpoint's resources are free.
    func close(deadline: MonotonicInstant, completion: @escaping () -> Void)
}

/// Where a backend delivers; implemented by ``SCTPEndpoint``. Calls may come from within `send`, `shutDown` and `abort` of
/// another association, never for the association of the call itself.
package protocol SCTPBackendDelegate: AnyObject {
    /// A whole message; the bytes are valid during the call.
    func backend(didReceive bytes: RawSpan, _ header: MessageHeader, on association: AssociationIdentifier)
    func backend(didNotify notification: SCTPNotification, of association: AssociationIdentifier)
    /// A number for an association that a peer opened.
    func backendNextAcceptedIdentifier() -> AssociationIdentifier
}
