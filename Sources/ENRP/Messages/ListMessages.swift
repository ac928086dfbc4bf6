public import RSerPoolParameters
import RequirementMarks

extension ENRPMessage {
    /// ENRP_LIST_REQUEST: asks a peer which registrars it knows (RFC 5353 §2.5).
    public struct ListRequest: Hashable, Sendable {
        /// The registrar that sends it.
        public var sender: RegistrarIdentifier
        /// The registrar that it is for; `undetermined` where that is not one registrar, or not known.
        public var receiver: RegistrarIdentifier
        /// Unknown parameters, kept to be encoded again.
        public var preserved: [PreservedParameter]

        /// A request; without a receiver for whoever gets it.
        public init(
            sender: RegistrarIdentifier, receiver: RegistrarIdentifier = .undetermined, preserved: [PreservedParameter] = []
        ) {
            self.sender = sender
            self.receiver = receiver
            self.preserved = preserved
        }
    }

    /// ENRP_LIST_RESPONSE: the registrars that the sender knows (RFC 5353 §2.6).
    public struct ListResponse: Hashable, Sendable {
        /// The R flag: the sender does not give its list out now. Then there are no servers.
        public var isRejected: Bool
        /// The registrar that sends it.
        public var sender: RegistrarIdentifier
        /// The registrar that it is for; `undetermined` where that is not one registrar, or not known.
        public var receiver: RegistrarIdentifier
        /// The registrars that the sender knows; none where there are no others.
        public var servers: [ServerInformationParameter]
        /// Unknown parameters, kept to be encoded again.
        public var preserved: [PreservedParameter]

        /// - Parameter isRejected: the list is not given out now; no servers then.
        public init(
            isRejected: Bool = false, sender: RegistrarIdentifier, receiver: RegistrarIdentifier = .undetermined,
            servers: [ServerInformationParameter] = [], preserved: [PreservedParameter] = []
        ) {
            self.isRejected = isRejected
            self.sender = sender
            self.receiver = receiver
            self.servers = servers
            self.preserved = preserved
        }
    }
}

extension ENRPMessage.ListRequest: ENRPMessageBody {
    static let type = ENRPMessageType.listRequest

    init(
        from reader: inout ParameterReader, flags: UInt8, sender: RegistrarIdentifier, receiver: RegistrarIdentifier
    ) throws(WireError) {
        self.init(sender: sender, receiver: receiver)
    }

    func encode(to writer: inout ParameterWriter) {}
}

extension ENRPMessage.ListResponse: ENRPMessageBody {
    static let type = ENRPMessageType.listResponse
    var flags: UInt8 { isRejected ? ENRPMessageFlag.reject : 0 }

    init(
        from reader: inout ParameterReader, flags: UInt8, sender: RegistrarIdentifier, receiver: RegistrarIdentifier
    ) throws(WireError) {
        let isRejected = flags & ENRPMessageFlag.reject != 0
        if isRejected { fulfils("enrp-2.6-R2") }
        self.init(
            isRejected: isRejected, sender: sender, receiver: receiver,
            // §2.6: a rejection has no server information; what stands there all the same does not belong.
            servers: isRejected ? [] : try reader.readAll(ServerInformationParameter.self))
    }

    func encode(to writer: inout ParameterWriter) {
        for server in servers { writer.write(server) }
        fulfils("enrp-2.6-R3")
    }
}
