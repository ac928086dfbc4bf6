public import InternetAddresses
import RequirementMarks

/// The transport over which a pool element serves (RFC 5354 §3.10): one of the six transport parameters.
public enum UserTransport: Hashable, Sendable {
    /// DCCP (RFC 5354 §3.3).
    case dccp(DCCPTransportParameter)
    /// SCTP (RFC 5354 §3.4).
    case sctp(SCTPTransportParameter)
    /// TCP (RFC 5354 §3.5).
    case tcp(TCPTransportParameter)
    /// UDP (RFC 5354 §3.6).
    case udp(UDPTransportParameter)
    /// UDP-Lite (RFC 5354 §3.7).
    case udpLite(UDPLiteTransportParameter)
    /// Anything else that element and user agree on (RFC 5354 §3.16).
    case opaque(OpaqueTransportParameter)

    /// The port; nil for an opaque transport.
    public var port: UInt16? {
        switch self {
        case .dccp(let transport): transport.port
        case .sctp(let transport): transport.port
        case .tcp(let transport): transport.port
        case .udp(let transport): transport.port
        case .udpLite(let transport): transport.port
        case .opaque: nil
        }
    }

    /// The addresses; none for an opaque transport.
    public var addresses: [IPAddress] {
        switch self {
        case .dccp(let transport): [transport.address]
        case .sctp(let transport): transport.addresses
        case .tcp(let transport): [transport.address]
        case .udp(let transport): [transport.address]
        case .udpLite(let transport): [transport.address]
        case .opaque: []
        }
    }

    /// What the transport is used for; only SCTP can carry control messages.
    public var use: TransportUse {
        switch self {
        case .sctp(let transport): return transport.use
        case .dccp: fulfils("parameters-3.3-R2")
        case .tcp: fulfils("parameters-3.5-R2")
        case .udp: fulfils("parameters-3.6-R2")
        case .udpLite: fulfils("parameters-3.7-R2")
        case .opaque: break
        }
        return .dataOnly
    }
}

extension UserTransport: WireParameter {
    public static var expectedType: ParameterType { .sctpTransport }

    public static func matches(_ type: ParameterType) -> Bool {
        (ParameterType.dccpTransport.rawValue...ParameterType.udpLiteTransport.rawValue).contains(type.rawValue)
            || type == .opaqueTransport
    }

    public var parameterType: ParameterType {
        switch self {
        case .dccp: .dccpTransport
        case .sctp: .sctpTransport
        case .tcp: .tcpTransport
        case .udp: .udpTransport
        case .udpLite: .udpLiteTransport
        case .opaque: .opaqueTransport
        }
    }

    public init(from reader: inout ParameterReader, type: ParameterType) throws(WireError) {
        switch type {
        case .dccpTransport: self = .dccp(try DCCPTransportParameter(from: &reader, type: type))
        case .sctpTransport: self = .sctp(try SCTPTransportParameter(from: &reader, type: type))
        case .tcpTransport: self = .tcp(try TCPTransportParameter(from: &reader, type: type))
        case .udpTransport: self = .udp(try UDPTransportParameter(from: &reader, type: type))
        case .udpLiteTransport: self = .udpLite(try UDPLiteTransportParameter(from: &reader, type: type))
        default: self = .opaque(try OpaqueTransportParameter(from: &reader, type: type))
        }
    }

    public func encodeValue(to writer: inout ParameterWriter) {
        switch self {
        case .dccp(let transport): transport.encodeValue(to: &writer)
        case .sctp(let transport): transport.encodeValue(to: &writer)
        case .tcp(let transport): transport.encodeValue(to: &writer)
        case .udp(let transport): transport.encodeValue(to: &writer)
        case .udpLite(let transport): transport.encodeValue(to: &writer)
        case .opaque(let transport): transport.encodeValue(to: &writer)
        }
    }
}

extension UserTransport: CustomStringConvertible {
    public var description: String {
        switch self {
        case .dccp(let transport): transport.description
        case .sctp(let transport): transport.description
        case .tcp(let transport): transport.description
        case .udp(let transport): transport.description
        case .udpLite(let transport): transport.description
        case .opaque(let transport): transport.description
        }
    }
}
