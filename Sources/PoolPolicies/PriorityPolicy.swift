public import RSerPoolParameters
import RequirementMarks

/// Priority (RFC 5356 §4.5): the elements with the highest priority first.
public struct PriorityPolicy: RankedPolicy {
    public static let type = PolicyType.priority
    public static let name = "Priority"
    public static let layout: [PolicyField] = [.priority]
    public static let overall = PriorityPolicy(priority: 0)

    /// Larger numbers mean higher priorities.
    public var priority: UInt32

    /// - Parameter priority: the greater one is used first.
    public init(priority: UInt32) {
        self.priority = priority
    }

    public init(_ parameter: PolicyParameter) throws(PolicyError) {
        try parameter.require(Self.self)
        priority = parameter.word(0)
    }

    public var parameter: PolicyParameter { PolicyParameter(type: Self.type, data: PolicyData(words: priority)) }
    public var description: String { "\(Self.name) \(priority)" }

    /// Descending priority (§4.5.2). Elements of equal priority may stand in any order; they take turns, as everywhere.
    var rank: UInt64 {
        fulfils("policies-4.5.2-R1")
        fulfils("policies-4.5.2-R2")
        return UInt64(UInt32.max - priority)
    }

    public static func makeChoice() -> any PoolUserChoice { PriorityChoice() }
}

extension PolicyParameter {
    /// Priority (RFC 5356 §4.5.4). Larger numbers mean higher priorities.
    public static func priority(_ priority: UInt32) -> PolicyParameter {
        PriorityPolicy(priority: priority).parameter
    }
}

/// The usable element with the highest priority (RFC 5356 §4.5.3), the first of them in the registrar's order.
///
/// The section binds the user to the priorities and not to the answer's order, so an answer that is not sorted is of no consequence. An
/// element whose parameter is not this policy's is taken where there is no other.
public struct PriorityChoice: PoolUserChoice {
    /// Positions in the answer by descending priority.
    private var order: [Int] = []

    /// A choice that has seen no element yet.
    public init() {}

    public mutating func renew(_ parameters: [PolicyParameter]) {
        let priorities = parameters.map { parameter in (try? PriorityPolicy(parameter)).map { Int($0.priority) } ?? -1 }
        // Stable: the registrar's order stays among equals.
        order = parameters.indices.sorted { priorities[$0] > priorities[$1] }
    }

    public mutating func choose(using generator: inout some RandomNumberGenerator, where isUsable: (Int) -> Bool) -> Int? {
        fulfils("policies-4.5.3-R1")
        return order.first(where: isUsable)
    }
}
