/// The variables that a subagent answers for.
public protocol ManagedObjects: Sendable {
    /// A request has come; the calls up to the next one are about it alone. A place to take a new view of things.
    /// - Parameter now: time since an origin of the caller's choosing.
    /// - Returns: false where the view is not there yet. The request waits then, and all behind it, and this is called again for it
    ///   with each ``AgentXSession/Input/proceed``.
    mutating func prepare(for request: ManagedRequest, at now: Duration) -> Bool

    /// The variable of this name, else `noSuchObject` or `noSuchInstance` (RFC 2741 §7.2.3.1).
    mutating func value(of name: ObjectIdentifier) -> VariableBinding.Value

    /// The first variable in the range (§7.2.3.2).
    mutating func first(in range: SearchRange) -> VariableBinding?

    /// Whether the bindings can all be set, together (§7.2.4.1); keeps what ``commit()`` needs.
    mutating func test(_ bindings: [VariableBinding]) -> SetFailure?

    /// Sets what was tested (§7.2.4.2). On a failure nothing is set.
    mutating func commit() -> SetFailure?

    /// Takes back what was set (§7.2.4.3).
    mutating func undo() -> SetFailure?

    /// The set operation is over (§7.2.4.4).
    mutating func cleanUp()
}

/// What a request is about, as far as the choice of a view depends on it.
public enum ManagedRequest: Hashable, Sendable {
    /// Variables by their names, to be read or set.
    case variables
    /// The variables that follow; with the first range of the request.
    case search(SearchRange)
}

/// Why variables cannot be set.
public struct SetFailure: Error, Hashable, Sendable {
    /// Why.
    public var status: AgentXMessage.Status
    /// The 1-based place of the binding at fault.
    public var index: Int

    /// A failure of the binding at a 1-based place.
    public init(_ status: AgentXMessage.Status, at index: Int) {
        self.status = status
        self.index = index
    }
}
