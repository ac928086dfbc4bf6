import Glibc
import SCTPTransport

/// Measures a registrar: its engine alone, what an element costs, how long a snapshot holds it up, and what it answers over SCTP.
///
///     swift run -c release --package-path Benchmarks registrar-benchmark [engine | network [BACKEND…] | memory | snapshot | parse [COUNT]]
///
/// Without an argument all of it, over each SCTP that this host has. REGISTRAR.md has what it said, and how to run it on a kernel
/// with SCTP.
@main
struct RegistrarBenchmark {
    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            switch (arguments.first, arguments.dropFirst().first) {
            case ("serve", let name?): try await RegistrarProcess.serve(over: name)
            case ("parse", let count): measureParsing(count.flatMap { Int($0) } ?? 1_000_000)
            case ("memory", _): measureMemory(100_000)
            case ("snapshot", _): measureSnapshot(100_000)
            case ("engine", _): measureEngine()
            case ("network", _): try await measureNetwork(Array(arguments.dropFirst()))
            case (nil, _):
                // Memory before anything else, so that no freed memory is used again.
                measureMemory(100_000)
                measureSnapshot(100_000)
                measureParsing(1_000_000)
                measureEngine()
                try await measureNetwork([])
            default:
                print("registrar-benchmark takes engine, network, memory, snapshot or parse, not \(arguments[0])")
                exit(2)
            }
        } catch {
            print("registrar-benchmark: \(error)")
            exit(1)
        }
    }

    static func measureEngine() {
        row(["policy", "elements", "joins/s", "renewals/s", "resolve 1/s", "resolve 3/s", "resolve 32/s", "churn/s"])
        for size in [1_000, 100_000] {
            for policy in policies { measure(policy.name, size, policy.parameter) }
        }
    }

    static func measureNetwork(_ names: [String]) async throws {
        for name in names.isEmpty ? ["userland"] + (SCTPBackendChoice.kernelHasSCTP ? ["kernel"] : []) : names {
            try await NetworkBenchmark.run(over: name)
        }
    }
}
