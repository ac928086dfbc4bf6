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
        switch parameter.type {
        case .leastUsed:
            guard let leastUsed = try? LeastUsed(parameter) else { return "\(LeastUsed.name), malformed" }
            return "\(LeastUsed.name), load \(leastUsed.load)"
        default:
            return name(parameter.type) + (parameter.data.isEmpty ? "" : " \(parameter.data)")
        }
    }
}
