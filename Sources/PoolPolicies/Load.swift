/// How much of a pool element's resources is in use, from none to all of them in 2^32 steps (RFC 5356 §3.1).
///
/// What is measured is the service's own choice, the same for all elements of a pool.
public struct Load: RawRepresentable, Hashable, Comparable, Sendable {
    /// 0 is 0 %, 0xffffffff is 100 %.
    public let rawValue: UInt32

    /// - Parameter rawValue: 0 is idle, 0xffffffff is 100 % (RFC 5356 §5.1).
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// A load as a part of one; values outside 0…1 are taken for the nearer end, and what is not a number for 1.
    public init(fraction: Double) {
        guard fraction < 1 else {
            rawValue = .max
            return
        }
        rawValue = fraction > 0 ? UInt32((fraction * Double(UInt32.max)).rounded()) : 0
    }

    /// 0 %.
    public static let idle = Load(rawValue: 0)
    /// 100 %.
    public static let full = Load(rawValue: .max)

    /// The load as a part of one.
    public var fraction: Double { Double(rawValue) / Double(UInt32.max) }

    public static func < (left: Load, right: Load) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension Load: CustomStringConvertible {
    /// In per cent with one decimal, `37.5 %`.
    public var description: String {
        let tenths = Int((fraction * 1_000).rounded())
        return "\(tenths / 10).\(tenths % 10) %"
    }
}
