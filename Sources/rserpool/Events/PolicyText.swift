import PoolPolicies
import RSerPoolParameters

/// Policies in words.
enum PolicyText {
    /// `Least Used` for a policy's number; the number where it is not known.
    static func name(_ type: PolicyType) -> String {
        PolicyRegistry.policy(type)?.name ?? "policy \(type)"
    }

    /// `Least Used, load 37.5 %`.
    static func description(_ parameter: PolicyParameter) -> String {
        PolicyRegistry.description(of: parameter)
    }
}
