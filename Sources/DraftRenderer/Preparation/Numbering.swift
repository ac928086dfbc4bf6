/// The numbers of sections, figures, tables and references, and what each anchor means.
struct Numbering {
    /// What an `<xref>` can point at.
    enum Target {
        /// Words such as "Section" or "Appendix"; the number; nil where the section has none.
        case section(word: String, number: String?, title: XMLElement?)
        case float(word: String, number: Int, title: XMLElement?)
        /// A paragraph or list item, within a section.
        case part(of: String, path: String)
        case reference(label: String, XMLElement)
        case author(XMLElement)
    }

    struct Heading {
        /// "1.2", "A.1", "Appendix A"; nil for a heading without number.
        var number: String?
        var level: Int
        var element: XMLElement
        var isInContents: Bool
        /// Instead of the element's own name.
        var title: String?
    }

    private(set) var headings: [ObjectIdentifier: Heading] = [:]
    private(set) var floats: [ObjectIdentifier: Int] = [:]
    private(set) var targets: [String: Target] = [:]
    /// In the order of the document, for the table of contents.
    private(set) var contents: [Heading] = []
    private(set) var labels: [ObjectIdentifier: String] = [:]
    private var figures = 0
    private var tables = 0
    private var referenceCount = 0
    private var isUnnumbered = false
    private let settings: DocumentSettings
    private var renamed: [String: String] = [:]

    init(_ root: XMLElement, settings: DocumentSettings, log: inout MessageLog) {
        self.settings = settings
        let back = root.first("back")
        for rename in back?.elements("displayreference") ?? [] {
            if let from = rename["target"], let to = rename["to"] { renamed[from] = to }
        }
        root.first("front")?.forEachElement { element in
            if element.name == "author", let anchor = element["anchor"] { targets[anchor] = .author(element) }
        }
        var next = 0
        number(root.first("middle")?.elements("section") ?? [], under: nil, level: 1, next: &next, log: &log)
        let references = back?.elements("references") ?? []
        for element in references { number(references: element, under: nil, level: 1, next: &next, log: &log) }
        var appendices = 0
        isUnnumbered = false
        for section in back?.elements("section") ?? [] {
            var number: String?
            if section["numbered"] != "false", section["numbered"] != "no" {
                number = Numbering.letters(appendices)
                appendices += 1
            }
            add(section, number: number, isAppendix: true, level: 1, log: &log)
        }
    }

    /// A, B, … Z, AA, AB …
    static func letters(_ index: Int) -> String {
        let letter = String(UnicodeScalar(UInt8(65 + index % 26)))
        return index < 26 ? letter : letters(index / 26 - 1) + letter
    }

    private mutating func number(
        _ sections: [XMLElement], under parent: String?, level: Int, next: inout Int, isAppendix: Bool = false,
        log: inout MessageLog
    ) {
        for section in sections {
            let wanted = section["numbered"] != "false" && section["numbered"] != "no"
            if !wanted, level == 1 { isUnnumbered = true }
            var number: String?
            if wanted, !(level > 1 && parent == nil) {
                next += 1
                number = parent.map { "\($0).\(next)" } ?? String(next)
            }
            add(section, number: number, isAppendix: isAppendix, level: level, log: &log)
        }
    }

    private mutating func add(
        _ section: XMLElement, number: String?, isAppendix: Bool, level: Int, log: inout MessageLog
    ) {
        let shown = isAppendix && level == 1 ? number.map { "Appendix \($0)" } : number
        let heading = Heading(
            number: shown, level: level, element: section,
            isInContents: section["toc"] == "include" || section["toc"] != "exclude" && level <= settings.contentsDepth)
        headings[ObjectIdentifier(section)] = heading
        contents.append(heading)
        let word = isAppendix ? "Appendix" : "Section"
        define(
            section, .section(word: word, number: number, title: section.first("name")), log: &log)
        countParts(of: section, in: "\(word)\u{a0}\(number ?? "")", log: &log)
        var next = 0
        self.number(
            section.elements("section"), under: number, level: level + 1, next: &next, isAppendix: isAppendix, log: &log)
    }

