/// The types of ENRP's messages (RFC 5353 §2, Figure 1).
public enum ENRPMessageType: UInt8, Hashable, Sendable, CaseIterable {
    /// ENRP_PRESENCE (RFC 5353 §2.1)
    case presence = 0x01
    /// ENRP_HANDLE_TABLE_REQUEST (RFC 5353 §2.2)
    case handleTableRequest = 0x02
    /// ENRP_HANDLE_TABLE_RESPONSE (RFC 5353 §2.3)
    case handleTableResponse = 0x03
    /// ENRP_HANDLE_UPDATE (RFC 5353 §2.4)
    case handleUpdate = 0x04
    /// ENRP_LIST_REQUEST (RFC 5353 §2.5)
    case listRequest = 0x05
    /// ENRP_LIST_RESPONSE (RFC 5353 §2.6)
    case listResponse = 0x06
    /// ENRP_INIT_TAKEOVER (RFC 5353 §2.7)
    case initTakeover = 0x07
    /// ENRP_INIT_TAKEOVER_ACK (RFC 5353 §2.8)
    case initTakeoverAcknowledgement = 0x08
    /// ENRP_TAKEOVER_SERVER (RFC 5353 §2.9)
    case takeoverServer = 0x09
    /// ENRP_ERROR (RFC 5353 §2.10)
    case error = 0x0a
}

extension ENRPMessageType: CustomStringConvertible {
    /// The name that RFC 5353 gives the message.
    public var description: String {
        switch self {
        case .presence: "ENRP_PRESENCE"
        case .handleTableRequest: "ENRP_HANDLE_TABLE_REQUEST"
        case .handleTableResponse: "ENRP_HANDLE_TABLE_RESPONSE"
        case .handleUpdate: "ENRP_HANDLE_UPDATE"
        case .listRequest: "ENRP_LIST_REQUEST"
        case .listResponse: "ENRP_LIST_RESPONSE"
        case .initTakeover: "ENRP_INIT_TAKEOVER"
        case .initTakeoverAcknowledgement: "ENRP_INIT_TAKEOVER_ACK"
        case .takeoverServer: "ENRP_TAKEOVER_SERVER"
        case .error: "ENRP_ERROR"
        }
    }
}

/// The flags that a message may have; every other bit is sent as zero and not looked at (RFC 5354 §4).
enum ENRPMessageFlag {
    /// R: the receiver is to answer with its own presence. §3.4.1 and §3.4.3 name the flag, §2.1 does not draw it; the lowest bit is
    /// where other implementations have it.
    static let replyRequired: UInt8 = 0x01
    /// W: only the elements that the receiver owns are wanted (§2.2).
    static let ownChildrenOnly: UInt8 = 0x01
    /// R: the request is rejected (§2.3, §2.6).
    static let reject: UInt8 = 0x01
    /// M: more pool entries follow, when they are asked for (§2.3).
    static let moreToSend: UInt8 = 0x02
    /// T: the receiver may take the element over (draft-dreibholz-rserpool-enrp-takeover).
    static let takeoverSuggested: UInt8 = 0x01
}
