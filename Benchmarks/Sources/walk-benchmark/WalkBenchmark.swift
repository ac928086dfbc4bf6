import AgentX
import ENRP
import Glibc
import InternetAddresses
import ProcessFigures
import RSerPoolMIB
import RSerPoolParameters
import SCTPTransport

/// A registrar with many elements, shown to an SNMP agent: what a walk through them costs the registrar.
///
///     walk-benchmark AGENT [ELEMENTS]
///
/// AGENT is where the SNMP agent takes subagents, as `unix:/path`. The program prints `ready` once the agent has the registrar's row. What it
/// is told by lines of its standard input: `watch` begins to measure, `tell` prints what was measured since. `scripts/snmp --bench` starts the
/// agent, walks and asks.
@main
struct WalkBenchmark {
    static func main() async {
        do {
            guard CommandLine.arguments.count > 1, let agent = MasterAgentAddress(CommandLine.arguments[1]) else {
                throw Failure("usage: walk-benchmark unix:/path|tcp:host:port [ELEMENTS]")
            }
            try await run(agent, elements: CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 20_000)
        } catch {
            tell("walk-benchmark: \(error)")
            exit(1)
        }
    }

    private static func run(_ agent: MasterAgentAddress, elements: Int) async throws {
        let loop = try EventLoop(name: "registrar")
        // Nobody answers keep-alives here.
        let configuration = try RegistrarConfiguration(keepAliveInterval: .seconds(86_400))
        let registrar = try await Registrar.start(
            configuration, endpoint: SCTPEndpointConfiguration(localAddresses: [.loopbackIPv4]), backend: .userland, on: loop)
        let client = try await RegistrarClient(of: registrar.localAddresses, on: loop)
        try await client.register(elements)
        tell("registered \(elements) resident \(ProcessFigures.own.resident >> 10)")

        let subagent = try ManagementSubagent(at: agent)
        await subagent.add(RegistrarNode(registrar))
        let serving = Task { await subagent.run() }
        for await event in subagent.events {
            if case .rowReady = event { break }
            if case .lost(_, let reason, _) = event { throw Failure(reason) }
        }
        tell("ready resident \(ProcessFigures.own.resident >> 10)")

        let probe = LoopProbe(loop)
        while let line = readLine() {
            switch line {
            case "watch":
                probe.begin()
                client.begin()
            case "tell":
                let (answers, longest) = client.end()
                tell(
                    "turns \(probe.turns) longest-turn \(probe.end()) over-1-ms \(probe.longTurns) answers \(answers) longest-answer \(longest) "
                        + "resident \(ProcessFigures.own.resident >> 10)")
            default: tell("'\(line)' is neither watch nor tell")
            }
        }
        await subagent.stop()
        await serving.value
        await registrar.stop(within: .zero)
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String

        init(_ description: String) { self.description = description }
    }

    /// At once, whatever standard output is.
    static func tell(_ line: String) {
        print(line)
        fflush(nil)
    }
}
