public import RSerPoolParameters
import RequirementMarks

/// Round Robin (RFC 5356 §4.1): every element in turn. The default policy, which every component supports.
public struct RoundRobin: PoolPolicy {
    public static let type = PolicyType.roundRobin
    public static let name = "Round Robin"
    public static let layout: [PolicyField] = []
    public static let overall = RoundRobin()

    /// Without values or elements.
    public init() {}

    public init(_ parameter: PolicyParameter) throws(PolicyError) {
        try parameter.require(Self.self)
    }

    public var parameter: PolicyParameter { PolicyParameter(type: Self.type) }
    public var description: String { Self.name }

    public static func makeSelection() -> any PoolSelection {
        fulfils("policies-4.1.1-R1")
        return RoundRobinSelection()
    }
    public static func makeChoice() -> any PoolUserChoice { RoundRobinChoice() }
}

extension PolicyParameter {
    /// Round Robin (RFC 5356 §4.1.4).
    public static let roundRobin = RoundRobin().parameter
}

/// The circular list with a head that moves on by one for each request (RFC 5356 §4.1.2). An element that joins is put behind all
/// others, as seen from the head.
///
/// It reads nothing of the parameters, so it also orders the pools of private-use policies, whose rules a registrar cannot know:
/// Round Robin is the default policy.
public struct RoundRobinSelection: PoolSelection {
    private var order = RankedSelection()

    /// Without values or elements.
    public init() {}

    /// Elements in the round.
    public var count: Int { order.count }
    /// The element whose turn is next; nil where there is none.
    public var first: Int? { order.first }

    public mutating func insert(_ slot: Int, _ parameter: PolicyParameter) {
        fulfils("policies-4.1.2-R1")
        order.insert(slot, rank: 0)
    }

    public mutating func update(_ slot: Int, _ parameter: PolicyParameter) {}

    public mutating func remove(_ slot: Int) {
        order.remove(slot)
    }

    public mutating func select(_ wanted: Int, using generator: inout some RandomNumberGenerator, into slots: inout [Int]) {
        fulfils("policies-4.1.2-R2")
        fulfils("policies-4.1.2-R3")
        order.select(wanted, into: &slots)
    }
}

/// The answer's elements one after the other, from the first, and from the beginning again (RFC 5356 §4.1.3).
public struct RoundRobinChoice: PoolUserChoice {
    private var count = 0
    private var next = 0

    /// Without values or elements.
    public init() {}

    public mutating func renew(_ parameters: [PolicyParameter]) {
        count = parameters.count
        next = 0
    }

    public mutating func choose(using generator: inout some RandomNumberGenerator, where isUsable: (Int) -> Bool) -> Int? {
        for step in 0..<count {
            let position = (next + step) % count
            if isUsable(position) {
                fulfils("asap-6.5.2.1-R1")
                fulfils("policies-4.1.3-R1")
                next = (position + 1) % count
                return position
            }
        }
        return nil
    }
}
