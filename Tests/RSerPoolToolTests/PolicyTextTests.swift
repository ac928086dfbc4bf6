import ArgumentParser
import PoolPolicies
import RSerPoolParameters
import Testing

@testable import rserpool

/// How policies are written and read.
struct PolicyTextTests {
    private static let samples: [(String, PolicyParameter)] = [
        ("round-robin", .roundRobin),
        ("weighted-round-robin:weight=3", .weightedRoundRobin(weight: 3)),
        ("random", .random),
        ("weighted-random:weight=0", .weightedRandom(weight: 0)),
        ("priority:priority=4294967295", .priority(.max)),
        ("least-used:load=37.5%", .leastUsed(load: Load(fraction: 0.375))),
        (
            "least-used-degradation:load=10%,degradation=5%",
            .leastUsedWithDegradation(load: Load(fraction: 0.1), degradation: Load(fraction: 0.05))
        ),
        (
            "priority-least-used:load=100%,degradation=0%",
            .priorityLeastUsed(load: .full, degradation: .idle)
        ),
        ("randomized-least-used:load=99.9%", .randomizedLeastUsed(load: Load(fraction: 0.999))),
        (
            "weighted-random-distance:weight=7,factor=100ppm,distance=20ms",
            .weightedRandom(weight: 7, factor: DistancePenaltyFactor(fraction: 0.0001), distance: 20)
        ),
        (
            "least-used-distance:load=1%,factor=0ppm,distance=0ms",
            .leastUsed(load: Load(fraction: 0.01), factor: .none)
        ),
        (
            "least-used-degradation-distance:load=1%,degradation=2%,factor=2.5ppm,distance=3ms",
            .leastUsedWithDegradation(
                load: Load(fraction: 0.01), degradation: Load(fraction: 0.02),
                factor: DistancePenaltyFactor(fraction: 0.0000025), distance: 3)
        ),
    ]

    @Test(arguments: samples)
    func everyPolicyIsWrittenAndRead(text: String, parameter: PolicyParameter) throws {
        #expect(PolicyText.description(parameter) == text)
        #expect(try PolicyText.parameter(text) == parameter)
    }

    @Test func noPolicyIsForgotten() {
        #expect(PolicyForm.all.map(\.type) == PolicyRegistry.policies.map { $0.type })
        #expect(Set(Self.samples.map(\.1.type)).count == PolicyRegistry.policies.count)
    }

    @Test(arguments: [
        ("LU", "least-used:load=0%"), ("LeastUsed", "least-used:load=0%"), ("Least Used", "least-used:load=0%"),
        ("least_used:25", "least-used:load=25%"), ("wrr:5", "weighted-round-robin:weight=5"),
        ("Weighted Random", "weighted-random:weight=1"),
        ("Least Used with Degradation", "least-used-degradation:load=0%,degradation=0%"),
        ("LUD:degradation=5", "least-used-degradation:load=0%,degradation=5%"), ("rr", "round-robin"),
        ("lu-dpf:load=1.5%", "least-used-distance:load=1.5%,factor=0ppm,distance=0ms"),
    ])
    func peopleMayWriteItOtherwise(text: String, meaning: String) throws {
        #expect(PolicyText.description(try PolicyText.parameter(text)) == meaning)
    }

    /// Whatever is printed means the same to the last bit.
    @Test func textsReadBackAsTheSameWord() throws {
        var generator = SplitMix(seed: 1)
        for unit in [PolicyUnit.number, .percent, .partsPerMillion, .milliseconds] {
            for word in [0, 1, 2, .max, .max - 1] + (0..<5_000).map({ _ in UInt32.random(in: 0 ... .max, using: &generator) }) {
                #expect(try unit.word(of: unit.text(of: word), for: "value") == word)
            }
        }
    }

    @Test(arguments: ["-1%", "nan%", "inf", "1e1%x", "%", "", " 5", "0x10", "100.0001%"])
    func otherValuesAreRefused(text: String) {
        #expect(throws: PolicyValueError.self) { try PolicyUnit.percent.word(of: text, for: "load") }
    }

    @Test func whatIsNotKnownIsShownByItsNumber() {
        let unknown = PolicyParameter(type: PolicyType(rawValue: 0xb000_1001), data: PolicyData([1, 2]))
        #expect(PolicyText.description(unknown) == "0xb0001001:[0102]")
        #expect(PolicyText.name(unknown.type) == "0xb0001001")
        let short = PolicyParameter(type: .leastUsed, data: PolicyData([1, 2]))
        #expect(PolicyText.description(short) == "least-used:malformed [0102]")
    }
}

/// A generator of random numbers that a seed determines.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}
