import RSerPoolParameters
import RequirementTesting
import Testing

@testable import PoolPolicies

// draft-dreibholz-rserpool-delay
@Suite("Policies with Distance Penalty Factor")
struct DistancePenaltyTests {
    private static let factor = DistancePenaltyFactor(rawValue: 0x0010_0000)

    @Test("Layouts")
    func layouts() throws {
        let load = Load(rawValue: 0x8000_0000)
        try expectLayout(
            LeastUsedWithDistancePenalty(load: load, factor: Self.factor, distance: 50),
            .leastUsed(load: load, factor: Self.factor, distance: 50),
            bytes: [0, 8, 0, 20, 0xb0, 0, 0x20, 2, 0x80, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 50],
            description: "Least Used with Distance Penalty Factor, load 50.0 %, factor 244 ppm, distance 50 ms")
        try expectLayout(
            WeightedRandomWithDistancePenalty(weight: 300, factor: Self.factor, distance: 50),
            .weightedRandom(weight: 300, factor: Self.factor, distance: 50),
            bytes: [0, 8, 0, 20, 0xb0, 0, 0x20, 1, 0, 0, 1, 44, 0, 0x10, 0, 0, 0, 0, 0, 50],
            description: "Weighted Random with Distance Penalty Factor, weight 300, factor 244 ppm, distance 50 ms")
        try expectLayout(
            LeastUsedWithDegradationAndDistancePenalty(load: load, degradation: .full, factor: Self.factor, distance: 50),
            .leastUsedWithDegradation(load: load, degradation: .full, factor: Self.factor, distance: 50),
            bytes: [0, 8, 0, 24, 0xb0, 0, 0x20, 3, 0x80, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0x10, 0, 0, 0, 0, 0, 50],
            description: "Least Used with Degradation and Distance Penalty Factor, load 50.0 %, degradation 100.0 %, "
                + "factor 244 ppm, distance 50 ms")
    }

