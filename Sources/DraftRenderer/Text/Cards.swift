/// Authors and contacts.
extension TextRenderer {
    private var authorElements: [XMLElement] { root.first("front")?.elements("author") ?? [] }

    var hasAuthors: Bool { !authorElements.isEmpty }

    var authorsTitle: String { authorElements.count > 1 ? "Authors' Addresses" : "Author's Address" }

    func authors() {
        guard !authorElements.isEmpty else { return }
        heading(authorsTitle)
        for (index, author) in authorElements.enumerated() {
            if index > 0 { output.append(.blank) }
            emit(contactCard(author).map { TextLine(indent: TextRenderer.indent, text: $0) })
        }
    }

    /// The lines of one address.
    func contactCard(_ element: XMLElement) -> [String] {
        var lines: [String] = []
        let name = AuthorName(element).full
        let organization = element.first("organization").map { OneLine.text($0) } ?? ""
        if !name.isEmpty { lines.append(name + (element["role"] == "editor" ? " (editor)" : "")) }
        if !organization.isEmpty { lines.append(organization) }
        guard let address = element.first("address") else { return lines }
        if let postal = address.first("postal") { lines += self.postal(postal) }
        for (tag, title) in [("phone", "Phone: "), ("email", "Email: "), ("uri", "URI:   ")] {
            for entry in address.elements(tag) {
                let text = oneLine(entry)
                if !text.isEmpty { lines.append(title + text) }
            }
        }
        return lines
    }

    func card(_ element: XMLElement) -> [TextLine] { [TextLine](contactCard(element), of: element) + [.blank] }

    private func oneLine(_ element: XMLElement) -> String { OneLine.text(element) }

    /// Countries that write the town's code after it, with a comma before the region.
    private static let codeLast: Set<String> = [
        "australia", "canada", "india", "united states of america", "united states", "us", "usa", "u.s.a.", "",
    ]

    private static let codeBelow: Set<String> = ["uk", "united kingdom", "great britain", "gb"]

    private func postal(_ postal: XMLElement) -> [String] {
        func values(_ name: String) -> [String] { postal.elements(name).map { oneLine($0) }.filter { !$0.isEmpty } }
        let free = values("postalLine")
        if !free.isEmpty { return free }
        let country = values("country").first ?? ""
        let city = values("city").first ?? ""
        let code = values("code").first ?? ""
        let region = values("region").first ?? ""
        var lines = values("extaddr") + values("pobox") + values("street")
        if TextRenderer.codeBelow.contains(country.lowercased()) {
            return lines + [city, region, code, "United Kingdom"].filter { !$0.isEmpty }
        }
        if TextRenderer.codeLast.contains(country.lowercased()) {
            let place = [city, [region, code].filter { !$0.isEmpty }.joined(separator: " ")]
            let line = place.filter { !$0.isEmpty }.joined(separator: ", ")
            if !line.isEmpty { lines.append(line) }
        } else {
            let line = [code, city].filter { !$0.isEmpty }.joined(separator: " ")
            if !line.isEmpty { lines.append(line) }
            if !region.isEmpty { lines.append(region) }
        }
        if !country.isEmpty { lines.append(country) }
        return lines
    }
}
