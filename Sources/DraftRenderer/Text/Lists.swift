/// `<ul>`, `<ol>` and `<dl>`.
extension TextRenderer {
    private static let bullets = ["*", "-", "o", "+"]
    /// Blocks whose first line takes no label.
    private static let unlabelled: Set<String> = ["artwork", "figure", "sourcecode", "li"]
    /// Blocks that begin below the term that they explain.
    private static let belowTerm: Set<String> = [
        "artset", "artwork", "aside", "blockquote", "figure", "ol", "sourcecode", "table", "ul",
    ]

    private func isCompact(_ list: XMLElement) -> Bool { list["spacing"] == "compact" }

    private func items(
        of list: XMLElement, in frame: Frame, width: Int, labels: [String], labelWidth: Int
    ) -> [TextLine] {
        var result: [TextLine] = []
        for (item, label) in zip(list.elements("li"), labels) {
            if !result.isEmpty, !isCompact(list) { result.append(.blank) }
            itemLabels.append(label)
            let lines = content(of: item, in: frame, width: width).trimmed
            itemLabels.removeLast()
            let first = lines.first?.source?.name ?? "t"
            let isText = !item.elements.contains { VersionConverter.blocks.contains($0.name) }
            result +=
                TextRenderer.unlabelled.contains(first) && !isText ? lines : lines.labelled(label, width: labelWidth).of(item)
        }
        return result
    }

    /// RFC 7991 §2.63.
    func bulletList(_ list: XMLElement, in frame: Frame, width: Int) -> [TextLine] {
        let isEmpty = list["empty"] == "true"
        let isBare = isEmpty && list["bare"] == "true"
        let bullet = isEmpty ? " " : TextRenderer.bullets[bulletDepth % TextRenderer.bullets.count]
        bulletDepth += 1
        defer { bulletDepth -= 1 }
        var padding = 3
        if isBare, let last = list.elements("li").last {
            let text = inline(last).split(whereSeparator: { $0.isWhitespace }).first
            padding = text.map { min(8, $0.unicodeScalars.count + 2) } ?? padding
        }
        let indent = list.number("indent", in: TextRenderer.indents) ?? padding
        let inner = frame.list(indent: indent, hang: max(padding, indent) - indent, isCompact: isCompact(list))
        let labels = [String](repeating: isBare ? "" : bullet, count: list.elements("li").count)
        return items(of: list, in: inner, width: width, labels: labels, labelWidth: isBare ? 0 : indent)
    }

    /// RFC 7991 §2.34.
    func numberedList(_ list: XMLElement, in frame: Frame, width: Int) -> [TextLine] {
        let count = list.elements("li").count
        let start = numbering.starts[ObjectIdentifier(list)] ?? 1
        let type = (list["type"] ?? "1").replacing("%p", with: itemLabels.last ?? "")
        let labels = (0..<count).map { ListLabel.text(type, start + $0) }
        let indent = list.number("indent", in: TextRenderer.indents) ?? ListLabel.width(type, count: count) + 2
        let inner = frame.list(indent: indent, isCompact: isCompact(list))
        return items(of: list, in: inner, width: width, labels: labels, labelWidth: indent)
    }

    /// RFC 7991 §2.20.
    func definitionList(_ list: XMLElement, width: Int, used: Int = 0) -> [TextLine] {
        let indent = list.number("indent", in: TextRenderer.indents) ?? 3
        let isNewline = list["newline"] == "true"
        var result: [TextLine] = []
        var termWidth = indent
        for element in list.elements {
            switch element.name {
            case "dt":
                if !result.isEmpty, !isCompact(list) { result.append(.blank) }
                var term = [TextLine](LineFilling.fill(inline(element), width: width - 3), of: element)
                let last = term.count - 1
                // A list that begins beside the term of another one.
                if result.isEmpty { term[0].text = String(repeating: " ", count: used) + term[0].text }
                // The blanks stay, even where the text begins below.
                let padding = indent - (isNewline ? 1 : 2) - term[last].text.unicodeScalars.count
                if term.count == 1, term[0].text.unicodeScalars.count < indent {
                    term[last].text += String(repeating: " ", count: max(0, padding))
                }
                termWidth = term[last].text.unicodeScalars.count
                result += term
            case "dd":
                append(definition: element, of: list, to: &result, termWidth: termWidth, indent: indent, width: width)
            default: break
            }
        }
        if used > 0, !result.isEmpty { result[0].text = String(result[0].text.drop { $0 == " " }) }
        return result
    }

