/// The 16-bit type of a parameter (RFC 5354 §3, Table 1).
///
/// Table 1 goes on to 0xffffffff, yet the field has 16 bits; 0xffff is taken as the value kept for extensions by the IETF.
public struct ParameterType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt16

    /// - Parameter rawValue: the number as it is sent; any is taken.
    @inlinable
    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    @inlinable
    init(_ rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// IPv4 Address (§3.1).
    public static let ipv4Address = ParameterType(0x1)
    /// IPv6 Address (§3.2).
    public static let ipv6Address = ParameterType(0x2)
    /// DCCP Transport (§3.3).
    public static let dccpTransport = ParameterType(0x3)
    /// SCTP Transport (§3.4).
    public static let sctpTransport = ParameterType(0x4)
    /// TCP Transport (§3.5).
    public static let tcpTransport = ParameterType(0x5)
    /// UDP Transport (§3.6).
    public static let udpTransport = ParameterType(0x6)
    /// UDP-Lite Transport (§3.7).
    public static let udpLiteTransport = ParameterType(0x7)
    /// Pool Member Selection Policy (§3.8).
    public static let memberSelectionPolicy = ParameterType(0x8)
    /// Pool Handle (§3.9).
    public static let poolHandle = ParameterType(0x9)
    /// Pool Element (§3.10).
    public static let poolElement = ParameterType(0xa)
    /// Server Information (§3.11).
    public static let serverInformation = ParameterType(0xb)
    /// Operation Error (§3.12).
    public static let operationError = ParameterType(0xc)
    /// Cookie (§3.13).
    public static let cookie = ParameterType(0xd)
    /// PE Identifier (§3.14).
    public static let poolElementIdentifier = ParameterType(0xe)
    /// PE Checksum (§3.15).
    public static let poolElementChecksum = ParameterType(0xf)
    /// Opaque Transport (§3.16).
    public static let opaqueTransport = ParameterType(0x10)

    /// Handle Resolution Option (draft-dreibholz-rserpool-asap-hropt): how many pool elements the asker wants.
    public static let handleResolutionOption = ParameterType(0x803f)
    /// The UDP port an SCTP endpoint is reached through; private to this implementation, and skipped without a word by others,
    /// for its two high bits are 10.
    public static let encapsulationPort = ParameterType(0x9899)

    /// True for the sixteen types of RFC 5354: where one of them stands and does not belong, the message is wrong; any other
    /// type is unrecognised there, and its two high bits say what happens.
    @inlinable
    public var isStandard: Bool { rawValue &- 1 < 0x10 }
}

extension ParameterType: CustomStringConvertible {
    /// The name that RFC 5354 gives the parameter, or the number.
    public var description: String {
        switch self {
        case .ipv4Address: "IPv4 Address"
        case .ipv6Address: "IPv6 Address"
        case .dccpTransport: "DCCP Transport"
        case .sctpTransport: "SCTP Transport"
        case .tcpTransport: "TCP Transport"
        case .udpTransport: "UDP Transport"
        case .udpLiteTransport: "UDP-Lite Transport"
        case .memberSelectionPolicy: "Pool Member Selection Policy"
        case .poolHandle: "Pool Handle"
        case .poolElement: "Pool Element"
        case .serverInformation: "Server Information"
        case .operationError: "Operation Error"
        case .cookie: "Cookie"
        case .poolElementIdentifier: "PE Identifier"
        case .poolElementChecksum: "PE Checksum"
        case .opaqueTransport: "Opaque Transport"
        case .handleResolutionOption: "Handle Resolution Option"
        case .encapsulationPort: "UDP Encapsulation Port"
        default: "parameter \(hexadecimal(rawValue, digits: 4))"
        }
    }
}
