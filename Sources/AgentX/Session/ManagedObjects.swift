/// The variables that a subagent answers for.
public protocol ManagedObjects: Sendable {
    /// A request has come; what follows up to the next call is about it alone. A place to take a new view of things.
    /// - Parameter now: time since an origin of the caller's choosing.
    mutating func beginRequest(at now: Duration)

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

/// Why variables cannot be set.
public struct SetFailure: Error, Hashable, Sendable {
    public var status: AgentXMessage.Status
    /// The 1-based place of the binding at fault.
    public var index: Int

    public init(_ status: AgentXMessage.Status, at index: Int) {
        self.status = status
        self.index = index
    }
}
