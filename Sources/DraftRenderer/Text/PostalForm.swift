/// How the countries that most authors live in write addresses, in Latin letters (Universal Postal Union, S42).
struct PostalForm {
    /// Lines with Z for the code, C for the town, S for the region, D for the part of the town.
    private static let forms: [(String, [String])] = [
        ("Z C", ["AT", "BE", "BG", "CZ", "DE", "DK", "FR", "GR", "IS", "MA", "NL", "NO", "PL", "PT", "RS", "SK", "TN"]),
        ("Z C S", ["EE", "ES", "IT", "UY"]), ("C, S Z", ["TW", "US"]), ("C S Z", ["AU", "CA"]),
        ("C\nS\nZ", ["EG", "RU", "UA"]),
        ("C\nZ", ["GB", "KE"]), ("C Z", ["IL", "SA"]), ("C Z\nS", ["IN"]), ("Z C\nS", ["AR", "CL"]), ("C\nS Z", ["ID", "VN"]),
        ("D\nC\nS\nZ", ["IE", "KR"]), ("CH-Z C", ["CH"]), ("SE-Z C", ["SE"]), ("FI-Z C", ["FI"]), ("LT-Z C S", ["LT"]),
        ("L-Z C", ["LU"]), ("HR-Z C", ["HR"]), ("SI-Z C", ["SI"]), ("Z C/S", ["TR"]), ("Z S C", ["RO"]), (", S\nZ", ["JP"]),
        ("D\nC\nS, Z", ["CN"]), ("C\nS", ["HK"]), ("SINGAPORE Z", ["SG"]), ("D\nC Z", ["NZ"]), ("D\nC\nZ", ["ZA"]),
        ("D\nC-S\nZ", ["BR"]), ("D\nZ C, S", ["MX"]), ("D\nC, S, Z", ["CO"]),
    ]

    /// How those write that begin with the country, in their own letters: what stands before the street, and after the organization.
    private static let ownForms: [String: (before: String, after: String)] = [
        "CN": ("Z\nS C D", ""), "HK": ("S\nC", ""), "JP": ("〒Z\nS", ""), "KR": ("S C D", "Z"), "TW": ("Z\nS C", ""),
    ]

    private static let names: [String: [String]] = [
        "AR": ["ARG", "Argentina"], "AT": ["AUT", "Austria"], "AU": ["AUS", "Australia"], "BE": ["BEL", "Belgium"],
        "BG": ["BGR", "Bulgaria"], "BR": ["BRA", "Brazil"], "CA": ["CAN", "Canada"], "CH": ["CHE", "Switzerland"],
        "CL": ["CHL", "Chile"], "CN": ["CHN", "China", "P.R. China"], "CO": ["COL", "Colombia"], "CZ": ["CZE", "Czechia"],
        "DE": ["DEU", "Germany"], "DK": ["DNK", "Denmark"], "EE": ["EST", "Estonia"], "EG": ["EGY", "Egypt"],
        "ES": ["ESP", "Spain"], "FI": ["FIN", "Finland"], "FR": ["FRA", "France"],
        "GB": ["GBR", "United Kingdom", "UK"], "GR": ["GRC", "Greece"], "HK": ["HKG", "Hong Kong"], "HR": ["HRV", "Croatia"],
        "ID": ["IDN", "Indonesia"], "IE": ["IRL", "Ireland"], "IL": ["ISR", "Israel"], "IN": ["IND", "India"],
        "IS": ["ISL", "Iceland"], "IT": ["ITA", "Italy"], "JP": ["JPN", "Japan"], "KE": ["KEN", "Kenya"],
        "KR": ["KOR", "Korea, Republic of", "Republic of Korea", "South Korea"], "LT": ["LTU", "Lithuania"],
        "LU": ["LUX", "Luxembourg"], "MA": ["MAR", "Morocco"], "MX": ["MEX", "Mexico"], "NL": ["NLD", "Netherlands"],
        "NO": ["NOR", "Norway"], "NZ": ["NZL", "New Zealand"], "PL": ["POL", "Poland"], "PT": ["PRT", "Portugal"],
        "RO": ["ROU", "Romania"], "RS": ["SRB", "Serbia"], "RU": ["RUS", "Russian Federation"], "SA": ["SAU", "Saudi Arabia"],
        "SE": ["SWE", "Sweden"], "SG": ["SGP", "Singapore"], "SI": ["SVN", "Slovenia"], "SK": ["SVK", "Slovakia"],
        "TN": ["TUN", "Tunisia"], "TR": ["TUR", "Türkiye"], "TW": ["TWN", "Taiwan"], "UA": ["UKR", "Ukraine"],
        "US": ["USA", "United States of America", "United States"], "UY": ["URY", "Uruguay"], "VN": ["VNM", "Viet Nam"],
        "ZA": ["ZAF", "South Africa"],
    ]

