import Foundation

/// One process of the demonstration: this program with another command. What it reports goes to the journal.
final class DemoProcess: Sendable {
    let who: String
    /// Tells the processes of one name apart.
    let number: Int
    private let process: Process
    /// The process stops when this pipe closes, so it ends even where the demonstration is killed.
    private let input: Pipe

    /// Longest line taken from a process, in bytes.
    private static let maximumLineLength = 65_536

    /// - Parameters:
    ///   - number: what the journal knows the process by.
    ///   - last: arguments that must stand behind all others.
    ///   - executable: the program; nil is the one that runs.
    ///   - shown: which of the process's events the timeline shows.
    /// - Throws: what `Process.run` throws where the program cannot be started.
    init(
        _ who: String, number: Int, _ arguments: [String], last: [String] = [], executable: URL? = nil, journal: DemoJournal,
        showing shown: DemoJournal.Shown = .timeline
    ) throws {
        self.who = who
        self.number = number
        process = Process()
        input = Pipe()
        let output = Pipe()
        let error = Pipe()
        process.executableURL = try executable ?? Self.ownExecutable()
        process.arguments = arguments + ["--log-format", "json"] + last
        process.standardInput = input
        process.standardOutput = output
        process.standardError = error
        let ended = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            let isSignal = process.terminationReason == .uncaughtSignal
            ended.continuation.yield(isSignal ? 128 + process.terminationStatus : process.terminationStatus)
            ended.continuation.finish()
        }
        try process.run()
        let outputLines = Self.lines(of: output.fileHandleForReading)
        let errorLines = Self.lines(of: error.fileHandleForReading)
        Task {
            async let errors: Void = {
                for await line in errorLines { await journal.note(errorLine: line, of: who, number, showing: shown) }
            }()
            for await line in outputLines {
                await journal.note("output", String(decoding: line, as: UTF8.self), of: who, number, isShown: false)
            }
            await errors
            // After its last words, so that an exit comes last in the journal.
            for await status in ended.stream {
                await journal.note("exited", "exit status \(status)", of: who, number, ["status": "\(status)"], isShown: false)
            }
        }
    }

    private static func ownExecutable() throws -> URL {
        URL(fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    }

    private static func lines(of file: FileHandle) -> AsyncStream<[UInt8]> {
        let (lines, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        Thread.detachNewThread {
            LineReader.read(from: file, maximumLength: maximumLineLength) { line in
                continuation.yield(line)
                return true
            }
            continuation.finish()
        }
        return lines
    }

    /// Writes to the process's standard input.
    func write(_ text: String) throws {
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    }

    /// Ends the process's standard input.
    func endInput() throws {
        try input.fileHandleForWriting.close()
    }

    var processIdentifier: Int32 { process.processIdentifier }

    /// SIGTERM: the process ends gracefully.
    func terminate() {
        process.terminate()
    }

    /// SIGKILL: the process ends without a word.
    func kill() {
        if process.isRunning { _ = Foundation.kill(process.processIdentifier, SIGKILL) }
    }

    /// Waits for the process's end, which must be under way.
    func end() async {
        // A task that is cancelled does not sleep; the process is as good as gone then too.
        while process.isRunning, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(2)) }
    }
}
