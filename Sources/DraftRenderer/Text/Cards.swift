/// Authors and contacts.
extension TextRenderer {
    private var authorElements: [XMLElement] { root.first("front")?.elements("author") ?? [] }

    var hasAuthors: Bool { !authorElements.isEmpty }

    var authorsTitle: String { authorElements.count > 1 ? "Authors' Addresses" : "Author's Address" }

    func authors() {
        guard !authorElements.isEmpty else { return }
        heading(authorsTitle, of: authorsHeading)
        for (index, author) in authorElements.enumerated() {
            if index > 0 { output.append(.blank) }
            emit(contactCard(author).map { TextLine(indent: TextRenderer.indent, text: $0, source: author) })
        }
    }

    func card(_ element: XMLElement) -> [TextLine] { [TextLine](contactCard(element), of: element) + [.blank] }

    /// The lines of one address; in Latin letters first, where the author writes in others.
    func contactCard(_ element: XMLElement) -> [String] {
        let name = AuthorName(element)
        guard !AuthorName.isLatin(name.full), name.fullASCII != name.full else {
            return card(element, isASCII: false)
        }
        let own = ownCard(element).map { "   " + $0 }
        return card(element, isASCII: true) + ["", "Additional contact information:", ""] + own
    }

    /// Name and address as the author's country writes them: some write from the country down to the addressee.
    private func ownCard(_ element: XMLElement) -> [String] {
        let name = AuthorName(element).full + (element["role"] == "editor" ? " (editor)" : "")
        let organization = [element.first("organization").map(OneLine.text) ?? ""].filter { !$0.isEmpty }
        guard let postal = element.first("address")?.first("postal") else { return [name] + organization }
        let entries = postal.elements.map { ($0.name, OneLine.text($0)) }.filter { !$0.1.isEmpty }
        let form = PostalForm(country: entries.first { $0.0 == "country" }?.1 ?? "")
        guard !entries.contains(where: { $0.0 == "postalLine" }), let own = form.ownForm else {
            return [name] + organization + self.postal(postal, OneLine.text)
        }
        let streets = ["extaddr", "pobox", "street"].flatMap { kind in entries.filter { $0.0 == kind }.map(\.1) }
        func value(_ kind: String) -> String { entries.last { $0.0 == kind }?.1 ?? "" }
        func lines(_ form: String) -> [String] {
            PostalForm.ownLines(
                form, code: value("code"), city: value("city"), region: value("region"), area: value("cityarea"))
        }
        return [name, form.countryName] + lines(own.before) + streets + organization + lines(own.after)
    }

    private func card(_ element: XMLElement, isASCII: Bool) -> [String] {
        func value(_ entry: XMLElement) -> String { isASCII ? entry["ascii"] ?? OneLine.text(entry) : OneLine.text(entry) }
        var lines: [String] = []
        let name = isASCII ? AuthorName(element).fullASCII : AuthorName(element).full
        let organization = element.first("organization").map(value) ?? ""
        if !name.isEmpty { lines.append(name + (element["role"] == "editor" ? " (editor)" : "")) }
        if !organization.isEmpty { lines.append(organization) }
        guard let address = element.first("address") else { return lines }
        if let postal = address.first("postal") { lines += self.postal(postal, value) }
        for (tag, title) in [("phone", "Phone: "), ("email", "Email: "), ("uri", "URI:   ")] {
            let entries = address.elements(tag).map { OneLine.text($0) }.filter { !$0.isEmpty }
            if !entries.isEmpty { lines.append(title + entries.joined(separator: ", ")) }
        }
        return lines
    }

    private func postal(_ postal: XMLElement, _ value: (XMLElement) -> String) -> [String] {
        func values(_ name: String) -> [String] { postal.elements(name).map(value).filter { !$0.isEmpty } }
        let free = values("postalLine")
        if !free.isEmpty { return free }
        func last(_ name: String) -> String { values(name).last ?? "" }
        let form = PostalForm(country: values("country").first ?? "")
        var code = last("code")
        // Version 2 wrote countries in front of codes.
        if let dash = code.firstIndex(of: "-"), code[..<dash].count <= 2, code[..<dash].allSatisfy(\.isUppercase) {
            code = String(code[code.index(after: dash)...])
        }
        var lines = values("extaddr") + values("pobox") + values("street")
        for (name, sign) in [("code", "Z"), ("city", "C"), ("region", "S"), ("cityarea", "D")] as [(String, Character)] {
            guard !form.holds(sign), let entry = postal.elements(name).last, !value(entry).isEmpty else { continue }
            log.add(
                .warning, at: entry.location,
                "<\(name)> has no place in an address of \(last("country")); expected it in <street> or <extaddr>")
        }
        if form.joinsRegion {
            let street = lines.popLast().map { $0 + "," }
            lines += [[street, last("region")].compactMap(\.self).joined(separator: " ")]
                .map(TextRenderer.trimmed).filter { !$0.isEmpty }
        }
        let place = form.lines(code: code, city: last("city"), region: last("region"), area: last("cityarea"))
        return lines + place + [form.countryName].filter { !$0.isEmpty }
    }
}
