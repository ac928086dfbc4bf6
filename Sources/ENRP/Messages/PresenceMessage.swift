public import RSerPoolParameters

extension ENRPMessage {
    /// ENRP_PRESENCE: a registrar is there; a peer is to say whether it is (RFC 5353 §2.1).
    public struct Presence: Hashable, Sendable {
        /// The reply-required flag (RFC 5353 §3.4): the receiver answers with its own presence, its server information in it.
        public var isReplyRequired: Bool
        /// The registrar that sends it.
        public var sender: RegistrarIdentifier
        /// The registrar that it is for; `undetermined` where that is not one registrar, or not known.
        public var receiver: RegistrarIdentifier
        /// Over the pool elements that the sender owns (RFC 5353 §3.6.2). Should always be there.
        public var checksum: PEChecksum?
        /// Where the sender is reached; has to be there in an answer.
        public var server: ServerInformationParameter?
        /// Unknown parameters, kept to be encoded again.
        public var preserved: [PreservedParameter]

        /// - Parameters:
        ///   - isReplyRequired: the receiver is to answer with its own presence.
        ///   - checksum: over the elements that the sender owns.
        ///   - server: where the sender is reached.
        public init(
            isReplyRequired: Bool = false, sender: RegistrarIdentifier, receiver: RegistrarIdentifier = .undetermined,
            checksum: PEChecksum? = nil, server: ServerInformationParameter? = nil, preserved: [PreservedParameter] = []
        ) {
            self.isReplyRequired = isReplyRequired
            self.sender = sender
            self.receiver = receiver
            self.checksum = checksum
            self.server = server
            self.preserved = preserved
        }
    }

    /// ENRP_ERROR: a message, or a parameter of it, was not understood (RFC 5353 §2.10).
    public struct ErrorReport: Hashable, Sendable {
        /// The registrar that sends it.
        public var sender: RegistrarIdentifier
        /// The registrar that it is for; `undetermined` where that is not one registrar, or not known.
        public var receiver: RegistrarIdentifier
        /// At least one.
        public var causes: [ErrorCause]
        /// Unknown parameters, kept to be encoded again.
        public var preserved: [PreservedParameter]

        /// - Parameter causes: at least one.
        public init(
            sender: RegistrarIdentifier, receiver: RegistrarIdentifier = .undetermined, causes: [ErrorCause],
            preserved: [PreservedParameter] = []
        ) {
            self.sender = sender
            self.receiver = receiver
            self.causes = causes
            self.preserved = preserved
        }
    }
}

extension ENRPMessage.Presence: ENRPMessageBody {
    static let type = ENRPMessageType.presence
    var flags: UInt8 { isReplyRequired ? ENRPMessageFlag.replyRequired : 0 }

    init(
        from reader: inout ParameterReader, flags: UInt8, sender: RegistrarIdentifier, receiver: RegistrarIdentifier
    ) throws(WireError) {
        self.init(
            isReplyRequired: flags & ENRPMessageFlag.replyRequired != 0, sender: sender, receiver: receiver,
            checksum: try reader.readIfPresent(PEChecksum.self),
            server: try reader.readIfPresent(ServerInformationParameter.self))
    }

    func encode(to writer: inout ParameterWriter) {
        if let checksum { writer.write(checksum) }
        if let server { writer.write(server) }
    }
}

extension ENRPMessage.ErrorReport: ENRPMessageBody {
    static let type = ENRPMessageType.error

    init(
        from reader: inout ParameterReader, flags: UInt8, sender: RegistrarIdentifier, receiver: RegistrarIdentifier
    ) throws(WireError) {
        self.init(sender: sender, receiver: receiver, causes: try reader.read(OperationErrorParameter.self).causes)
    }

    func encode(to writer: inout ParameterWriter) {
        writer.write(OperationErrorParameter(causes))
    }
}
