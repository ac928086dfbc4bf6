/// What a pool element gives a pool user for the element after it (RFC 5354 §3.13); only pool elements know what it means.
public struct Cookie: Hashable, Sendable {
    /// 0 to 65,531 bytes; less where the message carries anything else.
    public var bytes: [UInt8]

    /// - Parameter bytes: anything; nobody but the pool's elements looks at it.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }
}

extension Cookie: WireParameter {
    public static var expectedType: ParameterType { .cookie }

    public init(from reader: inout ParameterReader, type: ParameterType) throws(WireError) {
        bytes = reader.readRemainingBytes()
    }

    public func encodeValue(to writer: inout ParameterWriter) {
        writer.write(bytes: bytes)
    }
}

extension Cookie: CustomStringConvertible {
    public var description: String { "cookie [\(hexadecimal(bytes))]" }
}
