import Glibc
import InternetAddresses
import SCTPTransport

/// Prints round trips per second and heap per association, for each backend: 64-byte messages over loopback, one association.
///
/// `transport-benchmark [BACKEND …]` with backends `simulated`, `userland`, `kernel`; without any, all that this host has.
/// All figures of a line come from one run, so their ratios mean something even on a busy machine.
@main
struct TransportBenchmark {
    static let rounds = ["64": 200_000, "1": 40_000]

    static func main() async {
        var arguments = Array(CommandLine.arguments.dropFirst())
        do {
            if arguments.first == "echo", arguments.count == 3, let backend = SCTPBackendChoice(arguments[1]) {
                return try await EchoProcess.run(backend, usesHandlers: arguments[2] == "callback")
            }
            if arguments.isEmpty {
                arguments = ["simulated", "userland"] + (SCTPBackendChoice.kernelHasSCTP ? ["kernel"] : [])
            }
            print("64-byte round trips per second over one association (processor time of the measuring process for each)")
            for name in arguments { try await measure(name) }
        } catch {
            print("transport-benchmark: \(error)")
            exit(1)
        }
    }

    static func measure(_ name: String) async throws {
        for window in [64, 1] {
            let count = rounds["\(window)"]!
            var line = "\(name), \(window) outstanding:"
            for path in [EchoPath.callback, .async] {
                let rate = try await withBackend(name) { backend, loop in
                    try await Client.inOneProcess(path, window: window, count: count, backend, on: loop)
                }
                line += " \(path.rawValue) \(text(rate))"
            }
            if name != "simulated" {
                line += "; two processes:"
                for path in [EchoPath.callback, .async] {
                    let rate = try await withBackend(name) { backend, loop in
                        try await Client.acrossProcesses(path, window: window, count: count, name, backend, on: loop)
                    }
                    line += " \(path.rawValue) \(text(rate))"
                }
            }
            print(line)
        }
        let bytes = try await withBackend(name) { backend, loop in try await Memory.perAssociation(backend, on: loop) }
        print("\(name), heap per association: \(grouped(bytes)) bytes")
    }

    static func withBackend<Value: Sendable>(
        _ name: String, _ body: @Sendable (SCTPBackendChoice, EventLoop) async throws -> Value
    ) async throws -> Value {
        if name == "simulated" {
            let loop = try EventLoop(name: "simulated", clock: .virtual)
            let network = SimulatedNetwork(on: loop, seed: 1, path: SimulatedPath(latency: .microseconds(10)))
            return try await body(.simulated(network), loop)
        }
        guard let backend = SCTPBackendChoice(name) else {
            throw SCTPTransportError(.backendUnavailable, "\(name) is no backend; there are simulated, userland and kernel")
        }
        return try await body(backend, .shared)
    }

    static func text(_ rate: Rate) -> String {
        let tenths = Int((rate.processorMicroseconds * 10).rounded())
        return "\(grouped(rate.perSecond)) (\(tenths / 10).\(tenths % 10) us)"
    }

    /// 177000 as `177,000`.
    static func grouped(_ number: Double) -> String {
        var digits = "\(Int(number))"
        var place = digits.count - 3
        while place > 0 {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: place))
            place -= 3
        }
        return digits
    }
}
