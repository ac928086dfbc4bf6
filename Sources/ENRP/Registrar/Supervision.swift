import SCTPTransport

/// What a registrar keeps with each pool element that it owns.
struct Supervision: Sendable {
    enum Check: Hashable, Sendable {
        /// The next keep-alive is to be sent then.
        case due(MonotonicInstant)
        /// A keep-alive was sent; without an acknowledgement the element is removed then.
        case awaiting(MonotonicInstant)

        var instant: MonotonicInstant {
            switch self {
            case .due(let instant), .awaiting(let instant): instant
            }
        }
    }

    /// The association over which the element registered, or over which it is probed since that one ended.
    var association: AssociationIdentifier
    /// Its position among the elements of that association.
    var position: Int32
    /// When the registration's life ends.
    var expiry: MonotonicInstant
    var check: Check
    /// Reports since it last registered.
    var reports: Int32 = 0
    /// Bytes of its Pool Element parameter with padding.
    var size: Int32
    /// When it first registered, and when last.
    var registered: MonotonicInstant
    var renewed: MonotonicInstant
    var deadline: DeadlineToken

    var nextDeadline: MonotonicInstant { min(expiry, check.instant) }
}
