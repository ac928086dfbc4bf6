/// The numbers of sections, figures, tables and references, and what each anchor means.
struct Numbering {
    /// What an `<xref>` can point at.
    enum Target {
        /// Words such as "Section" or "Appendix"; the number; nil where the section has none.
        case section(word: String, number: String?, title: XMLElement?)
        case float(word: String, number: Int, title: XMLElement?)
        /// A paragraph or list, or an item of one, within a section, and that section's number.
        case part(of: String, number: String, path: String, isItem: Bool)
        /// Something with a name of its own.
        case named(String)
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
        var isAppendix = false
    }

    private(set) var headings: [ObjectIdentifier: Heading] = [:]
    private(set) var floats: [ObjectIdentifier: Int] = [:]
    private(set) var targets: [String: Target] = [:]
    /// In the order of the document, for the table of contents.
    private(set) var contents: [Heading] = []
    private(set) var labels: [ObjectIdentifier: String] = [:]
    /// The first numbers of numbered lists.
    private(set) var starts: [ObjectIdentifier: Int] = [:]
    /// The labels of list items with anchors, without the full stop.
    private(set) var counters: [String: String] = [:]
    /// The anchors that something refers to.
    private(set) var referred: Set<String> = []
    /// The entries of the references that something refers to.
    private(set) var referredEntries: Set<ObjectIdentifier> = []
    /// Where each paragraph, list and item stands, for the index.
    private(set) var parts: [ObjectIdentifier: Target] = [:]
    private var figures = 0
    private var tables = 0
    private var referenceCount = 0
    private var isUnnumbered = false
    private let settings: DocumentSettings
    private var renamed: [String: String] = [:]

