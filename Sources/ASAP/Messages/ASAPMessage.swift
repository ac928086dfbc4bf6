public import RSerPoolParameters
import RequirementMarks

/// One ASAP message (RFC 5352 §2.2).
///
/// Whatever bytes are decoded make a message or one `WireError` that says what the sender is to be told. A message that was
/// decoded is encoded to the same bytes, unknown parameters included; flags and padding without a meaning become zero.
public enum ASAPMessage: Hashable, Sendable {
    /// ASAP_REGISTRATION: an element registers, or renews its registration (RFC 5352 §2.2.1).
    case registration(Registration)
    /// ASAP_DEREGISTRATION: an element leaves its pool (RFC 5352 §2.2.2).
    case deregistration(Deregistration)
    /// ASAP_REGISTRATION_RESPONSE: a registrar grants or rejects a registration (RFC 5352 §2.2.3).
    case registrationResponse(RegistrationResponse)
    /// ASAP_DEREGISTRATION_RESPONSE: a registrar confirms that an element is out, or removes it (RFC 5352 §2.2.4).
    case deregistrationResponse(DeregistrationResponse)
    /// ASAP_HANDLE_RESOLUTION: a pool user asks for a pool's elements (RFC 5352 §2.2.5).
    case handleResolution(HandleResolution)
    /// ASAP_HANDLE_RESOLUTION_RESPONSE: a registrar's answer, or its news of a pool (RFC 5352 §2.2.6).
    case handleResolutionResponse(HandleResolutionResponse)
    /// ASAP_ENDPOINT_KEEP_ALIVE: a registrar asks an element for a sign of life (RFC 5352 §2.2.7).
    case endpointKeepAlive(EndpointKeepAlive)
    /// ASAP_ENDPOINT_KEEP_ALIVE_ACK: the element gives it (RFC 5352 §2.2.8).
    case endpointKeepAliveAcknowledgement(EndpointKeepAliveAcknowledgement)
    /// ASAP_ENDPOINT_UNREACHABLE: a pool user could not reach an element (RFC 5352 §2.2.9).
    case endpointUnreachable(EndpointUnreachable)
    /// ASAP_SERVER_ANNOUNCE: a registrar makes itself known by multicast (RFC 5352 §2.2.10).
    case serverAnnounce(ServerAnnounce)
    /// ASAP_COOKIE: an element gives a pool user state to keep (RFC 5352 §2.2.11).
    case cookie(StateCookie)
    /// ASAP_COOKIE_ECHO: a pool user hands that state to the next element (RFC 5352 §2.2.12).
    case cookieEcho(CookieEcho)
    /// ASAP_BUSINESS_CARD: where to turn should the sender fail (RFC 5352 §2.2.13).
    case businessCard(BusinessCard)
    /// ASAP_ERROR: something was not understood (RFC 5352 §2.2.14).
    case error(ErrorReport)
}

/// What the messages have in common for the codec.
protocol ASAPMessageBody: Hashable, Sendable {
    static var type: ASAPMessageType { get }
    var flags: UInt8 { get }
    /// Unknown parameters of the message.
    var preserved: [PreservedParameter] { get set }
    /// Reads fields and known parameters in their order; what follows is not read.
    init(from reader: inout ParameterReader, flags: UInt8) throws(WireError)
    func encode(to writer: inout ParameterWriter)
}

extension ASAPMessageBody {
    var flags: UInt8 { 0 }
}

// MARK: - Reading

extension ASAPMessage {
    /// A message and what its sender has to be told though the message was accepted.
    public struct Decoded: Hashable, Sendable {
        /// The message.
        public var message: ASAPMessage
        /// Causes for an ASAP_ERROR, one for each parameter that was passed over and has to be reported (RFC 5354 §3);
        /// mostly none.
        public var report: [ErrorCause]
    }

