/// Why a transport call failed. The description says what to do next.
public struct SCTPTransportError: Error, Hashable, Sendable {
    /// What failed.
    public enum Code: Hashable, Sendable {
        /// The chosen backend is not to be had on this host or in this build.
        case backendUnavailable
        /// The address is in use, by another process or endpoint.
        case addressInUse
        /// The address is not one of this host.
        case addressNotAvailable
        /// No route to the peer.
        case noRoute
        /// No such association, or it has ended.
        case unknownAssociation
        /// The endpoint has an association with that peer already; a pair of endpoints has one (RFC 9260 §1.3).
        case alreadyConnected
        /// The identifier was used before on this endpoint.
        case identifierInUse
        /// The association is closing and takes no more messages.
        case closing
        /// The association's send queue is full; ``SCTPNotification/readyToSend`` tells when it is not.
        case sendQueueFull
        /// The message is longer than the endpoint's limit, or empty.
        case messageSize
        /// The stream is not below the association's number of outbound streams.
        case invalidStream
        /// The endpoint has as many associations as it may.
        case tooManyAssociations
        /// The backend cannot do this; its ``SCTPCapabilities`` say so.
        case unsupported
        /// A configuration value is out of its range.
        case invalidConfiguration
        /// The endpoint is closed.
        case endpointClosed
        /// The operating system refused; the number is its `errno`.
        case system(Int32)
    }

    /// What failed, for programs.
    public var code: Code
    /// One sentence for people: what failed, on which address, and what to do next.
    public var message: String

    /// - Parameter message: for people: what failed, on which address, and what to do next.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension SCTPTransportError: CustomStringConvertible {
    public var description: String { message }
}
