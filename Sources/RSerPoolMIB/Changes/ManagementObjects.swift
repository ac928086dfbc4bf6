public import AgentX
import RequirementMarks

/// RFC 5525's variables of one process, for an AgentX session: a view that stays the same during a walk, and what managers set.
public struct ManagementObjects: ManagedObjects {
    /// The newest view, and when it was made.
    private var newest: (view: ManagementView, at: Duration)?
    /// What the present request is answered from.
    public private(set) var view = ManagementView(ManagementView.Nodes())
    private var walks = ManagedWalks()
    /// The newest view has not been looked at.
    private var isNew = false
    /// A request waits for a newer view.
    public private(set) var wantsView = false
    private var tested: SetOperation?
    private var changes: [ManagedChange] = []

    /// How old a view may be that a request is answered from; but for those of a walk, which keeps its own.
    public static let longestAge: Duration = .seconds(1)

    /// Objects without a view yet.
    public init() {}

    /// Shows things as they are at a time. A walk that is under way keeps what it has.
    public mutating func show(_ view: ManagementView, at now: Duration) {
        newest = (view, now)
        isNew = true
        wantsView = false
    }

    /// Whoever asks next is to see things as they are then, for something has been set.
    public mutating func outdate() { newest = nil }

    /// Forgets views that nobody asks for any more.
    public mutating func prune(at now: Duration) {
        walks.prune(at: now)
        isNew = false
        if walks.isEmpty, let newest, now - newest.at > Self.longestAge {
            self.newest = nil
            view = ManagementView(ManagementView.Nodes())
        }
    }

    /// Whether there is a change that the owner has not yet taken.
    public var hasChanges: Bool { !changes.isEmpty }

    /// The oldest change that the owner has not yet taken.
    public mutating func nextChange() -> ManagedChange? {
        changes.isEmpty ? nil : changes.removeFirst()
    }

    /// A request has come: chooses the view that it is answered from, or has it wait for one.
    public mutating func prepare(for request: ManagedRequest, at now: Duration) -> Bool {
        walks.leave()
        if case .search(let range) = request, let begun = walks.view(for: range, at: now) {
            fulfils("mib-6-R3")
            view = begun
            return true
        }
        // One that was made for this request is new enough, however long that took.
        guard let newest, isNew || now - newest.at < Self.longestAge else {
            wantsView = true
            return false
        }
        isNew = false
        view = newest.view
        if case .search(let range) = request { walks.begin(range, with: view, at: now) }
        return true
    }

    /// The variable of this name (RFC 2741 §7.2.3.1).
    public func value(of name: ObjectIdentifier) -> VariableBinding.Value { view.value(of: name) }

    /// The first variable in the range (RFC 2741 §7.2.3.2).
    public mutating func first(in range: SearchRange) -> VariableBinding? {
        guard let found = view.first(in: range) else { return nil }
        walks.reached(found.name)
        return found
    }

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
