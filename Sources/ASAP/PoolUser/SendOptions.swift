import RequirementMarks
import SCTPTransport

/// How one message is to be delivered, with the numbers of RFC 5352 §6.5.5. None of them is the default of the session or
/// messenger.
public struct SendOptions: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16

    /// - Parameter rawValue: a bit for each option.
    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// ASAP_SEND_FAILOVER: a message that its element did not get is sent again to another one.
    public static let failover = SendOptions(rawValue: 0x0001)
    /// ASAP_SEND_NO_FAILOVER: it is handed back instead. Counts more than ``failover``.
    public static let noFailover = SendOptions(rawValue: 0x0002)
    /// ASAP_SEND_TO_LAST: to the element that the messenger's previous message went to, as long as it is there.
    public static let toLast = SendOptions(rawValue: 0x0004)
    /// ASAP_SEND_TO_ALL: a copy to every element of the pool but the sender itself; none is sent again to another one. Counts
    /// more than ``toLast``.
    public static let toAll = SendOptions(rawValue: 0x0008)
    /// ASAP_SEND_TO_SELF: with ``toAll``, a copy to the sender too, where it is an element of the pool.
    public static let toSelf = SendOptions(rawValue: 0x0010)
    /// ASAP_SCTP_UNORDER: the message may overtake others; over SCTP only.
    public static let unordered = SendOptions(rawValue: 0x1000)

    /// What the options say about the message's fate where its element fails; nil where they say nothing.
    var handling: FailedMessageHandling? {
        if contains(.noFailover) || contains(.toAll) { return .handBack }
        return contains(.failover) ? .resend : nil
    }

    /// The message with what of the options travels in its header.
    func applied(to message: SCTPMessage) -> SCTPMessage {
        guard contains(.unordered) else { return message }
        var message = message
        fulfils("asap-6.5.5-R7")
        message.header.isUnordered = true
        return message
    }
}

/// The messages of a link that are to be treated differently from its others, should the transport hand them back.
///
/// The transport hands back messages, not names of messages, so equal messages count as one; of two that are equal it does not
/// matter which is which. When there are too many the oldest is forgotten and treated like the others.
struct MessageExceptions: Sendable {
    static let maximumCount = 256
    static let maximumBytes = 262_144

    private var messages: [SCTPMessage] = []
    private var bytes = 0

    mutating func note(_ message: SCTPMessage) {
        messages.append(message)
        bytes += message.bytes.count
        while messages.count > Self.maximumCount || bytes > Self.maximumBytes {
            bytes -= messages.removeFirst().bytes.count
        }
    }

    /// True where the message is one of them; it is then forgotten.
    mutating func take(_ message: SCTPMessage) -> Bool {
        guard !messages.isEmpty, let place = messages.firstIndex(of: message) else { return false }
        bytes -= messages.remove(at: place).bytes.count
        return true
    }
}

extension FailedMessageHandling {
    /// The other one.
    var opposite: FailedMessageHandling { self == .resend ? .handBack : .resend }
}
