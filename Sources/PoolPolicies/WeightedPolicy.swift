import RSerPoolParameters
import RequirementMarks

/// A policy that draws elements at random, each with a chance in proportion to a weight that follows from its own values.
protocol WeightedPolicy: PoolPolicy {
    var drawingWeight: UInt32 { get }
}

extension WeightedPolicy {
    public static func makeSelection() -> any PoolSelection { WeightedPolicySelection<Self>() }

    /// Under every random policy the user's choice is uniform: the weights are in the registrar's draw (RFC 5356 §4.3.3, §4.4.3, §5.4.3).
    public static func makeChoice() -> any PoolUserChoice { RandomChoice() }
}

/// A pool under a random policy. O(log n) to add, change and take out, and for each element of an answer.
///
/// An answer is drawn without replacement (RFC 5356 §4.4.2): each draw is among the elements not yet drawn, by the ratio of an element's
/// weight to the sum of theirs. So the first element of an answer has exactly the chance that the section names.
///
/// An element of weight 0, not capable of any service (§3.2), has no chance while another has a weight, and is not added to an answer
/// that is short of elements either: a user picks from the answer without looking at weights. Where no element has a weight, all have the
/// same chance; an answer without elements would tell users that there is no pool.
struct WeightedPolicySelection<Policy: WeightedPolicy>: PoolSelection {
    /// The elements' weights; nil for slots not in use.
    private var weights: [UInt32?] = []
    /// The weights of those that have one, and 1 for each of those that have none.
    private var (weighty, weightless) = (WeightSums(), WeightSums())
    private(set) var count = 0

    /// Any element: the first that could be drawn.
    var first: Int? {
        if weighty.total > 0 { return weighty.slot(under: 0) }
        return weightless.total > 0 ? weightless.slot(under: 0) : nil
    }

    mutating func insert(_ slot: Int, _ parameter: PolicyParameter) throws(PolicyError) {
        let weight = try Policy(parameter).drawingWeight
        while weights.count <= slot { weights.append(nil) }
        precondition(weights[slot] == nil, "the slot is in the pool already")
        weights[slot] = weight
        count += 1
        add(slot, weight)
    }

    mutating func update(_ slot: Int, _ parameter: PolicyParameter) throws(PolicyError) {
        let weight = try Policy(parameter).drawingWeight
        guard weights.indices.contains(slot), let old = weights[slot], old != weight else { return }
        subtract(slot, old)
        weights[slot] = weight
        add(slot, weight)
    }

    mutating func remove(_ slot: Int) {
        guard weights.indices.contains(slot), let weight = weights[slot] else { return }
        subtract(slot, weight)
        weights[slot] = nil
        count -= 1
        guard count == 0 else { return }
        let isSmall = weights.count <= 16
        weights.removeAll(keepingCapacity: isSmall)
        weighty.removeAll(keepingCapacity: isSmall)
        weightless.removeAll(keepingCapacity: isSmall)
    }

    mutating func select(_ wanted: Int, using generator: inout some RandomNumberGenerator, into slots: inout [Int]) {
        let start = slots.count
        let isWeighty = weighty.total > 0
        while slots.count - start < wanted {
            let total = isWeighty ? weighty.total : weightless.total
            guard total > 0 else { break }
            let sum = UInt64.random(in: 0..<total, using: &generator)
            let slot = isWeighty ? weighty.slot(under: sum) : weightless.slot(under: sum)
            slots.append(slot)
            // Out of the way of the next draws.
            fulfils("policies-4.3.2-R1")
            fulfils("policies-4.4.2-R2")
            subtract(slot, weights[slot] ?? 0)
        }
        fulfils("policies-4.4.2-R1")
        for slot in slots[start...] { add(slot, weights[slot] ?? 0) }
    }

    private mutating func add(_ slot: Int, _ weight: UInt32) {
        if weight > 0 { weighty.add(UInt64(weight), to: slot) } else { weightless.add(1, to: slot) }
    }

    private mutating func subtract(_ slot: Int, _ weight: UInt32) {
        if weight > 0 { weighty.subtract(UInt64(weight), from: slot) } else { weightless.subtract(1, from: slot) }
    }
}
