/// Paragraphs, lists, tables and what is in them.
extension HTMLRenderer {
    /// Blocks, or the text of an element that holds none.
    func content(of element: XMLElement) {
        let blocks = element.elements.filter { VersionConverter.blocks.contains($0.name) }
        if blocks.isEmpty {
            emit(inline(element))
        } else {
            for block in blocks { self.block(block) }
        }
    }

    func block(_ element: XMLElement) {
        let identity = identity(element)
        switch element.name {
        case "t": emit("<p\(identity)>\(requirement(element))\(inline(element))</p>\n")
        case "ul":
            let style = element["empty"] == "true" ? " class=\"empty\"" : ""
            emit("<ul\(identity)\(style)>\n")
            for item in element.elements("li") { self.item(item, label: nil) }
            emit("</ul>\n")
        case "ol":
            emit("<ol\(identity)>\n")
            let start = text.numbering.starts[ObjectIdentifier(element)] ?? 1
            for (index, item) in element.elements("li").enumerated() {
                self.item(item, label: ListLabel.text(element["type"] ?? "1", start + index))
            }
            emit("</ol>\n")
        case "dl": definitions(element)
        case "artwork", "sourcecode": code(element)
        case "artset":
            let pieces = element.elements("artwork")
            if let piece = pieces.first(where: { $0["type"] == "ascii-art" }) ?? pieces.first(where: { $0["type"] != "svg" }) {
                code(piece)
            }
        case "figure", "table": float(element)
        case "aside", "blockquote":
            emit("<\(element.name)\(identity)>\n")
            content(of: element)
            if let by = element["quotedFrom"] { emit("<p>— \(Self.escaped(by))</p>\n") }
            if let cite = element["cite"] { emit("<p>\(Self.link(cite))</p>\n") }
            emit("</\(element.name)>\n")
        default: break
        }
    }

    private func item(_ item: XMLElement, label: String?) {
        emit("<li\(identity(item))>")
        if let label { emit("<span class=\"label\">\(Self.escaped(label))</span> ") }
        emit(requirement(item))
        content(of: item)
        emit("</li>\n")
    }

    private func definitions(_ list: XMLElement) {
        emit("<dl\(identity(list))>\n")
        for element in list.elements where element.name == "dt" || element.name == "dd" {
            emit("<\(element.name)\(identity(element))>\(requirement(element))")
            content(of: element)
            emit("</\(element.name)>\n")
        }
        emit("</dl>\n")
    }

    private func code(_ element: XMLElement) {
        let lines = text.artwork(element, width: TextRenderer.pageWidth - TextRenderer.indent).map(\.printed)
        emit("<pre\(identity(element))>\(Self.escaped(lines.joined(separator: "\n")))</pre>\n")
    }

    private func float(_ element: XMLElement) {
        emit("<figure\(identity(element))>\n")
        if element.name == "table" {
            rows(of: element)
        } else {
            for block in element.elements where VersionConverter.blocks.contains(block.name) { self.block(block) }
        }
        if let number = text.numbering.floats[ObjectIdentifier(element)] {
            let word = element.name == "table" ? "Table" : "Figure"
            let name = element.first("name").map { ": \(inline($0))" } ?? ""
            emit("<figcaption>\(word) \(number)\(name)</figcaption>\n")
        }
        emit("</figure>\n")
    }

    private func rows(of table: XMLElement) {
        emit("<table>\n")
        for part in table.elements where ["thead", "tbody", "tfoot"].contains(part.name) {
            emit("<\(part.name)>\n")
            for row in part.elements("tr") {
                emit("<tr>")
                for cell in row.elements where cell.name == "td" || cell.name == "th" {
                    var attributes = identity(cell)
                    for name in ["colspan", "rowspan"] {
                        if let span = cell.number(name, in: 2...TableGrid.maximumSpan) { attributes += " \(name)=\"\(span)\"" }
                    }
                    if let align = cell["align"], ["center", "right"].contains(align) { attributes += " class=\"\(align)\"" }
                    emit("<\(cell.name)\(attributes)>")
                    content(of: cell)
                    emit("</\(cell.name)>")
                }
                emit("</tr>\n")
            }
            emit("</\(part.name)>\n")
        }
        emit("</table>\n")
    }

    /// In front of a requirement: its name, and whether a test proves it.
    private func requirement(_ element: XMLElement) -> String {
        guard let anchor = element["anchor"], RequirementIdentifier(anchor) != nil else { return "" }
        let name = Self.escaped(anchor)
        let status = statuses[anchor].map { " <span class=\"status \($0)\">\($0)</span>" } ?? ""
        return "<a class=\"requirement\" href=\"#\(name)\">\(name)</a>\(status) "
    }

    /// - Parameter isLinked: whether cross references become links; not so within links.
    func inline(_ element: XMLElement, isLinked: Bool = true) -> String {
        var result = ""
        for child in element.children {
            switch child {
            case .text(let text): result += Self.escaped(text)
            case .element(let inner): result += inlineElement(inner, isLinked: isLinked)
            case .comment, .instruction: break
            }
        }
        return result
    }

    private func inlineElement(_ element: XMLElement, isLinked: Bool) -> String {
        if VersionConverter.blocks.contains(element.name) { return "" }
        func tagged(_ tag: String) -> String { "<\(tag)>\(inline(element, isLinked: isLinked))</\(tag)>" }
        switch element.name {
        case "em", "strong", "sub", "sup": return tagged(element.name)
        case "tt": return tagged("code")
        case "bcp14": return "<span class=\"keyword\">\(inline(element, isLinked: isLinked))</span>"
        case "br": return "<br>"
        case "xref", "relref":
            let shown = Self.escaped(text.crossReference(element))
            guard isLinked, let target = element["target"], text.numbering.targets[target] != nil else { return shown }
            return "<a href=\"#\(Self.escaped(target))\">\(shown)</a>"
        case "eref":
            let target = element["target"] ?? ""
            let own = element.ownText.isEmpty ? nil : Self.escaped(element.ownText)
            return isLinked ? Self.link(target, own) : own ?? Self.escaped(target)
        case "cref":
            guard text.isDraft, element["display"] != "false" else { return "" }
            let source = element["source"].map { " — \(Self.escaped($0))" } ?? ""
            return "<span class=\"comment\"\(identity(element))>[\(inline(element, isLinked: isLinked))\(source)]</span>"
        case "u": return Self.escaped(TextRenderer.named(element))
        case "contact": return Self.escaped(AuthorName(element).fullExpanded)
        case "iref", "name": return ""
        default: return inline(element, isLinked: isLinked)
        }
    }
}
