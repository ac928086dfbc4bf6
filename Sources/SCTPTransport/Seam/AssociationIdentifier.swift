/// Names one SCTP association of one endpoint.
///
/// An identifier is never used twice in the life of its endpoint, so a late event cannot be taken for another association's.
/// Whoever opens an association may choose its identifier (``init(chosen:)``): an engine then knows it before the association
/// is up. The endpoint numbers the associations that peers open, and those opened without a choice, in ranges of their own.
public struct AssociationIdentifier: Hashable, Comparable, Sendable {
    /// The bare number: bit 63 is set for associations that the peer opened, bit 62 for those that the endpoint numbered.
    public let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// An identifier chosen by whoever opens the association.
    /// - Parameter number: any number below 2^62 that this endpoint has not seen yet.
    public init(chosen number: UInt64) {
        precondition(number < 1 << 62, "a chosen association number must be below 2^62")
        rawValue = number
    }

    package init(accepted number: UInt64) {
        rawValue = 1 << 63 | number
    }

    package init(opened number: UInt64) {
        rawValue = 1 << 62 | number
    }

    /// True where the peer opened the association.
    public var isAccepted: Bool { rawValue >> 63 == 1 }

    public static func < (left: AssociationIdentifier, right: AssociationIdentifier) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension AssociationIdentifier: CustomStringConvertible {
    /// `in-4` for the fourth association that a peer opened, `out-4` or `4` for own ones.
    public var description: String {
        let number = rawValue & ((1 << 62) - 1)
        return isAccepted ? "in-\(number)" : rawValue >> 62 == 1 ? "out-\(number)" : "\(number)"
    }
}
