import RSerPoolParameters
import RequirementTesting
import Testing

@testable import PoolPolicies

// RFC 5356 §5.4
@Suite("Randomized Least Used")
struct Section54RandomizedLeastUsedTests {
    @Test("§5.4.4: layout")
    func layout() throws {
        try expectLayout(
            RandomizedLeastUsed(load: Load(rawValue: 0x4000_0000)), .randomizedLeastUsed(load: Load(rawValue: 0x4000_0000)),
            bytes: [0, 8, 0, 12, 0x40, 0, 0, 4, 0x40, 0, 0, 0], description: "Randomized Least Used, load 25.0 %")
        #expect(PolicyRegistry.overallParameter(of: .randomizedLeastUsed(load: .full)) == .randomizedLeastUsed(load: .idle))
    }

    @Test(
        "§5.4.1: the chance is the element's part of what the pool has free; none for a full one",
        .requirement("policies-5.4.2-R1"))
    func chances() throws {
        let loads = [0, 0.5, 0.9, 1, 0.25]
        try expectDraws(
            RandomizedLeastUsed.self, loads.map { .randomizedLeastUsed(load: Load(fraction: $0)) },
            weights: loads.map { Double(UInt32.max - Load(fraction: $0).rawValue) }, seed: 4)
    }

    @Test("A pool of full elements is still given out")
    func allFull() throws {
        var (selection, generator) = (RandomizedLeastUsed.makeSelection(), Generator(state: 9))
        for slot in 0..<3 { try selection.insert(slot, .randomizedLeastUsed(load: .full)) }
        #expect(selection.select(3, using: &generator).sorted() == [0, 1, 2])
        try selection.update(1, .randomizedLeastUsed(load: Load(rawValue: .max - 1)))
        #expect(selection.select(3, using: &generator) == [1])
    }

    @Test("Every sequence of changes and requests gives what walking along a list gives", arguments: 0..<50)
    func oracle(seed: UInt64) throws {
        let slow = SlowWeightedPool { 0xffff_ffff - $0.value(0) }
        try expectSame(as: slow, RandomizedLeastUsed.self, seed: seed) { generator in
            let loads = [0, 1, 0x8000_0000, UInt32.max - 1, .max]
            return .randomizedLeastUsed(load: Load(rawValue: loads.randomElement(using: &generator)!))
        }
    }
}
