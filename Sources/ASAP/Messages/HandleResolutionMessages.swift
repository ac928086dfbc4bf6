public import RSerPoolParameters

extension ASAPMessage {
    /// ASAP_HANDLE_RESOLUTION: asks for elements of a pool (RFC 5352 §2.2.5).
    public struct HandleResolution: Hashable, Sendable {
        /// The S flag: the pool's changes are to be told as they happen, until the association ends or the pool is asked for without it.
        public var wantsUpdates: Bool
        /// The pool that is asked for, or told of.
        public var pool: PoolHandle
        /// How many elements are wanted (Handle Resolution Option).
        public var option: HandleResolutionOption?
        /// Parameters that were not known and were to be skipped, as they came; they are sent on (RFC 5354 §3).
        public var preserved: [PreservedParameter]

        /// The members in the order of the message (RFC 5352 §2.2.5, §2.2.6).
        public init(
            wantsUpdates: Bool = false, pool: PoolHandle, option: HandleResolutionOption? = nil,
            preserved: [PreservedParameter] = []
        ) {
            self.wantsUpdates = wantsUpdates
            self.pool = pool
            self.option = option
            self.preserved = preserved
        }
    }

    /// ASAP_HANDLE_RESOLUTION_RESPONSE: elements of a pool, or why there are none to be had (RFC 5352 §2.2.6).
    ///
    /// One that nobody asked for is an update: it is what the pool user would get if it asked again, and takes the place of what it had.
    /// A negative one says that the pool is gone, and is the last.
    public struct HandleResolutionResponse: Hashable, Sendable {
        /// The A flag: the pool's changes will be told, over the same association and several at a time. 0 in a negative answer.
        public var promisesUpdates: Bool
        /// The pool that is asked for, or told of.
        public var pool: PoolHandle
        /// The pool's policy; nil is Round Robin.
        public var policy: PolicyParameter?
        /// The elements in the order in which the registrar wants them used; none where there are causes.
        public var elements: [PoolElementParameter]
        /// The Operation Error parameter's causes: with any the answer is negative.
        public var causes: [ErrorCause]
        /// Parameters that were not known and were to be skipped, as they came; they are sent on (RFC 5354 §3).
        public var preserved: [PreservedParameter]

        /// The members in the order of the message (RFC 5352 §2.2.5, §2.2.6).
        public init(
            promisesUpdates: Bool = false, pool: PoolHandle, policy: PolicyParameter? = nil,
            elements: [PoolElementParameter] = [], causes: [ErrorCause] = [], preserved: [PreservedParameter] = []
        ) {
            self.promisesUpdates = promisesUpdates
            self.pool = pool
            self.policy = policy
            self.elements = elements
            self.causes = causes
            self.preserved = preserved
        }
    }
}

extension ASAPMessage.HandleResolution: ASAPMessageBody {
    static let type = ASAPMessageType.handleResolution
    var flags: UInt8 { wantsUpdates ? ASAPMessageFlag.sendUpdates : 0 }

    init(from reader: inout ParameterReader, flags: UInt8) throws(WireError) {
        self.init(
            wantsUpdates: flags & ASAPMessageFlag.sendUpdates != 0, pool: try reader.read(PoolHandle.self),
            option: try reader.readIfPresent(HandleResolutionOption.self))
    }

    func encode(to writer: inout ParameterWriter) {
        writer.write(pool)
        if let option { writer.write(option) }
    }
}

extension ASAPMessage.HandleResolutionResponse: ASAPMessageBody {
    static let type = ASAPMessageType.handleResolutionResponse
    var flags: UInt8 { promisesUpdates ? ASAPMessageFlag.acceptUpdates : 0 }

    init(from reader: inout ParameterReader, flags: UInt8) throws(WireError) {
        self.init(
            promisesUpdates: flags & ASAPMessageFlag.acceptUpdates != 0, pool: try reader.read(PoolHandle.self),
            policy: try reader.readIfPresent(PolicyParameter.self), elements: try reader.readAll(PoolElementParameter.self),
            causes: try reader.readCausesIfPresent())
    }

    func encode(to writer: inout ParameterWriter) {
        writer.write(pool)
        if let policy { writer.write(policy) }
        for element in elements { writer.write(element) }
        writer.write(causes: causes)
    }
}