    private mutating func number(
        references: XMLElement, under parent: String?, level: Int, next: inout Int, log: inout MessageLog
    ) {
        var number: String?
        if !isUnnumbered {
            next += 1
            number = parent.map { "\($0).\(next)" } ?? String(next)
        }
        let heading = Heading(
            number: number, level: level, element: references, isInContents: level <= settings.contentsDepth)
        headings[ObjectIdentifier(references)] = heading
        contents.append(heading)
        define(
            references, .section(word: "Section", number: number, title: references.first("name")), log: &log)
        var inner = 0
        for child in references.elements("references") {
            self.number(references: child, under: number, level: level + 1, next: &inner, log: &log)
        }
        if settings.sortsReferences, settings.hasSymbolicReferences { sort(references) }
        for entry in references.elements {
            guard entry.name == "reference" || entry.name == "referencegroup" else { continue }
            referenceCount += 1
            let anchor = entry["anchor"] ?? ""
            if anchor.isEmpty { log.add(.error, at: entry.location, "<\(entry.name)> without anchor; nothing can refer to it") }
            let label = settings.hasSymbolicReferences ? renamed[anchor] ?? anchor : String(referenceCount)
            labels[ObjectIdentifier(entry)] = label
            define(entry, .reference(label: label, entry), log: &log)
            for member in entry.elements("reference") { define(member, .reference(label: label, entry), log: &log) }
        }
    }

    private func sort(_ references: XMLElement) {
        let entries = references.elements.filter { $0.name == "reference" || $0.name == "referencegroup" }
        let keyed = entries.enumerated().map { index, entry in
            (key: naturalKey(renamed[entry["anchor"] ?? ""] ?? entry["anchor"] ?? ""), index: index, entry: entry)
        }
        let sorted = keyed.sorted { $0.key == $1.key ? $0.index < $1.index : $0.key.lexicographicallyPrecedes($1.key) }
        references.children.removeAll {
            if case .element(let inner) = $0 { inner.name == "reference" || inner.name == "referencegroup" } else { false }
        }
        references.children += sorted.map { .element($0.entry) }
    }

    /// Blind to case, with numbers as numbers: RFC793 comes before RFC2119.
    private func naturalKey(_ anchor: String) -> [String] {
        var key: [String] = []
        var digits = ""
        func flush() {
            guard !digits.isEmpty else { return }
            let bare = digits.drop { $0 == "0" }
            key.append("0" + String(repeating: "0", count: max(0, 20 - bare.count)) + bare)
            digits = ""
        }
        for character in anchor.lowercased() {
            if character.isASCII, character.isNumber {
                digits.append(character)
            } else {
                flush()
                key.append(String(character))
            }
        }
        flush()
        return key
    }

    /// Figures, tables, paragraphs and list items of one section, without those of the sections within.
    private mutating func countParts(of section: XMLElement, in name: String, log: inout MessageLog) {
        var position = 0
        for block in section.elements {
            guard VersionConverter.blocks.contains(block.name) else { continue }
            position += 1
            countPart(block, section: name, paragraph: position, path: [], log: &log)
        }
    }

    private mutating func countPart(
        _ block: XMLElement, section: String, paragraph: Int, path: [Int], log: inout MessageLog
    ) {
        switch block.name {
        case "figure":
            figures += 1
            floats[ObjectIdentifier(block)] = figures
            define(block, .float(word: "Figure", number: figures, title: block.first("name")), log: &log)
        case "table":
            tables += 1
            floats[ObjectIdentifier(block)] = tables
            define(block, .float(word: "Table", number: tables, title: block.first("name")), log: &log)
        default:
            let item = path.isEmpty ? "" : ", Item\u{a0}" + path.map(String.init).joined(separator: ".")
            define(block, .part(of: section, path: "Paragraph\u{a0}\(paragraph)\(item)"), log: &log)
        }
        var position = 0
        for inner in block.elements {
            guard VersionConverter.blocks.contains(inner.name) || ["dd", "dt", "li"].contains(inner.name) else { continue }
            position += 1
            countPart(inner, section: section, paragraph: paragraph, path: path + [position], log: &log)
        }
    }

    private mutating func define(_ element: XMLElement, _ target: Target, log: inout MessageLog) {
        guard let anchor = element["anchor"], !anchor.isEmpty else { return }
        if targets[anchor] != nil {
            log.add(.error, at: element.location, "anchor \"\(anchor)\" is given twice; the first one counts")
        } else {
            targets[anchor] = target
        }
    }
}
