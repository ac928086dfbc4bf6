/// A piece of a message, as it stands in its bytes.
struct MessagePart: Codable, Equatable, Sendable {
    /// From the start of the message.
    var offset: Int
    /// Bytes, without padding.
    var length: Int
    /// As its RFC names it.
    var name: String
    var value: String?
    /// Why it, or what is in it, cannot be read.
    var problem: String?
    /// What is in it.
    var parts: [MessagePart]?

    init(
        _ offset: Int, _ length: Int, _ name: String, _ value: String? = nil, problem: String? = nil,
        parts: [MessagePart]? = nil
    ) {
        self.offset = offset
        self.length = length
        self.name = name
        self.value = value
        self.problem = problem
        self.parts = parts
    }

    /// One line a piece, indented by depth, each with its offset.
    func lines(indent: String) -> [String] {
        let number = String(offset)
        let place = String(repeating: " ", count: max(0, 6 - number.count)) + number + "  "
        let content = [value, problem.map { "✗ \($0)" }].compactMap { $0 }.joined(separator: "  ")
        return [place + indent + name + (content.isEmpty ? "" : ": " + content)]
            + (parts ?? []).flatMap { $0.lines(indent: indent + "  ") }
    }
}
