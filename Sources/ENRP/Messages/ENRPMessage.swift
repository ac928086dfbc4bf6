public import RSerPoolParameters
import RequirementMarks

/// One ENRP message (RFC 5353 §2).
///
/// Whatever bytes are decoded make a message or one `WireError` that says what the sender is to be told. A message that was
/// decoded is encoded to the same bytes, unknown parameters included; flags, fields and padding without a meaning become zero.
///
/// Every message names its sender and its receiver. The codec takes any numbers there; whether a peer may call itself
/// `RegistrarIdentifier/undetermined` (RFC 5353 §3.2.1 forbids it), and for whom a message is, is the registrar's to judge.
public enum ENRPMessage: Hashable, Sendable {
    /// ENRP_PRESENCE: a registrar is there (RFC 5353 §2.1).
    case presence(Presence)
    /// ENRP_HANDLE_TABLE_REQUEST: a registrar asks for a handlespace, or more of it (RFC 5353 §2.2).
    case handleTableRequest(HandleTableRequest)
    /// ENRP_HANDLE_TABLE_RESPONSE: a part of the handlespace (RFC 5353 §2.3).
    case handleTableResponse(HandleTableResponse)
    /// ENRP_HANDLE_UPDATE: an element came, changed or went (RFC 5353 §2.4).
    case handleUpdate(HandleUpdate)
    /// ENRP_LIST_REQUEST: a registrar asks which others there are (RFC 5353 §2.5).
    case listRequest(ListRequest)
    /// ENRP_LIST_RESPONSE: those that the sender knows (RFC 5353 §2.6).
    case listResponse(ListResponse)
    /// ENRP_INIT_TAKEOVER: a registrar wants to take another one over (RFC 5353 §2.7).
    case initTakeover(InitTakeover)
    /// ENRP_INIT_TAKEOVER_ACK: a peer does not object (RFC 5353 §2.8).
    case initTakeoverAcknowledgement(InitTakeoverAcknowledgement)
    /// ENRP_TAKEOVER_SERVER: a registrar has taken another one over (RFC 5353 §2.9).
    case takeoverServer(TakeoverServer)
    /// ENRP_ERROR: something was not understood (RFC 5353 §2.10).
    case error(ErrorReport)
}

/// What the messages have in common for the codec.
protocol ENRPMessageBody: Hashable, Sendable {
    static var type: ENRPMessageType { get }
    /// Who sends the message.
    var sender: RegistrarIdentifier { get }
    /// For whom it is; `undetermined` where that is not one registrar, or not known.
    var receiver: RegistrarIdentifier { get }
    var flags: UInt8 { get }
    /// Unknown parameters of the message.
    var preserved: [PreservedParameter] { get set }
    /// Reads fields and known parameters after the two identifiers, in their order; what follows is not read.
    init(
        from reader: inout ParameterReader, flags: UInt8, sender: RegistrarIdentifier, receiver: RegistrarIdentifier
    ) throws(WireError)
    /// Writes what follows the two identifiers.
    func encode(to writer: inout ParameterWriter)
}

extension ENRPMessageBody {
    var flags: UInt8 { 0 }
}

extension WireLimits {
    /// What is read from a peer registrar: in a handle table each pool element may have unknown parameters, so as many as fit into
    /// a message are kept.
    public static let enrp = WireLimits(preservedParameters: 16_384)
}

// MARK: - Reading

extension ENRPMessage {
    /// A message and what its sender has to be told though the message was accepted.
    public struct Decoded: Hashable, Sendable {
        /// The message.
        public var message: ENRPMessage
        /// Causes for an ENRP_ERROR, one for each parameter that was passed over and has to be reported (RFC 5354 §3);
        /// mostly none.
        public var report: [ErrorCause]
    }

    /// Reads one message with its padding.
    public static func decode(_ bytes: RawSpan, limits: WireLimits = .enrp) throws(WireError) -> Decoded {
        var reader = ParameterReader(bytes, limits: limits)
        let header = try reader.readMessageHeader()
        guard let type = ENRPMessageType(rawValue: header.type) else { throw reader.unrecognizedMessage(header) }
        guard type != .error else {
            // Errors are not answered with errors: two peers could go on for ever.
            do throws(WireError) {
                let decoded = try decode(type, header.flags, &reader)
                return Decoded(message: decoded.message, report: [])
            } catch {
                throw WireError(error.code, at: error.offset, in: error.parameterType)
            }
        }
        return try decode(type, header.flags, &reader)
    }

