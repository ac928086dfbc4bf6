import RSerPoolParameters
import SCTPTransport

/// The pool users that are told when a pool changes (RFC 5352 §2.2.5).
struct PoolWatch: Sendable {
    struct Subscriber: Hashable, Sendable {
        var association: AssociationIdentifier
        /// How many elements it asked for.
        var wanted: Int
    }

    /// In the order in which they asked.
    var subscribers: [Subscriber] = []
    /// The next update must not go before.
    var earliest: MonotonicInstant
    /// Set while a change is still to be told.
    var deadline: DeadlineToken?
}
