/// The lists of references, RFC 7322 §4.8.6.
extension TextRenderer {
    private static let labelWidth = 11
    /// What is left of a line beside the labels.
    private static let textWidth = pageWidth - indent - labelWidth

    func references(_ element: XMLElement) {
        let number = numbering.headings[ObjectIdentifier(element)]?.number
        heading(element.first("name").map { inline($0) } ?? "References", number: number, of: element)
        for child in element.elements {
            switch child.name {
            case "references": references(child)
            case "reference", "referencegroup": entry(child)
            default: break
            }
        }
    }

    private func entry(_ entry: XMLElement) {
        let label = numbering.labels[ObjectIdentifier(entry)] ?? ""
        let lines = entry.name == "reference" ? self.lines(of: entry) : group(entry)
        let shown = "[\(label)]"
        let body = lines.indented(by: TextRenderer.labelWidth).of(entry)
        let count = shown.unicodeScalars.count
        var item = [TextLine(text: shown, source: entry)] + body
        if count < TextRenderer.labelWidth, let first = body.first, first.text != "" {
            let padding = String(repeating: " ", count: TextRenderer.labelWidth - count)
            item = [TextLine(text: shown + padding + first.text, source: entry)] + body.dropFirst()
        }
        emit(item.indented(by: TextRenderer.indent))
        if !numbering.referredEntries.contains(ObjectIdentifier(entry)) {
            log.add(.warning, at: entry.location, "nothing refers to [\(label)]")
        }
    }

    private func fill(_ text: String) -> [TextLine] {
        let kept = LineFilling.keepingAddresses(text, width: TextRenderer.textWidth)
        return [TextLine](LineFilling.fill(kept, width: TextRenderer.textWidth, spacesSentences: false))
    }

    /// RFC 7991 §2.41.
    private func group(_ group: XMLElement) -> [TextLine] {
        let members = group.elements("reference")
        var series: XMLElement?
        for member in members where series == nil {
            series = ReferenceText.series(of: member).first { ["BCP", "STD", "FYI"].contains($0["name"]) }
        }
        var lines: [TextLine] = []
        let madeTarget = series.map {
            "https://www.rfc-editor.org/info/\(($0["name"] ?? "").lowercased())\($0["value"] ?? "")"
        }
        let target = group["target"].flatMap { $0.isEmpty ? nil : $0 } ?? madeTarget
        if let series, let name = series["name"] {
            let names = ["BCP": "Best Current Practice", "STD": "Internet Standard", "FYI": "For Your Information"]
            let full = names[name] ?? name
            lines = fill("\(full) \(series["value"] ?? "")" + (target.map { ", <\($0)>." } ?? "."))
            lines += fill("At the time of writing, this \(name) comprises the following:")
        }
        for member in members {
            if !lines.isEmpty { lines.append(.blank) }
            lines += self.lines(of: member)
        }
        if series == nil, let target { lines += [.blank] + fill("<\(target)>") }
        return lines
    }

    private func lines(of reference: XMLElement) -> [TextLine] {
        let notes = reference.elements("annotation").map { "  \(inline($0))" }.joined()
        let parts = ReferenceText(reference) { self.inline($0) }
        return fill(parts.text + "." + notes)
    }
}

/// What a reference says in one line.
struct ReferenceText {
    private(set) var parts: [String] = []
    private(set) var target: String?

    var text: String { (parts + (target.map { ["<\($0)>"] } ?? [])).joined(separator: ", ") }

    /// - Parameter inline: the text of an element.
    init(_ reference: XMLElement, inline: (XMLElement) -> String) {
        let front = reference.first("front")
        let authors = ReferenceText.authors(of: front?.elements("author") ?? [], isOld: ReferenceText.isOld(reference))
        if !authors.isEmpty { parts.append(authors) }
        if let title = front?.first("title").map({ TextRenderer.trimmed($0.text) }) {
            let isPlain = ["false", "no"].contains(reference["quoteTitle"] ?? reference["quote-title"])
            parts.append(isPlain ? title : "\"\(title)\"")
        }
        let contents = reference.elements("refcontent").map(inline)
        parts += contents
        let series = ReferenceText.series(of: reference)
        if series.contains(where: { $0["name"] == "Internet-Draft" }), !contents.contains("Work in Progress") {
            parts.append("Work in Progress")
        }
        let order = ["STD": 0, "BCP": 1, "FYI": 2, "RFC": 3, "DOI": 4]
        let sorted = series.enumerated().sorted {
            (order[$0.element["name"] ?? ""] ?? 5, $0.offset) < (order[$1.element["name"] ?? ""] ?? 5, $1.offset)
        }.map(\.element)
        for entry in sorted {
            let name = entry["name"] ?? ""
            let value = entry["value"] ?? ""
            parts.append(
                name == "Internet-Draft" ? "\(name), \(value)" : "\(name)\u{a0}\(value.replacing("/", with: "/\u{2060}"))")
        }
        if let date = front?.first("date") {
            let shown = DocumentDate(date).text
            let said = TextRenderer.trimmed(date["year"].flatMap { Int($0) == nil ? $0 : nil } ?? date.text)
            parts.append(said.isEmpty ? shown : shown.isEmpty ? said : "\(said) (\(shown))")
        }
        parts.removeAll(where: \.isEmpty)
        target = reference["target"].flatMap { $0.isEmpty ? nil : $0 } ?? ReferenceText.madeTarget(series)
    }

    /// In the place of version 3, or that of version 2.
    static func series(of reference: XMLElement) -> [XMLElement] {
        reference.elements("seriesInfo") + (reference.first("front")?.elements("seriesInfo") ?? [])
    }

    private static func madeTarget(_ series: [XMLElement]) -> String? {
        for entry in series {
            guard let value = entry["value"], !value.isEmpty else { continue }
            switch entry["name"] {
            case "RFC": return "https://www.rfc-editor.org/rfc/rfc\(value)"
            case "Internet-Draft": return "https://datatracker.ietf.org/doc/html/\(value)"
            case "DOI": return "https://doi.org/\(value)"
            default: break
            }
        }
        return nil
    }

    /// Memos up to number 1272 name their authors by one initial.
    private static func isOld(_ reference: XMLElement) -> Bool {
        let number = reference.elements("seriesInfo").first { $0["name"] == "RFC" }?["value"].flatMap { Int($0) }
        return number.map { $0 <= 1272 } ?? false
    }

    /// "Rose, M.", "Pea, A. and B. Bean", "Pea, A., Bean, B., and C. Leek".
    private static func authors(of elements: [XMLElement], isOld: Bool) -> String {
        var result = ""
        for (index, author) in elements.enumerated() {
            let isLast = index == elements.count - 1 && elements.count > 1
            if isLast { result += "and " }
            let name = AuthorName(author, isOld: isOld)
            result += isLast ? name.citedLast : name.cited
            if author["role"] == "editor" { result += ", Ed." }
            if elements.count == 2, index == 0 { result += " " } else if index < elements.count - 1 { result += ", " }
        }
        return result
    }
}
