/// The text of paragraphs: cross references, emphasis, links.
extension TextRenderer {
    /// What stands in a paragraph, in one string, not yet filled.
    func inline(_ element: XMLElement) -> String {
        inline(element.children)
    }

    func inline(_ children: [XMLNode]) -> String {
        var result = ""
        for child in children {
            switch child {
            case .text(let text): result += text
            case .element(let element): result += inlineElement(element)
            case .comment, .instruction: break
            }
        }
        return result
    }

    private func inlineElement(_ element: XMLElement) -> String {
        let content = inline(element)
        switch element.name {
        case "em": return "_\(content)_"
        case "strong": return "*\(content)*"
        case "sub": return content.contains(" ") ? "_(\(content))" : "_\(content)"
        case "sup": return content.contains(" ") ? "^(\(content))" : "^\(content)"
        case "br": return "\u{2028}"
        case "xref", "relref": return crossReference(element, text: content)
        case "eref":
            let target = element["target"] ?? ""
            guard content.contains(where: { !$0.isWhitespace }) else {
                return element["brackets"] == "angle" ? "<\(target)>" : target
            }
            return element["brackets"] == "angle" ? "\(content) <\(target)>" : "\(content) (\(target))"
        case "u": return unicode(element, content)
        case "iref": return ""
        case "cref":
            guard isDraft else { return "" }
            let source = element["source"].map { " -- \($0)" } ?? ""
            return " // \(content)\(source) "
        case "contact": return element["fullname"] ?? content
        case "bcp14", "tt", "span", "comment": return content
        default: return content
        }
    }

    /// RFC 7991 §2.62 as formatted by default: the characters in quotes, their names, their numbers.
    private func unicode(_ element: XMLElement, _ content: String) -> String {
        let scalars = Array(content.unicodeScalars)
        let names = scalars.map { $0.properties.name ?? "" }.joined(separator: ", ")
        let numbers = scalars.map { scalar in
            let digits = String(scalar.value, radix: 16, uppercase: true)
            return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        }.joined(separator: " ")
        return (element["format"] ?? "lit-name-num").split(separator: "-").enumerated().map { index, part in
            let text: String =
                switch part {
                case "lit": "\"\(content)\""
                case "name": names
                case "num": numbers
                case "ascii": "\"\(element["ascii"] ?? "")\""
                default: content
                }
            return (index, text)
        }.reduce(into: "") { result, part in
            switch part.0 {
            case 0: result = part.1
            case 1: result += " (\(part.1)"
            default: result += ", \(part.1)"
            }
        } + ((element["format"] ?? "lit-name-num").contains("-") ? ")" : "")
    }

    /// RFC 7991 §2.66.
    private func crossReference(_ element: XMLElement, text: String) -> String {
        let name = element["target"] ?? ""
        guard let target = numbering.targets[name] else {
            log.add(.error, at: element.location, "nothing has the anchor \"\(name)\" that <\(element.name)> refers to")
            return text.isEmpty ? "[\(LineFilling.unbroken(name))]" : "\(text) [\(LineFilling.unbroken(name))]"
        }
        let format = element["format"] ?? "default"
        let hasText = text.contains { !$0.isWhitespace }
        if format == "none" { return text }
        if case .reference(let label, let entry) = target {
            used.insert(ObjectIdentifier(entry))
            return citation(element, label: "[\(LineFilling.unbroken(label))]", entry: entry, text: hasText ? text : nil)
        }
        let found = pointer(to: target, format: format)
        return hasText ? "\(text) (\(found))" : found
    }

    /// "Section 3.1", "Figure 2", "3.1" or a title.
    private func pointer(to target: Numbering.Target, format: String) -> String {
        switch target {
        case .section(let word, let number, let title):
            let name = title.map { inline($0) } ?? ""
            if format == "title" { return name }
            guard let number else { return format == "counter" ? name : "\(word) \"\(name)\"" }
            return format == "counter" ? number : "\(word)\u{a0}\(number)"
        case .float(let word, let number, let title):
            if format == "title", let title { return inline(title) }
            return format == "counter" ? String(number) : "\(word)\u{a0}\(number)"
        case .part(let section, let path): return "\(section), \(path)"
        case .author(let author): return author["fullname"] ?? author["surname"] ?? ""
        case .reference(let label, _): return "[\(label)]"
        }
    }

    /// A reference, perhaps with a section of it.
    private func citation(_ element: XMLElement, label: String, entry: XMLElement, text: String?) -> String {
        if element["format"] == "title" {
            return text ?? entry.first("front")?.first("title").map { inline($0) } ?? label
        }
        guard let section = element["section"], !section.isEmpty else { return text.map { "\($0) \(label)" } ?? label }
        let isAppendix = section.first?.isLetter ?? false
        let place = "\(isAppendix ? "Appendix" : "Section")\u{a0}\(LineFilling.unbroken(section))"
        switch element["sectionFormat"] ?? "of" {
        case "bare": return text.map { "\(section) (\($0))" } ?? section
        case "comma": return "\(text.map { "\($0) " } ?? "")\(label), \(place)"
        case "parens": return "\(text.map { "\($0) " } ?? "")\(label) (\(place))"
        default: return "\(place) of \(text.map { "\($0) " } ?? "")\(label)"
        }
    }
}
