/// The checksum over the pool elements that a registrar is home of (RFC 5354 §3.15); RFC 5353 §3.6.2 computes it.
public struct PEChecksum: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt16

    /// - Parameter rawValue: the number as it is sent; any is taken.
    @inlinable
    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }
}

extension PEChecksum: WireParameter {
    public static var expectedType: ParameterType { .poolElementChecksum }

    public init(from reader: inout ParameterReader, type: ParameterType) throws(WireError) {
        rawValue = try reader.readUInt16()
    }

    public func encodeValue(to writer: inout ParameterWriter) {
        writer.write(rawValue)
    }
}

extension PEChecksum: CustomStringConvertible {
    public var description: String { hexadecimal(rawValue, digits: 4) }
}
