/// What the attributes of `<rfc>` and the `<?rfc …?>` instructions ask for. Attributes win.
struct DocumentSettings {
    var hasContents = true
    /// How many levels of sections the table of contents shows.
    var contentsDepth = 3
    /// References by name instead of number.
    var hasSymbolicReferences = true
    var sortsReferences = false
    /// Whether the document was prepared for publication, with all numbers and texts put in.
    var isPrepared = false

    init(_ root: XMLElement) {
        var instructions: [String: String] = [:]
        for child in root.children {
            guard case .instruction("rfc", let content, _) = child else { continue }
            // Version 3 has attributes instead.
            guard root["version"] != "3" else { continue }
            for (name, value) in ProcessingInstruction(content).pairs { instructions[name] = value }
        }
        func flag(_ attribute: String, _ instruction: String, otherwise: Bool) -> Bool {
            switch root[attribute] ?? instructions[instruction] {
            case "yes", "true": true
            case "no", "false": false
            default: otherwise
            }
        }
        hasContents = flag("tocInclude", "toc", otherwise: true)
        hasSymbolicReferences = flag("symRefs", "symrefs", otherwise: true)
        sortsReferences = flag("sortRefs", "sortrefs", otherwise: false)
        isPrepared = root["prepTime"] != nil
        if isPrepared { sortsReferences = false }
        if let depth = (root["tocDepth"] ?? instructions["tocdepth"]).flatMap({ Int($0) }) { contentsDepth = depth }
    }
}
