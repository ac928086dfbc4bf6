public import RSerPoolParameters

/// Random (RFC 5356 §4.3): any elements, each with the same chance.
public struct RandomPolicy: WeightedPolicy {
    public static let type = PolicyType.random
    public static let name = "Random"
    public static let layout: [PolicyField] = []
    public static let overall = RandomPolicy()

    /// Without values or elements.
    public init() {}

    public init(_ parameter: PolicyParameter) throws(PolicyError) {
        try parameter.require(Self.self)
    }

    public var parameter: PolicyParameter { PolicyParameter(type: Self.type) }
    public var description: String { Self.name }

    /// Random is Weighted Random with all weights 1 (§4.4.1).
    var drawingWeight: UInt32 { 1 }
}

extension PolicyParameter {
    /// Random (RFC 5356 §4.3.4).
    public static let random = RandomPolicy().parameter
}

/// Any usable element of the answer, each with the same chance, anew for every use (RFC 5356 §4.3.3).
public struct RandomChoice: PoolUserChoice {
    private var count = 0

    /// Without values or elements.
    public init() {}

    public mutating func renew(_ parameters: [PolicyParameter]) {
        count = parameters.count
    }

    public mutating func choose(using generator: inout some RandomNumberGenerator, where isUsable: (Int) -> Bool) -> Int? {
        // One pass: the k-th usable one takes the place of the one held with a chance of 1/k, so each ends up held with the same.
        var (held, seen) = (Int?.none, 0)
        for position in 0..<count where isUsable(position) {
            seen += 1
            if Int.random(in: 0..<seen, using: &generator) == 0 { held = position }
        }
        return held
    }
}