    /// Reads one message with its padding.
    public static func decode(_ bytes: [UInt8], limits: WireLimits = .enrp) throws(WireError) -> Decoded {
        try decode(bytes.rawSpan, limits: limits)
    }

    private static func decode(
        _ type: ENRPMessageType, _ flags: UInt8, _ reader: inout ParameterReader
    ) throws(WireError) -> Decoded {
        let sender = try reader.readRegistrarIdentifier()
        let receiver = try reader.readRegistrarIdentifier()
        func body<Body: ENRPMessageBody>(
            _ make: (Body) -> ENRPMessage, _ reader: inout ParameterReader
        ) throws(WireError) -> Decoded {
            var body = try Body(from: &reader, flags: flags, sender: sender, receiver: receiver)
            let rest = try reader.finish()
            body.preserved = rest.preserved
            return Decoded(message: make(body), report: rest.report)
        }
        return switch type {
        case .presence: try body(ENRPMessage.presence, &reader)
        case .handleTableRequest: try body(ENRPMessage.handleTableRequest, &reader)
        case .handleTableResponse: try body(ENRPMessage.handleTableResponse, &reader)
        case .handleUpdate: try body(ENRPMessage.handleUpdate, &reader)
        case .listRequest: try body(ENRPMessage.listRequest, &reader)
        case .listResponse: try body(ENRPMessage.listResponse, &reader)
        case .initTakeover: try body(ENRPMessage.initTakeover, &reader)
        case .initTakeoverAcknowledgement: try body(ENRPMessage.initTakeoverAcknowledgement, &reader)
        case .takeoverServer: try body(ENRPMessage.takeoverServer, &reader)
        case .error: try body(ENRPMessage.error, &reader)
        }
    }

    /// The ENRP_ERROR that a message which could not be read is answered with (RFC 5353 §3.7); nil where it is just thrown away.
    /// - Parameters:
    ///   - sender: who answers.
    ///   - receiver: who sent what could not be read, where that is known.
    public static func answer(
        to error: WireError, sender: RegistrarIdentifier, receiver: RegistrarIdentifier = .undetermined
    ) -> ENRPMessage? {
        error.report.isEmpty ? nil : .error(ErrorReport(sender: sender, receiver: receiver, causes: error.report))
    }
}

// MARK: - Writing

extension ENRPMessage {
    /// Writes the message in place of what the writer held.
    /// - Throws: `WireEncodingError` where the message or a parameter of it is longer than 65,535 bytes.
    public func write(to writer: inout ParameterWriter) throws(WireEncodingError) {
        let body = body
        try writer.writeMessage(
            type: type.rawValue, flags: body.flags, preserving: body.preserved,
            { writer in
                writer.write(body.sender)
                writer.write(body.receiver)
                fulfils("enrp-2-R1")
                fulfils("enrp-2-R2")
                body.encode(to: &writer)
            })
    }

    /// The message's bytes. A writer that is kept saves the allocations (``write(to:)``).
    /// - Throws: as ``write(to:)``.
    public func encoded() throws(WireEncodingError) -> [UInt8] {
        var writer = ParameterWriter(capacity: 128)
        try write(to: &writer)
        return writer.bytes
    }

    /// The number of its type.
    public var type: ENRPMessageType { Swift.type(of: body).type }
    /// Who sent the message, or sends it.
    public var sender: RegistrarIdentifier { body.sender }
    /// For whom it is; `RegistrarIdentifier/undetermined` where that is not one registrar, or not known (RFC 5353 §2.1).
    public var receiver: RegistrarIdentifier { body.receiver }

    private var body: any ENRPMessageBody {
        switch self {
        case .presence(let body): body
        case .handleTableRequest(let body): body
        case .handleTableResponse(let body): body
        case .handleUpdate(let body): body
        case .listRequest(let body): body
        case .listResponse(let body): body
        case .initTakeover(let body): body
        case .initTakeoverAcknowledgement(let body): body
        case .takeoverServer(let body): body
        case .error(let body): body
        }
    }
}