    /// Reads one message with its padding.
    public static func decode(_ bytes: RawSpan, limits: WireLimits = .standard) throws(WireError) -> Decoded {
        var reader = ParameterReader(bytes, limits: limits)
        let header = try reader.readMessageHeader()
        guard let type = ASAPMessageType(rawValue: header.type) else { throw reader.unrecognizedMessage(header) }
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
    public static func decode(_ bytes: [UInt8], limits: WireLimits = .standard) throws(WireError) -> Decoded {
        try decode(bytes.rawSpan, limits: limits)
    }

    private static func decode(
        _ type: ASAPMessageType, _ flags: UInt8, _ reader: inout ParameterReader
    ) throws(WireError) -> Decoded {
        func body<Body: ASAPMessageBody>(
            _ make: (Body) -> ASAPMessage, _ reader: inout ParameterReader
        ) throws(WireError) -> Decoded {
            var body = try Body(from: &reader, flags: flags)
            let rest = try reader.finish()
            body.preserved = rest.preserved
            return Decoded(message: make(body), report: rest.report)
        }
        return switch type {
        case .registration: try body(ASAPMessage.registration, &reader)
        case .deregistration: try body(ASAPMessage.deregistration, &reader)
        case .registrationResponse: try body(ASAPMessage.registrationResponse, &reader)
        case .deregistrationResponse: try body(ASAPMessage.deregistrationResponse, &reader)
        case .handleResolution: try body(ASAPMessage.handleResolution, &reader)
        case .handleResolutionResponse: try body(ASAPMessage.handleResolutionResponse, &reader)
        case .endpointKeepAlive: try body(ASAPMessage.endpointKeepAlive, &reader)
        case .endpointKeepAliveAcknowledgement: try body(ASAPMessage.endpointKeepAliveAcknowledgement, &reader)
        case .endpointUnreachable: try body(ASAPMessage.endpointUnreachable, &reader)
        case .serverAnnounce: try body(ASAPMessage.serverAnnounce, &reader)
        case .cookie: try body(ASAPMessage.cookie, &reader)
        case .cookieEcho: try body(ASAPMessage.cookieEcho, &reader)
        case .businessCard: try body(ASAPMessage.businessCard, &reader)
        case .error: try body(ASAPMessage.error, &reader)
        }
    }

    /// The ASAP_ERROR that a message which could not be read is answered with; nil where it is just thrown away.
    public static func answer(to error: WireError) -> ASAPMessage? {
        error.report.isEmpty ? nil : .error(ErrorReport(causes: error.report))
    }
}

// MARK: - Writing

extension ASAPMessage {
    /// Writes the message in place of what the writer held.
    /// - Throws: `WireEncodingError` where the message or a parameter of it is longer than 65,535 bytes.
    public func write(to writer: inout ParameterWriter) throws(WireEncodingError) {
        fulfils("asap-2-R1")
        let body = body
        try writer.writeMessage(
            type: type.rawValue, flags: body.flags, preserving: body.preserved, { writer in body.encode(to: &writer) })
    }

    /// The message's bytes. A writer that is kept saves the allocations (``write(to:)``).
    /// - Throws: as ``write(to:)``.
    public func encoded() throws(WireEncodingError) -> [UInt8] {
        var writer = ParameterWriter(capacity: 128)
        try write(to: &writer)
        return writer.bytes
    }

    /// The number that its header has (RFC 5352 §2.2).
    public var type: ASAPMessageType { Swift.type(of: body).type }

    private var body: any ASAPMessageBody {
        switch self {
        case .registration(let body): body
        case .deregistration(let body): body
        case .registrationResponse(let body): body
        case .deregistrationResponse(let body): body
        case .handleResolution(let body): body
        case .handleResolutionResponse(let body): body
        case .endpointKeepAlive(let body): body
        case .endpointKeepAliveAcknowledgement(let body): body
        case .endpointUnreachable(let body): body
        case .serverAnnounce(let body): body
        case .cookie(let body): body
        case .cookieEcho(let body): body
        case .businessCard(let body): body
        case .error(let body): body
        }
    }
}
