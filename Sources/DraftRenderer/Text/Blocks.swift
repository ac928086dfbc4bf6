/// Paragraphs, artwork, figures and what holds them.
extension TextRenderer {
    /// What stands in a list item, cell or quotation: text, or blocks.
    /// - Parameters:
    ///   - width: columns to fill.
    ///   - used: how much of the first line is taken by a label already.
    func content(of element: XMLElement, in frame: Frame, width: Int, used: Int = 0) -> [TextLine] {
        guard element.elements.contains(where: { VersionConverter.blocks.contains($0.name) }) else {
            let indent = frame.paragraph
            let lines = LineFilling.fill(inline(element), width: width - indent, used: used, hang: frame.hang)
            return [TextLine](lines == [""] ? [] : lines, of: element).indented(by: indent)
        }
        return blocks(element.elements, in: frame, width: width, used: used)
    }

    /// Blocks, one below the other.
    func blocks(_ elements: [XMLElement], in frame: Frame, width: Int, used: Int = 0) -> [TextLine] {
        var result: [TextLine] = []
        for block in elements where VersionConverter.blocks.contains(block.name) {
            if !result.isEmpty, !frame.isTight(before: block.name) { result.append(.blank) }
            result += placed(block, in: frame, width: width, used: result.isEmpty ? used : 0)
        }
        return result
    }

    /// One block where it belongs. What is too wide moves to the left as far as it can.
    func placed(_ element: XMLElement, in frame: Frame, width: Int, used: Int = 0) -> [TextLine] {
        let indent = frame.indent(of: element.name)
        outdent = 0
        let lines = block(element, in: frame, width: width - indent, used: used)
        let room = width - indent
        var wanted = outdent
        if element.name == "artwork", frame.movesArtwork { wanted = max(0, lines.widest - room) }
        guard wanted > 0 else { return lines.indented(by: indent) }
        let move = min(wanted, indent)
        // What is left is for the element around.
        outdent = wanted - move
        if element.name == "artwork" {
            log.add(
                .warning, at: element.location,
                "<\(element.name)> is \(lines.widest) columns wide where \(room) are left; it is moved left by \(move) or more")
        }
        return lines.indented(by: indent - move)
    }

    /// One block, without blank lines around it.
    private func block(_ element: XMLElement, in frame: Frame, width: Int, used: Int) -> [TextLine] {
        switch element.name {
        case "t":
            let indent = element.number("indent", in: TextRenderer.indents) ?? 0
            let text = keepsAddresses ? LineFilling.keepingAddresses(inline(element), width: width) : inline(element)
            let lines = LineFilling.fill(text, width: width - indent, used: used, hang: frame.hang)
            return [TextLine](lines == [""] ? [] : lines, of: element).indented(by: indent)
        case "ul": return bulletList(element, in: frame, width: width)
        case "ol": return numberedList(element, in: frame, width: width)
        case "dl": return definitionList(element, width: width, used: used)
        case "artwork", "sourcecode": return artwork(element, width: width)
        case "artset":
            let pieces = element.elements("artwork")
            guard let piece = pieces.first(where: { $0["type"] == "ascii-art" }) ?? pieces.first(where: { $0["type"] != "svg" })
            else { return [] }
            return placed(piece, in: frame, width: width)
        case "figure": return figure(element, in: frame, width: width)
        case "table": return table(element, in: frame, width: width)
        case "aside":
            return content(of: element, in: frame.aside(), width: width - 6).prefixed("|  ", of: element).indented(by: 3)
        case "blockquote": return quotation(element, width: width)
        case "contact": return card(element)
        case "svg":
            log.add(.warning, at: element.location, "SVG has no text form; give an <artset> with ascii-art beside it")
            return []
        default: return [TextLine](LineFilling.fill(inline(element), width: width, used: used), of: element)
        }
    }

    private func quotation(_ element: XMLElement, width: Int) -> [TextLine] {
        var lines = content(of: element, in: .quotation, width: width - 3)
        let by = element["quotedFrom"]
        if by != nil || element["cite"] != nil { lines.append(.blank) }
        if let by {
            let filled = LineFilling.fill(by, width: width - 6, hang: 3)
            lines += filled.enumerated().map { TextLine(text: $0 == 0 ? "-- \($1)" : $1) }
        }
        if let cite = element["cite"] {
            let filled = LineFilling.fill(cite, width: width - 6, hang: 3)
            lines += filled.enumerated().map { TextLine(text: $0 == 0 ? "   \($1)" : $1) }
        }
        return lines.prefixed("|  ", of: element)
    }

