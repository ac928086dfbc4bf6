/// The lists of references, RFC 7322 §4.8.6.
extension TextRenderer {
    private static let labelWidth = 11

    func references(_ element: XMLElement) {
        let number = numbering.headings[ObjectIdentifier(element)]?.number
        heading(element.first("name").map { inline($0) } ?? "References", number: number)
        for child in element.elements("references") { references(child) }
        for entry in element.elements where entry.name == "reference" || entry.name == "referencegroup" {
            let label = numbering.labels[ObjectIdentifier(entry)] ?? ""
            let width = TextRenderer.pageWidth - TextRenderer.indent - TextRenderer.labelWidth
            let text = entry.name == "reference" ? self.text(of: entry, width: width) : group(entry, width: width)
            let lines = text.flatMap { LineFilling.fill($0, width: width, spacesSentences: false) }
            let body = [TextLine](lines).indented(by: TextRenderer.labelWidth)
            let shown = "[\(label)]"
            let item =
                shown.unicodeScalars.count < TextRenderer.labelWidth ? body.labelled(shown) : [TextLine(text: shown)] + body
            emit(item.indented(by: TextRenderer.indent))
            if !used.contains(ObjectIdentifier(entry)) {
                log.add(.warning, at: entry.location, "nothing refers to [\(label)]")
            }
        }
    }

    /// RFC 7991 §2.41.
    private func group(_ group: XMLElement, width: Int) -> [String] {
        let series = group.elements("reference").first?.elements("seriesInfo").first {
            ["BCP", "STD", "FYI"].contains($0["name"])
        }
        let name = "\(series?["name"] ?? "")\u{a0}\(series?["value"] ?? "")"
        let kind = series?["name"] ?? "group"
        let target = group["target"].map { ", <\(LineFilling.unbroken($0))>" } ?? ""
        var lines = [
            "\(series == nil ? group["anchor"] ?? "" : name)\(target).",
            "At the time of writing, this \(kind) comprises the following:",
        ]
        for member in group.elements("reference") { lines += [""] + text(of: member, width: width) }
        return lines
    }

    private func text(of reference: XMLElement, width: Int) -> [String] {
        let front = reference.first("front")
        var parts: [String] = []
        let authors = self.authors(of: front?.elements("author") ?? [])
        if !authors.isEmpty { parts.append(authors) }
        if let title = front?.first("title").map({ inline($0) }), title.contains(where: { !$0.isWhitespace }) {
            let isPlain = reference["quoteTitle"] == "false" || reference["quote-title"] == "false"
            parts.append(isPlain ? title : "\"\(title)\"")
        }
        parts += reference.elements("refcontent").map { inline($0) }
        var series = reference.elements("seriesInfo")
        if series.isEmpty { series = front?.elements("seriesInfo") ?? [] }
        let order = ["STD": 0, "BCP": 1, "FYI": 2, "RFC": 3, "DOI": 4]
        let sorted = series.enumerated().sorted {
            (order[$0.element["name"] ?? ""] ?? 5, $0.offset) < (order[$1.element["name"] ?? ""] ?? 5, $1.offset)
        }.map(\.element)
        for entry in sorted {
            let name = entry["name"] ?? ""
            let value = entry["value"] ?? ""
            parts.append(name == "Internet-Draft" ? "Work in Progress, Internet-Draft, \(value)" : seriesText(name, value))
        }
        let date = DocumentDate(front?.first("date"))
        if !date.text.isEmpty {
            parts.append(date.text)
        } else if let text = front?.first("date").map({ inline($0) }), text.contains(where: { !$0.isWhitespace }) {
            parts.append(text)
        }
        if let target = reference["target"].flatMap({ $0.isEmpty ? nil : $0 }) ?? madeTarget(series) {
            let shown = "<\(target)>"
            parts.append(shown.unicodeScalars.count < width ? LineFilling.unbroken(shown) : breakable(shown))
        }
        let notes = reference.elements("annotation").map { "  \(trimmed(inline($0)))" }.joined()
        return [parts.joined(separator: ", ") + "." + notes]
    }

    private func seriesText(_ name: String, _ value: String) -> String {
        name.unicodeScalars.count + value.unicodeScalars.count < 40 && !name.contains(" ")
            ? "\(name)\u{a0}\(value)" : "\(name) \(value)"
    }

    /// An address that is too long for a line ends one after a hyphen or slash before a letter.
    private func breakable(_ address: String) -> String {
        var result = ""
        for character in address {
            if character.isLetter, result.last == "-" || result.last == "/" && !result.hasSuffix("//") {
                result.append("\u{200b}")
            }
            result.append(character)
        }
        return result
    }

    private func trimmed(_ text: String) -> Substring {
        var rest = text[...].drop(while: \.isWhitespace)
        while rest.last?.isWhitespace ?? false { rest.removeLast() }
        return rest
    }

    private func madeTarget(_ series: [XMLElement]) -> String? {
        func value(_ name: String) -> String? { series.first { $0["name"] == name }?["value"] }
        if let number = value("RFC") { return "https://www.rfc-editor.org/rfc/rfc\(number)" }
        if let draft = value("Internet-Draft") { return "https://datatracker.ietf.org/doc/html/\(draft)" }
        return value("DOI").map { "https://doi.org/\($0)" }
    }

    /// "Rose, M.", "Pea, A. and B. Bean", "Pea, A., Bean, B., and C. Leek".
    private func authors(of elements: [XMLElement]) -> String {
        var names: [String] = []
        for (index, author) in elements.enumerated() {
            let role = author["role"] == "editor" ? ", Ed." : ""
            if let surname = author["surname"], !surname.isEmpty {
                let initials = initials(author).split(separator: " ").joined(separator: "\u{a0}")
                let isLast = index == elements.count - 1 && index > 0
                if initials.isEmpty {
                    names.append(surname + role)
                } else {
                    names.append((isLast ? "\(initials) \(surname)" : "\(surname), \(initials)") + role)
                }
            } else if let full = author["fullname"], !full.isEmpty {
                names.append(full + role)
            } else if let name = organizationName(author, isShort: true) {
                names.append(name + role)
            }
        }
        switch names.count {
        case 0: return ""
        case 1: return names[0]
        case 2: return "\(names[0]) and \(names[1])"
        default: return names.dropLast().joined(separator: ", ") + ", and \(names[names.count - 1])"
        }
    }
}
