public import RSerPoolParameters
import RequirementMarks

/// Priority Least Used (RFC 5356 §5.3): the elements first that would have the lowest load with one user more.
public struct PriorityLeastUsed: RankedPolicy {
    public static let type = PolicyType.priorityLeastUsed
    public static let name = "Priority Least Used"
    public static let layout: [PolicyField] = [.load, .degradation]
    public static let overall = PriorityLeastUsed(load: .idle, degradation: .idle)

    /// What the element last told of itself.
    public var load: Load
    /// By how much one user more raises the load.
    public var degradation: Load

    /// - Parameters:
    ///   - load: how much of its capacity the element uses now.
    ///   - degradation: what each further user is expected to add.
    public init(load: Load, degradation: Load) {
        self.load = load
        self.degradation = degradation
    }

    public init(_ parameter: PolicyParameter) throws(PolicyError) {
        try parameter.require(Self.self)
        load = Load(rawValue: parameter.word(0))
        degradation = Load(rawValue: parameter.word(1))
    }

    public var parameter: PolicyParameter {
        PolicyParameter(type: Self.type, data: PolicyData(words: load.rawValue, degradation.rawValue))
    }

    public var description: String { "\(Self.name), load \(load), degradation \(degradation)" }

    /// Ascending sum of load and degradation, round robin among equals (§5.3.2). A sum above 100 % is worse than 100 %.
    var rank: UInt64 {
        fulfils("policies-5.3.2-R2")
        fulfils("policies-5.3.2-R5")
        return UInt64(load.rawValue) + UInt64(degradation.rawValue)
    }

    /// In the registrar's order (§5.3.3), as under Least Used.
    public static func makeChoice() -> any PoolUserChoice { LeastUsedChoice() }
}

extension PolicyParameter {
    /// Priority Least Used (RFC 5356 §5.3.4).
    public static func priorityLeastUsed(load: Load, degradation: Load) -> PolicyParameter {
        PriorityLeastUsed(load: load, degradation: degradation).parameter
    }
}