    @Test("A pool's own parameter has no element's values")
    func overall() {
        #expect(
            PolicyRegistry.overallParameter(of: .leastUsed(load: .full, factor: Self.factor, distance: 9))
                == .leastUsed(load: .idle, factor: .none, distance: 0))
        #expect(
            PolicyRegistry.overallParameter(of: .weightedRandom(weight: 5, factor: Self.factor, distance: 9))
                == .weightedRandom(weight: 1, factor: .none, distance: 0))
        #expect(
            PolicyRegistry.overallParameter(
                of: .leastUsedWithDegradation(load: .full, degradation: .full, factor: Self.factor, distance: 9))
                == .leastUsedWithDegradation(load: .idle, degradation: .idle, factor: .none, distance: 0))
    }

    @Test("Factors as parts of one")
    func factors() {
        #expect(DistancePenaltyFactor(fraction: 0) == .none)
        #expect(DistancePenaltyFactor(fraction: 1).rawValue == .max)
        #expect(DistancePenaltyFactor(fraction: 0.001).description == "1000 ppm")
        #expect(DistancePenaltyFactor(fraction: -1) == .none)
    }

    @Test("A penalty raises a load up to 100 % and takes weight down to 1, or to exactly 0")
    func penalties() {
        let (all, half) = (DistancePenaltyFactor(rawValue: .max), DistancePenaltyFactor(fraction: 0.5))
        #expect(Self.factor.raised(7, distance: 0) == 7)
        #expect(Self.factor.raised(7, distance: 3) == 0x30_0007)
        #expect(all.raised(7, distance: 1) == 0xffff_ffff)
        #expect(all.raised(.max, distance: .max) == 0xffff_ffff)
        #expect(Self.factor.lowered(1_000, distance: 0) == 1_000)
        #expect(DistancePenaltyFactor(fraction: 0.001).lowered(1_000, distance: 250) == 750)
        #expect(half.lowered(1_000, distance: 2) == 0)
        #expect(half.lowered(1_000, distance: 3) == 1)
        #expect(all.lowered(.max, distance: 1) == 0)
        #expect(all.lowered(.max, distance: .max) == 1)
        #expect(all.lowered(0, distance: .max) == 0)
        // Rounded: 3 * 0.5 is 1.5 and a little, as the half is the nearest step above one.
        #expect(half.lowered(3, distance: 1) == 1)
    }

    @Test("LU-DPF: a near busy element before a distant idle one", .requirement("extensions-3.3-R1"))
    func leastUsed() throws {
        var selection = LeastUsedWithDistancePenalty.makeSelection()
        let factor = DistancePenaltyFactor(fraction: 0.002)
        try selection.insert(0, .leastUsed(load: .idle, factor: factor, distance: 200))
        try selection.insert(1, .leastUsed(load: Load(fraction: 0.3), factor: factor, distance: 0))
        try selection.insert(2, .leastUsed(load: Load(fraction: 0.3), factor: factor, distance: 0))
        #expect(selection.select(3) == [1, 2, 0])
        #expect(selection.select(3) == [2, 1, 0])
        try selection.update(0, .leastUsed(load: .idle, factor: factor, distance: 100))
        #expect(selection.select(1) == [0])
    }

    @Test(
        "LU-DPF: every sequence of changes and requests gives what a list gives", .requirement("extensions-3.3-R1"),
        arguments: 0..<40)
    func leastUsedOracle(seed: UInt64) throws {
        let slow = SlowRankedPool { parameter, _ in
            min(0xffff_ffff, parameter.value(0) + parameter.value(1) * parameter.value(2))
        }
        try expectSame(as: slow, LeastUsedWithDistancePenalty.self, seed: seed) { generator in
            .leastUsed(
                load: Load(rawValue: .random(in: 0..<3, using: &generator) * 0x1000_0000),
                factor: DistancePenaltyFactor(rawValue: .random(in: 0..<3, using: &generator) * 0x0080_0000),
                distance: .random(in: 0..<4, using: &generator) * 50)
        }
    }

    @Test(
        "LUD-DPF: every sequence of changes and requests gives what a list gives", .requirement("extensions-3.4-R1"),
        arguments: 0..<40)
    func degradationOracle(seed: UInt64) throws {
        let slow = SlowRankedPool { parameter, count in
            min(0xffff_ffff, parameter.value(0) + count * parameter.value(1) + parameter.value(2) * parameter.value(3))
        }
        try expectSame(as: slow, LeastUsedWithDegradationAndDistancePenalty.self, seed: seed) { generator in
            .leastUsedWithDegradation(
                load: Load(rawValue: .random(in: 0..<3, using: &generator) * 0x1000_0000),
                degradation: Load(rawValue: .random(in: 0..<3, using: &generator) * 0x0800_0000),
                factor: DistancePenaltyFactor(rawValue: .random(in: 0..<3, using: &generator) * 0x0080_0000),
                distance: .random(in: 0..<4, using: &generator) * 50)
        }
    }

    @Test(
        "WRAND-DPF: every sequence of changes and requests gives what walking along a list gives",
        .requirement("extensions-3.2-R1"), arguments: 0..<40)
    func weightedRandomOracle(seed: UInt64) throws {
        let slow = SlowWeightedPool { parameter in
            // Small enough for doubles to be exact where it matters, and never near a half.
            let weight = Double(parameter.value(0))
            let part = Double(parameter.value(1)) * Double(parameter.value(2)) / Double(UInt32.max)
            let rest = weight - (weight * part).rounded()
            return rest < 0 ? 1 : UInt64(rest)
        }
        try expectSame(as: slow, WeightedRandomWithDistancePenalty.self, seed: seed) { generator in
            .weightedRandom(
                weight: .random(in: 0..<50, using: &generator),
                factor: DistancePenaltyFactor(rawValue: .random(in: 0..<4, using: &generator) * 0x0050_0001),
                distance: .random(in: 0..<8, using: &generator) * 50)
        }
    }

    @Test("WRAND-DPF: the chance is the ratio of the weights that the distances leave", .requirement("extensions-3.2-R1"))
    func weightedRandom() throws {
        let factor = DistancePenaltyFactor(fraction: 0.001)
        let elements: [(weight: UInt32, distance: UInt32, rest: Double)] = [
            (1_000, 0, 1_000), (1_000, 250, 750), (2_000, 900, 200),
        ]
        try expectDraws(
            WeightedRandomWithDistancePenalty.self,
            elements.map { .weightedRandom(weight: $0.weight, factor: factor, distance: $0.distance) },
            weights: elements.map(\.rest), seed: 5)
    }

    @Test("LU-DPF and LUD-DPF: users go by the registrar's order")
    func choice() {
        for type in [PolicyType.leastUsedWithDistancePenalty, .leastUsedWithDegradationAndDistancePenalty] {
            var (choice, generator) = (PolicyRegistry.choice(for: type), Generator(state: 1))
            choice.renew([.random, .random])
            #expect((0..<2).map { _ in choice.choose(using: &generator) { _ in true } } == [0, 0])
        }
    }

    @Test("The draft's two policies without a known layout are carried as private ones")
    func carried() throws {
        for type: UInt32 in [0xb000_2004, 0xb000_2005, 0xb000_1001] {
            let parameter = PolicyParameter(type: PolicyType(rawValue: type), data: [1, 2, 3, 4])
            try PolicyRegistry.check(parameter)
            #expect(PolicyRegistry.policy(parameter.type) == nil)
        }
    }
}
