public import RSerPoolParameters
import RequirementMarks

/// Least Used with Degradation (RFC 5356 §5.2): Least Used where the registrar reckons with the users that it has sent to an element
/// since the element last told its load.
public struct LeastUsedWithDegradation: DegradingPolicy {
    public static let type = PolicyType.leastUsedWithDegradation
    public static let name = "Least Used with Degradation"
    public static let layout: [PolicyField] = [.load, .degradation]
    public static let overall = LeastUsedWithDegradation(load: .idle, degradation: .idle)

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

    /// Ascending load + degradation counter * degradation (§5.2.2).
    func rank(givenOut count: UInt32) -> UInt64 {
        fulfils("policies-5.2.2-R4")
        return Self.sum(load, degradation, givenOut: count)
    }

    /// In the registrar's order (§5.2.3), as under Least Used.
    public static func makeChoice() -> any PoolUserChoice { LeastUsedChoice() }
}

extension PolicyParameter {
    /// Least Used with Degradation (RFC 5356 §5.2.4).
    public static func leastUsedWithDegradation(load: Load, degradation: Load) -> PolicyParameter {
        LeastUsedWithDegradation(load: load, degradation: degradation).parameter
    }
}
