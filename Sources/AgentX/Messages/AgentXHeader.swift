/// The twenty bytes that every message begins with (RFC 2741 §6.1).
public struct AgentXHeader: Hashable, Sendable {
    /// Which message follows.
    public enum MessageType: UInt8, Hashable, Sendable, CaseIterable {
        /// agentx-Open-PDU
        case open = 1
        /// agentx-Close-PDU
        case close
        /// agentx-Register-PDU
        case register
        /// agentx-Unregister-PDU
        case unregister
        /// agentx-Get-PDU
        case get
        /// agentx-GetNext-PDU
        case getNext
        /// agentx-GetBulk-PDU
        case getBulk
        /// agentx-TestSet-PDU
        case testSet
        /// agentx-CommitSet-PDU
        case commitSet
        /// agentx-UndoSet-PDU
        case undoSet
        /// agentx-CleanupSet-PDU
        case cleanupSet
        /// agentx-Notify-PDU
        case notify
        /// agentx-Ping-PDU
        case ping
        /// agentx-IndexAllocate-PDU
        case indexAllocate
        /// agentx-IndexDeallocate-PDU
        case indexDeallocate
        /// agentx-AddAgentCaps-PDU
        case addAgentCapabilities
        /// agentx-RemoveAgentCaps-PDU
        case removeAgentCapabilities
        /// agentx-Response-PDU
        case response

        /// Whether the message may say which context it is about (§6.1.1).
        var hasContext: Bool {
            switch self {
            case .register, .unregister, .get, .getNext, .getBulk, .testSet, .notify, .ping, .indexAllocate,
                .indexDeallocate, .addAgentCapabilities, .removeAgentCapabilities:
                true
            case .open, .close, .commitSet, .undoSet, .cleanupSet, .response: false
            }
        }
    }

    /// The flags of a header (RFC 2741 §6.1).
    public struct Flags: OptionSet, Hashable, Sendable {
        /// The bits.
        public let rawValue: UInt8

        /// Any bits.
        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// The region is one variable.
        public static let instanceRegistration = Flags(rawValue: 1 << 0)
        /// The index is to be one that was never used.
        public static let newIndex = Flags(rawValue: 1 << 1)
        /// The index may be any that is free.
        public static let anyIndex = Flags(rawValue: 1 << 2)
        /// A context follows the header.
        public static let nonDefaultContext = Flags(rawValue: 1 << 3)
        /// Integers begin with their most significant byte.
        public static let networkByteOrder = Flags(rawValue: 1 << 4)
    }

    /// Which message it is.
    public var type: MessageType
    /// What is special about it.
    public var flags: Flags
    /// The session, by the number that the master agent gave.
    public var session: UInt32
    /// The manager's request.
    public var transaction: UInt32
    /// What an answer is told by.
    public var packet: UInt32

    /// The length of a header in bytes.
    public static let length = 20
    /// The protocol's version.
    static let version: UInt8 = 1

    /// A header; the length is that of the message behind it.
    public init(
        _ type: MessageType, flags: Flags = .networkByteOrder, session: UInt32 = 0, transaction: UInt32 = 0, packet: UInt32 = 0
    ) {
        self.type = type
        self.flags = flags
        self.session = session
        self.transaction = transaction
        self.packet = packet
    }

    /// What can be told of a header before its message has arrived.
    struct Prefix: Hashable {
        /// Nil where the type is none of RFC 2741's.
        var header: AgentXHeader?
        var rawType: UInt8
        var payloadLength: Int
    }

    /// Reads the header that begins a stream's next message. The caller has twenty bytes.
    /// - Throws: where the stream cannot be followed any more: another version, or a length that no message has.
    static func readPrefix(_ bytes: ArraySlice<UInt8>, payloadLimit: Int) throws(AgentXError) -> Prefix {
        let flags = bytes.count > 2 ? Flags(rawValue: bytes[bytes.startIndex + 2]) : []
        var reader = AgentXReader(bytes, isBigEndian: flags.contains(.networkByteOrder))
        let version = try reader.byte("h.version")
        guard version == Self.version else { throw AgentXError(.version(version), "h.version", at: 0) }
        let rawType = try reader.byte("h.type")
        try reader.skip(2, "h.flags")
        let session = try reader.number32("h.sessionID")
        let transaction = try reader.number32("h.transactionID")
        let packet = try reader.number32("h.packetID")
        let length = try reader.number32("h.payload_length")
        guard length % 4 == 0, length <= payloadLimit else {
            throw AgentXError(.payloadLength(length), "h.payload_length", at: 16)
        }
        let header = MessageType(rawValue: rawType).map {
            AgentXHeader($0, flags: flags, session: session, transaction: transaction, packet: packet)
        }
        return Prefix(header: header, rawType: rawType, payloadLength: Int(length))
    }
}
