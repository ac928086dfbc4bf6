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
    /// References that something refers to.
    var used: Set<ObjectIdentifier> = []
    /// Blocks within blocks at this moment.
    var depth = 0
    var bulletDepth = 0
    /// The next number of each group of numbered lists.
    var groups: [String: Int] = [:]
    var output: [TextLine] = []

    init(_ root: XMLElement, settings: DocumentSettings, numbering: Numbering, date: DocumentDate, log: MessageLog) {
        self.root = root
        self.settings = settings
        self.numbering = numbering
        self.date = date
        self.log = log
    }

    /// A published memo has a number; everything else is a draft.
    var rfcNumber: String? { root["number"].flatMap { $0.isEmpty ? nil : $0 } }
    var isDraft: Bool { rfcNumber == nil }

    /// The whole text, each line ended by a line feed.
    func render() -> String {
        let front = root.first("front")
        output = [TextLine](repeating: .blank, count: 4)
        output += headerBlock(front)
        for element in front?.elements ?? [] {
            switch element.name {
            case "abstract": unnumbered("Abstract", element)
            case "note":
                let name = element.first("name").map { inline($0) } ?? "Note"
                unnumbered(
                    name, element,
                    leading: element["removeInRFC"] == "true"
                        ? "This note is to be removed before publishing as an RFC." : nil)
            default: break
            }
        }
        boilerplate()
        if settings.hasContents { tableOfContents() } else { output.append(.blank) }
        for section in root.first("middle")?.elements ?? [] where section.name == "section" { self.section(section) }
        looseBlocks(of: root.first("middle"))
        for references in root.first("back")?.elements("references") ?? [] { self.references(references) }
        for section in root.first("back")?.elements("section") ?? [] { self.section(section) }
        authors()
        var text = ""
        for line in output {
            text += LineFilling.plain(line.printed.unicodeScalars)
            text += "\n"
        }
        return text
    }

    func emit(_ lines: [TextLine]) {
        guard !lines.isEmpty else { return }
        output.append(.blank)
        output += lines
    }

    /// A heading at the left edge and, under it, text.
    func heading(_ title: String, number: String? = nil) {
        guard let number else {
            emit([TextLine](LineFilling.fill(title, width: TextRenderer.pageWidth, spacesSentences: false)))
            return
        }
        let label = "\(number).  "
        let indent = label.unicodeScalars.count
        let lines = [TextLine](LineFilling.fill(title, width: TextRenderer.pageWidth - indent, spacesSentences: false))
        emit(lines.indented(by: indent).labelled(label))
    }

    private func unnumbered(_ title: String, _ element: XMLElement, leading: String? = nil) {
        heading(title)
        if let leading { paragraph(leading) }
        emit(blocks(in: element, width: TextRenderer.pageWidth - TextRenderer.indent).indented(by: TextRenderer.indent))
    }

    /// A paragraph of the boilerplate.
    func paragraph(_ text: String) {
        let lines = LineFilling.fill(text, width: TextRenderer.pageWidth - TextRenderer.indent)
        emit([TextLine](lines).indented(by: TextRenderer.indent))
    }

    private func section(_ section: XMLElement) {
        let heading = numbering.headings[ObjectIdentifier(section)]
        if section["removeInRFC"] == "true", !isDraft { return }
        self.heading(section.first("name").map { inline($0) } ?? "", number: heading?.number)
        if section["removeInRFC"] == "true" { paragraph("This section is to be removed before publishing as an RFC.") }
        let width = TextRenderer.pageWidth - TextRenderer.indent
        for element in section.elements {
            switch element.name {
            case "section": self.section(element)
            case let name where VersionConverter.blocks.contains(name):
                emit(block(element, width: width).indented(by: TextRenderer.indent))
            default: break
            }
        }
    }

    /// What stands in the middle outside every section.
    private func looseBlocks(of middle: XMLElement?) {
        for element in middle?.elements ?? [] where VersionConverter.blocks.contains(element.name) {
            log.add(.warning, at: element.location, "<\(element.name)> outside of any <section>; it is put after the sections")
            emit(block(element, width: TextRenderer.pageWidth - TextRenderer.indent).indented(by: TextRenderer.indent))
        }
    }

    private func tableOfContents() {
        heading("Table of Contents")
        output.append(.blank)
        var widths: [Int: Int] = [:]
        var lastLevel = 0
        for entry in numbering.contents where entry.isInContents {
            let title = entry.title ?? entry.element.first("name").map { inline($0) } ?? ""
            // All of one parent get the width that its first has; longer numbers take the second blank.
            let label = entry.number.map { "\($0)." } ?? ""
            if entry.level > lastLevel { widths[entry.level] = nil }
            lastLevel = entry.level
            // Appendices are a row of their own: "Appendix A" is as wide as "Appendix B".
            if label.hasPrefix("Appendix A.") { widths[entry.level] = nil }
            let width = widths[entry.level] ?? label.unicodeScalars.count + 2
            if !label.isEmpty { widths[entry.level] = width }
            let padding = max(1, min(2, width - label.unicodeScalars.count))
            contentsLine(title, label: label.isEmpty ? "" : label + String(repeating: " ", count: padding), level: entry.level)
        }
        if hasAuthors { contentsLine(authorsTitle, label: "", level: 1) }
    }

    private func contentsLine(_ title: String, label: String, level: Int) {
        let indent = TextRenderer.indent + 2 * (level - 1)
        let taken = label.unicodeScalars.count
        // Later lines hang, further than the number is wide.
        let hang = label.isEmpty ? 0 : min(8, taken + 4)
        let lines = LineFilling.fill(
            title, width: TextRenderer.pageWidth - indent - hang, used: taken - hang, spacesSentences: false)
        for (index, line) in lines.enumerated() {
            output.append(
                index == 0 ? TextLine(indent: indent, text: label + line) : TextLine(indent: indent + hang, text: line))
        }
    }
}
