import ASAP
import AgentX
import RSerPoolParameters
import SCTPTransport
import Synchronization
import Testing

@testable import RSerPoolMIB

/// A registrar that is only told of.
private final class ToldRegistrar: ManagedNode {
    struct State {
        var registrar = Stage.nodes().registrars[0].node
        var asked = 0
        var changes: [ManagedChange] = []
    }

    let kind = ManagedNodeKind.registrar
    let shared = Mutex(State())

    func state() async -> ManagedState? {
        shared.withLock { state in
            state.asked += 1
            return .registrar(state.registrar)
        }
    }

    func peers() async -> [RegistrarIdentifier] { shared.withLock { $0.registrar.peers.map(\.identifier) } }

    func apply(_ change: ManagedChange) async {
        shared.withLock { state in
            state.changes.append(change)
            if case .registrarDescription(let text, _) = change { state.registrar.description = text }
        }
    }
}

@Suite("RFC 5525 §5: the subagent and its nodes")
struct SubagentTests {
    private static let description = RSerPoolObjects.module + [1, 1, 1, 1, 4, 1]
    private static let peerIdentifier = RSerPoolObjects.module + [1, 1, 8, 1, 2, 2]

    /// Bears a machine that is busy with other tests.
    private static let patient = {
        var configuration = AgentXSessionConfiguration.management
        configuration.requestTimeout = .seconds(300)
        configuration.reconnectDelay = .milliseconds(10)
        return configuration
    }()

