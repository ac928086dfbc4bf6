/// `<ul>`, `<ol>` and `<dl>`.
extension TextRenderer {
    private static let bullets = ["*", "-", "o", "+"]

    private func isCompact(_ list: XMLElement) -> Bool { list["spacing"] == "compact" }

    private func join(_ items: [[TextLine]], isCompact: Bool) -> [TextLine] {
        var result: [TextLine] = []
        for item in items {
            if !result.isEmpty, !isCompact { result.append(.blank) }
            result += item
        }
        return result
    }

    /// RFC 7991 §2.63.
    func bulletList(_ list: XMLElement, width: Int) -> [TextLine] {
        let isEmpty = list["empty"] == "true"
        if !isEmpty { bulletDepth += 1 }
        defer { if !isEmpty { bulletDepth -= 1 } }
        let bullet = isEmpty ? "" : TextRenderer.bullets[(bulletDepth - 1) % TextRenderer.bullets.count]
        let isBare = list["bare"] == "true" && isEmpty
        let indent = list.number("indent", in: TextRenderer.indents) ?? (isBare ? 0 : 3)
        let items = list.elements("li").map { item -> [TextLine] in
            let lines = blocks(in: item, width: width - indent, isCompact: isCompact(list)).indented(by: indent)
            return isEmpty ? lines : lines.labelled(bullet)
        }
        return join(items, isCompact: isCompact(list))
    }

    /// RFC 7991 §2.34.
    func numberedList(_ list: XMLElement, width: Int) -> [TextLine] {
        let items = list.elements("li")
        let type = list["type"] ?? "1"
        var number = list.number("start", in: 0...1_000_000) ?? 1
        if let group = list["group"], !group.isEmpty {
            if list["start"] == nil { number = groups[group] ?? 1 }
            groups[group] = number + items.count
        }
        let labels = items.indices.map { TextRenderer.label(type, number + $0) }
        let widest = labels.reduce(0) { max($0, $1.unicodeScalars.count) }
        let indent = list.number("indent", in: TextRenderer.indents) ?? widest + 2
        let rendered = zip(items, labels).map { item, label in
            let taken = label.unicodeScalars.count + 2
            let used = max(0, taken - indent)
            var lines = blocks(in: item, width: width - indent, used: used, isCompact: isCompact(list)).indented(by: indent)
            if used > 0, let first = lines.first { lines[0] = TextLine(indent: taken, text: first.text) }
            return lines.labelled(label)
        }
        return join(rendered, isCompact: isCompact(list))
    }

    /// The label of one item: "1.", "a.", "iv." or what the format makes of it.
    static func label(_ type: String, _ number: Int) -> String {
        guard type.contains("%") else { return counter(type.first ?? "1", number) + "." }
        var result = ""
        var rest = type[...]
        while let sign = rest.firstIndex(of: "%") {
            result += rest[..<sign]
            rest = rest[rest.index(after: sign)...]
            guard let kind = rest.popFirst() else { break }
            result += kind == "%" ? "%" : counter(kind, number)
        }
        return result + rest
    }

    private static func counter(_ kind: Character, _ number: Int) -> String {
        switch kind {
        case "a", "c": number > 0 ? Numbering.letters(number - 1).lowercased() : String(number)
        case "A", "C": number > 0 ? Numbering.letters(number - 1) : String(number)
        case "i": roman(number).lowercased()
        case "I": roman(number)
        case "o": String(number, radix: 8)
        case "x": String(number, radix: 16)
        case "X": String(number, radix: 16, uppercase: true)
        default: String(number)
        }
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

    /// RFC 7991 §2.20.
    func definitionList(_ list: XMLElement, width: Int) -> [TextLine] {
        let indent = list.number("indent", in: TextRenderer.indents) ?? 3
        var items: [[TextLine]] = []
        var terms: [TextLine] = []
        for element in list.elements {
            switch element.name {
            case "dt": terms += [TextLine](LineFilling.fill(inline(element), width: width))
            case "dd":
                items.append(
                    definition(
                        element, terms: terms, indent: indent, isNewline: list["newline"] == "true", isCompact: isCompact(list),
                        width: width))
                terms = []
            default: break
            }
        }
        if !terms.isEmpty { items.append(terms) }
        return join(items, isCompact: isCompact(list))
    }

    private func definition(
        _ element: XMLElement, terms: [TextLine], indent: Int, isNewline: Bool, isCompact: Bool, width: Int
    ) -> [TextLine] {
        guard let term = terms.last, !term.text.isEmpty else {
            return blocks(in: element, width: width - indent, isCompact: isCompact).indented(by: indent)
        }
        let first = element.elements.first { VersionConverter.blocks.contains($0.name) }
        let taken = max(term.width + 2, indent)
        if isNewline || first.map({ $0.name != "t" }) ?? false || taken >= width {
            return terms + blocks(in: element, width: width - indent, isCompact: isCompact).indented(by: indent)
        }
        var lines = blocks(in: element, width: width - indent, used: taken - indent, isCompact: isCompact).indented(by: indent)
        guard let start = lines.first, !start.text.isEmpty else { return terms + lines.dropFirst() }
        lines[0] = TextLine(indent: taken, text: start.text)
        return terms.dropLast() + lines.labelled(term.text)
    }
}
