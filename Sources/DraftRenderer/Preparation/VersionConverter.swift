/// Turns the vocabulary of RFC 7749 (version 2) into that of RFC 7991 (version 3), so that one renderer serves both.
/// What stands out of place is kept and put where it can be rendered, with a warning.
struct VersionConverter {
    let settings: DocumentSettings
    /// Whether the document says that it is written in version 3, where every figure has a number.
    let isVersion3: Bool
    var log: MessageLog

    static let blocks: Set<String> = [
        "artset", "artwork", "aside", "blockquote", "dl", "figure", "list", "ol", "sourcecode", "svg", "t", "table",
        "texttable", "ul",
    ]
    private static let titled: Set<String> = ["figure", "note", "references", "section", "table", "texttable"]
    private static let holdsBlocks: Set<String> = ["abstract", "aside", "blockquote", "middle", "note", "section"]

    mutating func convert(_ element: XMLElement) {
        if element.name == "relref", element["sectionFormat"] == nil { element["sectionFormat"] = element["displayFormat"] }
        if element.name == "appendix" { element.name = "section" }
        if element.name == "spanx" {
            element.name = ["strong": "strong", "verb": "tt", "vbare": "tt"][element["style"] ?? "emph"] ?? "em"
        }
        if VersionConverter.titled.contains(element.name), let title = element["title"], !title.isEmpty,
            element.first("name") == nil
        {
            element.children.insert(
                .element(XMLElement("name", children: [.text(title)], at: element.location)), at: 0)
        }
        if element.name == "artwork", !isVersion3 { markCode(element) }
        if element.name == "reference", element["target"] == nil {
            element["target"] = element.elements("format").compactMap { $0["target"] }.first
        }
        for inner in element.elements { convert(inner) }
        if VersionConverter.holdsBlocks.contains(element.name) { arrangeBlocks(of: element) }
        if ["li", "dd", "td", "th"].contains(element.name), VersionConverter.holdsBlock(element) {
            element.children = blocks(from: element.children, of: element, isItem: element.name == "li" || element.name == "dd")
        }
    }

    /// Gives lists of version 2 the style that they have from the list around, and the spacing that the instructions before them ask
    /// for.
    static func styleLists(_ element: XMLElement, outer: XMLElement? = nil, isCompact: inout Bool) {
        var outer = outer
        if element.name == "list" {
            let style = element["style"].map(TextRenderer.trimmed).flatMap { $0.isEmpty ? nil : $0 }
            element["style"] = style ?? inheritedStyle(element, outer)
            element["spacing"] = isCompact ? "compact" : "normal"
            outer = element
        }
        for child in element.children {
            switch child {
            case .element(let inner): styleLists(inner, outer: outer, isCompact: &isCompact)
            case .instruction("rfc", let content, _):
                if let value = ProcessingInstruction(content)["subcompact"] { isCompact = value == "yes" || value == "true" }
            default: break
            }
        }
    }

    private static func inheritedStyle(_ list: XMLElement, _ outer: XMLElement?) -> String {
        guard let outer, let style = outer["style"] else { return "empty" }
        switch style.split(separator: " ").first {
        case "hanging": return "hanging"
        case "numbers", "letters", "format":
            // Letters change their case from list to list.
            let kind = outer["type"] ?? (style == "numbers" ? "1" : style == "letters" ? "a" : String(style.dropFirst(7)))
            let other = ["a": "A", "A": "a", "i": "I", "I": "i"][kind] ?? kind
            list["type"] = other
            return "numbers"
        default: return "symbols"
        }
    }

