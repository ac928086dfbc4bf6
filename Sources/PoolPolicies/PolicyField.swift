public import RSerPoolParameters

/// What a 32-bit word of a policy's data is. A policy's own list of them, in their order, is its ``PoolPolicy/layout``.
public enum PolicyField: Hashable, Sendable, CaseIterable {
    /// The element's share in relation to those of the others (RFC 5356 §4.2.1, §4.4.1).
    case weight
    /// The element's rank: greater ones come first (RFC 5356 §4.5.1).
    case priority
    /// How busy the element is, as a ``Load`` (RFC 5356 §5.1.1).
    case load
    /// By how much a user more raises the load, as a ``Load`` (RFC 5356 §5.2.1, §5.3.1).
    case degradation
    /// What a millisecond of distance counts for, as a ``DistancePenaltyFactor`` (draft-dreibholz-rserpool-delay).
    case distancePenaltyFactor
    /// How far the element is from its home registrar, in milliseconds (draft-dreibholz-rserpool-delay).
    case distance

    /// The value of who says nothing of it: a weight of 1, all else 0.
    public var standard: UInt32 { self == .weight ? 1 : 0 }
}

extension PolicyRegistry {
    private static let layouts = Dictionary(uniqueKeysWithValues: policies.map { ($0.type, $0.layout) })

    /// The words of a policy's data in their order; nil where the policy is not known.
    public static func layout(of type: PolicyType) -> [PolicyField]? { layouts[type] }
}

extension PolicyParameter {
    /// A value of the policy; nil where the policy is not known or has none of the kind, and where the data end before it.
    public subscript(field: PolicyField) -> UInt32? {
        PolicyRegistry.layout(of: type)?.firstIndex(of: field).flatMap { data.word(at: $0) }
    }

    /// The parameter with another value; nil where the policy is not known or has none of the kind.
    public func setting(_ field: PolicyField, to value: UInt32) -> PolicyParameter? {
        guard let layout = PolicyRegistry.layout(of: type), layout.contains(field) else { return nil }
        return PolicyParameter(type: type, layout) { $0 == field ? value : self[$0] }
    }

    /// Another policy with the values that both have, and ``PolicyField/standard`` ones for the rest; nil where it is not known.
    public func converted(to type: PolicyType) -> PolicyParameter? {
        PolicyRegistry.layout(of: type).map { PolicyParameter(type: type, $0) { self[$0] } }
    }

    private init(type: PolicyType, _ layout: [PolicyField], _ value: (PolicyField) -> UInt32?) {
        let words = layout.map { value($0) ?? $0.standard }
        let bytes = words.flatMap { word in stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) } }
        self.init(type: type, data: PolicyData(bytes))
    }
}
