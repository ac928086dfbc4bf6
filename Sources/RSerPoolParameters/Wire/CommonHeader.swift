/// What every ASAP and ENRP message begins with (RFC 5354 §4).
public struct CommonHeader: Hashable, Sendable {
    /// Bytes of the header on the wire.
    public static let size = 4

    /// The message's type; ASAP and ENRP number theirs apart.
    public var type: UInt8
    /// The flags, whose meaning depends on the type. Those without a meaning are kept as they came.
    public var flags: UInt8
    /// Bytes of the message with this header, without the padding after it.
    public var length: UInt16

    /// - Parameter length: bytes of the whole message, this header included, the last parameter's padding not.
    public init(type: UInt8, flags: UInt8 = 0, length: UInt16) {
        self.type = type
        self.flags = flags
        self.length = length
    }
}

extension CommonHeader: CustomStringConvertible {
    public var description: String {
        "type \(hexadecimal(type, digits: 2)), flags \(hexadecimal(flags, digits: 2)), \(length) bytes"
    }
}
