import SCTPTransport

/// What a registrar keeps with each pool element.
///
/// Elements that it owns are supervised: they expire and are asked for signs of life. So is an element of a peer's while it is asked
/// for one, because a user could not reach it or because this registrar may become its home.
struct Supervision: Sendable {
    enum Check: Hashable, Sendable {
        /// The element is a peer's, which looks after it.
        case none
        /// The next keep-alive is to be sent then.
        case due(MonotonicInstant)
        /// A keep-alive was sent; without an acknowledgement the element is removed then.
        case awaiting(MonotonicInstant)

        var instant: MonotonicInstant {
            switch self {
            case .none: .distantFuture
            case .due(let instant), .awaiting(let instant): instant
            }
        }
    }

    /// The association over which the element registered, or over which it is probed since that one ended; nil where it has not
    /// been asked for anything.
    var association: AssociationIdentifier?
    /// Its position among the elements of that association.
    var position: Int32 = -1
    /// When the registration's life ends; never for a peer's element, which its home removes.
    var expiry = MonotonicInstant.distantFuture
    var check = Check.none
    /// Reports since it last registered.
    var reports: Int32 = 0
    /// Bytes of its Pool Element parameter with padding.
    var size: Int32
    /// Which resynchronisation with its home it was last confirmed in (RFC 5353 §3.6.3).
    var generation: UInt32 = 0
    /// When it first registered, or was first heard of, and when last.
    var registered: MonotonicInstant
    var renewed: MonotonicInstant
    /// Nil for elements that are not supervised.
    var deadline: DeadlineToken?
    /// True from a claim on the element until it acknowledges: keep-alives carry the H flag (RFC 5353 §3.5.2).
    var isClaimed = false
    /// When a keep-alive last carried the H flag.
    var claimed: MonotonicInstant?

    var nextDeadline: MonotonicInstant { min(expiry, check.instant) }
}
