import RSerPoolParameters
import RequirementTesting
import Testing

@testable import PoolPolicies

// RFC 5356 §4.4
@Suite("Weighted Random")
struct Section44WeightedRandomTests {
    @Test("§4.4.4: layout")
    func layout() throws {
        try expectLayout(
            WeightedRandom(weight: 0x0102_0304), .weightedRandom(weight: 0x0102_0304),
            bytes: [0, 8, 0, 12, 0, 0, 0, 4, 1, 2, 3, 4], description: "Weighted Random, weight 16909060")
        #expect(PolicyRegistry.overallParameter(of: .weightedRandom(weight: 7)) == .weightedRandom(weight: 1))
    }

    @Test("§4.4.2: the chance is the ratio of the weight to the sum, and to what is left of it for the second")
    func chances() throws {
        let weights: [UInt32] = [1, 5, 2, 0, 9, 3]
        try expectDraws(
            WeightedRandom.self, weights.map { .weightedRandom(weight: $0) }, weights: weights.map(Double.init), seed: 1)
        let great: [UInt32] = [.max, .max / 2, .max / 4]
        try expectDraws(
            WeightedRandom.self, great.map { .weightedRandom(weight: $0) }, weights: great.map(Double.init), seed: 2)
    }

    @Test(
        "§4.4.2: at most the requested number, nobody twice, however great one weight is",
        .requirement("policies-4.4.2-R1", "policies-4.4.2-R2"))
    func number() throws {
        var (selection, generator) = (WeightedRandom.makeSelection(), Generator(state: 3))
        for slot in 0..<10 { try selection.insert(slot, .weightedRandom(weight: slot == 4 ? .max : 1)) }
        for wanted in 0..<14 {
            let answer = selection.select(wanted, using: &generator)
            #expect(answer.count == min(wanted, 10))
            #expect(Set(answer).count == answer.count)
        }
    }

    @Test("§4.4.1: with all weights 1 it is Random")
    func equalsRandom() throws {
        var (weighted, random) = (WeightedRandom.makeSelection(), RandomPolicy.makeSelection())
        var (generator, same) = (Generator(state: 8), Generator(state: 8))
        for slot in 0..<21 {
            try weighted.insert(slot, .weightedRandom(weight: 1))
            try random.insert(slot, .random)
        }
        for wanted in 0..<100 {
            #expect(weighted.select(wanted % 24, using: &generator) == random.select(wanted % 24, using: &same))
        }
    }

    @Test("§3.2: weight 0 is not returned while another element has a weight; where none has, all are equal")
    func weightZero() throws {
        var (selection, generator) = (WeightedRandom.makeSelection(), Generator(state: 9))
        for slot in 0..<3 { try selection.insert(slot, .weightedRandom(weight: 0)) }
        #expect(selection.select(9, using: &generator).sorted() == [0, 1, 2])
        try selection.insert(3, .weightedRandom(weight: 1))
        for _ in 0..<50 { #expect(selection.select(9, using: &generator) == [3]) }
        try selection.update(1, .weightedRandom(weight: 2))
        #expect(selection.select(9, using: &generator).sorted() == [1, 3])
        selection.remove(1)
        try selection.update(3, .weightedRandom(weight: 0))
        #expect(selection.select(9, using: &generator).sorted() == [0, 2, 3])
        let zeros = [PolicyParameter](repeating: .weightedRandom(weight: 0), count: 5)
        try expectDraws(WeightedRandom.self, zeros, weights: [1, 1, 1, 1, 1], seed: 3)
    }

    @Test("Every sequence of changes and requests gives what walking along a list gives", arguments: 0..<60)
    func oracle(seed: UInt64) throws {
        let greatest = [2, 10, UInt32.max][Int(seed % 3)]
        try expectSame(as: SlowWeightedPool { $0.value(0) }, WeightedRandom.self, seed: seed) { generator in
            .weightedRandom(weight: .random(in: 0...greatest, using: &generator))
        }
    }

    @Test("Sums are those of the weights, whatever is set in which order", arguments: 0..<20)
    func sums(seed: UInt64) {
        var (sums, weights, generator) = (WeightSums(), [UInt64](repeating: 0, count: 70), Generator(state: seed))
        for _ in 0..<300 {
            let slot = Int.random(in: 0..<70, using: &generator)
            if Bool.random(using: &generator) {
                let weight = UInt64.random(in: 0..<5, using: &generator)
                sums.add(weight, to: slot)
                weights[slot] += weight
            } else if weights[slot] > 0 {
                sums.subtract(weights[slot], from: slot)
                weights[slot] = 0
            }
            #expect(sums.total == weights.reduce(0, +))
        }
        var sum: UInt64 = 0
        for (slot, weight) in weights.enumerated() where weight > 0 {
            #expect(sums.slot(under: sum) == slot)
            #expect(sums.slot(under: sum + weight - 1) == slot)
            sum += weight
        }
    }
}
