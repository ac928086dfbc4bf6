import SCTPTransport

/// Why a command ends early: a sentence for people and the exit status that goes with it.
struct ToolFailure: Error, CustomStringConvertible {
    var status: ExitStatus
    /// What failed, on which address, and what to do next.
    var description: String

    init(_ status: ExitStatus, _ description: String) {
        self.status = status
        self.description = description
    }

    init(_ error: SCTPTransportError) {
        let status: ExitStatus =
            switch error.code {
            case .backendUnavailable, .unsupported: .unavailable
            case .addressInUse, .addressNotAvailable: .cannotBind
            case .noRoute: .noRoute
            case .invalidConfiguration: .usage
            case .messageSize: .inputData
            case .system: .system
            case .unknownAssociation, .identifierInUse, .alreadyConnected, .closing, .sendQueueFull, .invalidStream,
                .tooManyAssociations,
                .endpointClosed:
                .software
            }
        self.init(status, error.message)
    }
}
