public import RSerPoolParameters
import RequirementMarks

extension ASAPMessage {
    /// ASAP_SERVER_ANNOUNCE: a registrar tells where it serves (RFC 5352 §2.2.10).
    public struct ServerAnnounce: Hashable, Sendable {
        /// A transport at which a registrar serves ASAP.
        public enum Transport: Hashable, Sendable {
            /// ASAP over SCTP at these addresses.
            case sctp(SCTPTransportParameter)
            /// ASAP over TCP at this address, for pool users.
            case tcp(TCPTransportParameter)
        }

        /// The sender.
        public var server: RegistrarIdentifier
        /// Where it serves; with none, over SCTP at the source address and ASAP's port (RFC 5352 §3.6).
        public var transports: [Transport]
        /// Parameters that were not known and were to be skipped, as they came; they are sent on (RFC 5354 §3).
        public var preserved: [PreservedParameter]

        /// - Parameters:
        ///   - transports: where the registrar serves; with none it is at the announcement's source and ASAP's port (RFC 5352 §3.6).
        ///   - encapsulationPort: the UDP port of its SCTP over UDP, where that is not 9899 (RFC 6951).
        public init(
            server: RegistrarIdentifier, transports: [Transport] = [], encapsulationPort: UInt16? = nil,
            preserved: [PreservedParameter] = []
        ) {
            self.server = server
            self.transports = transports
            self.preserved = preserved
            guard let encapsulationPort else { return }
            fulfils("parameters-x1-R1")
            self.preserved.append(
                PreservedParameter(
                    index: transports.count, type: .encapsulationPort,
                    value: [UInt8(encapsulationPort >> 8), UInt8(encapsulationPort & 0xff), 0, 0]))
        }

        /// The UDP port of the registrar's SCTP over UDP (RFC 6951); nil where the message does not say, which is 9899.
        ///
        /// RFC 5352 has no place for it. It is a parameter of our own, type 0x9899, behind the transports, which receivers that do not
        /// know it pass over; it is not sent where the port is 9899, or the host's SCTP is used.
        public var encapsulationPort: UInt16? {
            for parameter in preserved where parameter.type == .encapsulationPort {
                let value = parameter.value
                if parameter.index >= transports.count, value.count == 4, value[2] == 0, value[3] == 0 {
                    let port = UInt16(value[0]) << 8 | UInt16(value[1])
                    if port != 0 { return port }
                }
                fulfils("parameters-x1-R3")
            }
            return nil
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
