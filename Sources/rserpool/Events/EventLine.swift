import Foundation

/// One event of a process as a line of JSON: what `--log-format json` writes to standard error, and what `demo` reads.
struct EventLine: Codable, Equatable, Sendable {
    /// Seconds since 1970-01-01T00:00:00Z.
    var time: Double
    /// swift-log's level.
    var level: String
    /// The kind of process: `registrar`, `element`, `user`, …
    var role: String
    /// The event's name, a word or two joined by hyphens; programs look at this one.
    var event: String
    /// The same for people.
    var message: String
    /// The event's particulars: pool, element, address, count, …
    var fields: [String: String]

    var encoded: Data {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return try encoder.encode(self)
        }
    }
}
