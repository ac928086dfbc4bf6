public import RSerPoolParameters
import RequirementMarks

extension ENRPMessage {
    /// ENRP_HANDLE_TABLE_REQUEST: asks a peer for its handlespace, or for the next part of it (RFC 5353 §2.2).
    public struct HandleTableRequest: Hashable, Sendable {
        /// The W flag: only the elements that the receiver owns are wanted.
        public var ownChildrenOnly: Bool
        /// The registrar that sends it.
        public var sender: RegistrarIdentifier
        /// The registrar that it is for; `undetermined` where that is not one registrar, or not known.
        public var receiver: RegistrarIdentifier
        /// Unknown parameters, kept to be encoded again.
        public var preserved: [PreservedParameter]

        /// - Parameter ownChildrenOnly: true where only the elements that the receiver owns are wanted (RFC 5353 §3.6.3).
        public init(
            ownChildrenOnly: Bool = false, sender: RegistrarIdentifier, receiver: RegistrarIdentifier = .undetermined,
            preserved: [PreservedParameter] = []
        ) {
            self.ownChildrenOnly = ownChildrenOnly
            self.sender = sender
            self.receiver = receiver
            self.preserved = preserved
        }
    }

    /// A pool, or a part of it, as it stands in a handle table (RFC 5353 §2.3).
    public struct PoolEntry: Hashable, Sendable {
        /// The pool's handle.
        public var pool: PoolHandle
        /// At least one.
        public var elements: [PoolElementParameter]

        /// - Parameter elements: at least one.
        public init(pool: PoolHandle, elements: [PoolElementParameter]) {
            self.pool = pool
            self.elements = elements
        }
    }

    /// ENRP_HANDLE_TABLE_RESPONSE: a part of the handlespace (RFC 5353 §2.3). ``HandleTableWriter`` fills one up.
    public struct HandleTableResponse: Hashable, Sendable {
        /// The M flag: there is more, to be had by another request.
        public var hasMore: Bool
        /// The R flag: the sender does not give its handlespace out now. Then there are no entries.
        public var isRejected: Bool
        /// The registrar that sends it.
        public var sender: RegistrarIdentifier
        /// The registrar that it is for; `undetermined` where that is not one registrar, or not known.
        public var receiver: RegistrarIdentifier
        /// A pool may be spread over several entries, in one message or in several. None where the handlespace is empty.
        public var entries: [PoolEntry]
        /// Unknown parameters, kept to be encoded again.
        public var preserved: [PreservedParameter]

        /// - Parameters:
        ///   - hasMore: there is more, to be had by another request.
        ///   - isRejected: the handlespace is not given out now; no entries then.
        public init(
            hasMore: Bool = false, isRejected: Bool = false, sender: RegistrarIdentifier,
            receiver: RegistrarIdentifier = .undetermined, entries: [PoolEntry] = [], preserved: [PreservedParameter] = []
        ) {
            self.hasMore = hasMore
            self.isRejected = isRejected
            self.sender = sender
            self.receiver = receiver
            self.entries = entries
            self.preserved = preserved
        }
    }
}

extension ENRPMessage.HandleTableRequest: ENRPMessageBody {
    static let type = ENRPMessageType.handleTableRequest
    var flags: UInt8 { ownChildrenOnly ? ENRPMessageFlag.ownChildrenOnly : 0 }

    init(
        from reader: inout ParameterReader, flags: UInt8, sender: RegistrarIdentifier, receiver: RegistrarIdentifier
    ) throws(WireError) {
        self.init(ownChildrenOnly: flags & ENRPMessageFlag.ownChildrenOnly != 0, sender: sender, receiver: receiver)
    }

    func encode(to writer: inout ParameterWriter) {}
}

extension ENRPMessage.HandleTableResponse: ENRPMessageBody {
    static let type = ENRPMessageType.handleTableResponse
    var flags: UInt8 {
        (hasMore ? ENRPMessageFlag.moreToSend : 0) | (isRejected ? ENRPMessageFlag.reject : 0)
    }

    init(
        from reader: inout ParameterReader, flags: UInt8, sender: RegistrarIdentifier, receiver: RegistrarIdentifier
    ) throws(WireError) {
        let isRejected = flags & ENRPMessageFlag.reject != 0
        self.init(
            hasMore: flags & ENRPMessageFlag.moreToSend != 0, isRejected: isRejected, sender: sender, receiver: receiver)
        // §2.3: a rejection has no entries; one that stands there all the same does not belong.
        if isRejected {
            fulfils("enrp-2.3-R1")
            fulfils("enrp-2.3-R2")
            return
        }
        while let pool = try reader.readIfPresent(PoolHandle.self) {
            guard entries.count < reader.limits.repeatedParameters else {
                throw reader.exceeded(.repeatedParameters, at: reader.offset)
            }
            let first = try reader.read(PoolElementParameter.self)
            fulfils("enrp-2.3-R5")
            entries.append(
                ENRPMessage.PoolEntry(pool: pool, elements: [first] + (try reader.readAll(PoolElementParameter.self))))
        }
    }

    func encode(to writer: inout ParameterWriter) {
        for entry in entries {
            writer.write(entry.pool)
            for element in entry.elements { writer.write(element) }
            fulfils("enrp-2.3-R4")
            fulfils("enrp-2.3-R6")
        }
    }
}
