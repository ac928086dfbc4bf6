/// A line of output. The indent is kept apart, so that blocks move as a whole, and may be negative for what is too wide.
struct TextLine: Equatable {
    var indent = 0
    var text: String

    static let blank = TextLine(text: "")

    /// As it is printed.
    var printed: String { text.isEmpty ? "" : String(repeating: " ", count: max(0, indent)) + text }

    /// Characters, as Unicode counts them; a letter with its marks is one.
    var width: Int { max(0, indent) + text.unicodeScalars.count }
}

extension [TextLine] {
    init(_ lines: [String]) {
        self = lines.map { TextLine(text: $0) }
    }

    func indented(by columns: Int) -> [TextLine] {
        map { $0.text.isEmpty ? $0 : TextLine(indent: $0.indent + columns, text: $0.text) }
    }

    /// With text in front of every line, blank ones too.
    func prefixed(_ prefix: String) -> [TextLine] {
        map { TextLine(text: prefix + $0.printed) }
    }

    /// With a label in the free columns before the first line.
    func labelled(_ label: String) -> [TextLine] {
        guard let first else { return [TextLine(text: label)] }
        let room = Swift.max(0, first.indent)
        let padding = String(repeating: " ", count: Swift.max(0, room - label.unicodeScalars.count))
        let text = first.text.isEmpty ? label : label + padding + first.text
        return [TextLine(text: text)] + dropFirst()
    }
}

/// Text in the middle of a column, as Python's `str.center` places it.
func centred(_ text: String, width: Int) -> TextLine {
    let count = text.unicodeScalars.count
    guard count < width else { return TextLine(text: text) }
    let padding = width - count
    return TextLine(indent: padding / 2 + (padding & width & 1), text: text)
}
