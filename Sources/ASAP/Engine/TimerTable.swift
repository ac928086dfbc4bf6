public import SCTPTransport

/// The few timers of a role: at most one per name, kept in order of their deadlines, the earlier set first where two are equal.
///
/// Made for tens of timers; a role with thousands keeps a heap instead.
public struct TimerTable<Name: Equatable & Sendable>: Sendable {
    private var entries: [(deadline: MonotonicInstant, name: Name)] = []

    /// A table without timers.
    public init() {}

    /// When the earliest timer is due.
    public var nextDeadline: MonotonicInstant? { entries.first?.deadline }

    /// Starts a timer, in place of one of the same name.
    public mutating func start(_ name: Name, at deadline: MonotonicInstant) {
        stop(name)
        let position = entries.firstIndex { $0.deadline > deadline } ?? entries.count
        entries.insert((deadline, name), at: position)
    }

    /// Stops a timer; nothing happens where it is not running.
    public mutating func stop(_ name: Name) {
        entries.removeAll { $0.name == name }
    }

    /// Stops every timer that `isUnwanted` names.
    public mutating func stopAll(where isUnwanted: (Name) -> Bool) {
        entries.removeAll { isUnwanted($0.name) }
    }

    /// When the timer is due; nil where it is not running.
    public func deadline(of name: Name) -> MonotonicInstant? {
        entries.first { $0.name == name }?.deadline
    }

    /// Takes the earliest timer that is due; nil where none is.
    public mutating func popDue(at now: MonotonicInstant) -> Name? {
        guard let first = entries.first, first.deadline <= now else { return nil }
        return entries.removeFirst().name
    }
}
