@testable import AgentX

/// A table of variables that can be read and, below 1.9, set.
struct TableObjects: ManagedObjects {
    var variables: [VariableBinding]
    var tested: [VariableBinding] = []
    var old: [VariableBinding] = []
    var failsToCommit = false
    var log: [String] = []
    var requests = 0
    /// False has requests wait.
    var isReady = true

    init(_ variables: [VariableBinding]) {
        self.variables = variables.sorted { $0.name < $1.name }
    }

    mutating func prepare(for request: ManagedRequest, at now: Duration) -> Bool {
        guard isReady else { return false }
        requests += 1
        return true
    }

    func value(of name: ObjectIdentifier) -> VariableBinding.Value {
        if let found = variables.first(where: { $0.name == name }) { return found.value }
        let object = ObjectIdentifier(Array(name.subidentifiers.prefix(2)))
        return variables.contains { object.isPrefix(of: $0.name) } ? .noSuchInstance : .noSuchObject
    }

    func first(in range: SearchRange) -> VariableBinding? {
        variables.first { range.contains($0.name) }
    }

    mutating func test(_ bindings: [VariableBinding]) -> SetFailure? {
        for (place, binding) in bindings.enumerated() where binding.name.subidentifiers.first != 1 {
            return SetFailure(.notWritable, at: place + 1)
        }
        tested = bindings
        log.append("test")
        return nil
    }

    mutating func commit() -> SetFailure? {
        if failsToCommit { return SetFailure(.commitFailed, at: 1) }
        log.append("commit")
        return nil
    }

    mutating func undo() -> SetFailure? {
        log.append("undo")
        return nil
    }

    mutating func cleanUp() {
        log.append("cleanUp")
        tested = []
    }
}

/// A session with what the test's master agent sees of it.
struct Stage {
    var session: AgentXSession<TableObjects>
    var now = Duration.zero
    /// Everything put out and not yet looked at.
    var sent: [AgentXMessage] = []
    var connects = 0
    var disconnects = 0
    var events: [AgentXSession<TableObjects>.Event] = []

    init(
        _ variables: [VariableBinding] = [], configuration: AgentXSessionConfiguration = AgentXSessionConfiguration()
    ) {
        session = AgentXSession(TableObjects(variables), configuration: configuration)
    }

    mutating func handle(_ input: AgentXSession<TableObjects>.Input) throws {
        session.handle(input, at: now)
        while let output = session.nextOutput() {
            switch output {
            case .connect: connects += 1
            case .disconnect: disconnects += 1
            case .event(let event): events.append(event)
            case .send(let bytes): sent.append(try AgentXMessage.decode(bytes))
            }
        }
    }

    /// Takes what was sent.
    mutating func taken() -> [AgentXMessage] {
        defer { sent = [] }
        return sent
    }

    /// The master agent's answer to the message sent last.
    mutating func answerLast(_ response: AgentXMessage.Response = AgentXMessage.Response(), session: UInt32 = 7) throws {
        guard let last = sent.last else { return }
        sent = []
        try handle(
            .received(AgentXMessage(.response(response), session: session, packet: last.packet).encoded))
    }

    /// Opens session 7.
    mutating func open() throws {
        try handle(.start)
        try handle(.connected)
        try answerLast()
    }

    /// What is answered to a request of the master agent in session 7.
    mutating func ask(_ body: AgentXMessage.Body, context: [UInt8]? = nil) throws -> AgentXMessage.Response? {
        sent = []
        try handle(.received(AgentXMessage(body, session: 7, transaction: 3, packet: 40, context: context).encoded))
        guard let answer = taken().last, case .response(let response) = answer.body, answer.packet == 40,
            answer.transaction == 3
        else { return nil }
        return response
    }
}
