/// The types of ASAP's messages (RFC 5352 §2.2, Figure 1).
public enum ASAPMessageType: UInt8, Hashable, Sendable, CaseIterable {
    /// ASAP_REGISTRATION: an element registers, or renews its registration (RFC 5352 §2.2.1).
    case registration = 0x01
    /// ASAP_DEREGISTRATION: an element leaves its pool (RFC 5352 §2.2.2).
    case deregistration = 0x02
    /// ASAP_REGISTRATION_RESPONSE: a registrar grants or rejects a registration (RFC 5352 §2.2.3).
    case registrationResponse = 0x03
    /// ASAP_DEREGISTRATION_RESPONSE: a registrar confirms that an element is out, or removes it (RFC 5352 §2.2.4).
    case deregistrationResponse = 0x04
    /// ASAP_HANDLE_RESOLUTION: a pool user asks for a pool's elements (RFC 5352 §2.2.5).
    case handleResolution = 0x05
    /// ASAP_HANDLE_RESOLUTION_RESPONSE: a registrar's answer, or its news of a pool (RFC 5352 §2.2.6).
    case handleResolutionResponse = 0x06
    /// ASAP_ENDPOINT_KEEP_ALIVE: a registrar asks an element for a sign of life (RFC 5352 §2.2.7).
    case endpointKeepAlive = 0x07
    /// ASAP_ENDPOINT_KEEP_ALIVE_ACK: the element gives it (RFC 5352 §2.2.8).
    case endpointKeepAliveAcknowledgement = 0x08
    /// ASAP_ENDPOINT_UNREACHABLE: a pool user could not reach an element (RFC 5352 §2.2.9).
    case endpointUnreachable = 0x09
    /// ASAP_SERVER_ANNOUNCE: a registrar makes itself known by multicast (RFC 5352 §2.2.10).
    case serverAnnounce = 0x0a
    /// ASAP_COOKIE: an element gives a pool user state to keep (RFC 5352 §2.2.11).
    case cookie = 0x0b
    /// ASAP_COOKIE_ECHO: a pool user hands that state to the next element (RFC 5352 §2.2.12).
    case cookieEcho = 0x0c
    /// ASAP_BUSINESS_CARD: where to turn should the sender fail (RFC 5352 §2.2.13).
    case businessCard = 0x0d
    /// ASAP_ERROR: something was not understood (RFC 5352 §2.2.14).
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
