/// Lays a prepared document out as text: 72 columns, no pages.
final class TextRenderer {
    static let pageWidth = 72
    /// Sections' text stands this far to the right of their headings.
    static let indent = 3
    /// What lists and paragraphs may ask for.
    static let indents = 0...64

    let root: XMLElement
    let settings: DocumentSettings
    let numbering: Numbering
    let date: DocumentDate
    var log: MessageLog
    var bulletDepth = 0
    /// The labels of the list items within which the renderer is at this moment.
    var itemLabels: [String] = []
    /// How much further to the left the block rendered last must go to be on the page.
    var outdent = 0
    var output: [TextLine] = []
    var isPaginated = false
    /// Whether no line ends within addresses of the web, as in the texts that every RFC carries.
    var keepsAddresses = false
    /// What the headings of the last two sections are told by.
    let authorsHeading: XMLElement
    let indexHeading: XMLElement
    /// What each line of the table of contents stands for.
    var contentsTargets: [ObjectIdentifier: XMLElement] = [:]

    init(_ root: XMLElement, settings: DocumentSettings, numbering: Numbering, date: DocumentDate, log: MessageLog) {
        self.root = root
        self.settings = settings
        self.numbering = numbering
        self.date = date
        self.log = log
        authorsHeading = XMLElement("section", at: root.location)
        indexHeading = XMLElement("section", at: root.location)
    }

    /// A published memo has a number; everything else is a draft.
    var rfcNumber: String? { root["number"].flatMap { $0.isEmpty ? nil : $0 } }
    var isDraft: Bool { rfcNumber == nil }

    /// The whole text, each line ended by a line feed.
    func render() -> String {
        renderLines()
        var text = ""
        for line in output {
            text += LineFilling.plain(line: line.printed)
            text += "\n"
        }
        return text
    }

    func renderLines() {
        let front = root.first("front")
        output = [TextLine](repeating: .blank, count: 4)
        output += headerBlock(front).of(front ?? root)
        for element in front?.elements ?? [] {
            switch element.name {
            case "abstract": unnumbered("Abstract", element)
            case "note":
                let name = element.first("name").map { inline($0) } ?? "Note"
                let warning = "This note is to be removed before publishing as an RFC."
                let isNew = element.elements.first { $0.name == "t" }.map { TextRenderer.trimmed($0.text) } != warning
                unnumbered(name, element, leading: element["removeInRFC"] == "true" && isDraft && isNew ? warning : nil)
            default: break
            }
        }
        boilerplate()
        if settings.hasContents { tableOfContents() } else { output.append(.blank) }
        for section in root.first("middle")?.elements ?? [] where section.name == "section" { self.section(section) }
        looseBlocks(of: root.first("middle"))
        for references in root.first("back")?.elements("references") ?? [] { self.references(references) }
        for section in root.first("back")?.elements("section") ?? [] { self.section(section) }
        index()
        authors()
    }

    /// Tells of lines that do not fit the page; blank ones at their ends do not count.
    func reportLongLines() {
        var last: XMLElement?
        for line in output where line.width > TextRenderer.pageWidth {
            let count = line.printed.unicodeScalars.reversed().drop { $0 == " " }.count
            guard count > TextRenderer.pageWidth, let source = line.source, source !== last else { continue }
            last = source
            log.add(
                .warning, at: source.location,
                "<\(source.name)> gives a line of \(count) columns; expected at most \(TextRenderer.pageWidth)")
        }
    }

    func emit(_ lines: [TextLine]) {
        guard !lines.isEmpty else { return }
        output.append(.blank)
        output += lines
    }

    /// A heading at the left edge and, under it, text.
    func heading(_ title: String, number: String? = nil, of source: XMLElement? = nil) {
        let label = number.map { "\($0).  " } ?? ""
        let indent = label.unicodeScalars.count
        let filled = LineFilling.fill(title, width: TextRenderer.pageWidth - indent)
        let lines = filled.enumerated().map { index, line in
            index == 0 ? TextLine(text: label + line, source: source) : TextLine(indent: indent, text: line, source: source)
        }
        emit(lines)
    }

    private func unnumbered(_ title: String, _ element: XMLElement, leading: String? = nil) {
        heading(title, of: element)
        if let leading { paragraph(leading) }
        emit(content(of: element, in: .front, width: TextRenderer.pageWidth))
    }

