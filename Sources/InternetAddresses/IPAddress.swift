import Glibc

/// An IPv4 or IPv6 address, without port or scope.
///
/// Values are numbers in host order (`127.0.0.1` is `.v4(0x7f00_0001)`, `::1` is `.v6(1)`), so comparing and masking need no byte
/// swapping. IPv4 sorts before IPv6.
public enum IPAddress: Hashable, Sendable {
    /// An IPv4 address; the first byte is the most significant one.
    case v4(UInt32)
    /// An IPv6 address.
    case v6(IPv6Number)

    /// `0.0.0.0`: every IPv4 address of the host, where an address to bind is meant.
    public static let anyIPv4 = IPAddress.v4(0)
    /// `::`: every address of the host, where an address to bind is meant.
    public static let anyIPv6 = IPAddress.v6(0)
    /// `127.0.0.1`.
    public static let loopbackIPv4 = IPAddress.v4(0x7f00_0001)
    /// `::1`.
    public static let loopbackIPv6 = IPAddress.v6(1)

    /// The address family.
    public enum Family: Hashable, Sendable {
        /// Version 4 of the Internet Protocol.
        case ipv4
        /// Version 6.
        case ipv6
    }

    /// The family of this address.
    public var family: Family {
        switch self {
        case .v4: .ipv4
        case .v6: .ipv6
        }
    }

    /// True for `0.0.0.0` and `::`.
    public var isUnspecified: Bool {
        switch self {
        case .v4(let value): value == 0
        case .v6(let value): value.number == 0
        }
    }

    /// True for `127.0.0.0/8` and `::1`.
    public var isLoopback: Bool {
        switch self {
        case .v4(let value): value >> 24 == 127
        case .v6(let value): value.number == 1
        }
    }

    /// True for `224.0.0.0/4` and `ff00::/8`.
    public var isMulticast: Bool {
        switch self {
        case .v4(let value): value >> 28 == 0xe
        case .v6(let value): value.high >> 56 == 0xff
        }
    }

    /// True for `fe80::/10`: such an address means something only together with an interface.
    public var isLinkLocal: Bool {
        switch self {
        case .v4: false
        case .v6(let value): value.high >> 54 == 0x3fa
        }
    }
}

extension IPAddress: Comparable {
    public static func < (left: IPAddress, right: IPAddress) -> Bool {
        switch (left, right) {
        case (.v4(let left), .v4(let right)): left < right
        case (.v6(let left), .v6(let right)): left < right
        case (.v4, .v6): true
        case (.v6, .v4): false
        }
    }
}

extension IPAddress: LosslessStringConvertible {
    /// Reads `192.0.2.1` or `2001:db8::1`; nil for anything else (no brackets, no scope, no names).
    public init?(_ description: String) {
        var four = in_addr()
        if unsafe inet_pton(AF_INET, description, &four) == 1 {
            self = .v4(UInt32(bigEndian: four.s_addr))
            return
        }
        var six = UInt128(0)
        guard unsafe inet_pton(AF_INET6, description, &six) == 1 else { return nil }
        self = .v6(IPv6Number(UInt128(bigEndian: six)))
    }

    /// The usual text form; IPv6 is compressed as RFC 5952 recommends.
    public var description: String {
        // INET6_ADDRSTRLEN: the longest text form with its terminating zero.
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 46) { buffer in
            switch self {
            case .v4(let value):
                var address = in_addr(s_addr: value.bigEndian)
                _ = unsafe inet_ntop(AF_INET, &address, buffer.baseAddress, socklen_t(buffer.count))
            case .v6(let value):
                var address = value.number.bigEndian
                _ = unsafe inet_ntop(AF_INET6, &address, buffer.baseAddress, socklen_t(buffer.count))
            }
            return unsafe String(cString: buffer.baseAddress!)
        }
    }
}