    init(_ root: XMLElement, settings: DocumentSettings, log: inout MessageLog) {
        self.settings = settings
        countLists(root)
        root.forEachElement { element in
            if element.name == "xref" || element.name == "relref", let target = element["target"] { referred.insert(target) }
        }
        let back = root.first("back")
        for rename in back?.elements("displayreference") ?? [] {
            if let from = rename["target"], let to = rename["to"] { renamed[from] = to }
        }
        root.forEachElement { element in
            guard let anchor = element["anchor"] else { return }
            switch element.name {
            case "author", "contact": targets[anchor] = .author(element)
            case "abstract": targets[anchor] = .named("Abstract")
            case "u": targets[anchor] = .named(TextRenderer.named(element))
            case "cref": targets[anchor] = .named("Comment \(anchor)")
            default: break
            }
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

    /// One line of the table of contents and those within.
    struct ContentsEntry {
        var number: String?
        var title: String?
        var element: XMLElement?
        /// Between number and title.
        var gap = "\u{a0}\u{a0}"
        var inner: [ContentsEntry] = []
    }

    var contentsTree: [ContentsEntry] {
        var rest = contents.filter(\.isInContents)[...]
        func entries(_ level: Int) -> [ContentsEntry] {
            var result: [ContentsEntry] = []
            while let heading = rest.first, heading.level >= level {
                rest.removeFirst()
                result.append(ContentsEntry(number: heading.number, title: heading.title, element: heading.element))
                result[result.count - 1].inner = entries(heading.level + 1)
            }
            return result
        }
        return entries(1)
    }

    /// Lists of one group go on counting.
    private mutating func countLists(_ root: XMLElement) {
        var groups: [String: Int] = [:]
        root.forEachElement { list in
            guard list.name == "ol" else { return }
            var start = list.number("start", in: 0...1_000_000)
            if let group = list["group"], !group.isEmpty {
                start = start ?? groups[group] ?? 1
                groups[group] = (start ?? 1) + list.elements("li").count
            }
            starts[ObjectIdentifier(list)] = start ?? 1
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
            isInContents: section["toc"] == "include" || section["toc"] != "exclude" && level <= settings.contentsDepth,
            isAppendix: isAppendix)
        headings[ObjectIdentifier(section)] = heading
        contents.append(heading)
        let word = isAppendix ? "Appendix" : "Section"
        define(
            section, .section(word: word, number: number, title: section.first("name")), log: &log)
        var path = [0]
        countParts(of: section, in: .init(section: "\(word) \(number ?? "")", number: number ?? ""), path: &path, log: &log)
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
        if settings.sortsReferences, settings.hasSymbolicReferences { ReferenceOrder(renamed: renamed).sort(references) }
        for entry in references.elements {
            guard entry.name == "reference" || entry.name == "referencegroup" else { continue }
            referenceCount += 1
            let anchor = entry["anchor"] ?? ""
            if anchor.isEmpty { log.add(.error, at: entry.location, "<\(entry.name)> without anchor; nothing can refer to it") }
            let label = settings.hasSymbolicReferences ? renamed[anchor] ?? anchor : String(referenceCount)
            labels[ObjectIdentifier(entry)] = label
            define(entry, .reference(label: label, entry), log: &log)
            if referred.contains(anchor) { referredEntries.insert(ObjectIdentifier(entry)) }
            for member in entry.elements("reference") {
                define(member, .reference(label: label, entry), log: &log)
                if let name = member["anchor"], referred.contains(name) { referredEntries.insert(ObjectIdentifier(entry)) }
            }
        }
    }

    /// What the parts of one section have in common.
    private struct Place {
        var section: String
        var number: String
        var label = ""

        /// "Section" or "Appendix".
        var word: String { String(section.prefix { $0 != " " }) }
    }

    private static let counted = VersionConverter.blocks.subtracting(["contact", "svg"]).union(["dd", "dt", "li"])
    private static let rows: Set<String> = ["thead", "tbody", "tfoot", "tr", "td"]

    /// Figures, tables, paragraphs and list items of one section, without those of the sections within.
    private mutating func countParts(of holder: XMLElement, in place: Place, path: inout [Int], log: inout MessageLog) {
        var labels = items(of: holder, in: place)[...]
        for element in holder.elements where element.name != "section" {
            var inner = place
            if Numbering.counted.contains(element.name) {
                path[path.count - 1] += 1
                if element.name == "li", let label = labels.popFirst() { inner.label = label }
                count(element, in: inner, path: path, log: &log)
            } else if Numbering.rows.contains(element.name) {
                path[path.count - 1] += 1
            } else if element["anchor"] != nil, !["author", "contact", "cref", "u"].contains(element.name) {
                define(element, .section(word: place.word, number: place.number, title: nil), log: &log)
            }
            path.append(0)
            countParts(of: element, in: inner, path: &path, log: &log)
            path.removeLast()
        }
    }

    private func items(of list: XMLElement, in place: Place) -> [String] {
        guard list.name == "ol" else { return [] }
        let start = starts[ObjectIdentifier(list)] ?? 1
        let type = (list["type"] ?? "1").replacing("%p", with: place.label)
        return list.elements("li").indices.map { ListLabel.text(type, start + $0) }
    }

    private mutating func count(_ block: XMLElement, in place: Place, path: [Int], log: inout MessageLog) {
        let target: Target
        switch block.name {
        case "figure":
            figures += 1
            floats[ObjectIdentifier(block)] = figures
            target = .float(word: "Figure", number: figures, title: block.first("name"))
        case "table":
            tables += 1
            floats[ObjectIdentifier(block)] = tables
            target = .float(word: "Table", number: tables, title: block.first("name"))
        case "t", "ul", "ol", "dl", "li":
            let shown = path.map(String.init).joined(separator: ".")
            target = .part(of: place.section, number: place.number, path: shown, isItem: block.name == "li")
            if let anchor = block["anchor"], block.name == "li" {
                counters[anchor] = place.label.hasSuffix(".") ? String(place.label.dropLast()) : place.label
            }
        default: target = .section(word: place.word, number: place.number, title: nil)
        }
        parts[ObjectIdentifier(block)] = target
        define(block, target, log: &log)
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