    private func append(
        definition element: XMLElement, of list: XMLElement, to result: inout [TextLine], termWidth: Int, indent: Int,
        width: Int
    ) {
        let frame = Frame.definition(isCompact: isCompact(list))
        var isBelow = list["newline"] == "true" || result.isEmpty
        if let first = element.elements.first, TextRenderer.belowTerm.contains(first.name) {
            isBelow = true
        } else if case .text(let text)? = element.children.first {
            let word = text.split(whereSeparator: \.isWhitespace).first?.unicodeScalars.count ?? 0
            if word > width - 2 - termWidth { isBelow = true }
        }
        let used = isBelow ? 0 : termWidth + 2 - indent
        var lines = content(of: element, in: frame, width: width - indent, used: used).indented(by: indent).of(element)
        guard !lines.isEmpty else { return }
        lines[0].staysWithPrevious = true
        if !isBelow {
            result[result.count - 1].text += "  " + lines.removeFirst().text
        }
        result += lines
    }
}

/// The labels of numbered lists.
enum ListLabel {
    /// The label of one item: "1.", "a.", "iv." or what the format makes of it.
    static func text(_ type: String, _ number: Int) -> String {
        expanded(type) { counter($0, number) }
    }

    /// What the widest label of so many items takes.
    static func width(_ type: String, count: Int) -> Int {
        expanded(type) { String(repeating: " ", count: counterWidth($0, count)) }.unicodeScalars.count
    }

    private static func expanded(_ type: String, _ counter: (Character) -> String) -> String {
        guard type.count > 1 else { return counter(type.first ?? "1") + "." }
        var result = ""
        var rest = type[...]
        while let sign = rest.firstIndex(of: "%") {
            result += rest[..<sign]
            rest = rest[rest.index(after: sign)...]
            guard let kind = rest.popFirst() else { break }
            result += kind == "%" ? "%" : counter(kind)
        }
        return result + rest
    }

    private static func counter(_ kind: Character, _ number: Int) -> String {
        switch kind {
        case "a", "c": letters(number)
        case "A", "C": letters(number).uppercased()
        case "i": roman(number).lowercased()
        case "I": roman(number)
        case "o", "O": String(number, radix: 8)
        case "x": String(number, radix: 16)
        case "X": String(number, radix: 16, uppercase: true)
        default: String(number)
        }
    }

    private static func counterWidth(_ kind: Character, _ count: Int) -> Int {
        func digits(_ base: Int) -> Int {
            var (width, rest) = (1, count)
            while rest >= base {
                width += 1
                rest /= base
            }
            return width
        }
        switch kind {
        case "a", "c", "A", "C": return digits(26)
        case "i", "I": return (1...max(1, min(count, 3999))).reduce(1) { max($0, roman($1).count) }
        case "o", "O": return digits(8)
        case "x", "X": return digits(16)
        default: return digits(10)
        }
    }

    /// a to z, then ba: a number whose digits are letters.
    private static func letters(_ number: Int) -> String {
        guard number > 0 else { return String(number) }
        var (rest, result) = (number - 1, "")
        repeat {
            result = String(UnicodeScalar(UInt8(97 + rest % 26))) + result
            rest /= 26
        } while rest > 0
        return result
    }

    private static func roman(_ number: Int) -> String {
        guard (1..<4000).contains(number) else { return String(number) }
        var rest = number
        var result = ""
        for (value, letters) in [
            (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
            (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
        ] {
            while rest >= value {
                result += letters
                rest -= value
            }
        }
        return result
    }
}
