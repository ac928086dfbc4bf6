import Logging

/// A typed event of an engine, as it is reported: named for programs, told for people.
struct EventReport: Equatable, Sendable {
    var name: String
    var level: Logger.Level
    var message: String
    var fields: [String: String]

    init(_ name: String, _ level: Logger.Level = .info, _ message: String, _ fields: [String: String] = [:]) {
        self.name = name
        self.level = level
        self.message = message
        self.fields = fields
    }
}

extension Logger {
    /// Writes a report as one entry.
    func report(_ report: EventReport) {
        var metadata = report.fields.mapValues { Logger.MetadataValue.string($0) }
        metadata[EventLogHandler.eventKey] = .string(report.name)
        log(level: report.level, "\(report.message)", metadata: metadata)
    }
}
