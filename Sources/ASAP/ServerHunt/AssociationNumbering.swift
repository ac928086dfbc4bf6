import RequirementMarks
import SCTPTransport

/// Chooses the identifiers of the associations that an engine opens.
struct AssociationNumbering: Sendable {
    private var last: UInt64 = 0

    mutating func next(_ channel: TransportChannel = .main) -> AssociationIdentifier {
        last += 1
        return AssociationIdentifier(chosen: last, channel: channel)
    }
}

extension RegistrarTransport {
    /// The endpoint that associations with registrars are opened on.
    var channel: TransportChannel {
        switch self {
        case .sctp:
            fulfils("asap-2.1-R1")
            return .main
        case .tcp:
            fulfils("asap-2.1-R2")
            return .asapOverTCP
        }
    }
}
