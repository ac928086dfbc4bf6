public import RSerPoolParameters
import RequirementMarks

/// Weighted Random with Distance Penalty Factor, WRAND-DPF (draft-dreibholz-rserpool-delay): Weighted Random where a distant element has
/// less weight.
public struct WeightedRandomWithDistancePenalty: WeightedPolicy {
    public static let type = PolicyType.weightedRandomWithDistancePenalty
    public static let name = "Weighted Random with Distance Penalty Factor"
    public static let layout: [PolicyField] = [.weight, .distancePenaltyFactor, .distance]
    public static let overall = WeightedRandomWithDistancePenalty(weight: 1, factor: .none, distance: 0)

    /// The element's capacity of service compared with the pool's other elements; 0 is none (RFC 5356 §3.2).
    public var weight: UInt32
    /// What part of the weight a millisecond of distance takes.
    public var factor: DistancePenaltyFactor
    /// In milliseconds. The element's home registrar measures it and puts it here, whatever the element has sent.
    public var distance: UInt32

    /// - Parameters:
    ///   - weight: relative to those of the pool's other elements.
    ///   - factor: what part of the weight a millisecond of distance takes.
    ///   - distance: milliseconds to the element, as a registrar measured them.
    public init(weight: UInt32, factor: DistancePenaltyFactor, distance: UInt32 = 0) {
        self.weight = weight
        self.factor = factor
        self.distance = distance
    }

    public init(_ parameter: PolicyParameter) throws(PolicyError) {
        try parameter.require(Self.self)
        weight = parameter.word(0)
        factor = DistancePenaltyFactor(rawValue: parameter.word(1))
        distance = parameter.word(2)
    }

    public var parameter: PolicyParameter {
        PolicyParameter(type: Self.type, data: PolicyData(words: weight, factor.rawValue, distance))
    }

    public var description: String { "\(Self.name), weight \(weight), factor \(factor), distance \(distance) ms" }

    /// Weighted Random with weight - weight * distance * factor.
    var drawingWeight: UInt32 {
        fulfils("extensions-3.2-R1")
        return factor.lowered(weight, distance: distance)
    }
}

extension PolicyParameter {
    /// WRAND-DPF (draft-dreibholz-rserpool-delay). The distance is in milliseconds; an element leaves it to its home registrar.
    public static func weightedRandom(weight: UInt32, factor: DistancePenaltyFactor, distance: UInt32 = 0) -> PolicyParameter {
        WeightedRandomWithDistancePenalty(weight: weight, factor: factor, distance: distance).parameter
    }
}
