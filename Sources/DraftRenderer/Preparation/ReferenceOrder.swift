/// The order of references by name.
struct ReferenceOrder {
    let renamed: [String: String]

    func sort(_ references: XMLElement) {
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
    private func naturalKey(_ anchor: String) -> [SortKey] {
        var key: [SortKey] = []
        var word = ""
        var digits = ""
        for character in anchor.uppercased() + "\u{0}" {
            if character.isASCII, character.isNumber {
                if digits.isEmpty { key.append(.word(word)) }
                word = ""
                digits.append(character)
            } else {
                if !digits.isEmpty { key.append(.number(Int(digits) ?? Int.max)) }
                digits = ""
                if character != "\u{0}" { word.append(character) }
            }
        }
        if !word.isEmpty { key.append(.word(word)) }
        return key
    }

    private enum SortKey: Comparable {
        case number(Int)
        case word(String)

        static func < (left: SortKey, right: SortKey) -> Bool {
            switch (left, right) {
            case (.number(let left), .number(let right)): left < right
            case (.word(let left), .word(let right)): left.unicodeScalars.lexicographicallyPrecedes(right.unicodeScalars)
            case (.number, .word): true
            case (.word, .number): false
            }
        }
    }
}
