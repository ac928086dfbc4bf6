public import RSerPoolParameters

/// The numbers of RFC 5356 §7.1, by the name that the table gives them.
extension PolicyType {
    /// Reserved, invalid: no policy among the non-adaptive ones.
    public static let invalidNonAdaptive = PolicyType(rawValue: 0x0000_0000)
    /// Round Robin (RFC 5356 §4.1).
    public static let roundRobin = PolicyType(rawValue: 0x0000_0001)
    /// Weighted Round Robin (RFC 5356 §4.2).
    public static let weightedRoundRobin = PolicyType(rawValue: 0x0000_0002)
    /// Random (RFC 5356 §4.3).
    public static let random = PolicyType(rawValue: 0x0000_0003)
    /// Weighted Random (RFC 5356 §4.4).
    public static let weightedRandom = PolicyType(rawValue: 0x0000_0004)
    /// Priority (RFC 5356 §4.5).
    public static let priority = PolicyType(rawValue: 0x0000_0005)
    /// Reserved, invalid: no policy among the adaptive ones.
    public static let invalidAdaptive = PolicyType(rawValue: 0x4000_0000)
    /// Least Used (RFC 5356 §5.1).
    public static let leastUsed = PolicyType(rawValue: 0x4000_0001)
    /// Least Used with Degradation (RFC 5356 §5.2).
    public static let leastUsedWithDegradation = PolicyType(rawValue: 0x4000_0002)
    /// Priority Least Used (RFC 5356 §5.3).
    public static let priorityLeastUsed = PolicyType(rawValue: 0x4000_0003)
    /// Randomized Least Used (RFC 5356 §5.4).
    public static let randomizedLeastUsed = PolicyType(rawValue: 0x4000_0004)

    /// The X bit: the policy is a matter of private agreement.
    public var isPrivateUse: Bool { rawValue >> 31 == 1 }
    /// The A bit: the policy uses values that change while the element serves, as its load.
    public var isAdaptive: Bool { rawValue >> 30 & 1 == 1 }
}

/// Private-use numbers that draft-dreibholz-rserpool-delay uses.
extension PolicyType {
    /// Weighted Random with Distance Penalty Factor (draft-dreibholz-rserpool-delay).
    public static let weightedRandomWithDistancePenalty = PolicyType(rawValue: 0xb000_2001)
    /// Least Used with Distance Penalty Factor (draft-dreibholz-rserpool-delay).
    public static let leastUsedWithDistancePenalty = PolicyType(rawValue: 0xb000_2002)
    /// Least Used with Degradation and Distance Penalty Factor (draft-dreibholz-rserpool-delay).
    public static let leastUsedWithDegradationAndDistancePenalty = PolicyType(rawValue: 0xb000_2003)
}
