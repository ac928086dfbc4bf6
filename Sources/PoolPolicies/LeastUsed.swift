public import RSerPoolParameters
import RequirementMarks

/// Least Used (RFC 5356 §5.1): the elements with the lowest load first.
public struct LeastUsed: RankedPolicy {
    public static let type = PolicyType.leastUsed
    public static let name = "Least Used"
    public static let layout: [PolicyField] = [.load]
    public static let overall = LeastUsed(load: .idle)

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

    /// Ascending load, round robin among equals (§5.1.2).
    var rank: UInt64 {
        fulfils("policies-5.1.2-R2")
        fulfils("policies-5.1.2-R5")
        return UInt64(load.rawValue)
    }

    public static func makeChoice() -> any PoolUserChoice { LeastUsedChoice() }
}

extension PolicyParameter {
    /// Least Used (RFC 5356 §5.1.4).
    public static func leastUsed(load: Load) -> PolicyParameter {
        LeastUsed(load: load).parameter
    }
}

/// The answer's elements in the registrar's order: always the first that is usable (RFC 5356 §5.1.3). The others are there for when
/// it fails.
public struct LeastUsedChoice: PoolUserChoice {
    private var count = 0

    /// A choice that has seen no element yet.
    public init() {}

    public mutating func renew(_ parameters: [PolicyParameter]) {
        count = parameters.count
    }

    public mutating func choose(using generator: inout some RandomNumberGenerator, where isUsable: (Int) -> Bool) -> Int? {
        (0..<count).first(where: isUsable)
    }
}
