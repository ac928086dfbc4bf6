public import RSerPoolParameters
import RequirementMarks

/// Least Used with Distance Penalty Factor, LU-DPF (draft-dreibholz-rserpool-delay): Least Used where a distant element counts as busier.
public struct LeastUsedWithDistancePenalty: RankedPolicy {
    public static let type = PolicyType.leastUsedWithDistancePenalty
    public static let name = "Least Used with Distance Penalty Factor"
    public static let layout: [PolicyField] = [.load, .distancePenaltyFactor, .distance]
    public static let overall = LeastUsedWithDistancePenalty(load: .idle, factor: .none, distance: 0)

    /// What the element last told of itself.
    public var load: Load
    /// How much load a millisecond of distance stands for.
    public var factor: DistancePenaltyFactor
    /// In milliseconds. The element's home registrar measures it and puts it here, whatever the element has sent.
    public var distance: UInt32

    /// - Parameters:
    ///   - load: how much of its capacity the element uses now.
    ///   - factor: what a millisecond of distance adds to the load, as a part of full load.
    ///   - distance: milliseconds to the element, as a registrar measured them.
    public init(load: Load, factor: DistancePenaltyFactor, distance: UInt32 = 0) {
        self.load = load
        self.factor = factor
        self.distance = distance
    }

    public init(_ parameter: PolicyParameter) throws(PolicyError) {
        try parameter.require(Self.self)
        load = Load(rawValue: parameter.word(0))
        factor = DistancePenaltyFactor(rawValue: parameter.word(1))
        distance = parameter.word(2)
    }

    public var parameter: PolicyParameter {
        PolicyParameter(type: Self.type, data: PolicyData(words: load.rawValue, factor.rawValue, distance))
    }

    public var description: String { "\(Self.name), load \(load), factor \(factor), distance \(distance) ms" }

    /// Ascending load + distance * factor, at most 100 %, round robin among equals.
    var rank: UInt64 {
        fulfils("extensions-3.3-R1")
        return factor.raised(UInt64(load.rawValue), distance: distance)
    }

    /// In the registrar's order, as under Least Used.
    public static func makeChoice() -> any PoolUserChoice { LeastUsedChoice() }
}

extension PolicyParameter {
    /// LU-DPF (draft-dreibholz-rserpool-delay). The distance is in milliseconds; an element leaves it to its home registrar.
    public static func leastUsed(load: Load, factor: DistancePenaltyFactor, distance: UInt32 = 0) -> PolicyParameter {
        LeastUsedWithDistancePenalty(load: load, factor: factor, distance: distance).parameter
    }
}
