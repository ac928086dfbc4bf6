import Glibc

/// A point in time that all hosts agree on, as far as their clocks do: whole seconds since 1970-01-01T00:00:00Z.
public struct WallTime: Hashable, Comparable, Sendable {
    /// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    public var secondsSince1970: Int64

    /// The time so many seconds after 1970-01-01T00:00:00Z.
    public init(secondsSince1970: Int64) {
        self.secondsSince1970 = secondsSince1970
    }

    /// What the host's clock says.
    public static var now: WallTime { WallTime(secondsSince1970: Int64(time(nil))) }

    /// True where `left` is earlier.
    public static func < (left: WallTime, right: WallTime) -> Bool {
        left.secondsSince1970 < right.secondsSince1970
    }

    /// Later by the whole seconds of a duration; stops at the ends of the range.
    public static func + (time: WallTime, duration: Duration) -> WallTime {
        let (sum, overflow) = time.secondsSince1970.addingReportingOverflow(duration.components.seconds)
        return WallTime(secondsSince1970: overflow ? (duration < .zero ? .min : .max) : sum)
    }
}
