/// The text of paragraphs: cross references, emphasis, links.
extension TextRenderer {
    /// What stands in a paragraph, in one string, without blanks at the ends, not yet filled.
    func inline(_ element: XMLElement) -> String {
        var result = ""
        for child in element.children {
            switch child {
            case .text(let text): result += text
            case .element(let element): result += inlineElement(element)
            case .comment, .instruction: break
            }
        }
        return TextRenderer.trimmed(result)
    }

    private func inlineElement(_ element: XMLElement) -> String {
        if VersionConverter.blocks.contains(element.name) { return "" }
        switch element.name {
        case "em": return "_\(inline(element))_"
        case "strong": return "*\(inline(element))*"
        case "sub", "sup":
            let content = inline(element)
            let sign = element.name == "sub" ? "_" : "^"
            return TextRenderer.isSimple(content) ? sign + content : "\(sign)(\(content))"
        case "br": return "\u{2028}"
        case "xref", "relref": return LineFilling.unbroken(crossReference(element))
        case "eref":
            let content = element.ownText
            let target = element["target"] ?? ""
            if element["brackets"] == "angle" { return (content.isEmpty ? "" : "\(content) ") + "<\(target)>" }
            return content.isEmpty ? target : "\(content) (\(target))"
        case "u": return unicode(element)
        case "iref", "name": return ""
        case "cref": return comment(element)
        case "contact": return AuthorName(element).fullExpanded.replacing(". ", with: ".\u{a0}")
        default: return inline(element)
        }
    }

    /// On lines of its own, as in the source of a program.
    private func comment(_ element: XMLElement) -> String {
        guard isDraft, element["display"] != "false" else { return "" }
        var lines = LineFilling.fill(inline(element), width: 66)
        if let source = element["source"] { lines += ["", "-- \(source)"] }
        return lines.map { "\u{2028}//  \($0)" }.joined()
    }

    /// Whether an index needs no brackets around it: one word or number, perhaps with a sign.
    private static func isSimple(_ text: String) -> Bool {
        var rest = Array(text.unicodeScalars)[...]
        if let first = rest.first, "+-\u{2212}\u{b1}\u{2213}".unicodeScalars.contains(first) { rest.removeFirst() }
        if rest.isEmpty || rest.contains("_") { return false }
        if rest.first == "(", rest.last == ")" {
            var depth = 0
            for scalar in rest.dropFirst().dropLast() where depth >= 0 {
                depth += scalar == "(" ? 1 : scalar == ")" ? -1 : 0
            }
            return depth == 0
        }
        if let point = rest.firstIndex(of: "."), point > rest.startIndex, rest[..<point].allSatisfy(WordSplitter.isDigit),
            point + 1 < rest.endIndex, WordSplitter.isDigit(rest[point + 1])
        {
            rest = rest[(point + 1)...]
        }
        return rest.allSatisfy(WordSplitter.isWord)
    }

    /// RFC 7991 §2.62: the characters in quotes, their names, their numbers.
    private func unicode(_ element: XMLElement) -> String {
        if let anchor = element["anchor"], numbering.referred.contains(anchor) { return element.ownText }
        return TextRenderer.named(element)
    }

    /// Characters with their names and numbers.
    static func named(_ element: XMLElement) -> String {
        let content = element.ownText
        let scalars = Array(content.unicodeScalars)
        func expanded(_ part: some StringProtocol) -> String? {
            switch part {
            case "lit": "\"\(content)\""
            case "char": content
            case "name": scalars.map { $0.properties.name ?? "U+" + String($0.value, radix: 16) }.joined(separator: ", ")
            case "num":
                scalars.map { scalar in
                    let digits = String(scalar.value, radix: 16, uppercase: true)
                    return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
                }.joined(separator: " ")
            case "ascii": "\"\(element["ascii"] ?? "")\""
            default: nil
            }
        }
        let format = element["format"] ?? "lit-name-num"
        let parts = format.split(separator: "-").map { expanded($0) }
        if parts.contains(where: { $0 == nil }) {
            return ["lit", "char", "name", "num", "ascii"].reduce(format) { $0.replacing("{\($1)}", with: expanded($1) ?? "") }
        }
        let texts = parts.compactMap(\.self)
        guard texts.count > 1 else { return texts.first ?? content }
        return "\(texts[0]) (\(texts.dropFirst().joined(separator: ", ")))"
    }

    /// RFC 7991 §2.66.
    func crossReference(_ element: XMLElement) -> String {
        let text = inline(element)
        let name = element["target"] ?? ""
        let format = element["format"] ?? "default"
        guard let target = numbering.targets[name] else {
            log.add(.error, at: element.location, "nothing has the anchor \"\(name)\" that <\(element.name)> refers to")
            return text.isEmpty ? "[\(name)]" : "\(text) [\(name)]"
        }
        if let section = element["section"], !section.isEmpty, case .reference(let label, _) = target {
            return place(section, in: label, element["sectionFormat"] ?? "of", text: text)
        }
        if format == "none" { return text }
        if case .reference(let label, let entry) = target {
            if format == "title", let title = entry.first("front")?.first("title") {
                return text.isEmpty ? TextRenderer.trimmed(title.text) : "\(text) (\(TextRenderer.trimmed(title.text)))"
            }
            return text.isEmpty ? "[\(label)]" : "\(text) [\(label)]"
        }
        let found = pointer(to: target, named: name, format: format)
        return text.isEmpty ? found : found.isEmpty ? text : "\(text) (\(found))"
    }

    /// "Section 3.1", "Figure 2", "3.1" or a title.
    func pointer(to target: Numbering.Target, named name: String, format: String) -> String {
        switch target {
        case .section(let word, let number, let title):
            let shown = title.map { TextRenderer.trimmed($0.text) } ?? name
            if format == "title" { return shown }
            guard let number else { return format == "counter" ? shown : "\(word) \"\(shown)\"" }
            return format == "counter" ? number : "\(word) \(number)"
        case .float(let word, let number, let title):
            if format == "title" { return title.map { TextRenderer.trimmed($0.text) } ?? name }
            return format == "counter" ? String(number) : "\(word) \(number)"
        case .part(let section, let number, let path, let isItem):
            if format == "title" { return name }
            if format == "counter" { return numbering.counters[name] ?? number }
            var parts = path.split(separator: ".", maxSplits: 1).map(String.init)
            if !isItem { parts = [path] }
            return "\(section), Paragraph \(parts[0])" + (parts.count > 1 ? ", Item \(parts[1])" : "")
        case .author(let author): return AuthorName(author).fullExpanded
        case .named(let text): return text
        case .reference(let label, _): return "[\(label)]"
        }
    }

    /// A section of a reference.
    private func place(_ section: String, in label: String, _ format: String, text: String) -> String {
        let first = section.unicodeScalars.first
        let rest = section.dropFirst()
        let isAppendix = first.map { ("A"..."Z").contains($0) } ?? false && (rest.isEmpty || rest.hasPrefix("."))
        let word = first.map(WordSplitter.isDigit) ?? false ? "Section" : isAppendix ? "Appendix" : "Part"
        let shown = text.isEmpty ? "" : "\(text) "
        switch format {
        case "bare": return text.isEmpty || shown == section ? section : "\(section) (\(text))"
        case "comma": return "\(shown)[\(label)], \(word) \(section)"
        case "parens": return "\(shown)[\(label)] (\(word) \(section))"
        default: return "\(word) \(section) of \(shown)[\(label)]"
        }
    }
}
