import RSerPoolParameters
import RequirementTesting
import Testing

@testable import PoolPolicies

// RFC 5356 §4.3
@Suite("Random")
struct Section43RandomTests {
    @Test("§4.3.4: layout")
    func layout() throws {
        try expectLayout(RandomPolicy(), .random, bytes: [0, 8, 0, 8, 0, 0, 0, 3], description: "Random")
        #expect(PolicyRegistry.overallParameter(of: .random) == .random)
    }

    @Test(
        "§4.3.2: at most the requested number, nobody twice, everybody where all are asked for",
        .requirement("policies-4.3.2-R1"))
    func number() throws {
        var (selection, generator) = (RandomPolicy.makeSelection(), Generator(state: 3))
        #expect(selection.select(3, using: &generator) == [])
        #expect(selection.first == nil)
        for slot in 0..<10 { try selection.insert(slot, .random) }
        for wanted in 0..<14 {
            let answer = selection.select(wanted, using: &generator)
            #expect(answer.count == min(wanted, 10))
            #expect(Set(answer).count == answer.count)
        }
        #expect(selection.select(10, using: &generator).sorted() == Array(0..<10))
        #expect(selection.first != nil)
    }

    @Test("Every sequence of changes and requests gives what walking along a list gives", arguments: 0..<50)
    func oracle(seed: UInt64) throws {
        try expectSame(as: SlowWeightedPool { _ in 1 }, RandomPolicy.self, seed: seed) { _ in .random }
    }

    @Test(
        "§4.3.1: each has the same chance, to be first and to be second; sizes around powers of two",
        arguments: [2, 3, 7, 8, 9])
    func uniform(size: Int) throws {
        try expectDraws(
            RandomPolicy.self, Array(repeating: .random, count: size), weights: Array(repeating: 1, count: size),
            seed: UInt64(size))
    }

    @Test("A copy with the same generator draws the same")
    func valueSemantics() throws {
        var (original, generator) = (RandomPolicy.makeSelection(), Generator(state: 5))
        for slot in 0..<10 { try original.insert(slot, .random) }
        var (copy, same) = (original, generator)
        let answers = (0..<20).map { _ in original.select(4, using: &generator) }
        #expect((0..<20).map { _ in copy.select(4, using: &same) } == answers)
    }

    @Test("§4.3.3, §4.4.3, §5.4.3: any usable element of the answer, each with the same chance")
    func choice() {
        for type in [PolicyType.random, .weightedRandom, .randomizedLeastUsed, .weightedRandomWithDistancePenalty] {
            var (choice, generator) = (PolicyRegistry.choice(for: type), GoodGenerator(state: 6))
            #expect(choice.choose(using: &generator) { _ in true } == nil)
            choice.renew(Array(repeating: .random, count: 5))
            #expect(choice.choose(using: &generator) { _ in false } == nil)
            var counts = [Int](repeating: 0, count: 5)
            for _ in 0..<20_000 { counts[choice.choose(using: &generator) { $0 != 1 } ?? 1] += 1 }
            expectCounts(counts, [0.25, 0, 0.25, 0.25, 0.25], trials: 20_000)
        }
    }
}
