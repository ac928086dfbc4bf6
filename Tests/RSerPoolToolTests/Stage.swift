import Foundation
import Synchronization
import Testing

@testable import rserpool

/// Processes of the tool that work together in one test. Each test has loopback addresses of its own; the UDP ports are the
/// system's choice, so nothing else on the host is in the way.
final class Stage: Sendable {
    let journal = DemoJournal()
    private let processes = Mutex<[DemoProcess]>([])

    /// - Parameter last: what must stand behind every other argument.
    func start(_ who: String, _ arguments: [String], last: [String] = []) throws -> DemoProcess {
        try processes.withLock { processes in
            let process = try DemoProcess(
                who, number: processes.count, arguments + ["--timing", "fast", "--transport", "userland"], last: last,
                executable: try ToolRun.executable, journal: journal)
            processes.append(process)
            return process
        }
    }

    /// Starts a registrar.
    /// - Returns: it, and its address.
    func registrar(at ip: String, _ arguments: String...) async throws -> (process: DemoProcess, address: String) {
        let process = try start("registrar", ["registrar", "--listen", ip, "--until-input-ends"] + arguments)
        let listening = try await expect("listening", of: "registrar")
        return (process, try #require(listening.fields["address"]))
    }

    /// Starts an element and waits until it is registered.
    func element(_ who: String, at ip: String, _ registrar: String, _ arguments: String...) async throws -> DemoProcess {
        let process = try start(
            who, ["element", "--local", ip, "--registrar", registrar, "--until-input-ends"] + arguments)
        _ = try await expect("registered", of: who)
        return process
    }

    func expect(
        _ event: String, of who: String, orOf other: String? = nil,
        _ matches: @escaping @Sendable (DemoJournal.Entry) -> Bool = { _ in true },
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> DemoJournal.Entry {
        let entry = await journal.first(within: .seconds(30)) {
            ($0.who == who || $0.who == other) && $0.event == event && matches($0)
        }
        let seen = await journal.entries.map { "\($0.who) \($0.event) \($0.message)" }.joined(separator: "\n")
        return try #require(entry, "no \(event) of \(who) among:\n\(seen)", sourceLocation: sourceLocation)
    }

    /// Stops a process without a word to anybody, and waits until it stands.
    func freeze(_ process: DemoProcess, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        kill(process.processIdentifier, SIGSTOP)
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline {
            let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)
            // Behind the program's name in parentheses stands T for a process that is stopped.
            if status.contains(") T ") { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        Issue.record("\(process.who) does not stop", sourceLocation: sourceLocation)
    }

    /// Waits for a process's end.
    func status(of process: DemoProcess, sourceLocation: SourceLocation = #_sourceLocation) async throws -> Int32? {
        Int32(try await expect("exited", of: process.who, sourceLocation: sourceLocation).fields["status"] ?? "")
    }

    /// The lines on a process's standard output so far.
    func output(of process: DemoProcess) async -> [String] {
        await journal.entries.filter { $0.who == process.who && $0.event == "output" }.map(\.message)
    }

    func stray(of process: DemoProcess) async -> String {
        await journal.entries.filter { $0.who == process.who && $0.event == "stray" }.map(\.message).joined(separator: "\n")
    }

    deinit {
        for process in processes.withLock({ $0 }) { process.kill() }
    }
}
