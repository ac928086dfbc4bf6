import RSerPoolParameters
import RequirementTesting
import Testing

@testable import PoolPolicies

// RFC 5356 §5.3
@Suite("Priority Least Used")
struct Section53PriorityLeastUsedTests {
    private static func parameter(_ load: UInt32, _ degradation: UInt32) -> PolicyParameter {
        .priorityLeastUsed(load: Load(rawValue: load), degradation: Load(rawValue: degradation))
    }

    @Test("§5.3.4: layout")
    func layout() throws {
        try expectLayout(
            PriorityLeastUsed(load: Load(rawValue: 0x8000_0000), degradation: .full), Self.parameter(0x8000_0000, .max),
            bytes: [0, 8, 0, 16, 0x40, 0, 0, 3, 0x80, 0, 0, 0, 0xff, 0xff, 0xff, 0xff],
            description: "Priority Least Used, load 50.0 %, degradation 100.0 %")
        #expect(PolicyRegistry.overallParameter(of: Self.parameter(1, 2)) == Self.parameter(0, 0))
    }

    @Test("§5.3.1: equal loads, and the one that a user more burdens less is first", .requirement("policies-5.3.2-R2"))
    func example() throws {
        var selection = PriorityLeastUsed.makeSelection()
        let half = Load(fraction: 0.5)
        try selection.insert(0, .priorityLeastUsed(load: half, degradation: half))
        try selection.insert(1, .priorityLeastUsed(load: half, degradation: Load(fraction: 0.1)))
        // Nothing is counted: the same list again.
        for _ in 0..<3 { #expect(selection.select(2) == [1, 0]) }
    }

    @Test(
        "§5.3.2: ascending sums, round robin among equals; sums above 100 % are sums",
        .requirement("policies-5.3.2-R1", "policies-5.3.2-R2", "policies-5.3.2-R3", "policies-5.3.2-R4", "policies-5.3.2-R5"))
    func order() throws {
        var selection = PriorityLeastUsed.makeSelection()
        try selection.insert(0, Self.parameter(.max, 1))
        try selection.insert(1, Self.parameter(3, 4))
        try selection.insert(2, Self.parameter(5, 2))
        try selection.insert(3, Self.parameter(.max, 0))
        #expect(selection.select(9) == [1, 2, 3, 0])
        #expect(selection.select(9) == [2, 1, 3, 0])
        #expect(selection.select(2) == [1, 2])
    }

    @Test("Every sequence of changes and requests gives what a list gives", arguments: 0..<50)
    func oracle(seed: UInt64) throws {
        let slow = SlowRankedPool { parameter, _ in parameter.value(0) + parameter.value(1) }
        try expectSame(as: slow, PriorityLeastUsed.self, seed: seed) { generator in
            let loads = [0, 1, 2, UInt32.max - 1, .max]
            return Self.parameter(loads.randomElement(using: &generator)!, loads.randomElement(using: &generator)!)
        }
    }

    @Test("§5.3.3: in the registrar's order")
    func choice() {
        var (choice, generator) = (PolicyRegistry.choice(for: .priorityLeastUsed), Generator(state: 1))
        choice.renew([Self.parameter(9, 0), Self.parameter(1, 0)])
        #expect((0..<2).map { _ in choice.choose(using: &generator) { _ in true } } == [0, 0])
        #expect(choice.choose(using: &generator) { $0 != 0 } == 1)
    }
}
