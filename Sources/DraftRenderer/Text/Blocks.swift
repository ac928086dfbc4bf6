/// Paragraphs, artwork, figures and what holds them.
extension TextRenderer {
    /// What stands in a section, list item or cell: blocks with a blank line between.
    /// - Parameters:
    ///   - width: columns to fill.
    ///   - used: how much of the first line is taken by a label already.
    func blocks(in element: XMLElement, width: Int, used: Int = 0, isCompact: Bool = false) -> [TextLine] {
        guard element.elements.contains(where: { VersionConverter.blocks.contains($0.name) }) else {
            return [TextLine](LineFilling.fill(inline(element), width: width, used: used))
        }
        var result: [TextLine] = []
        for block in element.elements where VersionConverter.blocks.contains(block.name) {
            let lines = self.block(block, width: width, used: result.isEmpty ? used : 0)
            guard !lines.isEmpty else { continue }
            if !result.isEmpty, !isCompact { result.append(.blank) }
            result += lines
        }
        return result
    }

    /// One block, without blank lines around it.
    func block(_ element: XMLElement, width: Int, used: Int = 0) -> [TextLine] {
        depth += 1
        defer { depth -= 1 }
        switch element.name {
        case "t": return paragraph(element, width: width, used: used)
        case "ul": return bulletList(element, width: width)
        case "ol": return numberedList(element, width: width)
        case "dl": return definitionList(element, width: width)
        case "artwork", "sourcecode": return artwork(element, width: width)
        case "artset":
            let pieces = element.elements("artwork")
            guard let piece = pieces.first(where: { $0["type"] == "ascii-art" }) ?? pieces.first(where: { $0["type"] != "svg" })
            else { return [] }
            return artwork(piece, width: width)
        case "figure": return figure(element, width: width)
        case "table": return table(element, width: width)
        case "aside":
            return blocks(in: element, width: width - 6).prefixed("|  ").indented(by: 3)
        case "blockquote": return quotation(element, width: width)
        case "contact": return contactCard(element).map { TextLine(text: $0) } + [.blank]
        case "svg":
            log.add(.warning, at: element.location, "SVG has no text form; give an <artset> with ascii-art beside it")
            return []
        default: return [TextLine](LineFilling.fill(inline(element), width: width, used: used))
        }
    }

    private func paragraph(_ element: XMLElement, width: Int, used: Int) -> [TextLine] {
        let indent = element.number("indent", in: TextRenderer.indents) ?? 0
        // Comments stand on lines of their own.
        guard isDraft, let comment = element.first("cref"), element.elements.allSatisfy({ $0.name != "cref" || $0 === comment })
        else { return [TextLine](LineFilling.fill(inline(element), width: width - indent, used: used)).indented(by: indent) }
        var before: [XMLNode] = []
        var after: [XMLNode] = []
        var isAfter = false
        for child in element.children {
            if case .element(let inner) = child, inner === comment {
                isAfter = true
            } else if isAfter {
                after.append(child)
            } else {
                before.append(child)
            }
        }
        var result: [TextLine] = []
        let leading = inline(before)
        if leading.contains(where: { !$0.isWhitespace }) { result = .init(LineFilling.fill(leading, width: width, used: used)) }
        result += [TextLine](LineFilling.fill(inline(comment), width: width - 4)).prefixed("// ")
        if let source = comment["source"] { result += [TextLine(text: "//"), TextLine(text: "// -- \(source)")] }
        let trailing = inline(after)
        if trailing.contains(where: { !$0.isWhitespace }) { result += [TextLine](LineFilling.fill(trailing, width: width)) }
        return result.indented(by: indent)
    }

    private func quotation(_ element: XMLElement, width: Int) -> [TextLine] {
        var lines = blocks(in: element, width: width - 3)
        let by = element["quotedFrom"]
        if by != nil || element["cite"] != nil { lines.append(.blank) }
        if let by { lines += [TextLine(text: "-- \(by)")] }
        if let cite = element["cite"] { lines.append(TextLine(indent: by == nil ? 0 : 3, text: cite)) }
        return lines.prefixed("|  ")
    }

    /// Text that keeps its lines. What is too wide for the page moves to the left as far as it can.
    func artwork(_ element: XMLElement, width: Int) -> [TextLine] {
        if element["type"] == "svg" || element.first("svg") != nil, element.text.allSatisfy(\.isWhitespace) {
            log.add(.warning, at: element.location, "SVG has no text form; give an <artset> with ascii-art beside it")
            return []
        }
        var lines = element.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { untabbed($0) }
        while lines.last?.isEmpty ?? false { lines.removeLast() }
        while lines.first?.isEmpty ?? false { lines.removeFirst() }
        guard !lines.isEmpty else {
            if element["src"] != nil { log.add(.warning, at: element.location, "src of <\(element.name)> is not read") }
            return []
        }
        var result = [TextLine](lines)
        let widest = result.reduce(0) { max($0, $1.width) }
        switch element["align"] {
        case "center" where widest < width:
            let place = centred(String(repeating: "x", count: widest), width: width).indent
            result = result.indented(by: place)
        case "right" where widest < width: result = result.indented(by: width - widest)
        default: break
        }
        if widest > width {
            let move = min(widest - width, TextRenderer.pageWidth - width)
            log.add(
                .warning, at: element.location,
                "<\(element.name)> is \(widest) columns wide where \(width) are left; it is moved left by \(move)")
            result = result.indented(by: -move)
        }
        if element["markers"] == "true", element.name == "sourcecode" {
            let file = element["name"].map { $0.isEmpty ? "" : " file \"\($0)\"" } ?? ""
            result = [TextLine(text: "<CODE BEGINS>\(file)")] + result + [TextLine(text: "<CODE ENDS>")]
        }
        return result
    }

    /// With tabulators to every eighth column and no blanks at the end.
    private func untabbed(_ line: Substring) -> String {
        var result = String.UnicodeScalarView()
        var column = 0
        for scalar in line.unicodeScalars {
            if scalar == "\t" {
                repeat {
                    result.append(" ")
                    column += 1
                } while column % 8 != 0
            } else {
                result.append(scalar)
                column += 1
            }
        }
        while let last = result.last, last == " " || last == "\r" { result.removeLast() }
        return LineFilling.plain(result)
    }

    private func figure(_ element: XMLElement, width: Int) -> [TextLine] {
        var result: [TextLine] = []
        for inner in element.elements where VersionConverter.blocks.contains(inner.name) {
            if inner["align"] == nil { inner["align"] = element["align"] }
            if !result.isEmpty { result.append(.blank) }
            result += block(inner, width: width)
        }
        // The caption moves with what it names.
        let moved = result.reduce(0) { min($0, $1.indent) }
        return result + caption(of: element, word: "Figure", width: width).indented(by: moved)
    }

    /// "Figure 1: Name" under what it names.
    /// - Parameters:
    ///   - width: of the column in whose middle the caption stands.
    ///   - start: where that column begins.
    func caption(of element: XMLElement, word: String, width: Int, from start: Int = 0) -> [TextLine] {
        guard let number = numbering.floats[ObjectIdentifier(element)] else { return [] }
        var text = "\(word) \(number)"
        if let name = element.first("name") {
            let title = inline(name)
            if title.contains(where: { !$0.isWhitespace }) { text += ": \(title)" }
        }
        let lines = LineFilling.fill(text, width: width).map { centred($0, width: width) }
        return [.blank] + lines.indented(by: start)
    }
}
