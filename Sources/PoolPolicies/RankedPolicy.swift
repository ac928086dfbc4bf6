import RSerPoolParameters

/// A policy that orders elements by one number that follows from an element's own values, the lowest first, round robin among equals.
protocol RankedPolicy: PoolPolicy {
    var rank: UInt64 { get }
}

extension RankedPolicy {
    public static func makeSelection() -> any PoolSelection { RankedPolicySelection<Self>() }
}

/// A pool under a ranked policy. O(log n) to add, change and take out; O(k + log n) for an answer of k elements, and O(log n) more for
/// each rank of which several elements are in it.
struct RankedPolicySelection<Policy: RankedPolicy>: PoolSelection {
    private var order = RankedSelection()

    var count: Int { order.count }
    var first: Int? { order.first }

    mutating func insert(_ slot: Int, _ parameter: PolicyParameter) throws(PolicyError) {
        order.insert(slot, rank: try Policy(parameter).rank)
    }

    mutating func update(_ slot: Int, _ parameter: PolicyParameter) throws(PolicyError) {
        order.update(slot, rank: try Policy(parameter).rank)
    }

    mutating func remove(_ slot: Int) {
        order.remove(slot)
    }

    mutating func select(_ wanted: Int, using generator: inout some RandomNumberGenerator, into slots: inout [Int]) {
        order.select(wanted, into: &slots)
    }
}
