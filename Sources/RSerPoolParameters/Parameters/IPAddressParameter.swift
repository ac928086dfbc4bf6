public import InternetAddresses

/// IPv4 Address (RFC 5354 §3.1) and IPv6 Address (§3.2).
extension IPAddress: WireParameter {
    public static var expectedType: ParameterType { .ipv4Address }

    public static func matches(_ type: ParameterType) -> Bool {
        type == .ipv4Address || type == .ipv6Address
    }

    public var parameterType: ParameterType {
        switch self {
        case .v4: .ipv4Address
        case .v6: .ipv6Address
        }
    }

    public init(from reader: inout ParameterReader, type: ParameterType) throws(WireError) {
        self = type == .ipv4Address ? .v4(try reader.readUInt32()) : .v6(IPv6Number(try reader.readUInt128()))
    }

    public func encodeValue(to writer: inout ParameterWriter) {
        switch self {
        case .v4(let value): writer.write(value)
        case .v6(let value): writer.write(value.number)
        }
    }
}
