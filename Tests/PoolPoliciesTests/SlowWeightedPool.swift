import RSerPoolParameters
import Testing

@testable import PoolPolicies

/// Draws without replacement, by walking along the elements until their weights exceed a random number.
struct SlowWeightedPool: SlowPool {
    let weight: (PolicyParameter) -> UInt64
    var members: [(slot: Int, parameter: PolicyParameter)] = []

    init(weight: @escaping (PolicyParameter) -> UInt64) {
        self.weight = weight
    }

    var slots: [Int] { members.map(\.slot) }

    mutating func insert(_ slot: Int, _ parameter: PolicyParameter) {
        members.append((slot, parameter))
        members.sort { $0.slot < $1.slot }
    }

    mutating func update(_ slot: Int, _ parameter: PolicyParameter) {
        remove(slot)
        insert(slot, parameter)
    }

    mutating func remove(_ slot: Int) {
        members.removeAll { $0.slot == slot }
    }

    mutating func select(_ wanted: Int, using generator: inout Generator) -> [Int] {
        var left = members.map { (slot: $0.slot, weight: weight($0.parameter)) }
        left = left.contains { $0.weight > 0 } ? left.filter { $0.weight > 0 } : left.map { ($0.slot, 1) }
        var answer: [Int] = []
        while answer.count < wanted, !left.isEmpty {
            var sum = UInt64.random(in: 0..<left.reduce(0) { $0 + $1.weight }, using: &generator)
            var position = 0
            while sum >= left[position].weight {
                sum -= left[position].weight
                position += 1
            }
            answer.append(left.remove(at: position).slot)
        }
        return answer
    }
}

/// SplitMix64: the statistical tests need a generator without flaws of its own.
struct GoodGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}

/// Each count must be what its probability makes one expect.
///
/// The bound: a count of N trials with probability p has the variance N·p·(1 - p), and by Bernstein's inequality it is farther than d from
/// N·p with a probability of at most 2·exp(-d² / (2·(N·p·(1 - p) + d/3))). With d = 6·sqrt(N·p·(1 - p)) and N·p·(1 - p) > 400, as is
/// demanded here, that is below 2·exp(-36 / (2·(1 + 2/20))) < 2·10⁻⁷ for each count, so below 10⁻⁴ for the few hundred counts of all these
/// tests. The seeds are fixed: what passes once passes always. With 200,000 trials d is at most 0.7 % of them, and no count with the chance
/// of an element not drawn by its weight passes where the weights differ by more than that.
func expectCounts(
    _ counts: [Int], _ probabilities: [Double], trials: Int, sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(counts.count == probabilities.count && counts.reduce(0, +) == trials, sourceLocation: sourceLocation)
    for (index, (count, probability)) in zip(counts, probabilities).enumerated() {
        let expected = Double(trials) * probability
        let variance = expected * (1 - probability)
        guard variance > 0 else {
            #expect(Double(count) == expected, "position \(index)", sourceLocation: sourceLocation)
            continue
        }
        #expect(variance > 400, "too few trials for position \(index)", sourceLocation: sourceLocation)
        #expect(abs(Double(count) - expected) < 6 * variance.squareRoot(), "position \(index)", sourceLocation: sourceLocation)
    }
}

/// A pool of some parameters: who is first in its answers, and which pairs are first and second, against the weights that the elements
/// should have.
func expectDraws(
    _ policy: (some PoolPolicy).Type, _ parameters: [PolicyParameter], weights: [Double], seed: UInt64, trials: Int = 200_000,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    var (selection, generator) = (policy.makeSelection(), GoodGenerator(state: seed))
    for (slot, parameter) in parameters.enumerated() { try selection.insert(slot, parameter) }
    let size = parameters.count
    var (first, pairs) = ([Int](repeating: 0, count: size), [Int](repeating: 0, count: size * size))
    var slots: [Int] = []
    for _ in 0..<trials {
        slots.removeAll(keepingCapacity: true)
        selection.select(2, using: &generator, into: &slots)
        first[slots[0]] += 1
        pairs[slots[0] * size + slots[1]] += 1
    }
    let total = weights.reduce(0, +)
    expectCounts(first, weights.map { $0 / total }, trials: trials, sourceLocation: sourceLocation)
    let chances = (0..<size * size).map { place -> Double in
        let (one, two) = (weights[place / size], weights[place % size])
        return place / size == place % size || one == 0 ? 0 : one / total * two / (total - one)
    }
    expectCounts(pairs, chances, trials: trials, sourceLocation: sourceLocation)
}
