/// The 16-bit code of an error cause (RFC 5354 §3.12, Table 2).
public struct CauseCode: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt16

    /// - Parameter rawValue: the number as it is sent; any is taken.
    @inlinable
    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// Unspecified Error (§3.12.1).
    public static let unspecified = CauseCode(rawValue: 0x0)
    /// Unrecognized Parameter (§3.12.2).
    public static let unrecognizedParameter = CauseCode(rawValue: 0x1)
    /// Unrecognized Message (§3.12.3).
    public static let unrecognizedMessage = CauseCode(rawValue: 0x2)
    /// Invalid Values (§3.12.4).
    public static let invalidValues = CauseCode(rawValue: 0x3)
    /// Non-unique PE Identifier (§3.12.5).
    public static let nonUniquePoolElementIdentifier = CauseCode(rawValue: 0x4)
    /// Inconsistent Pooling Policy (§3.12.6).
    public static let inconsistentPoolPolicy = CauseCode(rawValue: 0x5)
    /// Lack of Resources (§3.12.7).
    public static let lackOfResources = CauseCode(rawValue: 0x6)
    /// Inconsistent Transport Type (§3.12.8).
    public static let inconsistentTransportType = CauseCode(rawValue: 0x7)
    /// Inconsistent Data/Control Configuration (§3.12.9).
    public static let inconsistentDataControlConfiguration = CauseCode(rawValue: 0x8)
    /// Unknown Pool Handle (§3.12.11).
    public static let unknownPoolHandle = CauseCode(rawValue: 0x9)
    /// Rejected due to security considerations (§3.12.10).
    public static let rejectedForSecurity = CauseCode(rawValue: 0xa)
}

extension CauseCode: CustomStringConvertible {
    /// The name that RFC 5354 gives the cause, or the number.
    public var description: String {
        switch self {
        case .unspecified: "Unspecified Error"
        case .unrecognizedParameter: "Unrecognized Parameter"
        case .unrecognizedMessage: "Unrecognized Message"
        case .invalidValues: "Invalid Values"
        case .nonUniquePoolElementIdentifier: "Non-unique PE Identifier"
        case .inconsistentPoolPolicy: "Inconsistent Pooling Policy"
        case .lackOfResources: "Lack of Resources"
        case .inconsistentTransportType: "Inconsistent Transport Type"
        case .inconsistentDataControlConfiguration: "Inconsistent Data/Control Configuration"
        case .unknownPoolHandle: "Unknown Pool Handle"
        case .rejectedForSecurity: "Rejected due to security considerations"
        default: "cause \(hexadecimal(rawValue, digits: 4))"
        }
    }
}
