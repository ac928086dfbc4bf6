/// A user transport of which only the bytes are known (RFC 5354 §3.16).
public struct OpaqueTransportParameter: Hashable, Sendable {
    /// 0 to 65,531 bytes.
    public var bytes: [UInt8]

    /// - Parameter bytes: anything that element and user agree on.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }
}

extension OpaqueTransportParameter: WireParameter {
    public static var expectedType: ParameterType { .opaqueTransport }

    public init(from reader: inout ParameterReader, type: ParameterType) throws(WireError) {
        bytes = reader.readRemainingBytes()
    }

    public func encodeValue(to writer: inout ParameterWriter) {
        writer.write(bytes: bytes)
    }
}

extension OpaqueTransportParameter: CustomStringConvertible {
    public var description: String { "opaque [\(hexadecimal(bytes))]" }
}
