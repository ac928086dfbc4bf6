/// Why bytes are not an AgentX message: what is wrong, in which field, and where.
public struct AgentXError: Error, Hashable, Sendable {
    /// What is wrong.
    public enum Code: Hashable, Sendable {
        /// Another version of the protocol than 1.
        case version(UInt8)
        /// No message of RFC 2741 has this type.
        case unknownType(UInt8)
        /// The field reaches past the end of the message.
        case truncated
        /// The payload's length is not a multiple of four, or longer than the limit.
        case payloadLength(UInt32)
        /// The field has a value that RFC 2741 forbids.
        case invalidValue(UInt32)
        /// Bytes are left after the last field.
        case trailingBytes
    }

    /// What is wrong.
    public let code: Code
    /// The field, as RFC 2741 names it.
    public let field: String
    /// The byte's offset from the start of the message.
    public let offset: Int

    init(_ code: Code, _ field: String, at offset: Int) {
        self.code = code
        self.field = field
        self.offset = offset
    }
}

extension AgentXError: CustomStringConvertible {
    /// For people: what cannot be read, and where.
    public var description: String {
        let what =
            switch code {
            case .version(let number): "version \(number), expected 1"
            case .unknownType(let number): "unknown message type \(number)"
            case .truncated: "reaches past the end of the message"
            case .payloadLength(let length): "a length of \(length), expected a multiple of 4 within the limit"
            case .invalidValue(let value): "value \(value) not allowed"
            case .trailingBytes: "bytes left after the last field"
            }
        return "byte \(offset), \(field): \(what)"
    }
}
