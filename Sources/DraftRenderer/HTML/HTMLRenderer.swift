/// Lays a prepared document out as one HTML page that needs nothing beside it, and reads well on a narrow screen.
///
/// Nothing of the document becomes markup but what this type makes of it: all text is escaped, and only addresses of the web and
/// of mail become links.
final class HTMLRenderer {
    let text: TextRenderer
    /// "proven", "excepted" or "open", by requirement; empty hides them.
    let statuses: [String: String]
    private var output = ""

    init(_ text: TextRenderer, statuses: [String: String]) {
        self.text = text
        self.statuses = statuses
    }

    var root: XMLElement { text.root }

    func render() -> String {
        let front = root.first("front")
        let title = front?.first("title").map { OneLine.text($0) } ?? ""
        output = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(Self.escaped(title))</title>
            <style>
            \(HTMLStyle.sheet)
            </style>
            </head>
            <body>

            """
        header(front, title: title)
        for element in front?.elements ?? [] where element.name == "abstract" || element.name == "note" {
            let name = element.first("name").map { inline($0) } ?? (element.name == "abstract" ? "Abstract" : "Note")
            output += "<section>\n<h2\(identity(element))>\(name)</h2>\n"
            content(of: element)
            output += "</section>\n"
        }
        boilerplate()
        contents()
        output += "<main>\n"
        for section in root.first("middle")?.elements("section") ?? [] { self.section(section) }
        for block in root.first("middle")?.elements ?? [] where VersionConverter.blocks.contains(block.name) {
            self.block(block)
        }
        for references in root.first("back")?.elements("references") ?? [] { self.references(references) }
        for section in root.first("back")?.elements("section") ?? [] { self.section(section) }
        authors()
        return output + "</main>\n</body>\n</html>\n"
    }

    func emit(_ text: String) { output += text }

    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\u{2028}": result += "<br>"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The `id` of an element with an anchor, as an attribute.
    func identity(_ element: XMLElement) -> String {
        guard let anchor = element["anchor"], !anchor.isEmpty else { return "" }
        return " id=\"\(Self.escaped(anchor))\""
    }

    private func header(_ front: XMLElement?, title: String) {
        output += "<header>\n<pre class=\"front\">"
        let lines = text.headerBlock(front).prefix { !$0.isBlank }.map(\.printed)
        output += Self.escaped(lines.joined(separator: "\n")) + "</pre>\n<h1>\(Self.escaped(title))</h1>\n"
        if let name = text.documentName, text.isDraft { output += "<p class=\"name\">\(Self.escaped(name))</p>\n" }
        output += "</header>\n"
    }

    /// The sentences that every memo carries, out of their text form.
    private func boilerplate() {
        text.output = []
        text.boilerplate()
        var paragraph: [String] = []
        func flush() {
            if !paragraph.isEmpty { output += "<p>\(Self.escaped(paragraph.joined(separator: " ")))</p>\n" }
            paragraph = []
        }
        for line in text.output {
            if line.isBlank {
                flush()
            } else if line.indent == 0 {
                flush()
                output += "<h2>\(Self.escaped(line.text))</h2>\n"
            } else {
                paragraph.append(line.text)
            }
        }
        flush()
    }

    private func contents() {
        guard text.settings.hasContents else { return }
        output += "<nav>\n<h2>Table of Contents</h2>\n"
        contents(text.numbering.contentsTree)
        if text.hasAuthors { output += "<p><a href=\"#authors-addresses\">\(text.authorsTitle)</a></p>\n" }
        output += "</nav>\n"
    }

    private func contents(_ entries: [Numbering.ContentsEntry]) {
        guard !entries.isEmpty else { return }
        output += "<ul>\n"
        for entry in entries {
            let title = entry.title.map(Self.escaped) ?? entry.element?.first("name").map { inline($0, isLinked: false) } ?? ""
            let number = entry.number.map { "\($0). " } ?? ""
            let target = entry.element.map { sectionIdentity($0) } ?? ""
            output += "<li><a href=\"#\(Self.escaped(target))\">\(number)\(title)</a>\n"
            contents(entry.inner)
            output += "</li>\n"
        }
        output += "</ul>\n"
    }

    /// By its anchor, or else by its number.
    private func sectionIdentity(_ element: XMLElement) -> String {
        if let anchor = element["anchor"], !anchor.isEmpty { return anchor }
        let number = text.numbering.headings[ObjectIdentifier(element)]?.number ?? "unnumbered"
        return "section-" + number.replacing(" ", with: "-")
    }

    private func heading(_ element: XMLElement) {
        let heading = text.numbering.headings[ObjectIdentifier(element)]
        let level = min(6, (heading?.level ?? 1) + 1)
        let identity = Self.escaped(sectionIdentity(element))
        let number = heading?.number.map { "<a class=\"number\" href=\"#\(identity)\">\($0).</a> " } ?? ""
        let name = element.first("name").map { inline($0) } ?? ""
        output += "<h\(level) id=\"\(identity)\">\(number)\(name)</h\(level)>\n"
    }

    private func section(_ section: XMLElement) {
        if section["removeInRFC"] == "true", !text.isDraft { return }
        output += "<section>\n"
        heading(section)
        for element in section.elements {
            switch element.name {
            case "section": self.section(element)
            case let name where VersionConverter.blocks.contains(name): block(element)
            case "contact": card(element)
            default: break
            }
        }
        output += "</section>\n"
    }

    private func references(_ element: XMLElement) {
        output += "<section>\n"
        heading(element)
        for child in element.elements("references") { references(child) }
        output += "<dl class=\"references\">\n"
        for entry in element.elements where entry.name == "reference" || entry.name == "referencegroup" {
            let label = text.numbering.labels[ObjectIdentifier(entry)] ?? ""
            output += "<dt\(identity(entry))>[\(Self.escaped(label))]</dt>\n<dd>"
            let members = entry.name == "reference" ? [entry] : entry.elements("reference")
            output += members.map { citation($0) }.joined(separator: "<br>") + "</dd>\n"
        }
        output += "</dl>\n</section>\n"
    }

    private func citation(_ reference: XMLElement) -> String {
        let parts = ReferenceText(reference) { text.inline($0) }
        var said = parts.parts.map { Self.escaped(LineFilling.plain($0.unicodeScalars)) }
        if let target = parts.target { said.append(Self.link(target)) }
        return said.joined(separator: ", ") + "." + reference.elements("annotation").map { " " + inline($0) }.joined()
    }

    /// A link, where the address is one of the web or of mail.
    static func link(_ target: String, _ shown: String? = nil) -> String {
        let isSafe = ["http://", "https://", "mailto:", "ftp://"].contains { target.lowercased().hasPrefix($0) }
        let name = shown ?? escaped(target)
        return isSafe ? "<a href=\"\(escaped(target))\">\(name)</a>" : name
    }

    private func authors() {
        guard text.hasAuthors else { return }
        output += "<section>\n<h2 id=\"authors-addresses\">\(text.authorsTitle)</h2>\n"
        for author in root.first("front")?.elements("author") ?? [] { card(author) }
        output += "</section>\n"
    }

    func card(_ element: XMLElement) {
        let lines = text.contactCard(element).map { Self.escaped($0) }
        output += "<address\(identity(element))>\(lines.joined(separator: "<br>\n"))</address>\n"
    }
}
