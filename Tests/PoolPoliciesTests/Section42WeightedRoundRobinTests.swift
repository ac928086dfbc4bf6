import RSerPoolParameters
import RequirementTesting
import Testing

@testable import PoolPolicies

/// The rules with everything looked at for every request, and fractions of 128 bits.
private struct SlowTurns: SlowPool {
    struct Member {
        var slot: Int
        var weight: Int
        /// Turns released before the next one, counted from the pool's beginning: it is released at turn / weight.
        var turn: Int
    }

    /// Who came, or had a turn, first.
    var members: [Member] = []
    var weightless: [Int] = []

    var slots: [Int] { members.map(\.slot) + weightless }
    var weightSum: Int { members.reduce(0) { $0 + $1.weight } }
    /// The pool stands at turns / weightSum: the weighted mean of turn / weight.
    var turns: Int { members.reduce(0) { $0 + $1.turn } }

    mutating func insert(_ slot: Int, _ parameter: PolicyParameter) {
        let weight = Int(parameter.value(0))
        guard weight > 0 else { return weightless.append(slot) }
        let turn = members.isEmpty ? 0 : (turns * weight + weightSum - 1) / weightSum
        members.append(Member(slot: slot, weight: weight, turn: turn))
    }

    mutating func update(_ slot: Int, _ parameter: PolicyParameter) {
        let weight = Int(parameter.value(0))
        guard let place = members.firstIndex(where: { $0.slot == slot }) else {
            if weight > 0 {
                weightless.removeAll { $0 == slot }
                insert(slot, parameter)
            }
            return
        }
        let old = members[place]
        guard old.weight != weight else { return }
        let isOwed = old.turn * weightSum < turns * old.weight
        let turn = (turns * weight + (isOwed ? 0 : weightSum - 1)) / weightSum
        members.remove(at: place)
        if weight == 0 {
            weightless.append(slot)
        } else {
            members.append(Member(slot: slot, weight: weight, turn: members.isEmpty ? 0 : turn))
        }
    }

    mutating func remove(_ slot: Int) {
        members.removeAll { $0.slot == slot }
        weightless.removeAll { $0 == slot }
    }

    mutating func select(_ wanted: Int, using generator: inout Generator) -> [Int] {
        guard wanted > 0 else { return [] }
        guard !members.isEmpty else {
            let answer = Array(weightless.prefix(wanted))
            if !weightless.isEmpty { weightless.append(weightless.removeFirst()) }
            return answer
        }
        // Stable sort: equals stay in their order.
        let due = members.sorted { left, right in
            let (one, other) = ((left.turn + 1) * right.weight, (right.turn + 1) * left.weight)
            return one == other ? left.weight > right.weight : one < other
        }
        let head = due.first { $0.turn * weightSum < (turns + 1) * $0.weight }!
        let place = members.firstIndex { $0.slot == head.slot }!
        members.append(members.remove(at: place))
        members[members.count - 1].turn += 1
        return Array(([head] + due.filter { $0.slot != head.slot }).map(\.slot).prefix(wanted))
    }
}

// RFC 5356 §4.2
@Suite("Weighted Round Robin")
struct Section42WeightedRoundRobinTests {
    private static func pool(_ weights: [UInt32]) throws -> any PoolSelection {
        var selection = WeightedRoundRobin.makeSelection()
        for (slot, weight) in weights.enumerated() { try selection.insert(slot, .weightedRoundRobin(weight: weight)) }
        return selection
    }

    @Test("§4.2.4: layout")
    func layout() throws {
        try expectLayout(
            WeightedRoundRobin(weight: 0x0102_0304), .weightedRoundRobin(weight: 0x0102_0304),
            bytes: [0, 8, 0, 12, 0, 0, 0, 2, 1, 2, 3, 4], description: "Weighted Round Robin, weight 16909060")
        #expect(PolicyRegistry.overallParameter(of: .weightedRoundRobin(weight: 7)) == .weightedRoundRobin(weight: 1))
    }

    @Test(
        "§4.2.2: one heavy element among light ones has every other turn, not its turns in a row",
        .requirement("policies-4.2.2-R1"))
    func spread() throws {
        var selection = try Self.pool([4, 1, 1, 1, 1])
        #expect((0..<16).map { _ in selection.select(1)[0] } == [0, 1, 0, 2, 0, 3, 0, 4, 0, 1, 0, 2, 0, 3, 0, 4])
        selection = try Self.pool([1, 2, 3])
        let list = (0..<6).map { _ in selection.select(1)[0] }
        #expect(list == [2, 1, 2, 1, 2, 0])
        #expect((0..<6).map { _ in selection.select(1)[0] } == list)
    }

    @Test(
        "§4.2.2: the head, then the others once each in the order in which their turns are due",
        .requirement("policies-4.2.2-R1"))
    func answers() throws {
        var selection = try Self.pool([4, 1, 1, 1, 1])
        #expect(selection.select(3) == [0, 1, 2])
        #expect(selection.select(3) == [1, 0, 2])
        #expect(selection.select(9) == [0, 2, 3, 4, 1])
        #expect(selection.select(0) == [])
        #expect(selection.first == 2)
    }

    /// Without changes, at each point of the list: |turns - share| < 1, and at the end of each round exactly the weight.
    @Test(
        "§4.2.2: each element has its share to within less than one turn, everywhere in the list",
        .requirement("policies-4.2.2-R1"), arguments: 0..<60)
    func evenness(seed: UInt64) throws {
        var generator = Generator(state: seed)
        let greatest = [3, 20, 300][Int(seed % 3)]
        let weights = (0..<Int.random(in: 1...12, using: &generator)).map { _ in Int.random(in: 1...greatest, using: &generator)
        }
        var selection = try Self.pool(weights.map(UInt32.init))
        let sum = weights.reduce(0, +)
        var turns = [Int](repeating: 0, count: weights.count)
        for step in 1...2 * sum {
            turns[selection.select(1)[0]] += 1
            for (slot, weight) in weights.enumerated() {
                let isShare = abs(turns[slot] * sum - step * weight) < sum
                #expect(isShare, "seed \(seed), step \(step): \(turns[slot]) turns of weight \(weight) in \(sum)")
            }
        }
        #expect(turns == weights.map { 2 * $0 })
    }

