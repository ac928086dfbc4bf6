/// The 128 bits of an IPv6 address, as a number.
///
/// Two words instead of one `UInt128`: debug builds of Swift 6.3 keep values that hold a `UInt128` at addresses that are not
/// multiples of 16 and then crash on reading them, in compiler-made code such as `hashValue`.
public struct IPv6Number: Hashable, Sendable {
    /// The network's half of most addresses: bits 127 to 64.
    public var high: UInt64
    /// Bits 63 to 0.
    public var low: UInt64

    /// - Parameters:
    ///   - high: the first eight bytes.
    ///   - low: the last eight bytes.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// - Parameter number: the address as one number.
    public init(_ number: UInt128) {
        high = UInt64(truncatingIfNeeded: number >> 64)
        low = UInt64(truncatingIfNeeded: number)
    }

    /// All 128 bits.
    public var number: UInt128 { UInt128(high) << 64 | UInt128(low) }
}

extension IPv6Number: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: UInt128) {
        self.init(value)
    }
}

extension IPv6Number: Comparable {
    public static func < (left: IPv6Number, right: IPv6Number) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}
