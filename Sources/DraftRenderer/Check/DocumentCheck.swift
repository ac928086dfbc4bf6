/// What an author wants to know before others read the document: structure, names, parts that are missing.
struct DocumentCheck {
    /// Authors beyond these belong under "Contributors" (RFC 7322 §4.1.1).
    static let usualAuthors = 5

    private static let values: [String: Set<String>] = [
        "category": ["std", "bcp", "exp", "historic", "info"],
        "submissionType": ["IETF", "IAB", "IRTF", "independent", "editorial"],
        "ipr": [
            "none", "trust200902", "noModificationTrust200902", "noDerivativesTrust200902", "pre5378Trust200902", "trust200811",
            "noModificationTrust200811", "noDerivativesTrust200811",
        ],
    ]
    private static let keywords: Set<String> = [
        "MUST", "MUST NOT", "REQUIRED", "SHALL", "SHALL NOT", "SHOULD", "SHOULD NOT", "RECOMMENDED", "NOT RECOMMENDED", "MAY",
        "OPTIONAL",
    ]

    let root: XMLElement
    /// Of the version in which the document is written; nil where it mixes two.
    private let rules: [String: SchemaRules.Rule]?
    private var anchors: Set<String> = []
    var log: MessageLog

    init(_ root: XMLElement, log: MessageLog) {
        self.root = root
        self.log = log
        let newer = root["version"] == "3" ? nil : DocumentCheck.newer(in: root)
        rules = root["version"] == "3" ? SchemaRules.version3 : newer == nil ? SchemaRules.version2 : nil
        if let newer {
            self.log.add(
                .warning, at: newer.location, "<\(newer.name)> is an element of version 3; expected version=\"3\" on <rfc>")
        }
    }

    /// The first element that version 2 does not have.
    private static func newer(in root: XMLElement) -> XMLElement? {
        root.first { SchemaRules.version3[$0.name] != nil && SchemaRules.version2[$0.name] == nil }
    }

    /// Looks at the document as it was written, before anything is mended.
    mutating func run() {
        checkRoot()
        walk(root)
        checkParts()
    }

    private mutating func checkRoot() {
        for (name, values) in DocumentCheck.values.sorted(by: { $0.key < $1.key }) {
            guard let value = root[name], !values.contains(value) else { continue }
            log.add(
                .error, at: root.location,
                "\(name)=\"\(value)\" on <rfc>; expected one of \(values.sorted().joined(separator: ", "))")
        }
        if root["number"] == nil, root["ipr"] != "none" {
            let name = root["docName"] ?? ""
            if name.isEmpty {
                log.add(.warning, at: root.location, "<rfc> without docName; expected one, as docName=\"draft-name-topic-00\"")
            } else if name.wholeMatch(of: /draft-[a-z0-9-]+-(\d\d|latest)/) == nil {
                log.add(
                    .warning, at: root.location,
                    "docName=\"\(name)\"; expected \"draft-\", small letters, digits and hyphens, and a version of two digits")
            }
        }
        let authors = root.first("front")?.elements("author") ?? []
        if authors.count > DocumentCheck.usualAuthors {
            log.add(
                .warning, at: authors[DocumentCheck.usualAuthors].location,
                "\(authors.count) authors; expected at most \(DocumentCheck.usualAuthors), others under \"Contributors\"")
        }
    }

    private mutating func walk(_ element: XMLElement) {
        if let anchor = element["anchor"] {
            if !anchors.insert(anchor).inserted {
                log.add(.error, at: element.location, "anchor \"\(anchor)\" is given twice; the first one counts")
            }
            if anchor.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_.:\-]*/) == nil {
                log.add(
                    .warning, at: element.location,
                    "anchor \"\(anchor)\"; expected a letter or underscore, then letters, digits, \"_\", \"-\", \".\" and \":\""
                )
            }
        }
        if element.name == "bcp14" {
            let word = element.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            if !DocumentCheck.keywords.contains(word) {
                log.add(.warning, at: element.location, "<bcp14>\(word)</bcp14>; expected a word of BCP 14, as MUST")
            }
        }
        let rule = rules?[element.name]
        if let rule { apply(rule, to: element) }
        for inner in element.elements {
            if inner.name == "svg" { continue }
            let isKnown = [SchemaRules.version2, SchemaRules.version3].contains { $0[inner.name] != nil }
            if !isKnown, inner.name != "appendix" {
                let known = rule ?? SchemaRules.version3[element.name]
                log.add(
                    .error, at: inner.location, "<\(inner.name)> is unknown; expected in <\(element.name)>: \(expected(known))")
            } else if let rule, !rule.children.contains(inner.name) {
                let instead = rules?[inner.name] == nil ? SchemaRules.deprecated[inner.name] : nil
                log.add(
                    .error, at: inner.location, "<\(inner.name)> in <\(element.name)>; expected \(instead ?? expected(rule))")
            }
            walk(inner)
        }
    }

    private func expected(_ rule: SchemaRules.Rule?) -> String {
        let names = (rule?.children ?? []).sorted().map { "<\($0)>" } + (rule?.holdsText ?? false ? ["text"] : [])
        return names.isEmpty ? "nothing" : names.joined(separator: ", ")
    }

    private mutating func apply(_ rule: SchemaRules.Rule, to element: XMLElement) {
        for name in rule.required where (element[name] ?? "").isEmpty {
            log.add(.error, at: element.location, "<\(element.name)> without \(name); expected \(name)=\"…\"")
        }
        for name in rule.wanted where element.first(name) == nil {
            log.add(.error, at: element.location, "<\(element.name)> without <\(name)>; expected at least one")
        }
        if !rule.holdsText, element.ownText.contains(where: { !$0.isWhitespace }) {
            log.add(.error, at: element.location, "text directly in <\(element.name)>; expected \(expected(rule))")
        }
        let mixes = element.name == "li" || element.name == "dd" || element.name == "td" || element.name == "th"
        if mixes, element.ownText.contains(where: { !$0.isWhitespace }),
            let block = element.elements.first(where: { VersionConverter.blocks.contains($0.name) })
        {
            log.add(.error, at: block.location, "<\(block.name)> beside text in <\(element.name)>; expected the text in <t>")
        }
    }

    /// The parts that every memo of the IETF has (RFC 7322 §4).
    private mutating func checkParts() {
        guard root["ipr"] != "none" else { return }
        if let front = root.first("front"), front.first("abstract") == nil {
            log.add(.warning, at: front.location, "no <abstract>; expected one in <front>")
        }
        var titles: [String] = []
        root.forEachElement { element in
            guard element.name == "section" else { return }
            titles.append((element.first("name")?.text ?? element["title"] ?? "").lowercased())
        }
        for wanted in ["Introduction", "Security Considerations", "IANA Considerations"]
        where !titles.contains(where: { $0.contains(wanted.lowercased()) }) {
            log.add(.warning, at: root.first("middle")?.location ?? root.location, "no section \"\(wanted)\"; expected one")
        }
    }
}
