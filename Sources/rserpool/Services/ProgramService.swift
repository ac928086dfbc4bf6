import ASAP
import Foundation
import Logging
import SCTPTransport

/// Gives each session to a program of its own: each message is a line of its standard input, each line of its standard output is
/// a message. What it says on standard error is reported.
///
/// The program ends with its session: first its input ends; where it does not end by that within ``grace``, it and what it has
/// started are asked to by SIGTERM, and after as much time again killed. When the program ends by itself, so does the session.
final class ProgramService: ElementService {
    private let arguments: [String]
    private let executable: URL
    private let logger: Logger
    private let places: PlaceCounter
    private let isStream: Bool

    static let grace = Duration.seconds(2)

    /// - Parameters:
    ///   - command: the program, looked for where the shell would, and its arguments.
    ///   - limit: programs at a time; the session that needs one more is given up, so that its user goes to another element.
    ///   - isStream: the users' bytes come in pieces of any length, as over TCP: they are passed on as they are, and lines of the
    ///     program's output with their ends.
    /// - Throws: ``ToolFailure`` where there is no such program.
    init(_ command: [String], limit: Int, isStream: Bool, logger: Logger) throws {
        guard let name = command.first else { throw ToolFailure(.usage, "--exec needs a program.") }
        guard let executable = Self.find(name) else {
            throw ToolFailure(.usage, "--exec: there is no program '\(name)' that can be run; give its path.")
        }
        self.executable = executable
        arguments = Array(command.dropFirst())
        self.logger = logger
        places = PlaceCounter(limit)
        self.isStream = isStream
        // A program that ends while it is written to must not end the element.
        signal(SIGPIPE, SIG_IGN)
    }

    private static func find(_ name: String) -> URL? {
        let paths = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        let candidates = name.contains("/") ? [name] : paths.split(separator: ":").map { "\($0)/\(name)" }
        return candidates.map { URL(fileURLWithPath: $0) }.first { file in
            let attributes = try? FileManager.default.attributesOfItem(atPath: file.resolvingSymlinksInPath().path)
            return attributes?[.type] as? FileAttributeType == .typeRegular
                && FileManager.default.isExecutableFile(atPath: file.path)
        }
    }

    func serve(_ session: PoolElementSession) async throws {
        guard places.take() else { throw ProgramLimitReached(limit: places.limit) }
        defer { places.giveBack() }
        let program = try SessionProgram(executable, arguments)
        let fields = ["association": "\(session.association)", "process": "\(program.processIdentifier)"]
        logger.report(
            EventReport(
                "program-started", .info, "runs \(executable.lastPathComponent) as process \(program.processIdentifier)", fields
            ))
        let result: Result<Void, any Error>
        do {
            result = .success(try await exchange(session, program))
        } catch {
            result = .failure(error)
        }
        let status = await program.end(grace: Self.grace)
        logger.report(
            EventReport(
                "program-ended", status == .exited(0) ? .info : .notice,
                "process \(program.processIdentifier) of \(executable.lastPathComponent) \(status)",
                fields.merging(["status": status.shellStatus]) { $1 }))
        try result.get()
    }

    /// Returns when the program has closed its output, or the session has ended.
    private func exchange(_ session: PoolElementSession, _ program: SessionProgram) async throws {
        let longest = SCTPEndpointConfiguration().maximumMessageSize
        try await withThrowingTaskGroup { group in
            group.addTask { [isStream] in
                for try await message in session.messages where await !program.write(message.bytes, isLine: !isStream) {
                    return
                }
                // The user has closed the session: the program may still have something to do, but nobody to answer.
                program.endInput()
            }
            group.addTask { [isStream] in
                for await line in program.outputLines(maximumLength: longest - 1) {
                    // A message has at least a byte (RFC 9260 §3.3.1), so an empty line goes as its end.
                    try await session.send(line.isEmpty || isStream ? line + [0x0a] : line)
                }
            }
            group.addTask { [logger] in
                for await line in program.errorLines(maximumLength: longest) {
                    logger.report(
                        EventReport(
                            "program-said", .notice, String(decoding: line, as: UTF8.self),
                            ["association": "\(session.association)", "process": "\(program.processIdentifier)"]))
                }
                try await Task.sleep(for: .seconds(1 << 30))
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}

/// A session was given up since its element runs as many programs as it may.
struct ProgramLimitReached: Error, CustomStringConvertible {
    var limit: Int
    var description: String { "\(limit) programs run already, which is the limit; --exec-limit allows more" }
}
