/// A fast random number generator whose sequence its seed decides (SplitMix64), so that a run can be repeated exactly.
///
/// Good enough for identifiers and jitter; not for secrets.
public struct SeededRandomNumberGenerator: RandomNumberGenerator, Hashable, Sendable {
    private var state: UInt64

    /// - Parameter seed: equal seeds give equal numbers.
    public init(seed: UInt64) {
        state = seed
    }

    /// A generator whose seed comes from the system's random source.
    public static func randomlySeeded() -> SeededRandomNumberGenerator {
        SeededRandomNumberGenerator(seed: .random(in: .min ... .max))
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
