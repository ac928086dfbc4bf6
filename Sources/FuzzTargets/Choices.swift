import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import SCTPTransport

/// Bytes as decisions: what is next, how long, which one. When they are used up, everything is zero.
struct Choices {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var areLeft: Bool { position < bytes.count }

    mutating func byte() -> UInt8 {
        guard position < bytes.count else { return 0 }
        defer { position += 1 }
        return bytes[position]
    }

    /// A number from 0 to below `bound`, which is at most 256.
    mutating func below(_ bound: Int) -> Int {
        bound <= 1 ? 0 : Int(byte()) % bound
    }

    mutating func element<Element>(of array: [Element]) -> Element? {
        array.isEmpty ? nil : array[below(array.count)]
    }

    /// Up to so many of the bytes that are left.
    mutating func take(_ count: Int) -> [UInt8] {
        let end = min(bytes.count, position + count)
        defer { position = end }
        return [UInt8](bytes[position..<end])
    }

    /// From a millisecond to an hour.
    mutating func duration() -> Duration {
        let mantissa = Int64(byte()) + 1
        return .milliseconds(mantissa << Int64(byte() % 15))
    }

    // MARK: Values of the protocols

    static let pools: [PoolHandle] = ["A", "B", "C", "D"]

    mutating func pool() -> PoolHandle {
        Self.pools[below(Self.pools.count)]
    }

    mutating func identifier() -> PoolElementIdentifier {
        PoolElementIdentifier(rawValue: UInt32(below(8)) + 1)
    }

    mutating func policy() -> PolicyParameter {
        switch below(6) {
        case 0, 1: .roundRobin
        case 2: .leastUsed(load: Load(rawValue: UInt32(byte()) << 24))
        case 3: PolicyParameter(type: WeightedRoundRobin.type, data: PolicyData([0, 0, 0, byte()]))
        case 4: PolicyParameter(type: WeightedRandom.type, data: PolicyData([0, 0, 0, byte()]))
        default: PolicyParameter(type: PolicyType(rawValue: UInt32(byte()) << 24 | UInt32(byte())), data: PolicyData(take(4)))
        }
    }

    mutating func cause() -> ErrorCause {
        switch below(7) {
        case 0: .unspecified
        case 1: .nonUniquePoolElementIdentifier
        case 2: .lackOfResources
        case 3: .unknownPoolHandle
        case 4: .rejectedForSecurity
        case 5: .invalidValues(take(4))
        default: .inconsistentPoolPolicy(policy())
        }
    }

    mutating func causes() -> [ErrorCause] {
        (0..<below(3)).map { _ in cause() }
    }

    mutating func end() -> AssociationEnd {
        switch below(4) {
        case 0: .unreachable
        case 1: .abortedByPeer
        case 2: .abortedLocally
        default: .other(Int32(byte()))
        }
    }
}
