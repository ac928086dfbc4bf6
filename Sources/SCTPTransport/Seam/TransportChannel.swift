/// Tells apart the endpoints of an engine that lives on several, such as a registrar with ASAP and ENRP.
///
/// A channel is part of every ``AssociationIdentifier``, so that all associations of an engine have one number space, and an
/// event or an action belongs to a channel by the association that it names. What each number means is the engine's affair.
public struct TransportChannel: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: UInt8

    /// - Parameter rawValue: what it means is the engine's affair.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The only channel of an engine on one endpoint.
    public static let main = TransportChannel(rawValue: 0)

    public static func < (left: TransportChannel, right: TransportChannel) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension TransportChannel: CustomStringConvertible {
    public var description: String { "\(rawValue)" }
}
