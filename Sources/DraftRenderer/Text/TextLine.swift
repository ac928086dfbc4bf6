/// A line of output. The indent is kept apart, so that blocks move as a whole, and may be negative for what is too wide.
struct TextLine {
    var indent = 0
    var text: String
    /// What the line was made of; nil for blank lines between blocks. Pages break with regard to it.
    var source: XMLElement?
    /// Whether no page begins with this line, as with the text beside a term.
    var staysWithPrevious = false

    static var blank: TextLine { TextLine(text: "") }

    /// As it is printed.
    var printed: String { indent <= 0 || isBlank ? text : String(repeating: " ", count: indent) + text }

    /// In characters.
    var width: Int { max(0, indent) + text.unicodeScalars.count }

    var isBlank: Bool { text.utf8.allSatisfy { $0 == 0x20 } }
}

extension [TextLine] {
    init(_ lines: [String], of source: XMLElement? = nil) {
        self = lines.map { TextLine(text: $0, source: source) }
    }

    func indented(by columns: Int) -> [TextLine] {
        guard columns != 0 else { return self }
        var result = self
        for index in result.indices where !result[index].text.isEmpty { result[index].indent += columns }
        return result
    }

    /// With text in front of every line, blank ones too.
    func prefixed(_ prefix: String, of source: XMLElement? = nil) -> [TextLine] {
        map { TextLine(text: prefix + $0.printed, source: source ?? $0.source) }
    }

    /// With a label in front of the first line, which stays where it is if the label leaves room.
    /// - Parameter width: the columns that the label fills with blanks.
    func labelled(_ label: String, width: Int) -> [TextLine] {
        guard let first else { return label.isEmpty ? [] : [TextLine(text: label)] }
        let padding = String(repeating: " ", count: Swift.max(0, width - label.unicodeScalars.count))
        return [TextLine(text: label + padding + first.text, source: first.source)] + dropFirst()
    }

    func of(_ source: XMLElement) -> [TextLine] {
        var result = self
        for index in result.indices where result[index].source == nil && !result[index].text.isEmpty {
            result[index].source = source
        }
        return result
    }

    var widest: Int { reduce(0) { Swift.max($0, $1.width) } }

    /// Without blank lines at either end.
    var trimmed: [TextLine] {
        guard let first = firstIndex(where: { !$0.isBlank }), let last = lastIndex(where: { !$0.isBlank }) else { return [] }
        return Array(self[first...last])
    }
}

/// Text in the middle of a column, as Python's `str.center` places it.
func centred(_ text: String, width: Int) -> TextLine {
    let count = text.unicodeScalars.count
    guard count < width else { return TextLine(text: text) }
    let padding = width - count
    return TextLine(indent: padding / 2 + (padding & width & 1), text: text)
}
