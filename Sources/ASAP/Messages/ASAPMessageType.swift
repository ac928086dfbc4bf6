/// The types of ASAP's messages (RFC 5352 §2.2, Figure 1).
public enum ASAPMessageType: UInt8, Hashable, Sendable, CaseIterable {
    case registration = 0x01
    case deregistration = 0x02
    case registrationResponse = 0x03
    case deregistrationResponse = 0x04
    case handleResolution = 0x05
    case handleResolutionResponse = 0x06
    case endpointKeepAlive = 0x07
    case endpointKeepAliveAcknowledgement = 0x08
    case endpointUnreachable = 0x09
    case serverAnnounce = 0x0a
    case cookie = 0x0b
    case cookieEcho = 0x0c
    case businessCard = 0x0d
    case error = 0x0e
}

extension ASAPMessageType: CustomStringConvertible {
    /// The name that RFC 5352 gives the message.
    public var description: String {
        switch self {
        case .registration: "ASAP_REGISTRATION"
        case .deregistration: "ASAP_DEREGISTRATION"
        case .registrationResponse: "ASAP_REGISTRATION_RESPONSE"
        case .deregistrationResponse: "ASAP_DEREGISTRATION_RESPONSE"
        case .handleResolution: "ASAP_HANDLE_RESOLUTION"
        case .handleResolutionResponse: "ASAP_HANDLE_RESOLUTION_RESPONSE"
        case .endpointKeepAlive: "ASAP_ENDPOINT_KEEP_ALIVE"
        case .endpointKeepAliveAcknowledgement: "ASAP_ENDPOINT_KEEP_ALIVE_ACK"
        case .endpointUnreachable: "ASAP_ENDPOINT_UNREACHABLE"
        case .serverAnnounce: "ASAP_SERVER_ANNOUNCE"
        case .cookie: "ASAP_COOKIE"
        case .cookieEcho: "ASAP_COOKIE_ECHO"
        case .businessCard: "ASAP_BUSINESS_CARD"
        case .error: "ASAP_ERROR"
        }
    }
}

/// The flags that a message may have; every other bit is sent as zero and not looked at (RFC 5354 §4).
enum ASAPMessageFlag {
    /// R: the registration is rejected (§2.2.3).
    static let reject: UInt8 = 0x01
    /// S: updates of the pool are wanted (§2.2.5).
    static let sendUpdates: UInt8 = 0x01
    /// A: updates of the pool will be sent (§2.2.6).
    static let acceptUpdates: UInt8 = 0x01
    /// H: the sender wants to be the home registrar (§2.2.7).
    static let home: UInt8 = 0x01
}
