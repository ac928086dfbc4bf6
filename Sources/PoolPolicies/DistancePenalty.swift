/// How much each millisecond of distance takes from an element's worth: the DPF of the distance-sensitive policies
/// (draft-dreibholz-rserpool-delay), a part of one in 2^32 steps.
public struct DistancePenaltyFactor: RawRepresentable, Hashable, Sendable {
    /// 0 is 0.0, 0xffffffff is 1.0.
    public let rawValue: UInt32

    /// - Parameter rawValue: 0 is 0.0, 0xffffffff is 1.0.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// A part of one; values outside 0…1 are taken for the nearer end, and what is not a number for 1.
    public init(fraction: Double) {
        rawValue = Load(fraction: fraction).rawValue
    }

    /// Distance has no influence.
    public static let none = DistancePenaltyFactor(rawValue: 0)

    /// The factor as a part of one.
    public var fraction: Double { Double(rawValue) / Double(UInt32.max) }
}

extension DistancePenaltyFactor: CustomStringConvertible {
    /// In parts per million, `1250 ppm`: useful factors are small, as a distance has tens or hundreds of milliseconds.
    public var description: String { "\(Int((fraction * 1_000_000).rounded())) ppm" }
}

extension DistancePenaltyFactor {
    /// A load with the penalty of a distance in milliseconds, at most 0xffffffff.
    ///
    /// The penalty as a part of the greatest load is `distance * rawValue / 0xffffffff`; in steps of load it is `distance * rawValue`.
    func raised(_ load: UInt64, distance: UInt32) -> UInt64 {
        let (sum, isTooGreat) = load.addingReportingOverflow(UInt64(distance) * UInt64(rawValue))
        return isTooGreat ? UInt64(UInt32.max) : min(sum, UInt64(UInt32.max))
    }

    /// A weight less the penalty of a distance in milliseconds: `weight - round(weight * distance * rawValue / 0xffffffff)`, and 1 where
    /// that is below 0. Where it is exactly 0 it stays 0: registrars of one scope must draw alike, and rsplib's does so.
    func lowered(_ weight: UInt32, distance: UInt32) -> UInt32 {
        let one = UInt64(UInt32.max)
        let product = UInt64(weight).multipliedFullWidth(by: UInt64(distance) * UInt64(rawValue))
        // The quotient is at most (2^32 - 1)^2. No half can occur, as the divisor is odd.
        let (quotient, remainder) = one.dividingFullWidth(product)
        let penalty = remainder > one / 2 ? quotient + 1 : quotient
        return penalty > UInt64(weight) ? 1 : weight - UInt32(penalty)
    }
}
