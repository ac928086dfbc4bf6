public import RSerPoolParameters
import RequirementMarks

/// Every policy that this implementation knows, and what becomes of the others.
public enum PolicyRegistry {
    /// The policies known, in the order of RFC 5356; then those of draft-dreibholz-rserpool-delay.
    public static let policies: [any PoolPolicy.Type] = [
        RoundRobin.self, WeightedRoundRobin.self, RandomPolicy.self, WeightedRandom.self, PriorityPolicy.self,
        LeastUsed.self, LeastUsedWithDegradation.self, PriorityLeastUsed.self, RandomizedLeastUsed.self,
        WeightedRandomWithDistancePenalty.self, LeastUsedWithDistancePenalty.self,
        LeastUsedWithDegradationAndDistancePenalty.self,
    ]

    /// The policy of a type; nil where it is not known.
    public static func policy(_ type: PolicyType) -> (any PoolPolicy.Type)? {
        policies.first { $0.type == type }
    }

    /// Whether a pool element may register with this parameter.
    ///
    /// A registrar may reject a registration for invalid values or reasons of its own (RFC 5352 §3.1, rule 5). A known policy must
    /// have its layout. The numbers reserved as invalid, and those of the standards' range whose rules are not implemented, are
    /// rejected: a pool that names a standard policy must be given out by that policy's rules. Private-use policies (RFC 5356 §7.1)
    /// are accepted and carried as they are: their rules are between elements and users, the registrar gives such pools out by
    /// the default policy.
    /// - Throws: ``PolicyError`` saying why not.
    public static func check(_ parameter: PolicyParameter) throws(PolicyError) {
        if let policy = policy(parameter.type) {
            _ = try policy.init(parameter)
        } else if parameter.type == .invalidNonAdaptive || parameter.type == .invalidAdaptive {
            throw PolicyError(.invalidType, parameter.type)
        } else if !parameter.type.isPrivateUse {
            throw PolicyError(.unsupportedType, parameter.type)
        } else {
            fulfils("requirements-2.10-R2")
            fulfils("requirements-2.10-R5")
        }
    }

    /// An empty selection structure for a pool of this policy; Round Robin's, the default policy's, where it is not known.
    public static func selection(for type: PolicyType) -> any PoolSelection {
        fulfils("requirements-2.10-R1")
        return policy(type)?.makeSelection() ?? RoundRobinSelection()
    }

    /// A pool user's way through a pool of this policy; Round Robin's where it is not known.
    public static func choice(for type: PolicyType) -> any PoolUserChoice {
        policy(type)?.makeChoice() ?? RoundRobinChoice()
    }

    /// The parameter that stands for the policy of a whole pool, made from that of one of its elements: values that are the
    /// element's alone are neutral (RFC 5352 §2.2.6). A policy that is not known is carried unchanged.
    public static func overallParameter(of parameter: PolicyParameter) -> PolicyParameter {
        policy(parameter.type)?.overall.parameter ?? parameter
    }

    /// A parameter in words: `Least Used, load 37.5 %`, and for a policy that is not known its number and data.
    public static func description(of parameter: PolicyParameter) -> String {
        guard let policy = policy(parameter.type) else { return parameter.description }
        return (try? policy.init(parameter))?.description ?? "\(policy.name), malformed"
    }
}
