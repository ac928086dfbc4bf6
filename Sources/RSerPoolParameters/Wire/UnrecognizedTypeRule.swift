/// What becomes of a message when its type, or the type of a parameter in it, is unknown to the receiver: the two high bits
/// of the type say so (RFC 5354 §3 for parameters, §4 for messages). This is the one place that reads those bits.
public enum UnrecognizedTypeRule: Hashable, Sendable {
    /// 00: the whole message is thrown away.
    case discard
    /// 01: the whole message is thrown away and its sender told.
    case discardAndReport
    /// 10: the parameter is passed over.
    case skip
    /// 11: the parameter is passed over and the sender told.
    case skipAndReport

    /// The rule for a parameter's type.
    public init(_ type: ParameterType) {
        switch type.rawValue >> 14 {
        case 0b00: self = .discard
        case 0b01: self = .discardAndReport
        case 0b10: self = .skip
        default: self = .skipAndReport
        }
    }

    /// The rule for a message's type. 10 and 11 are reserved there; such a message is thrown away without a word, for a
    /// message has nothing left to go on with, and nothing asks for a report.
    public init(messageType: UInt8) {
        self = messageType >> 6 == 0b01 ? .discardAndReport : .discard
    }

    /// True where the sender is told of what its receiver did not know.
    public var reports: Bool {
        switch self {
        case .discard, .skip: false
        case .discardAndReport, .skipAndReport: true
        }
    }

    /// True where the message goes on without the parameter.
    public var skips: Bool {
        switch self {
        case .discard, .discardAndReport: false
        case .skip, .skipAndReport: true
        }
    }
}
