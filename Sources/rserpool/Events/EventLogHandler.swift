import Foundation
import Logging

/// How events are written to standard error.
enum EventFormat: String, CaseIterable, Sendable {
    case text
    case json
}

/// A swift-log handler that writes each entry as one line: for people, or as an ``EventLine``.
struct EventLogHandler: LogHandler {
    /// The metadata key under which the event's name travels.
    static let eventKey = "event"

    let role: String
    let format: EventFormat
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields: [String: String] = [:]
        for (key, value) in metadata { fields[key] = "\(value)" }
        for (key, value) in event.metadata ?? [:] { fields[key] = "\(value)" }
        let name = fields.removeValue(forKey: Self.eventKey) ?? "log"
        let now = Date().timeIntervalSince1970
        switch format {
        case .text:
            StandardStreams.writeError("\(Text.clock(now)) \(event.level) \(role): \(event.message)")
        case .json:
            let line = EventLine(
                time: (now * 1_000_000).rounded() / 1_000_000, level: event.level.rawValue, role: role, event: name,
                message: event.message.description, fields: fields)
            // Only strings and one finite number: encoding them cannot fail.
            if let encoded = try? line.encoded { FileHandle.standardError.write(encoded + [0x0a]) }
        }
    }
}