    /// Artwork that says that it is code, becomes so.
    private func markCode(_ element: XMLElement) {
        let text = element.text
        guard let begin = text.firstRange(of: "<CODE BEGINS>"), text[..<begin.lowerBound].allSatisfy(\.isWhitespace) else {
            return
        }
        var body = text[begin.upperBound...]
        if let file = body.prefixMatch(of: /\s+file\s+"([^"]*)"/) {
            element["name"] = String(file.1)
            body = body[file.range.upperBound...]
        }
        if let end = body.firstRange(of: "<CODE ENDS>") { body = body[..<end.lowerBound] }
        element.name = "sourcecode"
        element["markers"] = "true"
        element.children = [.text(String(body))]
    }

    private static func isBlank(_ nodes: [XMLNode]) -> Bool {
        nodes.allSatisfy {
            switch $0 {
            case .text(let text): text.allSatisfy(\.isWhitespace)
            case .element: false
            case .comment, .instruction: true
            }
        }
    }

    private static func holdsBlock(_ element: XMLElement) -> Bool {
        element.elements.contains { blocks.contains($0.name) || $0.name == "vspace" }
    }

    /// Makes of what a section holds a plain row of blocks.
    private mutating func arrangeBlocks(of element: XMLElement) {
        let inline = element.children.contains {
            if case .text(let text) = $0 { text.contains { !$0.isWhitespace } } else { false }
        }
        if inline, element.name != "blockquote", element.name != "aside" {
            log.add(.warning, at: element.location, "text directly in <\(element.name)>; expected <t>, which is put around it")
        }
        element.children = blocks(from: element.children, of: element)
    }

    /// A row of blocks in the vocabulary of version 3; what stands between blocks becomes paragraphs.
    private func blocks(
        from children: [XMLNode], of element: XMLElement, isItem: Bool = false, paragraph: XMLElement? = nil
    ) -> [XMLNode] {
        var result: [XMLNode] = []
        var run: [XMLNode] = []
        func flush() {
            defer { run = [] }
            guard !VersionConverter.isBlank(run) else { return }
            let text = XMLElement(
                "t", attributes: result.isEmpty ? paragraph?.attributes ?? [] : [], children: run,
                at: (paragraph ?? element).location)
            result.append(.element(text))
        }
        for child in children {
            guard case .element(let inner) = child else {
                run.append(child)
                continue
            }
            switch inner.name {
            case "vspace":
                // Within lists it begins a paragraph; elsewhere it meant nothing but room.
                if isItem { flush() }
            case "contact" where element.name == "section":
                flush()
                result.append(child)
            case "t":
                flush()
                if VersionConverter.holdsBlock(inner) {
                    result += blocks(from: inner.children, of: inner, isItem: isItem, paragraph: inner)
                } else {
                    result.append(child)
                }
            case "list":
                flush()
                result.append(.element(list(inner)))
            case "figure", "texttable":
                flush()
                result += figure(inner)
            case let name where VersionConverter.blocks.contains(name):
                flush()
                result.append(child)
            case "iref" where VersionConverter.isBlank(run):
                run = []
                result.append(child)
            case "name", "section", "references":
                flush()
                result.append(child)
            default: run.append(child)
            }
        }
        flush()
        return result
    }

    private func list(_ list: XMLElement) -> XMLElement {
        let style = list["style"] ?? "empty"
        let result = XMLElement("ul", at: list.location)
        if let anchor = list["anchor"] { result["anchor"] = anchor }
        result["spacing"] = list["spacing"]
        let kind = style.split(separator: " ", maxSplits: 1).first.map(String.init) ?? "empty"
        switch kind {
        case "hanging":
            result.name = "dl"
            result["indent"] = list["hangIndent"]
        case "numbers", "letters", "format":
            result.name = "ol"
            let format = style.dropFirst(6).drop { $0 == " " }
            result["type"] = list["type"] ?? (kind == "numbers" ? "1" : kind == "letters" ? "a" : String(format))
            result["group"] = list["counter"]
        case "empty": result["empty"] = "true"
        default: break
        }
        for item in list.elements("t") {
            let location = item.location
            let body = XMLElement(kind == "hanging" ? "dd" : "li", children: item.children, at: location)
            if let anchor = item["anchor"] { body["anchor"] = anchor }
            if VersionConverter.holdsBlock(item) {
                let lead = item.elements.first
                if kind == "hanging", lead?.name == "vspace", startsWithElement(item) { result["newline"] = "true" }
                body.children = blocks(from: item.children, of: item, isItem: true)
            }
            if kind == "hanging" {
                let term = XMLElement("dt", children: [.text(item["hangText"] ?? "")], at: location)
                result.children.append(.element(term))
            }
            result.children.append(.element(body))
        }
        return result
    }

    private func startsWithElement(_ element: XMLElement) -> Bool {
        for child in element.children {
            switch child {
            case .element: return true
            case .text(let text): if text.contains(where: { !$0.isWhitespace }) { return false }
            case .comment, .instruction: break
            }
        }
        return false
    }

    /// A figure or table with what stood before and after it within.
    private func figure(_ element: XMLElement) -> [XMLNode] {
        var before: [XMLNode] = []
        var after: [XMLNode] = []
        for inner in element.elements where inner.name == "preamble" || inner.name == "postamble" {
            guard inner.text.contains(where: { !$0.isWhitespace }) else { continue }
            let text = XMLNode.element(XMLElement("t", children: inner.children, at: inner.location))
            if inner.name == "preamble" { before.append(text) } else { after.append(text) }
        }
        element.children.removeAll {
            if case .element(let inner) = $0 { inner.name == "preamble" || inner.name == "postamble" } else { false }
        }
        if element.name == "texttable" { return before + [.element(table(element))] + after }
        if !isVersion3, element["anchor"] == nil, element.first("name") == nil {
            for art in element.elements where art["align"] == nil { art["align"] = element["align"] }
            return before + element.elements.map { XMLNode.element($0) } + after
        }
        return before + [.element(element)] + after
    }

    /// RFC 7749 §2.42: cells in a row, broken into rows by the number of columns.
    private func table(_ source: XMLElement) -> XMLElement {
        let table = XMLElement("table", at: source.location)
        table["anchor"] = source["anchor"]
        table["align"] = source["align"]
        if let name = source.first("name") { table.children.append(.element(name)) }
        let columns = source.elements("ttcol")
        func row(_ cells: [XMLElement], _ name: String) -> XMLNode {
            let row = XMLElement("tr", at: cells.first?.location ?? source.location)
            for (index, cell) in cells.enumerated() {
                let entry = XMLElement(name, children: cell.children, at: cell.location)
                entry["align"] = columns[index]["align"]
                row.children.append(.element(entry))
            }
            return .element(row)
        }
        if columns.contains(where: { !$0.text.allSatisfy(\.isWhitespace) }) {
            table.children.append(.element(XMLElement("thead", children: [row(columns, "th")], at: source.location)))
        }
        let cells = source.elements("c")
        guard !columns.isEmpty, !cells.isEmpty else { return table }
        let rows = stride(from: 0, to: cells.count, by: columns.count).map {
            row(Array(cells[$0..<min($0 + columns.count, cells.count)]), "td")
        }
        table.children.append(.element(XMLElement("tbody", children: rows, at: source.location)))
        return table
    }
}