    /// A paragraph of the boilerplate.
    func paragraph(_ text: String) {
        let width = TextRenderer.pageWidth - TextRenderer.indent
        let lines = LineFilling.fill(isDraft ? text : LineFilling.keepingAddresses(text, width: width), width: width)
        let source = XMLElement("t", at: root.location)
        emit([TextLine](lines, of: source).indented(by: TextRenderer.indent))
    }

    func section(_ section: XMLElement) {
        let heading = numbering.headings[ObjectIdentifier(section)]
        if section["removeInRFC"] == "true", !isDraft { return }
        self.heading(section.first("name").map { inline($0) } ?? "", number: heading?.number, of: section)
        let warning = "This section is to be removed before publishing as an RFC."
        if section["removeInRFC"] == "true",
            section.elements.first(where: { $0.name != "name" }).map({ TextRenderer.trimmed($0.text) }) != warning
        {
            paragraph(warning)
        }
        for element in section.elements {
            switch element.name {
            case "section": self.section(element)
            case let name where VersionConverter.blocks.contains(name) || name == "contact":
                output.append(.blank)
                output += placed(element, in: .section, width: TextRenderer.pageWidth)
            default: break
            }
        }
    }

    /// What stands in the middle outside every section.
    private func looseBlocks(of middle: XMLElement?) {
        for element in middle?.elements ?? [] where VersionConverter.blocks.contains(element.name) {
            log.add(.warning, at: element.location, "<\(element.name)> outside of any <section>; it is put after the sections")
            emit(placed(element, in: .section, width: TextRenderer.pageWidth))
        }
    }

    private func tableOfContents() {
        heading("Table of Contents", of: XMLElement("section", at: root.location))
        output.append(.blank)
        let authors = hasAuthors ? Numbering.ContentsEntry(title: authorsTitle, element: authorsHeading) : nil
        let index = hasIndex ? Numbering.ContentsEntry(title: "Index", element: indexHeading) : nil
        var entries = numbering.contentsTree + [index, authors].compactMap(\.self)
        shorten(&entries)
        contents(entries, indent: TextRenderer.indent, width: TextRenderer.pageWidth - TextRenderer.indent)
    }

    /// Numbers longer than the first of their row take one of the two blanks after them.
    private func shorten(_ entries: inout [Numbering.ContentsEntry]) {
        let least = entries.first?.number?.count ?? 0
        for index in entries.indices {
            if let number = entries[index].number, number.count > least, !number.hasPrefix("Appendix") {
                entries[index].gap = "\u{a0}"
            }
            shorten(&entries[index].inner)
        }
    }

    /// A line that ends in a page number, with dots up to it.
    private static func led(_ line: String, room: Int) -> String {
        guard line.hasSuffix("\u{2026}0000") else { return line }
        let head = line.dropLast(5) + " "
        let missing = max(0, room - head.unicodeScalars.count - 4)
        let dots = String(repeating: " .", count: missing / 2 + 1).suffix(missing)
        return head + dots + "0000"
    }

    private func contents(_ entries: [Numbering.ContentsEntry], indent: Int, width: Int) {
        func text(_ entry: Numbering.ContentsEntry) -> String {
            let title = entry.title ?? entry.element?.first("name").map { inline($0) } ?? ""
            return (entry.number.map { "\($0).\(entry.gap)" } ?? "") + LineFilling.unbroken(title)
        }
        guard let last = entries.last else { return }
        // Later lines hang by the first word of the row's last entry.
        let word = text(last).split(whereSeparator: \.isWhitespace).first?.unicodeScalars.count ?? 0
        let hang = max(2, min(8, word + 2)) - 2
        for entry in entries {
            let source = XMLElement("t", at: root.location)
            contentsTargets[ObjectIdentifier(source)] = entry.element
            let lines = LineFilling.fill(text(entry) + (isPaginated ? "\u{2026}0000" : ""), width: width - 2, hang: hang)
            for (index, line) in lines.enumerated() {
                let room = index == 0 ? width : width - 2
                output.append(
                    TextLine(indent: index == 0 ? indent : indent + 2, text: TextRenderer.led(line, room: room), source: source)
                )
            }
            contents(entry.inner, indent: indent + 2, width: width - 2)
        }
    }
}
