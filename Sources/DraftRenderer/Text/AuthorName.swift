/// The forms of an author's name.
struct AuthorName {
    private let author: XMLElement
    /// With a full stop after each; nil where there are none.
    private(set) var initials: String?
    private(set) var surname: String?

    /// - Parameter isOld: whether one initial is enough.
    init(_ author: XMLElement, isOld: Bool = false) {
        self.author = author
        (initials, surname) = AuthorName.parts(
            author["initials"].map { isOld ? String($0.split(separator: ".", omittingEmptySubsequences: false)[0]) : $0 },
            author["surname"], author["fullname"])
    }

    private static func parts(_ initials: String?, _ surname: String?, _ fullname: String?) -> (String?, String?) {
        func some(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }
        if let initials, let surname {
            let stopped = initials.isEmpty || initials.hasSuffix(".") || !isLatin(initials) ? initials : initials + "."
            return (some(stopped), some(surname))
        }
        guard let fullname = some(fullname) else { return (some(initials), some(surname)) }
        let names = fullname.split(whereSeparator: \.isWhitespace)
        guard names.count > 1, isLatin(fullname) else { return (nil, fullname) }
        let given = names.dropLast().map { $0.count > 1 ? $0.prefix(1).uppercased() + "." : $0.uppercased() }
        return (given.joined(separator: " "), names.last.map(String.init))
    }

    /// "R. M. Beet"; empty for an author who is an organization.
    var short: String { [initials, surname].compactMap(\.self).joined(separator: " ") }

    private var ascii: (initials: String?, surname: String?) {
        let (initials, surname) = AuthorName.parts(author["asciiInitials"], author["asciiSurname"], author["asciiFullname"])
        return surname == nil ? (self.initials, self.surname) : (initials, surname)
    }

    private var shortASCII: String { [ascii.initials, ascii.surname].compactMap(\.self).joined(separator: " ") }

    /// For running footers, without initials.
    var surnameASCII: String? { ascii.surname }

    /// "R. M. Beet", with the same in Latin letters after another script.
    var shown: String { AuthorName.isLatin(short) ? short : "\(short) (\(shortASCII))" }

    /// "Beet, R. M.".
    var cited: String {
        let name = [surname, initials].compactMap(\.self).joined(separator: ", ")
        return expanded(name, [ascii.surname, ascii.initials].compactMap(\.self).joined(separator: ", "))
    }

    /// "R. M. Beet".
    var citedLast: String { expanded(short, shortASCII) }

    private func expanded(_ name: String, _ ascii: String) -> String {
        guard !name.isEmpty else {
            let organization = author.first("organization")
            let full = organization.map { TextRenderer.trimmed($0.text) } ?? ""
            let short = organization?["abbrev"] ?? full
            guard !AuthorName.isLatin(short), let other = organization?["ascii"], other != short else { return short }
            return "\(short) (\(other))"
        }
        return AuthorName.isLatin(name) || ascii == name ? name : "\(name) (\(ascii))"
    }

    /// The whole name.
    var full: String {
        if let name = author["fullname"], !name.isEmpty { return name }
        let initials = author["initials"].flatMap { $0.isEmpty ? nil : $0.hasSuffix(".") ? $0 : $0 + "." }
        return [initials, author["surname"].flatMap { $0.isEmpty ? nil : $0 }].compactMap(\.self).joined(separator: " ")
    }

    /// The whole name in Latin letters.
    var fullASCII: String {
        if let name = author["asciiFullname"], !name.isEmpty { return name }
        let given = author["asciiInitials"] ?? author["initials"]
        let initials = given.flatMap { $0.isEmpty ? nil : $0.hasSuffix(".") ? $0 : $0 + "." }
        let surname = author["asciiSurname"] ?? author["surname"]
        let name = [initials, surname].compactMap(\.self).joined(separator: " ")
        return name.isEmpty ? full : name
    }

    /// The whole name, with the same in Latin letters after another script.
    var fullExpanded: String {
        let name = full
        return AuthorName.isLatin(name) || fullASCII == name ? name : "\(name) (\(fullASCII))"
    }

    /// Whether all letters are of the Latin script, or of none.
    static func isLatin(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case ..<0x250, 0x1d00...0x1dbf, 0x1e00...0x1eff, 0x2000...0x2bff, 0x2c60...0x2c7f, 0xa720...0xa7ff, 0xfb00...0xfb06,
                0xff01...0xff5e:
                true
            default: !scalar.properties.isAlphabetic
            }
        }
    }
}
