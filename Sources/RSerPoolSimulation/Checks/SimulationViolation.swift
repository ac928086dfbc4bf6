public import SCTPTransport

/// A check of a simulated world that failed.
public struct SimulationViolation: Error, Hashable, Sendable {
    /// What is checked.
    public enum Check: String, Hashable, Sendable, CaseIterable {
        /// Every message that an engine sends decodes to what encodes to its bytes, and nobody meets one that does not.
        case decoding
        /// An element that has gone for good, and was gone everywhere, comes back.
        case resurrection
        /// A user is handed an element that has been gone for longer than the bound.
        case staleness
        /// An element has two home registrars that hear each other.
        case ownership
        /// Two registrars took a third one over though they hear each other.
        case arbitration
        /// The registrars' handlespaces are not the same, byte for byte.
        case equality
        /// A registrar's checksum of a peer is not the peer's own.
        case checksum
        /// A living element is not registered, or a dead one is.
        case registration
        /// A registrar does not give a living element to who asks for its pool, or gives another one.
        case resolution
        /// A user has no session that runs.
        case session
        /// The simulation itself cannot go on.
        case simulation
    }

    /// What did not hold.
    public var check: Check
    /// Virtual time.
    public var instant: MonotonicInstant
    public var description: String
}

/// What a run did, to show that the faults bit.
public struct SimulationStatistics: Hashable, Sendable {
    /// Messages, notifications and timers that participants took.
    public var events: UInt64 = 0
    /// Messages that participants sent.
    public var messages: UInt64 = 0
    /// The bytes of these messages.
    public var bytes: UInt64 = 0
    /// Those of ENRP among them.
    public var peerMessages: UInt64 = 0
    /// The bytes of ENRP's.
    public var peerBytes: UInt64 = 0
    /// Multicast datagrams that were heard.
    public var announcements: UInt64 = 0
    /// Steps of the plan that were taken.
    public var steps = 0
    /// Faults inflicted, in the order of ``FaultKinds/named``.
    public var faults = [Int](repeating: 0, count: FaultKinds.named.count)
    /// Elements that registered anew, at all registrars together.
    public var registrations = 0
    /// Elements that a registrar removed.
    public var removals = 0
    /// Sessions that went to another element.
    public var failovers = 0
    /// Answers that users had from elements.
    public var answers = 0
    /// Registrars that were taken over.
    public var takeovers = 0
    /// Times that a peer's elements were asked for anew.
    public var resynchronisations = 0

    /// Nothing has happened yet.
    public init() {}

    mutating func count(_ kind: FaultKinds) {
        guard let index = FaultKinds.named.firstIndex(where: { $0.kind == kind }) else { return }
        faults[index] += 1
    }

    mutating func add(_ other: SimulationStatistics) {
        events += other.events
        messages += other.messages
        bytes += other.bytes
        peerMessages += other.peerMessages
        peerBytes += other.peerBytes
        announcements += other.announcements
        steps += other.steps
        for index in faults.indices { faults[index] += other.faults[index] }
        registrations += other.registrations
        removals += other.removals
        failovers += other.failovers
        answers += other.answers
        takeovers += other.takeovers
        resynchronisations += other.resynchronisations
    }
}
