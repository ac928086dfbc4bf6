/// One thing to tell the author of a document.
public struct RenderingMessage: Hashable, Sendable {
    /// How bad it is.
    public enum Severity: String, Hashable, Sendable {
        /// The document is rendered, though not quite as it may be meant.
        case warning
        /// The document is wrong, or a part of it could not be rendered.
        case error
    }

    /// How bad it is.
    public var severity: Severity
    /// What it is about.
    public var location: SourceLocation
    /// What was found and what was expected, in one line.
    public var text: String

    /// A message about a place in a file.
    public init(_ severity: Severity, at location: SourceLocation, _ text: String) {
        self.severity = severity
        self.location = location
        self.text = text
    }
}

extension RenderingMessage: CustomStringConvertible {
    /// `file:line:column: error: …`, as compilers write it.
    public var description: String { "\(location): \(severity.rawValue): \(text)" }
}

/// The messages of one run, in the order of their places.
struct MessageLog {
    private(set) var messages: [RenderingMessage] = []
    /// More are counted and not kept: a broken file can give one message a byte.
    static let limit = 1000
    private(set) var dropped = 0

    mutating func add(_ severity: RenderingMessage.Severity, at location: SourceLocation, _ text: String) {
        guard messages.count < MessageLog.limit else {
            dropped += 1
            return
        }
        let message = RenderingMessage(severity, at: location, text)
        if messages.last != message { messages.append(message) }
    }
}
