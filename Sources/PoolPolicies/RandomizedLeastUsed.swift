public import RSerPoolParameters
import RequirementMarks

/// Randomized Least Used (RFC 5356 §5.4): any elements, each with a chance in proportion to what it has free.
public struct RandomizedLeastUsed: WeightedPolicy {
    public static let type = PolicyType.randomizedLeastUsed
    public static let name = "Randomized Least Used"
    public static let layout: [PolicyField] = [.load]
    public static let overall = RandomizedLeastUsed(load: .idle)

    /// What the element last told of itself.
    public var load: Load

    /// - Parameter load: how much of its capacity the element uses now.
    public init(load: Load) {
        self.load = load
    }

    public init(_ parameter: PolicyParameter) throws(PolicyError) {
        try parameter.require(Self.self)
        load = Load(rawValue: parameter.word(0))
    }

    public var parameter: PolicyParameter { PolicyParameter(type: Self.type, data: PolicyData(words: load.rawValue)) }
    public var description: String { "\(Self.name), load \(load)" }

    /// Weighted Random with the weights 0xffffffff - load (§5.4.2). A full element has no chance until all are full.
    var drawingWeight: UInt32 {
        fulfils("policies-5.4.2-R1")
        return Load.full.rawValue - load.rawValue
    }
}

extension PolicyParameter {
    /// Randomized Least Used (RFC 5356 §5.4.4).
    public static func randomizedLeastUsed(load: Load) -> PolicyParameter {
        RandomizedLeastUsed(load: load).parameter
    }
}
