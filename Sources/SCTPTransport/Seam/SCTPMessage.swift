/// The payload protocol identifier of a message, in host order; the endpoint puts it into network order (RFC 9260 §3.3.1).
public struct PayloadProtocolIdentifier: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt32

    /// - Parameter rawValue: the number as it is sent; any is taken.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// 0: the application gave none.
    public static let unspecified = PayloadProtocolIdentifier(rawValue: 0)
}

extension PayloadProtocolIdentifier: CustomStringConvertible {
    public var description: String { "\(rawValue)" }
}

/// How a message travels: everything about it but its bytes.
public struct MessageHeader: Hashable, Sendable {
    /// What the message is, to who receives it (RFC 9260 §3.3.1).
    public var payloadProtocol: PayloadProtocolIdentifier
    /// The stream's number, from 0; less than the association's number of streams in that direction.
    public var stream: UInt16
    /// True where the message may overtake others of its stream.
    public var isUnordered: Bool

    /// - Parameter isUnordered: the message may overtake others.
    public init(payloadProtocol: PayloadProtocolIdentifier = .unspecified, stream: UInt16 = 0, isUnordered: Bool = false) {
        self.payloadProtocol = payloadProtocol
        self.stream = stream
        self.isUnordered = isUnordered
    }
}

/// One SCTP user message with its header.
public struct SCTPMessage: Hashable, Sendable {
    /// The contents; at least one byte where it is sent.
    public var bytes: [UInt8]
    public var header: MessageHeader

    /// - Parameter bytes: at least one, at most the endpoint's limit.
    public init(_ bytes: [UInt8], _ header: MessageHeader = MessageHeader()) {
        self.bytes = bytes
        self.header = header
    }
}
