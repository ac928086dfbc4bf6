/// How messages lie in a byte stream, where TCP stands for SCTP.
///
/// Nothing but a message's bytes travels: its stream is 0, it is ordered, and its payload protocol identifier is what the
/// framing says.
public enum StreamFraming: Hashable, Sendable {
    /// No messages: what arrives comes in pieces of any length, as TCP has them. For user data of programs that know how to
    /// read a stream.
    case bytes
    /// Each message says its length itself.
    case messages(MessageLayout)
    /// Four bytes, most significant first, with the length of the message that follows. For any messages, between programs that
    /// both use it.
    case prefixed

    /// Where messages say their length: in 16 bits, most significant first, that count the whole message.
    public struct MessageLayout: Hashable, Sendable {
        /// Bytes before the length.
        public var lengthOffset: Int
        /// Bytes of the common header, which the length covers too; no message is shorter.
        public var headerLength: Int
        /// Messages are padded to a multiple of this; the length does not tell of the padding.
        public var alignment: Int
        /// What received messages have as their payload protocol identifier.
        public var payloadProtocol: PayloadProtocolIdentifier

        /// The members, in bytes, and what its messages are.
        public init(lengthOffset: Int, headerLength: Int, alignment: Int, payloadProtocol: PayloadProtocolIdentifier) {
            precondition(
                lengthOffset >= 0 && lengthOffset + 2 <= headerLength && alignment >= 1,
                "the length lies in the header, and messages are aligned to a multiple of at least 1")
            self.lengthOffset = lengthOffset
            self.headerLength = headerLength
            self.alignment = alignment
            self.payloadProtocol = payloadProtocol
        }
    }

    /// What received messages have beside their bytes.
    var receivedHeader: MessageHeader {
        if case .messages(let layout) = self { MessageHeader(payloadProtocol: layout.payloadProtocol) } else { MessageHeader() }
    }

    /// The bytes before a message that are not the message's.
    var prefixLength: Int { self == .prefixed ? 4 : 0 }

    /// Bytes of a message that are needed to know its length.
    var headerLength: Int {
        switch self {
        case .bytes: 1
        case .messages(let layout): layout.headerLength
        case .prefixed: 4
        }
    }

    /// The length of a message on the wire, prefix and padding included, by its header; nil where there cannot be such a message.
    func wholeLength(of bytes: RawSpan, at offset: Int) -> Int? {
        switch self {
        case .bytes: return 1
        case .messages(let layout):
            let place = offset + layout.lengthOffset
            let length =
                Int(unsafe bytes.unsafeLoad(fromByteOffset: place, as: UInt8.self)) << 8
                | Int(unsafe bytes.unsafeLoad(fromByteOffset: place + 1, as: UInt8.self))
            guard length >= layout.headerLength else { return nil }
            return (length + layout.alignment - 1) / layout.alignment * layout.alignment
        case .prefixed:
            let length = (0..<4).reduce(0) {
                $0 << 8 | Int(unsafe bytes.unsafeLoad(fromByteOffset: offset + $1, as: UInt8.self))
            }
            return length == 0 ? nil : length + 4
        }
    }
}
