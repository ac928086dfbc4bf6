/// The index at the end, out of `<iref>`, RFC 7991 §2.27: by letters, with places instead of pages.
extension TextRenderer {
    private struct Entry {
        var item: String
        var subitem: String?
        var place: String
        var isPrimary: Bool
    }

    var hasIndex: Bool { root["indexInclude"] != "false" && root.first(where: { $0.name == "iref" }) != nil }

    func index() {
        guard hasIndex else { return }
        var entries: [Entry] = []
        var seen: Set<String> = []
        collect(root, place: nil) { iref, place in
            guard let item = iref["item"], !item.isEmpty else {
                self.log.add(.warning, at: iref.location, "<iref> without item; expected what the index is to say")
                return
            }
            let name = item.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            guard seen.insert("\(name)\u{0}\(place)").inserted else { return }
            let subitem = iref["subitem"].flatMap { $0.isEmpty ? nil : $0 }
            entries.append(Entry(item: name, subitem: subitem, place: place, isPrimary: iref["primary"] == "true"))
        }
        entries = entries.enumerated().sorted {
            let (left, right) = (
                "\($0.element.item)~\($0.element.subitem ?? "")", "\($1.element.item)~\($1.element.subitem ?? "")"
            )
            return left == right ? $0.offset < $1.offset : left.unicodeScalars.lexicographicallyPrecedes(right.unicodeScalars)
        }.map(\.element)
        var letters: [String] = []
        for entry in entries {
            let letter = entry.item.prefix(1).uppercased()
            if !letters.contains(letter) { letters.append(letter) }
        }
        letters.sort { left, right in
            let (isLeft, isRight) = (
                left.unicodeScalars.allSatisfy(WordSplitter.isWord), right.unicodeScalars.allSatisfy(WordSplitter.isWord)
            )
            return isLeft == isRight ? left.unicodeScalars.lexicographicallyPrecedes(right.unicodeScalars) : isRight
        }
        guard !letters.isEmpty else { return }
        heading("Index", of: indexHeading)
        let width = TextRenderer.pageWidth - TextRenderer.indent
        emit([TextLine](LineFilling.fill(letters.joined(separator: " "), width: width)).indented(by: 3))
        for letter in letters {
            emit([TextLine(indent: 6, text: letter)])
            let list = indexList(entries.filter { $0.item.prefix(1).uppercased() == letter })
            emit(definitionList(list, width: width - 6).indented(by: 9))
        }
    }

    private func indexList(_ entries: [Entry]) -> XMLElement {
        let list = XMLElement("dl", attributes: [("spacing", "compact")], at: root.location)
        let items = Dictionary(grouping: entries, by: \.item)
        for item in items.keys.sorted(by: { ($0.lowercased(), $0) < ($1.lowercased(), $1) }) {
            let own = items[item] ?? []
            append(own.filter { $0.subitem == nil }, under: item, to: list)
            let inner = own.filter { $0.subitem != nil }
            guard !inner.isEmpty else { continue }
            let holder = XMLElement("dl", attributes: [("spacing", "compact")], at: root.location)
            let subitems = Dictionary(grouping: inner) { $0.subitem ?? "" }
            for subitem in subitems.keys.sorted() { append(subitems[subitem] ?? [], under: subitem, to: holder) }
            list.children.append(.element(XMLElement("dt", at: root.location)))
            list.children.append(.element(XMLElement("dd", children: [.element(holder)], at: root.location)))
        }
        return list
    }

    private func append(_ entries: [Entry], under term: String, to list: XMLElement) {
        let places = entries.map { $0.isPrimary ? "*_\($0.place)_*" : $0.place }.joined(separator: "; ")
        list.children.append(.element(XMLElement("dt", children: [.text(term)], at: root.location)))
        let text: [XMLNode] = places.isEmpty ? [] : [.element(XMLElement("t", children: [.text(places)], at: root.location))]
        list.children.append(.element(XMLElement("dd", children: text, at: root.location)))
    }

    /// Calls `body` for every `<iref>` with where it stands: the nearest element around that has a place.
    private func collect(_ element: XMLElement, place: String?, body: (XMLElement, String) -> Void) {
        for inner in element.elements {
            if inner.name == "iref" {
                if let place { body(inner, place) }
                continue
            }
            collect(inner, place: self.place(of: inner) ?? place, body: body)
        }
    }

    private func place(of element: XMLElement) -> String? {
        let identifier = ObjectIdentifier(element)
        if let label = numbering.labels[identifier] { return "Reference [\(label)]" }
        if let target = numbering.parts[identifier] {
            return pointer(to: target, named: element["anchor"] ?? "", format: "default")
        }
        guard let heading = numbering.headings[identifier] else { return nil }
        let title = element.first("name").map { TextRenderer.trimmed($0.text) } ?? ""
        guard let number = heading.number else { return "Section \"\(title)\"" }
        return number.hasPrefix("Appendix") ? number : "\(heading.isAppendix ? "Appendix" : "Section") \(number)"
    }
}
