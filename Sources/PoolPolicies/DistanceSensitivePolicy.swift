public import RSerPoolParameters
import RequirementMarks

/// A policy under which it counts how far an element is from the registrar (draft-dreibholz-rserpool-delay).
protocol DistanceSensitivePolicy: PoolPolicy {
    /// In milliseconds.
    var distance: UInt32 { get set }
}

extension WeightedRandomWithDistancePenalty: DistanceSensitivePolicy {}
extension LeastUsedWithDistancePenalty: DistanceSensitivePolicy {}
extension LeastUsedWithDegradationAndDistancePenalty: DistanceSensitivePolicy {}

/// Distances as registrars measure them (draft-dreibholz-rserpool-delay).
public enum PolicyDistance {
    /// Distances are multiples of this, so that elements of one site are equal however their round-trip times vary: 50 ms.
    public static let step: UInt32 = 50

    /// The distance that a round-trip time stands for: half of it in milliseconds, rounded to the nearest multiple of ``step``.
    public static func milliseconds(roundTripTime: Duration) -> UInt32 {
        let (seconds, attoseconds) = max(roundTripTime, .zero).components
        // A week of round-trip time is further than anything; the sums stay small.
        let microseconds = min(seconds, 604_800) * 1_000_000 + attoseconds / 1_000_000_000_000
        let unit = Int64(step) * 1_000
        return UInt32((microseconds / 2 + unit / 2) / unit) * step
    }
}

extension PolicyParameter {
    private var distanceSensitive: (any DistanceSensitivePolicy)? {
        guard let policy = PolicyRegistry.policy(type) as? any DistanceSensitivePolicy.Type else { return nil }
        return try? policy.init(self)
    }

    /// Whether distance counts under this policy. False too where the data are malformed.
    public var isDistanceSensitive: Bool { distanceSensitive != nil }

    /// The parameter with another distance; unchanged where the policy has none. An element's home registrar sets it.
    /// - Parameter milliseconds: see ``PolicyDistance``.
    public func at(distance milliseconds: UInt32) -> PolicyParameter {
        guard var policy = distanceSensitive else { return self }
        policy.distance = milliseconds
        return policy.parameter
    }

    /// The parameter for one that is so much further away, as a registrar is that learns of the element from a peer; unchanged
    /// where the policy has no distance.
    public func further(by milliseconds: UInt32) -> PolicyParameter {
        guard var policy = distanceSensitive else { return self }
        let (sum, isTooGreat) = policy.distance.addingReportingOverflow(milliseconds)
        fulfils("extensions-3.1-R3")
        policy.distance = isTooGreat ? .max : sum
        return policy.parameter
    }
}
