import Foundation
import Synchronization
import Testing

/// The built `rserpool`, run as a user runs it.
final class ToolRun: Sendable {
    /// What a program left behind.
    struct Outcome: Sendable {
        var status: Int32
        var output: String
        var error: String
    }

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let error = Pipe()

    /// The program lies beside the test runner.
    static var executable: URL {
        get throws {
            let runner = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            let directory = URL(fileURLWithPath: runner).deletingLastPathComponent()
            let beside = directory.appendingPathComponent("rserpool")
            if FileManager.default.isExecutableFile(atPath: beside.path) { return beside }
            // `swift test` may run a helper of the toolchain with the bundle's path among the arguments.
            let bundle = try #require(CommandLine.arguments.first { $0.hasSuffix(".xctest") }, "no rserpool beside \(runner)")
            return URL(fileURLWithPath: bundle).deletingLastPathComponent().appendingPathComponent("rserpool")
        }
    }

    /// - Parameters:
    ///   - environment: variables beside those of the test, `NAME=VALUE`.
    ///   - executable: another program.
    init(_ arguments: [String], environment: [String] = [], executable: URL? = nil) throws {
        var variables = ProcessInfo.processInfo.environment
        for variable in environment {
            let parts = variable.split(separator: "=", maxSplits: 1)
            variables[String(parts[0])] = String(parts[1])
        }
        process.environment = variables
        process.executableURL = try executable ?? Self.executable
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        process.standardError = error
    }

    /// Runs the program to its end; one that takes longer than `limit` seconds is killed, and the test fails by its status.
    func finish(input text: String = "", limit: Int = 30) async throws -> Outcome {
        try process.run()
        let process = process
        let killer = Task {
            try await Task.sleep(for: .seconds(limit))
            kill(process.processIdentifier, SIGKILL)
        }
        defer { killer.cancel() }
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try input.fileHandleForWriting.close()
        async let standardOutput = Self.readAll(output.fileHandleForReading)
        async let standardError = Self.readAll(error.fileHandleForReading)
        let texts = await (standardOutput, standardError)
        process.waitUntilExit()
        return Outcome(status: process.terminationStatus, output: texts.0, error: texts.1)
    }

    /// Runs the program beside the test; its input stays open.
    func start() throws {
        try process.run()
    }

    var processIdentifier: Int32 { process.processIdentifier }

    /// Waits for the end of a program that was told to end.
    func wait() {
        process.waitUntilExit()
    }

    func signal(_ number: Int32) {
        kill(process.processIdentifier, number)
    }

    private static func readAll(_ file: FileHandle) async -> String {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(returning: String(decoding: file.readDataToEndOfFile(), as: UTF8.self))
            }
        }
    }
}
