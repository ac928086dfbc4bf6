public import RSerPoolParameters
import RequirementMarks

extension ASAPMessage {
    /// ASAP_SERVER_ANNOUNCE: a registrar tells where it serves (RFC 5352 §2.2.10).
    public struct ServerAnnounce: Hashable, Sendable {
        /// A transport at which a registrar serves ASAP.
        public enum Transport: Hashable, Sendable {
            case sctp(SCTPTransportParameter)
            case tcp(TCPTransportParameter)
        }

        /// The sender.
        public var server: RegistrarIdentifier
        /// Where it serves; with none, over SCTP at the source address and ASAP's port (RFC 5352 §3.6).
        public var transports: [Transport]
        public var preserved: [PreservedParameter]

        public init(
            server: RegistrarIdentifier, transports: [Transport] = [], preserved: [PreservedParameter] = []
        ) {
            self.server = server
            self.transports = transports
            self.preserved = preserved
        }
    }
}

extension ASAPMessage.ServerAnnounce: ASAPMessageBody {
    static let type = ASAPMessageType.serverAnnounce

    init(from reader: inout ParameterReader, flags: UInt8) throws(WireError) {
        self.init(server: try reader.readRegistrarIdentifier(), transports: try reader.readAll(Transport.self))
    }

    func encode(to writer: inout ParameterWriter) {
        writer.write(server)
        for transport in transports { writer.write(transport) }
    }
}

/// Other transports are not allowed in the message, and are refused as parameters that do not belong.
extension ASAPMessage.ServerAnnounce.Transport: WireParameter {
    public static var expectedType: ParameterType { .sctpTransport }

    public static func matches(_ type: ParameterType) -> Bool {
        guard type == .sctpTransport || type == .tcpTransport else {
            fulfils("asap-2.2.10-R1")
            return false
        }
        return true
    }

    public var parameterType: ParameterType {
        switch self {
        case .sctp: .sctpTransport
        case .tcp: .tcpTransport
        }
    }

    public init(from reader: inout ParameterReader, type: ParameterType) throws(WireError) {
        if type == .sctpTransport {
            self = .sctp(try SCTPTransportParameter(from: &reader, type: type))
        } else {
            self = .tcp(try TCPTransportParameter(from: &reader, type: type))
        }
    }

    public func encodeValue(to writer: inout ParameterWriter) {
        switch self {
        case .sctp(let transport): transport.encodeValue(to: &writer)
        case .tcp(let transport): transport.encodeValue(to: &writer)
        }
    }
}
