/// A point on a clock that never goes back: nanoseconds since an origin that the clock chooses.
///
/// Engines and simulations build instants themselves, so every run can be repeated exactly; only ``EventLoop`` reads the
/// system's clock. Differences are `Duration`s. The range is 584 years from the origin; arithmetic saturates at both ends.
public struct MonotonicInstant: Hashable, Comparable, Sendable {
    /// Nanoseconds since the clock's origin.
    public var nanoseconds: UInt64

    /// - Parameter nanoseconds: since ``origin``.
    public init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    /// The clock's origin: where a simulation starts.
    public static let origin = MonotonicInstant(nanoseconds: 0)
    /// Later than every deadline.
    public static let distantFuture = MonotonicInstant(nanoseconds: .max)

    public static func < (left: MonotonicInstant, right: MonotonicInstant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// An instant so much later; not beyond ``distantFuture``.
    public static func + (instant: MonotonicInstant, duration: Duration) -> MonotonicInstant {
        let distance = duration.wholeNanoseconds
        let magnitude = distance.magnitude
        if distance >= 0 {
            let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(magnitude)
            return MonotonicInstant(nanoseconds: overflow ? .max : sum)
        }
        let (difference, overflow) = instant.nanoseconds.subtractingReportingOverflow(magnitude)
        return MonotonicInstant(nanoseconds: overflow ? 0 : difference)
    }

    /// Moves an instant by a duration.
    public static func += (instant: inout MonotonicInstant, duration: Duration) {
        instant = instant + duration
    }

    /// The time from `right` to `left`; negative where `left` is earlier.
    public static func - (left: MonotonicInstant, right: MonotonicInstant) -> Duration {
        left >= right
            ? .nanoseconds(Int64(clamping: left.nanoseconds - right.nanoseconds))
            : .nanoseconds(-Int64(clamping: right.nanoseconds - left.nanoseconds))
    }
}

extension Duration {
    /// The duration in nanoseconds, parts of one dropped, saturated at what fits.
    public var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, carried) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        return carried ? (seconds < 0 ? .min : .max) : sum
    }

    /// The duration in milliseconds, rounded up, so that a timer never fires early.
    public var wholeMillisecondsRoundedUp: Int64 {
        let nanoseconds = wholeNanoseconds
        return nanoseconds / 1_000_000 + (nanoseconds % 1_000_000 > 0 ? 1 : 0)
    }
}
