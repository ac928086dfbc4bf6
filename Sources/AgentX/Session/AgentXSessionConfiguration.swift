/// How a subagent's session behaves.
public struct AgentXSessionConfiguration: Hashable, Sendable {
    /// What names the subagent at the master agent; null for no name.
    public var identifier = ObjectIdentifier()
    /// What describes the subagent to people.
    public var description = "RSerPool"
    /// Whose variables they are; nil for the default context.
    public var context: [UInt8]?
    /// How long the master agent is to wait for an answer, in seconds; 0 for its own default.
    public var answerTimeout: UInt8 = 0
    /// How long an answer of the master agent may take before it is taken for dead.
    public var requestTimeout: Duration = .seconds(10)
    /// How often the master agent is asked whether it is there.
    public var pingInterval: Duration = .seconds(30)
    /// The first wait before it is connected to again, which doubles up to ``maximumReconnectDelay``.
    public var reconnectDelay: Duration = .milliseconds(500)
    /// The longest wait before it is connected to again.
    public var maximumReconnectDelay: Duration = .seconds(30)
    /// Messages in one session that cannot be read before it is closed.
    public var maximumParseErrors = 10
    /// The longest payload taken, in bytes.
    public var payloadLimit = AgentXMessage.standardPayloadLimit
    /// The longest answer, in bytes of bindings: a bulk answer ends before it is longer, any other is refused as `tooBig`. No SNMP
    /// message over UDP has more, and Net-SNMP's agent ends a session whose answer is longer than 65,536 bytes.
    public var answerLimit = 65_000
    /// Rows that a session has at most; a further one is refused.
    public var maximumRows = 4_096

    /// The values above.
    public init() {}
}
