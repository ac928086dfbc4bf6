/// How packets fare from one address to another in a simulated network.
public struct SimulatedPath: Hashable, Sendable {
    /// The time that every packet takes.
    public var latency: Duration = .milliseconds(1)
    /// The most time that a packet takes beyond the latency; each packet's share is random, so packets may overtake others.
    public var jitter: Duration = .zero
    /// The part of packets that is lost, 0 to 1.
    public var loss: Double = 0

    /// - Parameters:
    ///   - latency: of a packet one way.
    ///   - jitter: what may be added to it, at random.
    ///   - loss: the part of packets that are lost, 0 to 1.
    public init(latency: Duration = .milliseconds(1), jitter: Duration = .zero, loss: Double = 0) {
        self.latency = latency
        self.jitter = jitter
        self.loss = loss
    }
}

/// A path in the units that every packet is reckoned in.
struct PathCost {
    /// Nanoseconds.
    var latency: UInt64
    var jitter: UInt64
    var loss: Double

    init(_ path: SimulatedPath) {
        latency = UInt64(max(0, path.latency.wholeNanoseconds))
        jitter = UInt64(max(0, path.jitter.wholeNanoseconds))
        loss = path.loss
    }
}

/// Names one endpoint in a ``NetworkSimulation``; never used again after its endpoint has gone.
public struct SimulatedNodeIdentifier: Hashable, Comparable, Sendable {
    public let rawValue: Int

    init(_ rawValue: Int) {
        self.rawValue = rawValue
    }

    public static func < (left: SimulatedNodeIdentifier, right: SimulatedNodeIdentifier) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// What a ``NetworkSimulation`` tells one of its endpoints.
public struct SimulatedDelivery: Hashable, Sendable {
    /// Whose event it is.
    public var node: SimulatedNodeIdentifier
    /// What happens to it.
    public var event: SCTPEvent
}

/// What goes from host to host in a simulated network: a whole message or one step of the protocol (RFC 9260 §3.3), unfragmented.
struct SimulatedPacket {
    enum Content {
        case initiate(Introduction)
        /// Carries back what the initiator said, so that the acceptor keeps no state until the third step.
        case accept(Introduction, echo: Introduction)
        case confirm(Introduction, echo: Introduction)
        case confirmed
        case data(number: UInt64, streamNumber: UInt64, SCTPMessage)
        /// Every number below `next` arrived, and `number` too; the receiver has room for `window` bytes.
        case acknowledge(next: UInt64, number: UInt64?, window: Int)
        case heartbeat(path: Int, sent: MonotonicInstant)
        case heartbeatAcknowledge(path: Int, sent: MonotonicInstant)
        case shutDown
        case shutDownAcknowledge
        case shutDownComplete
        case abort
    }

    /// What the ends tell each other at the start.
    struct Introduction {
        var tag: UInt64
        var addresses: [SCTPAddress]
        var streams: UInt16
        var window: Int
    }

    var source: SCTPAddress
    var destination: SCTPAddress
    /// Names the receiving end; 0 in the first packet, when it is not known yet.
    var destinationTag: UInt64
    var sourceTag: UInt64
    var content: Content
}