    private static let codes: [String: String] = {
        var result: [String: String] = [:]
        for (code, names) in names {
            result[code.lowercased()] = code
            for name in names { result[name.lowercased()] = code }
        }
        return result
    }()

    private static let formOfCode: [String: String] = {
        var result: [String: String] = [:]
        for (form, codes) in forms { for code in codes where result[code] == nil { result[code] = form } }
        return result
    }()

    private let code: String?
    private let country: String

    init(country: String) {
        self.country = country
        code = PostalForm.codes[country.lowercased()]
    }

    /// As it is written out; codes are spelt.
    var countryName: String {
        guard let code, let name = PostalForm.names[code]?[1], country.prefix(2).allSatisfy(\.isUppercase) else {
            return country
        }
        return name
    }

    /// The form in Latin letters; nil where it is not known.
    private var form: String? { code.flatMap { PostalForm.formOfCode[$0] } }

    /// Whether a value has a place in the form.
    func holds(_ sign: Character) -> Bool {
        guard let form else { return true }
        return form.split { $0 == " " || $0 == "\n" }.contains { word in
            // Names and the countries' letters before codes are no values.
            let value = word == "C-S" ? word : word.split(separator: "-").last ?? word
            return value.count <= 4 && value.contains(sign)
        }
    }

    /// The form of who writes from the country down to the addressee; nil for all others.
    var ownForm: (before: String, after: String)? { code.flatMap { PostalForm.ownForms[$0] } }

    /// Whether the region ends the line of the street.
    var joinsRegion: Bool { form?.hasPrefix(", S") ?? false }

    /// The lines of a part of such a form.
    static func ownLines(_ form: String, code: String, city: String, region: String, area: String) -> [String] {
        let values: [Character: String] = ["Z": code, "C": city, "S": region, "D": area]
        return form.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ").filter { $0.contains { values[$0]?.isEmpty == false } }
            let texts = words.map { $0.reduce(into: "") { $0 += values[$1] ?? String($1) } }
            return texts.isEmpty ? nil : texts.joined(separator: " ")
        }
    }

    /// The lines between street and country.
    func lines(code: String, city: String, region: String, area: String) -> [String] {
        guard let form else {
            if country.isEmpty {
                let place = [city, [region, code].filter { !$0.isEmpty }.joined(separator: " ")].filter { !$0.isEmpty }
                return place.isEmpty ? [] : [place.joined(separator: ", ")]
            }
            return [[code, city].filter { !$0.isEmpty }.joined(separator: " "), region].filter { !$0.isEmpty }
        }
        let values: [Character: String] = ["Z": code, "C": city, "S": region, "D": area]
        var result: [String] = []
        for line in form.split(separator: "\n") where !line.hasPrefix(", S") {
            // Capital letters are values where they stand alone.
            let parts = line.split(separator: " ", omittingEmptySubsequences: false).map { word -> String in
                word.count > 4 ? String(word) : expanded(word, values)
            }
            let used = line.contains { values[$0]?.isEmpty == false }
            let text = parts.joined(separator: " ")
            let trimmed = TextRenderer.trimmed(text).drop { $0 == "," || $0 == " " }
            if used, trimmed.contains(where: { $0.isLetter || $0.isNumber }) { result.append(String(trimmed)) }
        }
        return result
    }

    private func expanded(_ word: Substring, _ values: [Character: String]) -> String {
        if let dash = word.firstIndex(of: "-"), word[..<dash].count < 3, word != "C-S" {
            let value = values["Z"] ?? ""
            let prefix = String(word[...dash])
            if value.isEmpty { return prefix == "SE-" ? "" : prefix }
            return value.hasPrefix(prefix) ? value : prefix + value
        }
        return word.reduce(into: "") { $0 += values[$1] ?? String($1) }
    }
}
