public import SCTPTransport

/// A protocol role without its surroundings: what came in and what time it is decide everything that it does.
///
/// Whoever drives an engine calls ``handle(_:at:)`` for everything that happens, takes outputs with ``nextOutput()`` until there
/// are none, and comes back at ``nextDeadline`` with the engine's timer input. Times handed in must not go back. An engine reads
/// no clock and no random source of the system, so two copies that are given the same inputs give the same outputs.
///
/// A timer input that comes early, late or twice is harmless: an engine acts on what is due at the time given.
public protocol ProtocolEngine: Sendable {
    /// What can happen to the role: transport events, the timer, calls of its user.
    associatedtype Input
    /// What the role does: transport actions, replies to its user, events.
    associatedtype Output

    /// Takes one input. Outputs are to be drained before the next one, or at least before the driver waits.
    mutating func handle(_ input: Input, at now: MonotonicInstant)
    /// The oldest output not yet taken.
    mutating func nextOutput() -> Output?
    /// When the timer input is wanted; nil while nothing is pending.
    var nextDeadline: MonotonicInstant? { get }
}

/// An engine that lives on SCTP endpoints, so that ``EngineDriver`` can drive it. The cases `transport`, `announcement` and
/// `timer` of an input enumeration are all that is needed of it.
public protocol TransportEngine: ProtocolEngine where Input: TransportEngineInput, Output: TransportEngineOutput {}

/// The inputs that every engine on an endpoint has.
public protocol TransportEngineInput: Sendable {
    /// An event of the endpoint.
    static func transport(_ event: SCTPEvent) -> Self
    /// A datagram that came to a multicast endpoint of the engine's; only engines whose driver was given one hear any.
    static func announcement(_ announcement: Announcement) -> Self
    /// The deadline has been reached.
    static var timer: Self { get }
}

/// The outputs of an engine on an endpoint.
public protocol TransportEngineOutput: Sendable {
    /// The action, where the output is one for the transport.
    var transportAction: SCTPAction? { get }
    /// The datagram to announce, where the output is one.
    var announcement: OutgoingAnnouncement? { get }
}

extension TransportEngineOutput {
    /// Nothing: most engines announce nothing.
    public var announcement: OutgoingAnnouncement? { nil }
}
