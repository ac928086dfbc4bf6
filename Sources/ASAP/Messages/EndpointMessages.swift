public import RSerPoolParameters

extension ASAPMessage {
    /// ASAP_ENDPOINT_KEEP_ALIVE: a registrar checks that a pool element is there (RFC 5352 §2.2.7).
    public struct EndpointKeepAlive: Hashable, Sendable {
        /// The H flag: the sender takes the element over.
        public var claimsHome: Bool
        /// The sender.
        public var server: RegistrarIdentifier
        /// The pool that the element is registered in.
        public var pool: PoolHandle
        /// The element that is asked, where the sender names it. RFC 5352 has no such parameter here; rsplib always sends it, and
        /// as it is one of RFC 5354's, a receiver that did not look for it would have to refuse the message. Ours goes without.
        public var identifier: PoolElementIdentifier?
        /// Parameters that were not known and were to be skipped, as they came; they are sent on (RFC 5354 §3).
        public var preserved: [PreservedParameter]

        /// - Parameter server: the registrar that asks.
        public init(
            claimsHome: Bool = false, server: RegistrarIdentifier, pool: PoolHandle, identifier: PoolElementIdentifier? = nil,
            preserved: [PreservedParameter] = []
        ) {
            self.claimsHome = claimsHome
            self.server = server
            self.pool = pool
            self.identifier = identifier
            self.preserved = preserved
        }
    }

    /// ASAP_ENDPOINT_KEEP_ALIVE_ACK: a pool element says that it is there (RFC 5352 §2.2.8).
    public struct EndpointKeepAliveAcknowledgement: Hashable, Sendable {
        /// The pool that the element is registered in.
        public var pool: PoolHandle
        /// The element's identifier in the pool.
        public var identifier: PoolElementIdentifier
        /// Parameters that were not known and were to be skipped, as they came; they are sent on (RFC 5354 §3).
        public var preserved: [PreservedParameter]

        /// - Parameter identifier: the element that is meant.
        public init(pool: PoolHandle, identifier: PoolElementIdentifier, preserved: [PreservedParameter] = []) {
            self.pool = pool
            self.identifier = identifier
            self.preserved = preserved
        }
    }

    /// ASAP_ENDPOINT_UNREACHABLE: a pool element could not be reached (RFC 5352 §2.2.9).
    public struct EndpointUnreachable: Hashable, Sendable {
        /// The pool that the element is registered in.
        public var pool: PoolHandle
        /// The element that could not be reached.
        public var identifier: PoolElementIdentifier
        /// Parameters that were not known and were to be skipped, as they came; they are sent on (RFC 5354 §3).
        public var preserved: [PreservedParameter]

        /// - Parameter identifier: the element that is meant.
        public init(pool: PoolHandle, identifier: PoolElementIdentifier, preserved: [PreservedParameter] = []) {
            self.pool = pool
            self.identifier = identifier
            self.preserved = preserved
        }
    }
}

extension ASAPMessage.EndpointKeepAlive: ASAPMessageBody {
    static let type = ASAPMessageType.endpointKeepAlive
    var flags: UInt8 { claimsHome ? ASAPMessageFlag.home : 0 }

    init(from reader: inout ParameterReader, flags: UInt8) throws(WireError) {
        self.init(
            claimsHome: flags & ASAPMessageFlag.home != 0, server: try reader.readRegistrarIdentifier(),
            pool: try reader.read(PoolHandle.self), identifier: try reader.readIfPresent(PoolElementIdentifier.self))
    }

    func encode(to writer: inout ParameterWriter) {
        writer.write(server)
        writer.write(pool)
        if let identifier { writer.write(identifier) }
    }
}

extension ASAPMessage.EndpointKeepAliveAcknowledgement: ASAPMessageBody {
    static let type = ASAPMessageType.endpointKeepAliveAcknowledgement

    init(from reader: inout ParameterReader, flags: UInt8) throws(WireError) {
        self.init(pool: try reader.read(PoolHandle.self), identifier: try reader.read(PoolElementIdentifier.self))
    }

    func encode(to writer: inout ParameterWriter) {
        writer.write(pool)
        writer.write(identifier)
    }
}

extension ASAPMessage.EndpointUnreachable: ASAPMessageBody {
    static let type = ASAPMessageType.endpointUnreachable

    init(from reader: inout ParameterReader, flags: UInt8) throws(WireError) {
        self.init(pool: try reader.read(PoolHandle.self), identifier: try reader.read(PoolElementIdentifier.self))
    }

    func encode(to writer: inout ParameterWriter) {
        writer.write(pool)
        writer.write(identifier)
    }
}
