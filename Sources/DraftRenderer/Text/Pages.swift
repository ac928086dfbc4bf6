/// Divides a text into pages of 56 lines, RFC 7994's older form: a header, 48 lines, a footer, a form feed.
struct Pages {
    /// Lines of text on a page; the first one has four more, in place of the header.
    static let height = 48
    /// Lines that must follow a heading on its page.
    static let leastAfterHeading = 5
    /// Lines that a paragraph leaves, or takes along, where a page ends within it.
    static let leastOfParagraph = 2

    private struct Block {
        var start: Int
        var end = 0
    }

    private let lines: [TextLine]
    private let blockOfLine: [Int?]
    private var blocks: [Block] = []
    /// On which page the last line of an element stands.
    private(set) var pageOf: [ObjectIdentifier: Int] = [:]
    private(set) var output: [String] = []

    /// - Parameters:
    ///   - header: the running header.
    ///   - footer: the running footer of a page.
    init(_ lines: [TextLine], header: String, footer: (Int) -> String) {
        self.lines = lines
        (blocks, blockOfLine) = Pages.blocks(of: lines)
        var start = 0
        var target = 4 + Pages.height
        var page = 1
        while start < lines.count {
            let (end, padding) =
                target >= lines.count ? (lines.count, target - lines.count) : pageEnd(from: start, target: target)
            if page > 1 { output += ["\u{c}", header, "", ""] }
            output += lines[start..<end].map(\.printed)
            output += [String](repeating: "", count: padding + 3) + [footer(page)]
            for line in lines[start..<end] {
                if let source = line.source { pageOf[ObjectIdentifier(source)] = page }
            }
            start = max(end, start + 1)
            while start < lines.count, lines[start].isBlank { start += 1 }
            target = start + Pages.height
            page += 1
        }
    }

    private static let splittable: Set<String> = ["t", "dl", "dt", "figure", "ol", "table", "ul"]

    /// Lines of one element, and of one after it that must not leave it.
    private static func blocks(of lines: [TextLine]) -> ([Block], [Int?]) {
        var blocks: [Block] = []
        var places: [Int?] = []
        var last: XMLElement?
        var staysTogether = false
        for (index, line) in lines.enumerated() {
            guard let source = line.source else {
                if !blocks.isEmpty, !staysTogether, blocks[blocks.count - 1].end == 0 { blocks[blocks.count - 1].end = index }
                places.append(nil)
                continue
            }
            if source !== last {
                last = source
                if !splittable.contains(source.name) { staysTogether = line.staysWithPrevious }
                if !staysTogether {
                    if !blocks.isEmpty, blocks[blocks.count - 1].end == 0 { blocks[blocks.count - 1].end = index }
                    blocks.append(Block(start: index))
                }
                staysTogether = source["keepWithNext"] == "true" || source.name == "section"
            }
            places.append(blocks.indices.last)
        }
        if !blocks.isEmpty { blocks[blocks.count - 1].end = lines.count }
        return (blocks, places)
    }

    /// Where the page that begins at `start` ends, and how many lines then stay empty.
    private func pageEnd(from start: Int, target: Int) -> (end: Int, padding: Int) {
        guard let place = blockOfLine[target] else { return beforeHeading(target) }
        let block = blocks[place]
        let left = target - block.start
        let next = block.end - target
        let height = block.end - block.start
        func moved() -> (Int, Int) { block.start > start ? (block.start, left) : (target, 0) }
        switch lines[block.start].source?.name ?? "" {
        case "section":
            let text = lines[block.start..<target].count { $0.source.map { $0.name != "section" } ?? false }
            return text <= Pages.leastAfterHeading ? moved() : (target, 0)
        case "artset", "artwork", "figure", "sourcecode", "table":
            return height < Pages.height || left <= Pages.leastAfterHeading ? moved() : (target, 0)
        default:
            let few = 1...Pages.leastOfParagraph
            let isCut = few.contains(left) && height > left || few.contains(next) && height > next
            return isCut && start < block.start ? moved() : (target, 0)
        }
    }

    /// A page does not end below a heading, nor below those right above it.
    private func beforeHeading(_ target: Int) -> (end: Int, padding: Int) {
        var found = target
        while found > target - 12, let line = (1...3).first(where: { isHeading(found - $0) }) { found -= line }
        return (found, target - found)
    }

    private func isHeading(_ index: Int) -> Bool { index >= 0 && lines[index].source?.name == "section" }
}

extension TextRenderer {
    /// The whole text in pages, with page numbers in the table of contents.
    func renderPages() -> String {
        isPaginated = true
        renderLines()
        let header = Self.spread(
            isDraft ? root["ipr"] == "none" ? "" : "Internet-Draft" : "RFC \(rfcNumber ?? "")", runningTitle, date.monthText)
        let footer: (Int) -> String = { page in Self.spread(self.footerNames, self.footerStatus, "[Page \(page)]") }
        let pages = Pages(output, header: header, footer: footer)
        // The numbers take as much room as what stands for them, so that no line moves.
        for index in output.indices {
            guard let source = output[index].source, let target = contentsTargets[ObjectIdentifier(source)],
                output[index].text.hasSuffix("0000"), let page = pages.pageOf[ObjectIdentifier(target)]
            else { continue }
            let number = String(page)
            output[index].text =
                String(output[index].text.dropLast(4)) + String(repeating: " ", count: max(0, 4 - number.count)) + number
        }
        let lines = Pages(output, header: header, footer: footer).output
        return lines.map { LineFilling.plain(line: $0) }.joined(separator: "\n") + "\n"
    }

    private var runningTitle: String {
        let title = root.first("front")?.first("title")
        return String((title?["abbrev"] ?? title.map { OneLine.text($0) } ?? "").prefix(40))
    }

    private var footerNames: String {
        let authors = (root.first("front")?.elements("author") ?? []).filter { $0["role"] != "contributor" }
        let names = authors.compactMap { AuthorName($0).surnameASCII }
        switch names.count {
        case 0: return ""
        case 1: return names[0]
        case 2: return "\(names[0]) & \(names[1])"
        default: return "\(names[0]), et al."
        }
    }

    private var footerStatus: String {
        if !isDraft || root["ipr"] == "none" { return TextRenderer.categories[category] ?? category }
        return "Expires \(expiry(of: date.calendarDay))"
    }

    /// Three texts in one line: left, in the middle, right.
    private static func spread(_ left: String, _ middle: String, _ right: String) -> String {
        let count = middle.unicodeScalars.count
        let place = centred(middle, width: count % 2 == 0 ? pageWidth : pageWidth + 1)
        var line = Array(left.unicodeScalars.prefix(pageWidth))
        func put(_ text: String, at column: Int) {
            while line.count < column { line.append(" ") }
            line += text.unicodeScalars
        }
        put(middle, at: max(line.count + 1, place.indent))
        put(right, at: max(line.count + 1, pageWidth - right.unicodeScalars.count))
        return String(String.UnicodeScalarView(line))
    }
}
