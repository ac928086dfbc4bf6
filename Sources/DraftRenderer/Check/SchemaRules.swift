/// What may stand in what, by RFC 7991 as its users write it today and by RFC 7749: the rules that authors break, not the whole
/// schemas.
struct SchemaRules {
    struct Rule {
        /// Elements that may stand in it.
        var children: Set<String>
        var holdsText: Bool
        /// Attributes that it cannot do without.
        var required: [String]
        /// Elements that it cannot do without.
        var wanted: [String]
    }

    /// Of version 3, by element.
    static let version3 = rules(version3Table, inline: inline3)
    /// Of version 2, by element.
    static let version2 = rules(version2Table, inline: inline2)

    private static func rules(_ table: String, inline: Set<String>) -> [String: Rule] {
        var result: [String: Rule] = [:]
        for line in table.split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false).map {
                $0.split(separator: " ").map(String.init)
            }
            for name in fields[0] {
                var rule = Rule(children: [], holdsText: false, required: [], wanted: [])
                for word in fields[1] {
                    switch word {
                    case "TEXT": rule.holdsText = true
                    case "INLINE": rule.children.formUnion(inline)
                    case "BLOCK": rule.children.formUnion(block)
                    default: rule.children.insert(word)
                    }
                }
                for word in fields.count > 2 ? fields[2] : [] {
                    if word.hasPrefix("@") { rule.required.append(String(word.dropFirst())) } else { rule.wanted.append(word) }
                }
                result[name] = rule
            }
        }
        return result
    }

    /// Elements of version 2 that version 3 knows no more, and what stands for them.
    static let deprecated = [
        "appendix": "<section> in <back>", "c": "<td>", "facsimile": "<email>", "format": "target of <reference>",
        "list": "<ul>, <ol> or <dl>", "postamble": "<t> after the figure", "preamble": "<t> before the figure",
        "spanx": "<em>, <strong> or <tt>", "texttable": "<table>", "ttcol": "<th>", "vspace": "another <t>",
    ]

    private static let inline2: Set<String> = ["cref", "eref", "iref", "spanx", "xref"]
    private static let inline3: Set<String> = [
        "bcp14", "br", "contact", "cref", "em", "eref", "iref", "relref", "strong", "sub", "sup", "tt", "u", "xref",
    ]
    private static let block: Set<String> = [
        "artset", "artwork", "aside", "blockquote", "dl", "figure", "iref", "ol", "sourcecode", "t", "table", "ul",
    ]

    /// Elements, a colon, what may stand in them, a colon, what must (RFC 7749 §2).
    private static let version2Table = """
        rfc : front middle back
        front : title author date area workgroup keyword abstract note : title author date
        middle : section : section
        back : references section
        abstract : t : t
        note : t : @title t
        section : t figure texttable iref section : @title
        t : TEXT INLINE list figure vspace
        list : t : t
        vspace :
        figure : iref preamble artwork postamble : artwork
        preamble postamble annotation : TEXT INLINE
        artwork : TEXT
        texttable : preamble ttcol c postamble : ttcol
        ttcol cref spanx title : TEXT
        c : TEXT INLINE
        references : reference : reference
        reference : front seriesInfo format annotation : @anchor front
        format : : @type
        seriesInfo : : @name @value
        author : organization address
        address : postal phone facsimile email uri
        postal : street city region code country
        organization street city region code country phone facsimile email uri area workgroup keyword : TEXT
        date :
        xref : TEXT : @target
        eref : TEXT : @target
        iref : : @item
        """

    /// Likewise (RFC 7991 §2).
    private static let version3Table = """
        rfc : link front middle back
        front : title seriesInfo author date area workgroup keyword abstract note boilerplate toc : title author
        middle : section : section
        back : displayreference references section
        section : name BLOCK contact note section author
        abstract : dl ol t ul : t
        note : name dl ol t ul figure artwork sourcecode
        boilerplate toc : section
        t : TEXT INLINE
        name title : TEXT INLINE
        ul : li : li
        ol : li : li
        dl : dt dd : dt dd
        dt : TEXT INLINE
        li dd : TEXT INLINE BLOCK
        td th : TEXT INLINE BLOCK
        table : name iref thead tbody tfoot : tbody
        thead tbody tfoot : tr : tr
        tr : td th
        figure : name iref artset artwork sourcecode
        artset : artwork : artwork
        artwork : TEXT svg
        sourcecode : TEXT
        aside : TEXT INLINE artset artwork blockquote dl figure iref list ol t table ul
        blockquote : TEXT INLINE artset artwork dl figure ol sourcecode t table ul
        references : name reference referencegroup references
        referencegroup : reference : @anchor reference
        reference : front annotation refcontent seriesInfo format stream : @anchor front
        annotation refcontent : TEXT INLINE
        author contact : organization address
        address : postal phone email uri
        postal : city cityarea code country extaddr pobox postalLine region sortingcode street
        xref relref : TEXT INLINE : @target
        eref : TEXT : @target
        iref : : @item
        cref em strong sub sup tt : TEXT INLINE
        bcp14 u organization city cityarea code country extaddr pobox postalLine region sortingcode street : TEXT
        phone email uri area workgroup keyword date stream : TEXT
        seriesInfo : : @name @value
        displayreference : : @target @to
        link : : @href
        br :
        """
}
