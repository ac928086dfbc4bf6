import RSerPoolParameters
import RequirementTesting
import Testing

@testable import PoolPolicies

// RFC 5356 §4.5
@Suite("Priority")
struct Section45PriorityTests {
    @Test("§4.5.4: layout")
    func layout() throws {
        try expectLayout(
            PriorityPolicy(priority: 0x0102_0304), .priority(0x0102_0304), bytes: [0, 8, 0, 12, 0, 0, 0, 5, 1, 2, 3, 4],
            description: "Priority 16909060")
        #expect(PolicyRegistry.overallParameter(of: .priority(9)) == .priority(0))
    }

    @Test("§4.5.2: in decreasing order, equals in turn", .requirement("policies-4.5.2-R1", "policies-4.5.2-R2"))
    func order() throws {
        var selection = PriorityPolicy.makeSelection()
        for (slot, priority) in [0, 7, UInt32.max, 7, 1].enumerated() { try selection.insert(slot, .priority(priority)) }
        #expect(selection.select(9) == [2, 1, 3, 4, 0])
        #expect(selection.select(2) == [2, 3])
        try selection.update(0, .priority(8))
        #expect(selection.select(3) == [2, 0, 1])
        selection.remove(2)
        #expect(selection.first == 0)
    }

    @Test("Every sequence of changes and requests gives what a list gives", arguments: 0..<50)
    func oracle(seed: UInt64) throws {
        let priorities = UInt32(1 + seed % 9)
        let slow = SlowRankedPool { parameter, _ in 0xffff_ffff - parameter.value(0) }
        try expectSame(as: slow, PriorityPolicy.self, seed: seed) { generator in
            .priority(.random(in: 0..<priorities, using: &generator) &* 0x1fff_ffff)
        }
    }

    @Test(
        "§4.5.3: the usable element with the highest priority, whatever the order of the answer",
        .requirement("policies-4.5.3-R1"))
    func choice() {
        var (choice, generator) = (PolicyRegistry.choice(for: .priority), Generator(state: 1))
        #expect(choice.choose(using: &generator) { _ in true } == nil)
        choice.renew([.priority(3), .roundRobin, .priority(9), .priority(0), .priority(9)])
        #expect((0..<3).map { _ in choice.choose(using: &generator) { _ in true } } == [2, 2, 2])
        #expect(choice.choose(using: &generator) { $0 != 2 } == 4)
        #expect(choice.choose(using: &generator) { $0 == 3 || $0 == 1 } == 3)
        #expect(choice.choose(using: &generator) { $0 == 1 } == 1)
        #expect(choice.choose(using: &generator) { _ in false } == nil)
    }
}
