import PoolPolicies
import RSerPoolParameters

/// The values of a policy parameter that RFC 5525 has columns for: weight, load and load degradation, each where the policy has it.
struct PolicyValues {
    /// Where a policy keeps them: places of words in its data.
    private struct Layout {
        var weight: Int?
        var load: Int?
        var degradation: Int?
        /// How many words of data there are.
        var count: Int
    }

    private static func layout(of type: PolicyType) -> Layout? {
        switch type {
        case .roundRobin, .random: Layout(count: 0)
        case .weightedRoundRobin, .weightedRandom: Layout(weight: 0, count: 1)
        case .priority: Layout(count: 1)
        case .leastUsed, .randomizedLeastUsed: Layout(load: 0, count: 1)
        case .leastUsedWithDegradation, .priorityLeastUsed: Layout(load: 0, degradation: 1, count: 2)
        case .weightedRandomWithDistancePenalty: Layout(weight: 0, count: 3)
        case .leastUsedWithDistancePenalty: Layout(load: 0, count: 3)
        case .leastUsedWithDegradationAndDistancePenalty: Layout(load: 0, degradation: 1, count: 4)
        default: nil
        }
    }

    let type: PolicyType
    private var words: [UInt32]
    private let layout: Layout

    init(_ parameter: PolicyParameter) {
        type = parameter.type
        layout = Self.layout(of: parameter.type) ?? Layout(count: 0)
        words = (0..<layout.count).map { parameter.data.word(at: $0) ?? 0 }
    }

    /// The values under another policy: what both have stays, a weight begins with 1, all else with 0. Nil where the policy is
    /// not known.
    init?(_ old: PolicyValues, as type: PolicyType) {
        guard let layout = Self.layout(of: type) else { return nil }
        self.type = type
        self.layout = layout
        words = [UInt32](repeating: 0, count: layout.count)
        if let place = layout.weight { words[place] = old.weight ?? 1 }
        if let place = layout.load { words[place] = old.load ?? 0 }
        if let place = layout.degradation { words[place] = old.degradation ?? 0 }
    }

    var weight: UInt32? { layout.weight.map { words[$0] } }
    var load: UInt32? { layout.load.map { words[$0] } }
    var degradation: UInt32? { layout.degradation.map { words[$0] } }

    /// False where the policy has no weight.
    mutating func setWeight(_ value: UInt32) -> Bool {
        guard let place = layout.weight else { return false }
        words[place] = value
        return true
    }

    /// Does nothing where the policy has no load.
    mutating func setLoad(_ value: UInt32) {
        if let place = layout.load { words[place] = value }
    }

    /// False where the policy has no load degradation.
    mutating func setDegradation(_ value: UInt32) -> Bool {
        guard let place = layout.degradation else { return false }
        words[place] = value
        return true
    }

    var parameter: PolicyParameter {
        let bytes = words.flatMap { word in stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) } }
        return PolicyParameter(type: type, data: PolicyData(bytes))
    }
}
