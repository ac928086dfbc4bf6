import RSerPoolParameters
import RequirementTesting
import Testing

@testable import PoolPolicies

@Suite("Registrar's selection")
struct SelectionTests {
    @Test(
        "RFC 5356 §4.1.2: the list starts with the head, which moves on by one for each request",
        .requirement("policies-4.1.2-R2", "policies-4.1.2-R3", "policies-4.1.2-R4"))
    func roundRobin() throws {
        var selection = RoundRobin.makeSelection()
        for slot in 0..<4 { try selection.insert(slot, .roundRobin) }
        #expect(selection.select(2) == [0, 1])
        #expect(selection.select(2) == [1, 2])
        #expect(selection.select(9) == [2, 3, 0, 1])
        #expect(selection.select(0) == [])
        #expect(selection.select(1) == [3])
        #expect(selection.select(4) == [0, 1, 2, 3])
    }

    @Test(
        "RFC 5356 §4.1.2: who joins comes last; the head that leaves hands over to its successor",
        .requirement("policies-4.1.2-R1", "policies-4.1.2-R2"))
    func roundRobinMembership() throws {
        var selection = RoundRobin.makeSelection()
        for slot in 0..<3 { try selection.insert(slot, .roundRobin) }
        #expect(selection.select(1) == [0])
        try selection.insert(3, .roundRobin)
        #expect(selection.first == 1)
        selection.remove(1)
        selection.remove(1)
        #expect(selection.select(9) == [2, 0, 3])
        try selection.update(0, .roundRobin)
        #expect(selection.select(9) == [0, 3, 2])
    }

    @Test(
        "RFC 5356 §5.1.2: ascending load, round robin among equals",
        .requirement("policies-5.1.2-R1", "policies-5.1.2-R2", "policies-5.1.2-R3", "policies-5.1.2-R4", "policies-5.1.2-R5"))
    func leastUsed() throws {
        var selection = LeastUsed.makeSelection()
        for (slot, load) in [50, 10, 10, 10, 90].enumerated() {
            try selection.insert(slot, .leastUsed(load: Load(rawValue: UInt32(load))))
        }
        #expect(selection.select(2) == [1, 2])
        #expect(selection.select(2) == [2, 3])
        #expect(selection.select(9) == [3, 1, 2, 0, 4])
        try selection.update(4, .leastUsed(load: .idle))
        #expect(selection.select(3) == [4, 1, 2])
        try selection.update(1, .leastUsed(load: .full))
        #expect(selection.select(9) == [4, 2, 3, 0, 1])
    }

    @Test("An element that tells the same load again keeps its turn")
    func unchangedLoad() throws {
        var selection = LeastUsed.makeSelection()
        for slot in 0..<3 { try selection.insert(slot, .leastUsed(load: .idle)) }
        try selection.update(0, .leastUsed(load: .idle))
        #expect(selection.select(1) == [0])
    }

    @Test("Least Used with equal loads is Round Robin")
    func leastUsedEqualsRoundRobin() throws {
        var (used, robin, generator) = (LeastUsed.makeSelection(), RoundRobin.makeSelection(), Generator(state: 4))
        for slot in 0..<17 {
            try used.insert(slot, .leastUsed(load: .full))
            try robin.insert(slot, .roundRobin)
        }
        for _ in 0..<200 {
            let wanted = Int.random(in: 0...20, using: &generator)
            #expect(used.select(wanted) == robin.select(wanted))
        }
    }

    @Test("Wrong values are refused and change nothing")
    func wrongValues() throws {
        var selection = LeastUsed.makeSelection()
        try selection.insert(0, .leastUsed(load: .idle))
        #expect(throws: PolicyError(.otherType, .roundRobin)) { try selection.insert(1, .roundRobin) }
        #expect(throws: PolicyError(.length(expected: 4, found: 3), .leastUsed)) {
            try selection.update(0, PolicyParameter(type: .leastUsed, data: [1, 2, 3]))
        }
        #expect(selection.count == 1)
        #expect(selection.select(9) == [0])
    }

    @Test("Every sequence of changes and requests gives what a list gives", arguments: 0..<100)
    func oracle(seed: UInt64) throws {
        try expectSame(as: SlowRankedPool { _, _ in 0 }, RoundRobin.self, seed: seed) { _ in .roundRobin }
        let loads = UInt32(1 + seed % 12)
        try expectSame(as: SlowRankedPool { parameter, _ in parameter.value(0) }, LeastUsed.self, seed: seed) { generator in
            .leastUsed(load: Load(rawValue: .random(in: 0..<loads, using: &generator) &* 0x1555_5555))
        }
    }

    @Test("A copy selects what the original would have")
    func valueSemantics() throws {
        var original = LeastUsed.makeSelection()
        for slot in 0..<10 { try original.insert(slot, .leastUsed(load: Load(rawValue: UInt32(slot % 3)))) }
        var copy = original
        let answers = (0..<20).map { _ in original.select(4) }
        #expect((0..<20).map { _ in copy.select(4) } == answers)
    }

    @Test("The tree stays balanced in order, whatever comes and goes", arguments: 0..<20)
    func tree(seed: UInt64) {
        var (tree, generator) = (SelectionTree<SelectionKey>(), Generator(state: seed))
        for step in 0..<600 {
            let slot = Int.random(in: 0..<200, using: &generator)
            if tree.key(of: slot) == nil {
                // Rising, falling and random ranks: the worst cases of a tree without balance are among them.
                let rank = [UInt64(step), UInt64(1_000 - step), UInt64.random(in: 0..<4, using: &generator)][Int(seed % 3)]
                tree.insert(slot, SelectionKey(rank: rank, sequence: UInt64(step)))
            } else {
                tree.remove(slot)
            }
            #expect(tree.isWellFormed)
        }
    }
}
