import RSerPoolParameters
import RequirementTesting
import Testing

@testable import PoolPolicies

// RFC 5356 §5.2
@Suite("Least Used with Degradation")
struct Section52DegradationTests {
    private static func parameter(_ load: UInt32, _ degradation: UInt32) -> PolicyParameter {
        .leastUsedWithDegradation(load: Load(rawValue: load), degradation: Load(rawValue: degradation))
    }

    @Test("§5.2.4: layout")
    func layout() throws {
        try expectLayout(
            LeastUsedWithDegradation(load: Load(rawValue: 0x8000_0000), degradation: Load(rawValue: 0x1999_999a)),
            Self.parameter(0x8000_0000, 0x1999_999a),
            bytes: [0, 8, 0, 16, 0x40, 0, 0, 2, 0x80, 0, 0, 0, 0x19, 0x99, 0x99, 0x9a],
            description: "Least Used with Degradation, load 50.0 %, degradation 10.0 %")
        #expect(PolicyRegistry.overallParameter(of: Self.parameter(1, 2)) == Self.parameter(0, 0))
    }

    @Test(
        "§5.2.2: each time that an element is returned it counts as busier",
        .requirement("policies-5.2.2-R3", "policies-5.2.2-R4"))
    func counting() throws {
        var selection = LeastUsedWithDegradation.makeSelection()
        try selection.insert(0, Self.parameter(50, 10))
        try selection.insert(1, Self.parameter(65, 1))
        // 50, 60 and 70 against 65, 66, 67 …; at 70 there are equals, and the one that came to it first is first.
        #expect((0..<9).map { _ in selection.select(1)[0] } == [0, 0, 1, 1, 1, 1, 1, 0, 1])
    }

    @Test(
        "§5.2.2: all elements returned are counted, not only the first", .requirement("policies-5.2.2-R1", "policies-5.2.2-R3"))
    func countingAll() throws {
        var selection = LeastUsedWithDegradation.makeSelection()
        for slot in 0..<4 { try selection.insert(slot, Self.parameter(0, 1)) }
        #expect(selection.select(2) == [0, 1])
        #expect(selection.select(3) == [2, 3, 0])
        #expect(selection.select(4) == [1, 2, 3, 0])
    }

    @Test(
        "§5.2.2: re-registration sets the counter to 0, also with the same values; so does coming back",
        .requirement("policies-5.2.2-R1", "policies-5.2.2-R2"))
    func reset() throws {
        var selection = DegradingPolicySelection<LeastUsedWithDegradation>()
        for slot in 0..<2 { try selection.insert(slot, Self.parameter(UInt32(slot), 2)) }
        #expect((0..<3).map { _ in selection.select(1)[0] } == [0, 1, 0])
        #expect([0, 1, 2].map(selection.degradationCounter) == [2, 1, nil])
        try selection.update(0, Self.parameter(0, 2))
        #expect(selection.degradationCounter(of: 0) == 0)
        #expect(selection.select(1) == [0])
        selection.remove(1)
        try selection.insert(1, Self.parameter(1, 2))
        #expect(selection.degradationCounter(of: 1) == 0)
        #expect(selection.select(1) == [1])
        #expect(throws: PolicyError(.otherType, .leastUsed)) { try selection.update(1, .leastUsed(load: .idle)) }
        #expect(selection.degradationCounter(of: 1) == 1)
    }

    @Test("Without degradation it is Least Used")
    func withoutDegradation() throws {
        var (degrading, used) = (LeastUsedWithDegradation.makeSelection(), LeastUsed.makeSelection())
        var generator = Generator(state: 2)
        for slot in 0..<20 {
            let load = UInt32.random(in: 0..<4, using: &generator)
            try degrading.insert(slot, Self.parameter(load, 0))
            try used.insert(slot, .leastUsed(load: Load(rawValue: load)))
        }
        for _ in 0..<300 {
            let wanted = Int.random(in: 0...22, using: &generator)
            #expect(degrading.select(wanted) == used.select(wanted))
        }
    }

    @Test("Sums above 100 % are sums")
    func greatSums() throws {
        var selection = LeastUsedWithDegradation.makeSelection()
        try selection.insert(0, Self.parameter(.max, .max))
        try selection.insert(1, Self.parameter(.max, .max - 1))
        #expect((0..<6).map { _ in selection.select(1)[0] } == [0, 1, 1, 0, 1, 0])
    }

    @Test("Every sequence of changes and requests gives what a list gives", arguments: 0..<50)
    func oracle(seed: UInt64) throws {
        let scale: UInt32 = seed % 2 == 0 ? 1 : 0x3333_3333
        let slow = SlowRankedPool { parameter, count in parameter.value(0) + count * parameter.value(1) }
        try expectSame(as: slow, LeastUsedWithDegradation.self, seed: seed) { generator in
            Self.parameter(.random(in: 0..<6, using: &generator) * scale, .random(in: 0..<4, using: &generator) * scale)
        }
    }

    @Test("§5.2.3: in the registrar's order, as Least Used")
    func choice() {
        var (choice, generator) = (PolicyRegistry.choice(for: .leastUsedWithDegradation), Generator(state: 1))
        choice.renew([Self.parameter(9, 0), Self.parameter(1, 0)])
        #expect((0..<2).map { _ in choice.choose(using: &generator) { _ in true } } == [0, 0])
        #expect(choice.choose(using: &generator) { $0 != 0 } == 1)
    }
}
