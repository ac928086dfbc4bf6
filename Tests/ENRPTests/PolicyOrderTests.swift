import ASAP
import PoolPolicies
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@testable import ENRP

/// RFC 5356: whatever a registrar does between a message and a policy, the elements go out as the policy has them.
@Suite("Answers in each policy's order")
struct PolicyOrderTests {
    /// A policy and how to make an element's parameter of two numbers.
    struct Policy: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var parameter: @Sendable (UInt32, UInt32) -> PolicyParameter
    }

    private static let factor = DistancePenaltyFactor(fraction: 0.001)

    /// Those that leave nothing to chance.
    static let certain: [Policy] = [
        Policy(testDescription: "RR") { _, _ in .roundRobin },
        Policy(testDescription: "WRR") { one, _ in .weightedRoundRobin(weight: 1 + one % 5) },
        Policy(testDescription: "PRIO") { one, _ in .priority(one % 4) },
        Policy(testDescription: "LU") { one, _ in .leastUsed(load: Load(rawValue: one % 4 << 28)) },
        Policy(testDescription: "LUD") { one, two in
            .leastUsedWithDegradation(load: Load(rawValue: one % 4 << 28), degradation: Load(rawValue: two % 3 << 26))
        },
        Policy(testDescription: "PLU") { one, two in
            .priorityLeastUsed(load: Load(rawValue: one % 4 << 28), degradation: Load(rawValue: two % 3 << 28))
        },
        Policy(testDescription: "LU-DPF") { one, _ in .leastUsed(load: Load(rawValue: one % 4 << 28), factor: factor) },
        Policy(testDescription: "LUD-DPF") { one, two in
            LeastUsedWithDegradationAndDistancePenalty(
                load: Load(rawValue: one % 4 << 28), degradation: Load(rawValue: two % 3 << 26), factor: factor, distance: 0
            ).parameter
        },
    ]

    /// The policy's own structure, which PoolPoliciesTests holds to a naive one, driven by what goes over the wire alone.
    @Test(
        "Registrations, renewals, departures and resolutions at random", .requirement("requirements-2.10-R1"),
        arguments: certain)
    func deterministic(_ policy: Policy) throws {
        var registrar = RegistrarHarness()
        var generator = SeededRandomNumberGenerator(seed: 5_356)
        let near = registrar.connect("192.0.2.1")
        let far = registrar.connect("192.0.2.2")
        registrar.handle(.roundTripTime(far, .milliseconds(400)))
        var oracle = PolicyRegistry.selection(for: policy.parameter(1, 1).type)
        var slots: [UInt32: Int] = [:]
        var members: [Int: UInt32] = [:]
        var free: [Int] = []
        for _ in 0..<3_000 {
            let identifier = UInt32.random(in: 1...40, using: &generator)
            let (association, address) = identifier % 2 == 0 ? (near, "192.0.2.1") : (far, "192.0.2.2")
            switch Int.random(in: 0..<4, using: &generator) {
            case 0:
                let sent = policy.parameter(.random(in: 0...99, using: &generator), .random(in: 0...99, using: &generator))
                #expect(try registrar.register(.sctp(identifier, at: address, policy: sent), from: association) == nil)
                let kept = sent.at(distance: identifier % 2 == 0 ? 0 : 200)
                if let slot = slots[identifier] {
                    try oracle.update(slot, kept)
                } else {
                    let slot = free.popLast() ?? slots.count
                    try oracle.insert(slot, kept)
                    (slots[identifier], members[slot]) = (slot, identifier)
                }
            case 1 where slots.count > 1:
                guard let slot = slots.removeValue(forKey: identifier) else { continue }
                #expect(try registrar.deregister(identifier, from: association) == [])
                oracle.remove(slot)
                members[slot] = nil
                free.append(slot)
            default:
                guard !slots.isEmpty else { continue }
                let wanted = Int.random(in: 1...6, using: &generator)
                var expected: [Int] = []
                var unused = SeededRandomNumberGenerator(seed: 0)
                oracle.select(wanted, using: &unused, into: &expected)
                let answer = try registrar.resolve(items: UInt32(wanted), from: near)
                #expect(answer.identifiers == expected.map { members[$0]! })
                #expect(answer.policy?.type == policy.parameter(1, 1).type)
            }
        }
    }

    /// Those that draw, with the shares that the elements 1, 2 and 3 are to have.
    static let random: [(Policy, [Double])] = [
        (Policy(testDescription: "RAND") { _, _ in .random }, [1.0 / 3, 1.0 / 3, 1.0 / 3]),
        (Policy(testDescription: "WRAND") { one, _ in .weightedRandom(weight: one) }, [1.0 / 6, 2.0 / 6, 3.0 / 6]),
        (
            Policy(testDescription: "WRAND-DPF") { one, _ in .weightedRandom(weight: one * 60, factor: factor) },
            // 200 ms at a thousandth each take a fifth of all weights.
            [1.0 / 6, 2.0 / 6, 3.0 / 6]
        ),
        (
            Policy(testDescription: "RLU") { one, _ in
                .randomizedLeastUsed(load: Load(fraction: [1: 0.75, 2: 0.5, 3: 0.25][one] ?? 0))
            }, [1.0 / 6, 2.0 / 6, 3.0 / 6]
        ),
    ]

    /// 20,000 draws: a share differs from its expectation by more than five standard deviations once in two million.
    @Test(
        "Shares of the policies that draw, within five standard deviations", .requirement("requirements-2.10-R1"),
        arguments: random)
    func shares(_ policy: Policy, _ expected: [Double]) throws {
        var registrar = RegistrarHarness(seed: 5_356)
        let peer = registrar.connect("192.0.2.1")
        registrar.handle(.roundTripTime(peer, .milliseconds(400)))
        for identifier in 1...3 as ClosedRange<UInt32> {
            #expect(
                try registrar.register(
                    .sctp(identifier, at: "192.0.2.1", policy: policy.parameter(identifier, 0)), from: peer) == nil)
        }
        let draws = 20_000
        var counts = [0, 0, 0]
        for _ in 0..<draws { counts[Int(try registrar.resolve(items: 1, from: peer).identifiers[0]) - 1] += 1 }
        for (count, share) in zip(counts, expected) {
            let deviation = (Double(draws) * share * (1 - share)).squareRoot()
            #expect(abs(Double(count) - Double(draws) * share) < 5 * deviation, "\(counts)")
        }
    }
}
