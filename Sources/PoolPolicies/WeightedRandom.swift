public import RSerPoolParameters

/// Weighted Random (RFC 5356 §4.4): any elements, each with a chance in proportion to its weight.
public struct WeightedRandom: WeightedPolicy {
    public static let type = PolicyType.weightedRandom
    public static let name = "Weighted Random"
    public static let layout: [PolicyField] = [.weight]
    public static let overall = WeightedRandom(weight: 1)

    /// The element's capacity of service compared with the pool's other elements; 0 is none (§3.2).
    public var weight: UInt32

    /// - Parameter weight: the element's capacity compared with the pool's other elements; 0 is none.
    public init(weight: UInt32) {
        self.weight = weight
    }

    public init(_ parameter: PolicyParameter) throws(PolicyError) {
        try parameter.require(Self.self)
        weight = parameter.word(0)
    }

    public var parameter: PolicyParameter { PolicyParameter(type: Self.type, data: PolicyData(words: weight)) }
    public var description: String { "\(Self.name), weight \(weight)" }

    /// The chance of an element is the ratio of its weight to the sum of weights (§4.4.2).
    var drawingWeight: UInt32 { weight }
}

extension PolicyParameter {
    /// Weighted Random (RFC 5356 §4.4.4).
    public static func weightedRandom(weight: UInt32) -> PolicyParameter {
        WeightedRandom(weight: weight).parameter
    }
}
