public import AgentX

/// RFC 5525's variables of one process, for an AgentX session: a view that stays the same during a walk, and what managers set.
public struct ManagementObjects: ManagedObjects {
    /// What is shown; replaced by the owner with ``show(_:)``.
    public private(set) var view = ManagementView(ManagementView.Nodes())
    /// When the view was made.
    private var shownAt: Duration?
    private var lastRequest: Duration?
    /// The view that comes next, while a walk goes through the present one.
    private var next: ManagementView?
    private var tested: SetOperation?
    private var changes: [ManagedChange] = []

    /// Requests that follow each other within this time belong to one walk, which sees one view.
    public static let walkPause: Duration = .seconds(1)
    /// A walk that goes on for longer than this gets a new view all the same.
    public static let longestWalk: Duration = .seconds(60)

    public init() {}

    /// Shows things as they are now; a walk that is under way keeps what it has.
    public mutating func show(_ nodes: ManagementView.Nodes) {
        next = ManagementView(nodes)
    }

    /// Whether the owner should make a new view: the last one was taken up, and things may have changed since.
    public var wantsView: Bool { next == nil }

    /// The oldest change that the owner has not yet taken.
    public mutating func nextChange() -> ManagedChange? {
        changes.isEmpty ? nil : changes.removeFirst()
    }

    /// A request has come: takes a new view of things.
    public mutating func beginRequest(at now: Duration) {
        let isWalkGoingOn = lastRequest.map { now - $0 < Self.walkPause } ?? false
        lastRequest = now
        let isOld = shownAt.map { now - $0 > Self.longestWalk } ?? true
        guard !isWalkGoingOn || isOld, let next else { return }
        view = next
        self.next = nil
        shownAt = now
    }

    /// The variable of this name (RFC 2741 §7.2.3.1).
    public func value(of name: ObjectIdentifier) -> VariableBinding.Value { view.value(of: name) }

    /// The first variable in the range (RFC 2741 §7.2.3.2).
    public func first(in range: SearchRange) -> VariableBinding? { view.first(in: range) }

    /// Whether the bindings can all be set, together (RFC 2741 §7.2.4.1).
    public mutating func test(_ bindings: [VariableBinding]) -> SetFailure? {
        do throws(SetFailure) {
            tested = try SetOperation(bindings, in: view)
            return nil
        } catch {
            tested = nil
            return error
        }
    }

    /// Sets what was tested (RFC 2741 §7.2.4.2).
    public mutating func commit() -> SetFailure? {
        guard let tested else { return SetFailure(.commitFailed, at: 1) }
        changes += tested.changes
        return nil
    }

    /// Takes back what was set (RFC 2741 §7.2.4.3).
    public mutating func undo() -> SetFailure? {
        guard let tested else { return SetFailure(.undoFailed, at: 1) }
        changes += tested.reversals
        return nil
    }

    /// The set operation is over (RFC 2741 §7.2.4.4).
    public mutating func cleanUp() {
        tested = nil
    }
}