    /// A subagent with one registrar at a master agent that has registered it and its peer: regions 6 + 2.
    private func withSubagent(
        _ body: (ManagementSubagent, MasterAgent, ToldRegistrar) async throws -> Void
    ) async throws {
        let master = try await MasterAgent()
        let configuration = Self.patient
        let subagent = try ManagementSubagent(at: master.address, configuration: configuration)
        let registrar = ToldRegistrar()
        await subagent.add(registrar)
        let run = Task { await subagent.run() }
        let outcome: Result<Void, any Error>
        do {
            try await master.run { await $0.regions.count == 8 }
            try await body(subagent, master, registrar)
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        // Whatever came out: a subagent that went on would keep the tests from ending.
        await subagent.stop()
        await run.value
        await master.close()
        try outcome.get()
    }

    @Test("A registrar and its peer get rows; what managers ask for is answered from a view, and one walk from one")
    func answering() async throws {
        try await withSubagent { _, master, registrar in
            #expect(try await master.value(of: Self.description) == .octetString(Array("the first".utf8)))
            #expect(try await master.value(of: Self.peerIdentifier) == .gauge32(77))
            var name = RSerPoolObjects.module
            var count = 0
            while let next = try await master.ask(.getNext([SearchRange(from: name)])).bindings.first,
                next.value != .endOfMibView
            {
                (name, count) = (next.name, count + 1)
            }
            #expect(count == 76)
            let asked = registrar.shared.withLock(\.asked)
            #expect(asked >= 1 && asked < 10)
        }
    }

    @Test("What a manager sets reaches the node, and is seen at once")
    func setting() async throws {
        try await withSubagent { subagent, master, registrar in
            let binding = VariableBinding(Self.description, .octetString([82]))
            let answers = [try await master.ask(.testSet([binding])), try await master.ask(.commitSet)]
            #expect(answers.map(\.status) == [.noError, .noError])
            #expect(try await master.value(of: Self.description) == .octetString([82]))
            #expect(registrar.shared.withLock(\.changes) == [.registrarDescription([82], registrar: 1)])
        }
    }

    @Test("A new peer gets a row, one that has gone loses it")
    func peers() async throws {
        try await withSubagent { _, master, registrar in
            registrar.shared.withLock { $0.registrar.peers[0].identifier = RegistrarIdentifier(rawValue: 78) }
            try await master.run { master in
                await master.heard.contains { if case .indexDeallocate = $0 { true } else { false } }
            }
            try await master.run { await $0.regions.count == 8 }
            #expect(try await master.value(of: Self.peerIdentifier) == .noSuchInstance)
            #expect(try await master.value(of: RSerPoolObjects.module + [1, 1, 8, 1, 2, 3]) == .gauge32(78))
        }
    }

    @Test("After the connection broke everything is registered again, and nodes that are removed lose their rows")
    func reconnecting() async throws {
        try await withSubagent { subagent, master, _ in
            await master.cut()
            try await master.run { await $0.regions.isEmpty }
            try await master.run { await $0.regions.count == 8 }
            await subagent.remove(1)
            try await master.run { await $0.regions.isEmpty }
        }
    }

    @Test("Bytes that are no AgentX end the session, and another one begins")
    func hostileBytes() async throws {
        try await withSubagent { _, master, _ in
            let opened = await master.heard.count { if case .open = $0 { true } else { false } }
            try await master.send([UInt8](repeating: 0xee, count: 64))
            try await master.run { master in
                await master.heard.count { if case .open = $0 { true } else { false } } > opened
            }
            try await master.run { await $0.regions.count == 8 }
        }
    }

    @Test(
        "Hostile requests, with any byte changed and with huge names, leave a subagent that answers",
        arguments: 1...4 as ClosedRange<UInt64>)
    func hostileRequests(seed: UInt64) async throws {
        try await withSubagent { _, master, _ in
            var random = SeededRandomNumberGenerator(seed: seed)
            // Answers are taken meanwhile, as by any agent: two sides that only send would wait for each other.
            let hearing = Task { try await master.run { _ in false } }
            for _ in 0..<50 {
                let name = ObjectIdentifier(
                    (0..<Int.random(in: 0...128, using: &random)).map { _ in .random(in: 0...UInt32.max, using: &random) })
                let range = SearchRange(from: name, isStartIncluded: .random(using: &random), to: RSerPoolObjects.module)
                let bodies: [AgentXMessage.Body] = [
                    .get([range]), .getNext([range, range]),
                    .getBulk([range], nonRepeaters: .random(in: 0...9, using: &random), maximumRepetitions: .max),
                    .testSet([VariableBinding(name, .octetString([UInt8](repeating: 7, count: 30_000)))]), .commitSet, .undoSet,
                    .cleanupSet,
                ]
                var bytes = AgentXMessage(
                    bodies.randomElement(using: &random)!, session: .random(in: 6...8, using: &random), packet: 5
                ).encoded
                for _ in 0..<Int.random(in: 0...2, using: &random) {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
                }
                // Not where the session has just ended, for what was sent before.
                try? await master.send(bytes)
            }
            hearing.cancel()
            _ = await hearing.result
            // What was sent last may be half a message for ever. Sessions that ended meanwhile are heard of late; each has other
            // indexes than the one before.
            await master.cut()
            let column = SearchRange(from: RSerPoolObjects.module + [1, 1, 1, 1, 4])
            var value: VariableBinding.Value?
            while value != .octetString(Array("the first".utf8)) {
                try await master.run { await $0.regions.count == 8 }
                value = try await master.ask(.getNext([column])).bindings.first?.value
            }
        }
    }

    @Test("A subagent that stops says so")
    func stopping() async throws {
        let master = try await MasterAgent()
        let subagent = try ManagementSubagent(at: master.address, configuration: Self.patient)
        let run = Task { await subagent.run() }
        try await master.run { await !$0.heard.isEmpty }
        _ = try await master.ask(.ping)
        await subagent.stop()
        try await master.run { await $0.heard.last == .close(.shutDown) }
        await run.value
        await master.close()
    }

    @Test("An agent that is not there is told of with its place")
    func absent() async throws {
        let subagent = try ManagementSubagent(at: .unix(path: "/nowhere/at/all"))
        let run = Task { await subagent.run() }
        var events = subagent.events.makeAsyncIterator()
        guard case .lost(let address, let reason, _)? = await events.next() else {
            Issue.record("no event")
            return
        }
        #expect(address == .unix(path: "/nowhere/at/all") && reason.contains("/nowhere/at/all"))
        await subagent.stop()
        await run.value
    }

    @Test(
        "Addresses are read as they are written",
        arguments: [
            ("unix:/var/agentx/master", "unix:/var/agentx/master"), ("tcp:127.0.0.1:7050", "tcp:127.0.0.1:7050"),
            ("tcp:192.0.2.1", "tcp:192.0.2.1:705"), ("tcp:localhost", "tcp:127.0.0.1:705"),
            ("tcp:localhost:99", "tcp:127.0.0.1:99"), ("tcp:[2001:db8::1]:705", "tcp:[2001:db8::1]:705"),
            ("tcp:2001:db8::1", "tcp:[2001:db8::1]:705"), ("unix:relative", nil), ("tcp:somewhere", nil), ("udp:1.2.3.4", nil),
            ("tcp:1.2.3.4:0", nil), ("unix:/" + String(repeating: "a", count: 107), nil), ("", nil),
        ] as [(String, String?)])
    func addresses(text: String, read: String?) {
        #expect(MasterAgentAddress(text)?.description == read)
    }
}
