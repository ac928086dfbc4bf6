public import RSerPoolParameters
import RequirementMarks

/// Least Used with Degradation and Distance Penalty Factor, LUD-DPF (draft-dreibholz-rserpool-delay): Least Used with Degradation where a
/// distant element counts as busier.
public struct LeastUsedWithDegradationAndDistancePenalty: DegradingPolicy {
    public static let type = PolicyType.leastUsedWithDegradationAndDistancePenalty
    public static let name = "Least Used with Degradation and Distance Penalty Factor"
    public static let layout: [PolicyField] = [.load, .degradation, .distancePenaltyFactor, .distance]
    public static let overall = LeastUsedWithDegradationAndDistancePenalty(
        load: .idle, degradation: .idle, factor: .none, distance: 0)

    /// What the element last told of itself.
    public var load: Load
    /// By how much one user more raises the load.
    public var degradation: Load
    /// How much load a millisecond of distance stands for.
    public var factor: DistancePenaltyFactor
    /// In milliseconds. The element's home registrar measures it and puts it here, whatever the element has sent.
    public var distance: UInt32

    /// - Parameters:
    ///   - load: how much of its capacity the element uses now.
    ///   - degradation: what each further user is expected to add.
    ///   - factor: what a millisecond of distance adds to the load, as a part of full load.
    ///   - distance: milliseconds to the element, as a registrar measured them.
    public init(load: Load, degradation: Load, factor: DistancePenaltyFactor, distance: UInt32 = 0) {
        self.load = load
        self.degradation = degradation
        self.factor = factor
        self.distance = distance
    }

    public init(_ parameter: PolicyParameter) throws(PolicyError) {
        try parameter.require(Self.self)
        load = Load(rawValue: parameter.word(0))
        degradation = Load(rawValue: parameter.word(1))
        factor = DistancePenaltyFactor(rawValue: parameter.word(2))
        distance = parameter.word(3)
    }

    public var parameter: PolicyParameter {
        PolicyParameter(
            type: Self.type, data: PolicyData(words: load.rawValue, degradation.rawValue, factor.rawValue, distance))
    }

    public var description: String {
        "\(Self.name), load \(load), degradation \(degradation), factor \(factor), distance \(distance) ms"
    }

    /// Ascending load + degradation counter * degradation + distance * factor, at most 100 %, round robin among equals.
    func rank(givenOut count: UInt32) -> UInt64 {
        fulfils("extensions-3.4-R1")
        return factor.raised(Self.sum(load, degradation, givenOut: count), distance: distance)
    }

    /// In the registrar's order, as under Least Used.
    public static func makeChoice() -> any PoolUserChoice { LeastUsedChoice() }
}

extension PolicyParameter {
    /// LUD-DPF (draft-dreibholz-rserpool-delay). The distance is in milliseconds; an element leaves it to its home registrar.
    public static func leastUsedWithDegradation(
        load: Load, degradation: Load, factor: DistancePenaltyFactor, distance: UInt32 = 0
    ) -> PolicyParameter {
        LeastUsedWithDegradationAndDistancePenalty(load: load, degradation: degradation, factor: factor, distance: distance)
            .parameter
    }
}