    @Test("§4.2.1: with equal weights it is Round Robin, whoever comes and goes", arguments: 0..<60)
    func equalsRoundRobin(seed: UInt64) throws {
        let weight = [1, 2, 7, UInt32.max][Int(seed % 4)]
        try expectSame(as: SlowRankedPool { _, _ in 0 }, WeightedRoundRobin.self, seed: seed, steps: 600) { _ in
            .weightedRoundRobin(weight: weight)
        }
    }

    @Test("Every sequence of changes and requests gives what looking at everything gives", arguments: 0..<80)
    func oracle(seed: UInt64) throws {
        let greatest: UInt32 = [1, 3, 10, 1_000][Int(seed % 4)]
        try expectSame(as: SlowTurns(), WeightedRoundRobin.self, seed: seed, steps: 500) { generator in
            .weightedRoundRobin(weight: .random(in: 0...greatest, using: &generator))
        }
    }

    @Test("After any changes each element soon has its share again, to within two turns", arguments: 0..<60)
    func evennessAfterChanges(seed: UInt64) throws {
        var (generator, weights) = (Generator(state: seed), [Int: Int]())
        var selection = WeightedRoundRobinSelection()
        for _ in 0..<400 {
            let (slot, weight) = (Int.random(in: 0..<12, using: &generator), Int.random(in: 1...9, using: &generator))
            let parameter = PolicyParameter.weightedRoundRobin(weight: UInt32(weight))
            switch (Int.random(in: 0..<6, using: &generator), weights[slot]) {
            case (0...1, nil):
                try selection.insert(slot, parameter)
                weights[slot] = weight
            case (0...1, _):
                try selection.update(slot, parameter)
                weights[slot] = weight
            case (2, _):
                selection.remove(slot)
                weights[slot] = nil
            default: _ = selection.select(2)
            }
            #expect(selection.isWellFormed)
        }
        let sum = weights.values.reduce(0, +)
        var turns: [Int: Int] = [:]
        for step in 0..<3 * sum {
            turns[selection.select(1)[0], default: 0] += 1
            for (slot, weight) in weights {
                let isShare = abs(turns[slot, default: 0] * sum - (step + 1) * weight) < 2 * sum
                #expect(isShare, "seed \(seed), step \(step), weight \(weight)")
            }
        }
    }

    @Test("The greatest weights, and great beside small ones")
    func greatWeights() throws {
        var selection = try Self.pool([.max, 1, .max, .max - 1])
        var turns = [Int](repeating: 0, count: 4)
        for _ in 0..<30_000 { turns[selection.select(1)[0]] += 1 }
        #expect([0, 2, 3].allSatisfy { abs(turns[$0] - 10_000) <= 1 } && turns[1] <= 1)
        #expect(Set(selection.select(4)).count == 4)
        try selection.update(0, .weightedRoundRobin(weight: 1))
        selection.remove(2)
        #expect(Set(selection.select(4)) == [0, 1, 3])
    }

    @Test("§3.2: weight 0 is not returned while there are others; such alone are taken in turn")
    func weightZero() throws {
        var selection = try Self.pool([0, 0, 0])
        #expect((0..<3).map { _ in selection.select(2) } == [[0, 1], [1, 2], [2, 0]])
        try selection.insert(3, .weightedRoundRobin(weight: 1))
        #expect(selection.count == 4 && selection.first == 3)
        for _ in 0..<9 { #expect(selection.select(9) == [3]) }
        try selection.update(1, .weightedRoundRobin(weight: 1))
        #expect(Set(selection.select(9)) == [1, 3])
        try selection.update(3, .weightedRoundRobin(weight: 0))
        #expect(selection.select(9) == [1])
        selection.remove(1)
        #expect(selection.select(9) == [0, 2, 3])
        for slot in 0..<4 { selection.remove(slot) }
        #expect(selection.first == nil && selection.select(1) == [])
    }

    @Test("Who comes with another weight each time has no less than its least weight gives, and no more than its greatest")
    func changingWeights() throws {
        var selection = try Self.pool([2, 3, 3, 3])
        var turns = [Int](repeating: 0, count: 4)
        for step in 0..<1_200 {
            try selection.update(0, .weightedRoundRobin(weight: step % 2 == 0 ? 1 : 3))
            turns[selection.select(1)[0]] += 1
        }
        let least = 1_200 / 10 - 1
        let most = 1_200 * 3 / 12 + 1
        #expect(turns[0] >= least && turns[0] <= most, "\(turns)")
    }

    @Test("A copy selects what the original would have")
    func valueSemantics() throws {
        var original = try Self.pool([5, 1, 3, 2])
        var copy = original
        let answers = (0..<30).map { _ in original.select(3) }
        #expect((0..<30).map { _ in copy.select(3) } == answers)
    }

    @Test("§4.2.3: users go by Round Robin", .requirement("policies-4.2.3-R1"))
    func choice() {
        var (choice, generator) = (PolicyRegistry.choice(for: .weightedRoundRobin), Generator(state: 1))
        choice.renew([.weightedRoundRobin(weight: 9), .weightedRoundRobin(weight: 1)])
        #expect((0..<4).map { _ in choice.choose(using: &generator) { _ in true } } == [0, 1, 0, 1])
    }
}
