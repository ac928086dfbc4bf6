import SCTPTransport

/// Chooses the identifiers of the associations that an engine opens.
struct AssociationNumbering: Sendable {
    private var last: UInt64 = 0

    mutating func next() -> AssociationIdentifier {
        last += 1
        return AssociationIdentifier(chosen: last)
    }
}
