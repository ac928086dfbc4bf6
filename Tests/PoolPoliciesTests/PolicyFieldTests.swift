import PoolPolicies
import RSerPoolParameters
import Testing

@Suite("RFC 5356 §4, §5: a policy's values by what they are")
struct PolicyFieldTests {
    private static let sample = PolicyParameter.leastUsedWithDegradation(
        load: Load(rawValue: 1), degradation: Load(rawValue: 2), factor: DistancePenaltyFactor(rawValue: 3), distance: 4)

    @Test("Every policy's layout has as many words as its parameter, each of another kind")
    func layouts() {
        for policy in PolicyRegistry.policies {
            #expect(policy.overall.parameter.data.count == 4 * policy.layout.count)
            #expect(Set(policy.layout).count == policy.layout.count)
            #expect(PolicyRegistry.layout(of: policy.type) == policy.layout)
        }
        #expect(PolicyRegistry.layout(of: PolicyType(rawValue: 99)) == nil)
    }

    @Test("Values are found in their places")
    func reading() {
        #expect(
            PolicyField.allCases.map { Self.sample[$0] } == [nil, nil, 1, 2, 3, 4])
        #expect(PolicyParameter.weightedRoundRobin(weight: 7)[.weight] == 7)
        #expect(PolicyParameter.priority(8)[.priority] == 8)
        #expect(PolicyParameter(type: PolicyType(rawValue: 99), data: [0, 0, 0, 1])[.load] == nil)
        #expect(PolicyParameter(type: .leastUsed, data: [1])[.load] == nil)
    }

    @Test("One value is changed, the others stay; a policy without it is not changed")
    func setting() {
        let changed = Self.sample.setting(.degradation, to: 9)
        #expect(PolicyField.allCases.map { changed?[$0] } == [nil, nil, 1, 9, 3, 4])
        #expect(Self.sample.setting(.weight, to: 9) == nil)
        #expect(PolicyParameter.roundRobin.setting(.load, to: 1) == nil)
    }

    @Test("Another policy keeps what both have; a weight begins with 1, all else with 0")
    func converting() {
        #expect(Self.sample.converted(to: .priorityLeastUsed)?.data == PolicyData(words: 1, 2))
        #expect(Self.sample.converted(to: .weightedRandomWithDistancePenalty)?.data == PolicyData(words: 1, 3, 4))
        #expect(PolicyParameter.roundRobin.converted(to: .weightedRandom) == .weightedRandom(weight: 1))
        #expect(PolicyParameter.roundRobin.converted(to: .priority) == .priority(0))
        #expect(Self.sample.converted(to: .roundRobin) == .roundRobin)
        #expect(Self.sample.converted(to: PolicyType(rawValue: 99)) == nil)
    }
}
