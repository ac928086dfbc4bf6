import AgentX
import InternetAddresses
import RSerPoolMIB
import SCTPTransport

/// A master agent for tests, over TCP: it grants what a subagent asks for, and asks it for variables.
///
/// It lives in one task, which calls ``run(until:)`` for the subagent to be heard.
actor MasterAgent {
    let endpoint: SCTPEndpoint
    private var events: SCTPEvents.Iterator
    private var association: AssociationIdentifier?
    private var input: [UInt8] = []
    private var lastIndex: Int32 = 0
    private var lastPacket: UInt32 = 1_000
    private var session: UInt32 = 6
    private var answers: [UInt32: AgentXMessage.Response] = [:]
    /// What the subagent has sent, but its answers.
    private(set) var heard: [AgentXMessage.Body] = []

    init() async throws {
        endpoint = try await SCTPEndpoint.open(
            SCTPEndpointConfiguration(localAddresses: [.loopbackIPv4]), backend: .tcp(.bytes))
        events = endpoint.events.makeAsyncIterator()
    }

    nonisolated var address: MasterAgentAddress { .tcp(endpoint.localAddresses[0]) }

    func close() async { await endpoint.close(within: .zero) }

    /// Regions that are registered now.
    var regions: [AgentXMessage.Region] {
        heard.reduce(into: []) { regions, body in
            switch body {
            case .open: regions = []
            case .register(let region, _, _): regions.append(region)
            case .unregister(let region): regions.removeAll { $0 == region }
            default: break
            }
        }
    }

    /// Hears the subagent until a condition holds.
    func run(until isDone: (MasterAgent) async -> Bool) async throws {
        while await !isDone(self) { try await hear() }
    }

    /// Asks, and waits for the answer.
    func ask(_ body: AgentXMessage.Body) async throws -> AgentXMessage.Response {
        lastPacket += 1
        let packet = lastPacket
        var asked: UInt32?
        while true {
            if let answer = answers.removeValue(forKey: packet) { return answer }
            // A session that ends takes the question with it.
            if asked != session, association != nil {
                // On a connection that has ended, unheard, nothing is asked; the next session is.
                try? await send(AgentXMessage(body, session: session, transaction: 1, packet: packet))
                asked = session
            }
            try await hear()
        }
    }

    func value(of name: ObjectIdentifier) async throws -> VariableBinding.Value? {
        try await ask(.get([SearchRange(from: name)])).bindings.first?.value
    }

    func send(_ message: AgentXMessage) async throws { try await send(message.encoded) }

    func send(_ bytes: [UInt8]) async throws {
        guard let association else { return }
        try await endpoint.send(SCTPMessage(bytes), on: association)
    }

    /// Breaks the connection.
    func cut() async {
        guard let association else { return }
        self.association = nil
        input = []
        // It may have ended already, unheard.
        try? await endpoint.abort(association)
    }

    private func hear() async throws {
        var iterator = events
        let event = await iterator.next()
        events = iterator
        switch event {
        case .notification(let association, .up):
            self.association = association
            input = []
        case .message(let association, let message) where association == self.association:
            input += message.bytes
            while input.count >= 20 {
                let length = 20 + input[16..<20].reduce(0) { $0 << 8 | Int($1) }
                guard input.count >= length else { return }
                let message = try AgentXMessage.decode(Array(input.prefix(length)))
                input.removeFirst(length)
                await take(message)
            }
        case .notification(let association, .lost), .notification(let association, .shutDown):
            if association == self.association { self.association = nil }
        case nil: throw CancellationError()
        default: break
        }
    }

    private func take(_ message: AgentXMessage) async {
        if case .response(let response) = message.body { return answers[message.packet] = response }
        heard.append(message.body)
        var response = AgentXMessage.Response()
        switch message.body {
        case .open: session += 1
        case .close: return
        case .indexAllocate(let bindings, _):
            lastIndex += 1
            response.bindings = bindings.map { VariableBinding($0.name, .integer(lastIndex)) }
        default: break
        }
        try? await send(AgentXMessage(.response(response), session: session, packet: message.packet))
    }
}
