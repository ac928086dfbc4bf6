/// Names one association of one endpoint, or of one engine on several.
///
/// An identifier is never used twice in the life of its endpoint, so a late event cannot be taken for another association's.
/// Whoever opens an association may choose its identifier (``init(chosen:channel:)``): an engine then knows it before the
/// association is up. The endpoint numbers the associations that peers open, and those opened without a choice, in ranges of
/// their own.
public struct AssociationIdentifier: Hashable, Comparable, Sendable {
    /// The bare number: bit 63 is set for associations that the peer opened, bit 62 for those that the endpoint numbered; bits
    /// 61 to 54 are the channel.
    public let rawValue: UInt64

    private static let numberBits = 54
    private static let numberMask: UInt64 = 1 << 54 - 1

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    private init(_ kind: UInt64, _ number: UInt64, _ channel: TransportChannel) {
        rawValue = kind << 62 | UInt64(channel.rawValue) << AssociationIdentifier.numberBits | number
    }

    /// An identifier chosen by whoever opens the association.
    /// - Parameters:
    ///   - number: any number below 2^54 that this endpoint has not seen yet.
    ///   - channel: which of an engine's endpoints is to open the association.
    public init(chosen number: UInt64, channel: TransportChannel = .main) {
        precondition(number <= AssociationIdentifier.numberMask, "a chosen association number must be below 2^54")
        self.init(0, number, channel)
    }

    package init(accepted number: UInt64, channel: TransportChannel = .main) {
        self.init(2, number, channel)
    }

    package init(opened number: UInt64, channel: TransportChannel = .main) {
        self.init(1, number, channel)
    }

    /// True where the peer opened the association.
    public var isAccepted: Bool { rawValue >> 63 == 1 }

    /// True where whoever opened the association chose the number.
    package var isChosen: Bool { rawValue >> 62 == 0 }

    /// The endpoint, of those that an engine lives on, which has the association.
    public var channel: TransportChannel {
        TransportChannel(rawValue: UInt8(truncatingIfNeeded: rawValue >> AssociationIdentifier.numberBits))
    }

    public static func < (left: AssociationIdentifier, right: AssociationIdentifier) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension AssociationIdentifier: CustomStringConvertible {
    /// `in-4` for the fourth association that a peer opened, `out-4` or `4` for own ones; on another channel than the main one
    /// its number stands in front, `1:in-4`.
    public var description: String {
        let number = rawValue & AssociationIdentifier.numberMask
        let name = isAccepted ? "in-\(number)" : isChosen ? "\(number)" : "out-\(number)"
        return channel == .main ? name : "\(channel):\(name)"
    }
}
