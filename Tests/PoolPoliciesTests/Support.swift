import PoolPolicies
import RSerPoolParameters
import Testing

struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 33) << 32 ^ state >> 17
    }
}

extension PoolSelection {
    /// An answer of a policy that leaves nothing to chance.
    mutating func select(_ wanted: Int) -> [Int] {
        var generator = Generator(state: 0)
        return select(wanted, using: &generator)
    }

    mutating func select(_ wanted: Int, using generator: inout Generator) -> [Int] {
        var slots: [Int] = []
        select(wanted, using: &generator, into: &slots)
        return slots
    }
}

extension PolicyParameter {
    /// A word of the data.
    func value(_ index: Int) -> UInt64 {
        UInt64(data.word(at: index)!)
    }
}

/// What a policy's parameter must be in the words of its section: these bytes both ways, and no other length.
func expectLayout<Policy: PoolPolicy>(
    _ policy: Policy, _ parameter: PolicyParameter, bytes: [UInt8], description: String,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    #expect(policy.parameter == parameter, sourceLocation: sourceLocation)
    #expect(try Policy(parameter) == policy, sourceLocation: sourceLocation)
    #expect(PolicyRegistry.description(of: parameter) == description, sourceLocation: sourceLocation)
    #expect(PolicyRegistry.policy(parameter.type) == Policy.self, sourceLocation: sourceLocation)
    try PolicyRegistry.check(parameter)

    var writer = ParameterWriter()
    writer.write(parameter)
    #expect(writer.bytes == bytes, sourceLocation: sourceLocation)
    var reader = ParameterReader(bytes)
    #expect(try reader.read(PolicyParameter.self) == parameter, sourceLocation: sourceLocation)

    let right = bytes.count - 8
    for count in 0...24 where count != right {
        let other = PolicyParameter(type: Policy.type, data: PolicyData([UInt8](repeating: 1, count: count)))
        let error = PolicyError(.length(expected: right, found: count), Policy.type)
        #expect(throws: error, sourceLocation: sourceLocation) { try PolicyRegistry.check(other) }
        #expect(PolicyRegistry.description(of: other) == "\(Policy.name), malformed", sourceLocation: sourceLocation)
        // A pool refuses it and stays as it is.
        var selection = Policy.makeSelection()
        try selection.insert(0, parameter)
        guard !(Policy.self == RoundRobin.self) else { continue }
        #expect(throws: error, sourceLocation: sourceLocation) { try selection.insert(1, other) }
        #expect(throws: error, sourceLocation: sourceLocation) { try selection.update(0, other) }
        #expect(selection.count == 1 && selection.first == 0, sourceLocation: sourceLocation)
    }
}

/// A pool done the slow way.
protocol SlowPool {
    var slots: [Int] { get }
    mutating func insert(_ slot: Int, _ parameter: PolicyParameter)
    mutating func update(_ slot: Int, _ parameter: PolicyParameter)
    mutating func remove(_ slot: Int)
    mutating func select(_ wanted: Int, using generator: inout Generator) -> [Int]
}

/// Changes and requests at random; each answer must be the slow pool's, and name nobody twice.
func expectSame(
    as slow: some SlowPool, _ policy: (some PoolPolicy).Type, seed: UInt64, steps: Int = 300,
    _ parameter: (inout Generator) -> PolicyParameter
) throws {
    var (slow, generator, selection) = (slow, Generator(state: seed), policy.makeSelection())
    var (chance, slowChance) = (Generator(state: seed &+ 1), Generator(state: seed &+ 1))
    let highest = Int.random(in: 1...40, using: &generator)
    for step in 0..<steps {
        let slot = Int.random(in: 0..<highest, using: &generator)
        let isMember = slow.slots.contains(slot)
        switch Int.random(in: 0..<7, using: &generator) {
        case 0, 1:
            let parameter = parameter(&generator)
            if isMember {
                try selection.update(slot, parameter)
                slow.update(slot, parameter)
            } else {
                try selection.insert(slot, parameter)
                slow.insert(slot, parameter)
            }
        case 2:
            selection.remove(slot)
            slow.remove(slot)
        default:
            let wanted = Int.random(in: 0...Int.random(in: 1...12, using: &generator), using: &generator)
            let answer = selection.select(wanted, using: &chance)
            #expect(answer == slow.select(wanted, using: &slowChance), "seed \(seed), step \(step)")
            #expect(Set(answer).count == answer.count, "seed \(seed), step \(step)")
        }
        #expect(selection.count == slow.slots.count, "seed \(seed), step \(step)")
        #expect(selection.first.map(slow.slots.contains) ?? slow.slots.isEmpty, "seed \(seed), step \(step)")
    }
}

/// Ranks as the sections give them, over a list in the order in which elements have their turn.
struct SlowRankedPool: SlowPool {
    struct Member: Equatable {
        var slot: Int
        var parameter: PolicyParameter
        var givenOut: UInt64 = 0
    }

    /// From the words of an element's parameter, and how often it was returned since they were told.
    let rank: (PolicyParameter, UInt64) -> UInt64
    var turn: [Member] = []

    init(rank: @escaping (PolicyParameter, UInt64) -> UInt64) {
        self.rank = rank
    }

    var slots: [Int] { turn.map(\.slot) }

    private func rank(_ member: Member) -> UInt64 { rank(member.parameter, member.givenOut) }

    mutating func insert(_ slot: Int, _ parameter: PolicyParameter) {
        turn.append(Member(slot: slot, parameter: parameter))
    }

    mutating func update(_ slot: Int, _ parameter: PolicyParameter) {
        replace(Member(slot: slot, parameter: parameter))
    }

    /// An element with another rank than before has its turn last among its new equals.
    private mutating func replace(_ member: Member) {
        let position = turn.firstIndex { $0.slot == member.slot }!
        let isMoved = rank(turn[position]) != rank(member)
        turn[position] = member
        if isMoved { turn.append(turn.remove(at: position)) }
    }

    mutating func remove(_ slot: Int) {
        turn.removeAll { $0.slot == slot }
    }

    mutating func select(_ wanted: Int, using generator: inout Generator) -> [Int] {
        // Swift's sort is stable: elements of equal rank stay in their order of turn.
        let answer = Array(turn.sorted { rank($0) < rank($1) }.prefix(wanted))
        var moved: Set<UInt64> = []
        for member in answer where moved.insert(rank(member)).inserted {
            turn.append(turn.remove(at: turn.firstIndex(of: member)!))
        }
        for var member in answer {
            member.givenOut += 1
            replace(member)
        }
        return answer.map(\.slot)
    }
}
