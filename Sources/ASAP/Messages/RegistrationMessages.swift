public import RSerPoolParameters

extension ASAPMessage {
    /// ASAP_REGISTRATION: a pool element joins a pool, or renews or changes its registration (RFC 5352 §2.2.1).
    public struct Registration: Hashable, Sendable {
        /// The pool to join, to found or to leave.
        public var pool: PoolHandle
        /// The element with its transport, policy and life; its home registrar is not looked at (RFC 5352 §3.1).
        public var element: PoolElementParameter
        /// Parameters that were not known and were to be skipped, as they came; they are sent on (RFC 5354 §3).
        public var preserved: [PreservedParameter]

        /// - Parameter element: what users are to be told of the element.
        public init(pool: PoolHandle, element: PoolElementParameter, preserved: [PreservedParameter] = []) {
            self.pool = pool
            self.element = element
            self.preserved = preserved
        }
    }

    /// ASAP_DEREGISTRATION: a pool element leaves its pool (RFC 5352 §2.2.2).
    public struct Deregistration: Hashable, Sendable {
        /// The pool to join, to found or to leave.
        public var pool: PoolHandle
        /// The element's identifier in the pool.
        public var identifier: PoolElementIdentifier
        /// Parameters that were not known and were to be skipped, as they came; they are sent on (RFC 5354 §3).
        public var preserved: [PreservedParameter]

        /// - Parameter identifier: the element that leaves.
        public init(pool: PoolHandle, identifier: PoolElementIdentifier, preserved: [PreservedParameter] = []) {
            self.pool = pool
            self.identifier = identifier
            self.preserved = preserved
        }
    }

    /// ASAP_REGISTRATION_RESPONSE: the registrar grants a registration or refuses it (RFC 5352 §2.2.3).
    public struct RegistrationResponse: Hashable, Sendable {
        /// The R flag.
        public var isRejected: Bool
        /// The pool to join, to found or to leave.
        public var pool: PoolHandle
        /// The element's identifier in the pool.
        public var identifier: PoolElementIdentifier
        /// The Operation Error parameter's causes, none without one: why it was refused, or, where it was granted, what the
        /// registrar changed.
        public var causes: [ErrorCause]
        /// Parameters that were not known and were to be skipped, as they came; they are sent on (RFC 5354 §3).
        public var preserved: [PreservedParameter]

        /// - Parameter causes: why it was rejected, or a warning.
        public init(
            isRejected: Bool = false, pool: PoolHandle, identifier: PoolElementIdentifier, causes: [ErrorCause] = [],
            preserved: [PreservedParameter] = []
        ) {
            self.isRejected = isRejected
            self.pool = pool
            self.identifier = identifier
            self.causes = causes
            self.preserved = preserved
        }
    }

    /// ASAP_DEREGISTRATION_RESPONSE: the registrar took the element out of the pool, asked to or for its registration's life
    /// had ended (RFC 5352 §2.2.4).
    public struct DeregistrationResponse: Hashable, Sendable {
        /// The pool to join, to found or to leave.
        public var pool: PoolHandle
        /// The element's identifier in the pool.
        public var identifier: PoolElementIdentifier
        /// The Operation Error parameter's causes, none without one: why the element is still in the pool.
        public var causes: [ErrorCause]
        /// Parameters that were not known and were to be skipped, as they came; they are sent on (RFC 5354 §3).
        public var preserved: [PreservedParameter]

        /// - Parameter causes: why it was rejected, or a warning.
        public init(
            pool: PoolHandle, identifier: PoolElementIdentifier, causes: [ErrorCause] = [],
            preserved: [PreservedParameter] = []
        ) {
            self.pool = pool
            self.identifier = identifier
            self.causes = causes
            self.preserved = preserved
        }
    }
}

extension ASAPMessage.Registration: ASAPMessageBody {
    static let type = ASAPMessageType.registration

    init(from reader: inout ParameterReader, flags: UInt8) throws(WireError) {
        self.init(pool: try reader.read(PoolHandle.self), element: try reader.read(PoolElementParameter.self))
    }

    func encode(to writer: inout ParameterWriter) {
        writer.write(pool)
        writer.write(element)
    }
}

extension ASAPMessage.Deregistration: ASAPMessageBody {
    static let type = ASAPMessageType.deregistration

    init(from reader: inout ParameterReader, flags: UInt8) throws(WireError) {
        self.init(pool: try reader.read(PoolHandle.self), identifier: try reader.read(PoolElementIdentifier.self))
    }

    func encode(to writer: inout ParameterWriter) {
        writer.write(pool)
        writer.write(identifier)
    }
}

extension ASAPMessage.RegistrationResponse: ASAPMessageBody {
    static let type = ASAPMessageType.registrationResponse
    var flags: UInt8 { isRejected ? ASAPMessageFlag.reject : 0 }

    init(from reader: inout ParameterReader, flags: UInt8) throws(WireError) {
        self.init(
            isRejected: flags & ASAPMessageFlag.reject != 0, pool: try reader.read(PoolHandle.self),
            identifier: try reader.read(PoolElementIdentifier.self), causes: try reader.readCausesIfPresent())
    }

    func encode(to writer: inout ParameterWriter) {
        writer.write(pool)
        writer.write(identifier)
        writer.write(causes: causes)
    }
}

extension ASAPMessage.DeregistrationResponse: ASAPMessageBody {
    static let type = ASAPMessageType.deregistrationResponse

    init(from reader: inout ParameterReader, flags: UInt8) throws(WireError) {
        self.init(
            pool: try reader.read(PoolHandle.self), identifier: try reader.read(PoolElementIdentifier.self),
            causes: try reader.readCausesIfPresent())
    }

    func encode(to writer: inout ParameterWriter) {
        writer.write(pool)
        writer.write(identifier)
        writer.write(causes: causes)
    }
}

extension ParameterReader {
    /// The causes of an Operation Error parameter; none where there is no such parameter, for there is none without a cause.
    mutating func readCausesIfPresent() throws(WireError) -> [ErrorCause] {
        try readIfPresent(OperationErrorParameter.self)?.causes ?? []
    }
}

extension ParameterWriter {
    /// Writes an Operation Error parameter where there are causes.
    mutating func write(causes: [ErrorCause]) {
        if !causes.isEmpty { write(OperationErrorParameter(causes)) }
    }
}
