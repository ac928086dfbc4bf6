public import RSerPoolParameters
import RequirementMarks

/// Fills one ENRP_HANDLE_TABLE_RESPONSE with pool elements until a message of a given size is full (RFC 5353 §2.3, §3.2.3).
///
///     var table = HandleTableWriter(sender: us, receiver: peer, limit: 65_532)
///     while let (pool, element) = cursor.current, try table.add(element, of: pool) { cursor.advance() }
///     let bytes = try table.finish(hasMore: cursor.current != nil)
///
/// Elements of one pool that are added one after the other make one entry.
public struct HandleTableWriter: Sendable {
    /// Pool elements in the message.
    public private(set) var count = 0
    private let sender: RegistrarIdentifier
    private let receiver: RegistrarIdentifier
    private let limit: Int
    private var pool: PoolHandle?
    private var writer: ParameterWriter

    /// - Parameters:
    ///   - limit: bytes that the message may have, its padding included; at most 65,532, which is the longest that ENRP's length
    ///     field can say in whole words.
    ///   - writer: one whose memory is used again (see ``finish(hasMore:)``).
    public init(
        sender: RegistrarIdentifier, receiver: RegistrarIdentifier, limit: Int = 65_532,
        reusing writer: consuming ParameterWriter = ParameterWriter(capacity: 4_096)
    ) {
        self.sender = sender
        self.receiver = receiver
        self.limit = min(limit, 65_532)
        self.writer = writer
        self.writer.beginMessage(type: ENRPMessageType.handleTableResponse.rawValue)
        self.writer.write(sender)
        self.writer.write(receiver)
    }

    /// Adds an element.
    /// - Returns: false where it does not fit; nothing has been added then, and the message is full.
    /// - Throws: `WireEncodingError` where it would not fit into an empty message either, or is no parameter; it is to be left out.
    public mutating func add(_ element: PoolElementParameter, of pool: PoolHandle) throws(WireEncodingError) -> Bool {
        let isNewEntry = pool != self.pool
        let fits = try writer.write(upTo: limit) { writer in
            if isNewEntry { writer.write(pool) }
            writer.write(element)
        }
        if fits {
            self.pool = pool
            fulfils("enrp-2.3-R3")
            fulfils("enrp-2.3-R4")
            fulfils("enrp-2.3-R5")
            count += 1
        } else if count == 0 {
            throw WireEncodingError.messageTooLong(limit)
        }
        return fits
    }

    /// Ends the message; the writer can be used for another after this.
    /// - Parameter hasMore: the M flag.
    /// - Returns: the message's bytes.
    public mutating func finish(hasMore: Bool) throws(WireEncodingError) -> [UInt8] {
        fulfils("enrp-2.3-R6")
        try writer.endMessage(flags: hasMore ? ENRPMessageFlag.moreToSend : 0)
        return writer.bytes
    }
}
