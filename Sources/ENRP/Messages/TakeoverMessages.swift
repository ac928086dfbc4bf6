public import RSerPoolParameters

extension ENRPMessage {
    /// ENRP_INIT_TAKEOVER: the sender wants to take over a peer that seems to have failed (RFC 5353 §2.7).
    public struct InitTakeover: Hashable, Sendable {
        /// The registrar that sends it.
        public var sender: RegistrarIdentifier
        /// The registrar that it is for; `undetermined` where that is not one registrar, or not known.
        public var receiver: RegistrarIdentifier
        /// The registrar that is, or has been, taken over.
        public var target: RegistrarIdentifier
        /// Unknown parameters, kept to be encoded again.
        public var preserved: [PreservedParameter]

        /// - Parameter target: the registrar that is, or has been, taken over.
        public init(
            sender: RegistrarIdentifier, receiver: RegistrarIdentifier = .undetermined, target: RegistrarIdentifier,
            preserved: [PreservedParameter] = []
        ) {
            self.sender = sender
            self.receiver = receiver
            self.target = target
            self.preserved = preserved
        }
    }

    /// ENRP_INIT_TAKEOVER_ACK: the sender does not object to the takeover (RFC 5353 §2.8).
    public struct InitTakeoverAcknowledgement: Hashable, Sendable {
        /// The registrar that sends it.
        public var sender: RegistrarIdentifier
        /// The registrar that it is for; `undetermined` where that is not one registrar, or not known.
        public var receiver: RegistrarIdentifier
        /// The registrar that is, or has been, taken over.
        public var target: RegistrarIdentifier
        /// Unknown parameters, kept to be encoded again.
        public var preserved: [PreservedParameter]

        /// - Parameter target: the registrar that is, or has been, taken over.
        public init(
            sender: RegistrarIdentifier, receiver: RegistrarIdentifier = .undetermined, target: RegistrarIdentifier,
            preserved: [PreservedParameter] = []
        ) {
            self.sender = sender
            self.receiver = receiver
            self.target = target
            self.preserved = preserved
        }
    }

    /// ENRP_TAKEOVER_SERVER: the sender has taken a peer over (RFC 5353 §2.9).
    public struct TakeoverServer: Hashable, Sendable {
        /// The registrar that sends it.
        public var sender: RegistrarIdentifier
        /// The registrar that it is for; `undetermined` where that is not one registrar, or not known.
        public var receiver: RegistrarIdentifier
        /// The registrar that is, or has been, taken over.
        public var target: RegistrarIdentifier
        /// Unknown parameters, kept to be encoded again.
        public var preserved: [PreservedParameter]

        /// - Parameter target: the registrar that is, or has been, taken over.
        public init(
            sender: RegistrarIdentifier, receiver: RegistrarIdentifier = .undetermined, target: RegistrarIdentifier,
            preserved: [PreservedParameter] = []
        ) {
            self.sender = sender
            self.receiver = receiver
            self.target = target
            self.preserved = preserved
        }
    }
}

extension ENRPMessage.InitTakeover: ENRPMessageBody {
    static let type = ENRPMessageType.initTakeover

    init(
        from reader: inout ParameterReader, flags: UInt8, sender: RegistrarIdentifier, receiver: RegistrarIdentifier
    ) throws(WireError) {
        self.init(sender: sender, receiver: receiver, target: try reader.readRegistrarIdentifier())
    }

    func encode(to writer: inout ParameterWriter) {
        writer.write(target)
    }
}

extension ENRPMessage.InitTakeoverAcknowledgement: ENRPMessageBody {
    static let type = ENRPMessageType.initTakeoverAcknowledgement

    init(
        from reader: inout ParameterReader, flags: UInt8, sender: RegistrarIdentifier, receiver: RegistrarIdentifier
    ) throws(WireError) {
        self.init(sender: sender, receiver: receiver, target: try reader.readRegistrarIdentifier())
    }

    func encode(to writer: inout ParameterWriter) {
        writer.write(target)
    }
}

extension ENRPMessage.TakeoverServer: ENRPMessageBody {
    static let type = ENRPMessageType.takeoverServer

    init(
        from reader: inout ParameterReader, flags: UInt8, sender: RegistrarIdentifier, receiver: RegistrarIdentifier
    ) throws(WireError) {
        self.init(sender: sender, receiver: receiver, target: try reader.readRegistrarIdentifier())
    }

    func encode(to writer: inout ParameterWriter) {
        writer.write(target)
    }
}
