import ArgumentParser
import Logging

extension EventFormat: ExpressibleByArgument {}

/// `--log-level`; swift-log's levels.
enum LogLevelChoice: String, CaseIterable, ExpressibleByArgument, Sendable {
    case debug
    case info
    case notice
    case warning
    case error

    var level: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        }
    }
}

/// Options of every command that reports what happens.
struct LoggingOptions: ParsableArguments {
    @Option(help: "What is reported on standard error: this level and those above it.")
    var logLevel: LogLevelChoice = .info

    @Option(help: "text for people, json for programs: an object a line with time, level, role, event, message, fields.")
    var logFormat: EventFormat = .text

    func logger(role: String) -> Logger {
        var logger = Logger(label: role) { [logFormat] label in
            EventLogHandler(role: label, format: logFormat, logLevel: .info)
        }
        logger.logLevel = logLevel.level
        return logger
    }
}

/// Options of the commands that run until they are told to stop.
struct ServiceOptions: ParsableArguments {
    @Flag(help: "Also stop when standard input ends: so a program that started this one never leaves it behind.")
    var untilInputEnds = false

    func stopRequest() -> StopRequest {
        StopRequest(endOfInput: untilInputEnds)
    }
}