    /// Text that keeps its lines.
    func artwork(_ element: XMLElement, width: Int) -> [TextLine] {
        let text = element.name == "artwork" ? element.ownText : element.text
        var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { untabbed($0) }
        while lines.last?.isEmpty ?? false { lines.removeLast() }
        // Only line ends are cut off in front; lines of blanks count.
        let skipped = text.unicodeScalars.prefix { $0 == "\n" }.count
        lines.removeFirst(min(skipped, lines.count))
        guard lines.contains(where: { !$0.isEmpty }) else { return missingArtwork(element, width: width) }
        let result = [TextLine](lines, of: element)
        let widest = result.widest
        let move =
            widest >= width || element.name != "artwork"
            ? 0 : element["align"] == "center" ? (width - widest) / 2 : element["align"] == "right" ? width - widest : 0
        return marked(result.indented(by: move), element, width: width)
    }

    private func marked(_ lines: [TextLine], _ element: XMLElement, width: Int) -> [TextLine] {
        guard element["markers"] == "true", element.name == "sourcecode" else { return lines }
        var first = [TextLine(text: "<CODE BEGINS>", source: element)]
        if let name = element["name"], !name.isEmpty {
            let file = "file \"\(name)\""
            if file.unicodeScalars.count > width - 13 {
                first.append(TextLine(text: "  " + file, source: element))
            } else {
                first[0].text += " " + file
            }
        }
        return first + lines + [TextLine(text: "<CODE ENDS>", source: element)]
    }

    /// In place of a picture, where to find it.
    private func missingArtwork(_ element: XMLElement, width: Int) -> [TextLine] {
        guard element.name == "artwork" else { return [] }
        log.add(.warning, at: element.location, "<artwork> without text; give an <artset> with ascii-art beside it")
        let kind = element["type"].flatMap { $0.isEmpty ? nil : $0.uppercased() } ?? "(unknown type)"
        let address =
            rfcNumber.map { "https://www.rfc-editor.org/rfc/rfc\($0).html" }
            ?? "https://www.ietf.org/archive/id/\(documentName ?? "None").html"
        let text = LineFilling.keepingAddresses("(Artwork only available as \(kind): see \(address))", width: width)
        return [TextLine](LineFilling.fill(text, width: width), of: element)
    }

    /// With tabulators to every eighth column and no blanks at the end.
    private func untabbed(_ line: Substring.UnicodeScalarView) -> String {
        var result = String.UnicodeScalarView()
        var column = 0
        for scalar in line {
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
        return String(result)
    }

    private func figure(_ element: XMLElement, in frame: Frame, width: Int) -> [TextLine] {
        let inner = frame.figure()
        for art in element.elements where art["align"] == nil { art["align"] = element["align"] }
        var widest = 0
        var result: [TextLine] = []
        for block in element.elements where VersionConverter.blocks.contains(block.name) {
            if !result.isEmpty, !inner.isTight(before: block.name) { result.append(.blank) }
            result += placed(block, in: inner, width: width)
            widest = max(widest, outdent)
        }
        // The caption moves with what it names.
        outdent = widest
        return result + caption(of: element, word: "Figure", width: width, column: width)
    }

    /// "Figure 1: Name" under what it names.
    /// - Parameters:
    ///   - width: what is left on the page.
    ///   - column: in whose middle the caption stands; nil for as many as the title needs.
    func caption(of element: XMLElement, word: String, width: Int, column: Int) -> [TextLine] {
        let lines = captionLines(of: element, word: word, width: width)
        guard !lines.isEmpty else { return [] }
        let widest = lines.reduce(0) { max($0, $1.unicodeScalars.count) }
        let fitted = widest > column ? LineFilling.fill(lines.joined(separator: " "), width: column - 4) : lines
        return [TextLine(text: "", source: element)] + fitted.map { centred($0, width: column) }.of(element)
    }

    /// The lines of a caption before they are placed.
    func captionLines(of element: XMLElement, word: String, width: Int) -> [String] {
        guard let number = numbering.floats[ObjectIdentifier(element)] else { return [] }
        let label = "\(word) \(number)"
        guard let name = element.first("name") else { return [label] }
        let title = LineFilling.fill(inline(name), width: width)
        guard title != [""] else { return [label] }
        return ["\(label): \(title[0])"] + title.dropFirst()
    }
}
