import ASAP
import InternetAddresses
import PoolPolicies
import RSerPoolParameters

/// Bytes from hexadecimal digits; blanks and line ends are for the eye.
func bytes(_ text: String) -> [UInt8] {
    let digits = text.filter { !$0.isWhitespace }
    precondition(digits.count % 2 == 0, "half a byte")
    var result: [UInt8] = []
    var rest = Substring(digits)
    while !rest.isEmpty {
        result.append(UInt8(rest.prefix(2), radix: 16)!)
        rest = rest.dropFirst(2)
    }
    return result
}

/// Parameters that many messages share, as values and as bytes written out by hand from RFC 5354.
enum Sample {
    static let pool: PoolHandle = "EchoPool"
    static let poolBytes = "0009 000c 4563 686f 506f 6f6c"
    static let identifier = PoolElementIdentifier(rawValue: 0x1122_3344)
    static let identifierBytes = "000e 0008 1122 3344"
    static let transport = SCTPTransportParameter(port: 8080, use: .dataPlusControl, addresses: [.v4(0x7f00_0003)])
    static let transportBytes = "0004 0010 1f90 0001  0001 0008 7f00 0003"
    static let policy = PolicyParameter.leastUsed(load: Load(rawValue: 0x8000_0000))
    static let policyBytes = "0008 000c 4000 0001 8000 0000"
    static let element = PoolElementParameter(
        identifier: identifier, registrationLife: .seconds(300), userTransport: .sctp(transport), policy: policy)
    static let elementBytes = "000a 002c 1122 3344 0000 0000 0000 012c \(transportBytes) \(policyBytes)"
    /// An element with everything: IPv6, infinite life, home registrar, ASAP transport, a policy without data.
    static let fullElement = PoolElementParameter(
        identifier: PoolElementIdentifier(rawValue: 5), homeRegistrar: RegistrarIdentifier(rawValue: 0xaabb_ccdd),
        registrationLife: .infinite,
        userTransport: .tcp(TCPTransportParameter(port: 7, address: .v6(1))),
        policy: PolicyParameter(type: PolicyType(rawValue: 1)), asapTransport: transport)
    static let fullElementBytes = """
        000a 0044 0000 0005 aabb ccdd ffff ffff
        0005 001c 0007 0000 0002 0014 0000 0000 0000 0000 0000 0000 0000 0001
        0008 0008 0000 0001 \(transportBytes)
        """
}
