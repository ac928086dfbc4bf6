import PoolPolicies
import RSerPoolParameters
import RequirementTesting
import Testing

@Suite("Policies and their parameters")
struct PolicyTests {
    @Test("RFC 5356 §4.1.4, §5.1.4: layouts")
    func layouts() throws {
        #expect(PolicyParameter.roundRobin == PolicyParameter(type: PolicyType(rawValue: 1), data: []))
        let used = PolicyParameter.leastUsed(load: Load(rawValue: 0x1234_5678))
        #expect(used == PolicyParameter(type: PolicyType(rawValue: 0x4000_0001), data: [0x12, 0x34, 0x56, 0x78]))
        #expect(try LeastUsed(used).load == Load(rawValue: 0x1234_5678))
        try expectLayout(
            RoundRobin(), .roundRobin, bytes: [0, 8, 0, 8, 0, 0, 0, 1], description: "Round Robin")
        try expectLayout(
            LeastUsed(load: Load(rawValue: 0x6000_0000)), .leastUsed(load: Load(rawValue: 0x6000_0000)),
            bytes: [0, 8, 0, 12, 0x40, 0, 0, 1, 0x60, 0, 0, 0], description: "Least Used, load 37.5 %")
        #expect(try RoundRobin(.roundRobin).parameter == .roundRobin)
    }

    @Test(
        "A parameter of another length is refused",
        arguments: [[], [1, 2, 3], [1, 2, 3, 4, 5], [UInt8](repeating: 0, count: 8)])
    func wrongLength(data: [UInt8]) {
        #expect(throws: PolicyError(.length(expected: 4, found: data.count), .leastUsed)) {
            try PolicyRegistry.check(PolicyParameter(type: .leastUsed, data: PolicyData(data)))
        }
        guard !data.isEmpty else { return }
        #expect(throws: PolicyError(.length(expected: 0, found: data.count), .roundRobin)) {
            try PolicyRegistry.check(PolicyParameter(type: .roundRobin, data: PolicyData(data)))
        }
    }

    @Test(
        "RFC 5356 §7.1: reserved numbers are invalid, private ones are carried, unknown standard ones are not served",
        .requirement("requirements-2.10-R2", "requirements-2.10-R5"))
    func unknownTypes() throws {
        for type: UInt32 in [0, 0x4000_0000] {
            #expect(throws: PolicyError(.invalidType, PolicyType(rawValue: type))) {
                try PolicyRegistry.check(PolicyParameter(type: PolicyType(rawValue: type), data: []))
            }
        }
        for type: UInt32 in [6, 0x3fff_ffff, 0x4000_0005, 0x7fff_ffff] {
            #expect(throws: PolicyError(.unsupportedType, PolicyType(rawValue: type))) {
                try PolicyRegistry.check(PolicyParameter(type: PolicyType(rawValue: type), data: []))
            }
        }
        for type: UInt32 in [0x8000_0000, 0xffff_ffff] {
            let parameter = PolicyParameter(type: PolicyType(rawValue: type), data: [1, 2, 3])
            try PolicyRegistry.check(parameter)
            #expect(PolicyRegistry.overallParameter(of: parameter) == parameter)
            #expect(PolicyRegistry.description(of: parameter) == parameter.description)
            var selection = PolicyRegistry.selection(for: parameter.type)
            try selection.insert(0, parameter)
            #expect(selection.first == 0)
        }
    }

    @Test("RFC 5356 §4.1.1: Round Robin is there for registrars and pool users", .requirement("policies-4.1.1-R1"))
    func roundRobinIsThere() throws {
        try PolicyRegistry.check(.roundRobin)
        var (selection, slots, generator) = (PolicyRegistry.selection(for: .roundRobin), [Int](), Generator(state: 1))
        for slot in 0..<2 { try selection.insert(slot, .roundRobin) }
        for _ in 0..<3 { selection.select(1, using: &generator, into: &slots) }
        #expect(slots == [0, 1, 0])
        var choice = PolicyRegistry.choice(for: .roundRobin)
        choice.renew([.roundRobin, .roundRobin])
        #expect((0..<3).map { _ in choice.choose(using: &generator) { _ in true } } == [0, 1, 0])
    }

    @Test("A pool's own parameter has no element's values")
    func overall() {
        #expect(PolicyRegistry.overallParameter(of: .leastUsed(load: .full)) == .leastUsed(load: .idle))
        #expect(PolicyRegistry.overallParameter(of: .roundRobin) == .roundRobin)
    }

    @Test("Loads as parts of one")
    func loads() {
        #expect(Load(fraction: 0) == .idle)
        #expect(Load(fraction: -3) == .idle)
        #expect(Load(fraction: 1) == .full)
        #expect(Load(fraction: 7) == .full)
        #expect(Load(fraction: .nan) == .full)
        #expect(Load(fraction: 0.5).rawValue == 0x8000_0000)
        #expect(Load(fraction: 0.999_999_999_999) == .full)
        #expect(Load(fraction: 0.375).description == "37.5 %")
        #expect(Load.full.description == "100.0 %")
    }
}

@Suite("Pool user's choice")
struct ChoiceTests {
    private var generator = Generator(state: 1)

    @Test(
        "RFC 5356 §4.1.3: from the first, one after the other, then from the beginning; failed ones are passed over",
        .requirement("policies-4.1.3-R1"))
    mutating func roundRobin() {
        var choice = PolicyRegistry.choice(for: .roundRobin)
        #expect(choice.choose(using: &generator) { _ in true } == nil)
        choice.renew([.roundRobin, .roundRobin, .roundRobin])
        #expect((0..<5).map { _ in choice.choose(using: &generator) { _ in true } } == [0, 1, 2, 0, 1])
        #expect(choice.choose(using: &generator) { $0 != 2 } == 0)
        #expect(choice.choose(using: &generator) { _ in false } == nil)
        #expect(choice.choose(using: &generator) { _ in true } == 1)
        choice.renew([.roundRobin, .roundRobin])
        #expect(choice.choose(using: &generator) { _ in true } == 0)
    }

    @Test("RFC 5356 §5.1.3: in the registrar's order, the next ones as backups")
    mutating func leastUsed() {
        var choice = PolicyRegistry.choice(for: .leastUsed)
        #expect(choice.choose(using: &generator) { _ in true } == nil)
        choice.renew([.leastUsed(load: .idle), .leastUsed(load: .full)])
        #expect((0..<3).map { _ in choice.choose(using: &generator) { _ in true } } == [0, 0, 0])
        #expect(choice.choose(using: &generator) { $0 != 0 } == 1)
        #expect(choice.choose(using: &generator) { _ in true } == 0)
    }
}
