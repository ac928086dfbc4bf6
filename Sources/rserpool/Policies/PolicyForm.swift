import PoolPolicies
import RSerPoolParameters

/// How one policy is written.
struct PolicyForm: Sendable {
    /// A value of a policy.
    struct Field: Sendable {
        var name: String
        var unit: PolicyUnit
        /// What it is where it is left out.
        var standard: UInt32
        /// What to show in its place in a pattern.
        var example: String

        static let weight = Field(name: "weight", unit: .number, standard: 1, example: "3")
        static let priority = Field(name: "priority", unit: .number, standard: 0, example: "7")
        static let load = Field(name: "load", unit: .percent, standard: 0, example: "10%")
        static let degradation = Field(name: "degradation", unit: .percent, standard: 0, example: "5%")
        static let factor = Field(name: "factor", unit: .partsPerMillion, standard: 0, example: "100ppm")
        static let distance = Field(name: "distance", unit: .milliseconds, standard: 0, example: "20ms")
    }

    var name: String
    var abbreviation: String
    var type: PolicyType
    /// In the order of the parameter's words (RFC 5356 §4, §5).
    var fields: [Field]
    init(_ name: String, _ abbreviation: String, _ type: PolicyType, _ fields: [Field] = []) {
        self.name = name
        self.abbreviation = abbreviation
        self.type = type
        self.fields = fields
    }

    /// `weighted-round-robin:weight=3`.
    var pattern: String {
        fields.isEmpty ? name : name + ":" + fields.map { "\($0.name)=\($0.example)" }.joined(separator: ",")
    }

    /// In the order of `PolicyRegistry`.
    static let all = [
        PolicyForm("round-robin", "RR", .roundRobin),
        PolicyForm("weighted-round-robin", "WRR", .weightedRoundRobin, [.weight]),
        PolicyForm("random", "RAND", .random),
        PolicyForm("weighted-random", "WRAND", .weightedRandom, [.weight]),
        PolicyForm("priority", "PRIO", .priority, [.priority]),
        PolicyForm("least-used", "LU", .leastUsed, [.load]),
        PolicyForm("least-used-degradation", "LUD", .leastUsedWithDegradation, [.load, .degradation]),
        PolicyForm("priority-least-used", "PLU", .priorityLeastUsed, [.load, .degradation]),
        PolicyForm("randomized-least-used", "RLU", .randomizedLeastUsed, [.load]),
        PolicyForm(
            "weighted-random-distance", "WRAND-DPF", .weightedRandomWithDistancePenalty, [.weight, .factor, .distance]),
        PolicyForm("least-used-distance", "LU-DPF", .leastUsedWithDistancePenalty, [.load, .factor, .distance]),
        PolicyForm(
            "least-used-degradation-distance", "LUD-DPF", .leastUsedWithDegradationAndDistancePenalty,
            [.load, .degradation, .factor, .distance]),
    ]

    static func form(of type: PolicyType) -> PolicyForm? {
        all.first { $0.type == type }
    }

    /// By its name, its abbreviation or its specification's name, whatever the case; hyphens, underscores and spaces may be left out.
    static func form(named text: String) -> PolicyForm? {
        let wanted = plain(text)
        return all.first { form in
            [form.name, form.abbreviation, PolicyRegistry.policy(form.type)?.name ?? form.name].contains { plain($0) == wanted }
        }
    }

    private static func plain(_ text: String) -> String {
        text.lowercased().filter { !"-_ ".contains($0) }
    }
}

/// What a policy's 32-bit word measures, and how that is written.
enum PolicyUnit: Sendable {
    /// The word itself.
    case number
    /// 0xffffffff is 100 %.
    case percent
    /// 0xffffffff is a million.
    case partsPerMillion
    case milliseconds

    private var suffix: String {
        switch self {
        case .number: ""
        case .percent: "%"
        case .partsPerMillion: "ppm"
        case .milliseconds: "ms"
        }
    }

    /// What a word of all ones is; nil where the word is the value.
    private var whole: UInt64? {
        switch self {
        case .number, .milliseconds: nil
        case .percent: 100
        case .partsPerMillion: 1_000_000
        }
    }

    /// The shortest text that reads back as the same word.
    func text(of word: UInt32) -> String {
        guard let whole else { return "\(word)\(suffix)" }
        var text = ""
        var scale: UInt64 = 1
        // A step is 2.3e-8 % or 2.3e-4 ppm, so eight decimals always do.
        for decimals in 0...8 {
            let product = UInt64(word).multipliedFullWidth(by: whole * scale)
            let (quotient, remainder) = UInt64(UInt32.max).dividingFullWidth(product)
            let number = remainder > UInt64(UInt32.max) / 2 ? quotient + 1 : quotient
            let fraction = String(number % scale)
            text = "\(number / scale)"
            if decimals > 0 { text += "." + String(repeating: "0", count: decimals - fraction.count) + fraction }
            if value(of: text, whole: whole) == word { break }
            scale *= 10
        }
        return text + suffix
    }

    /// Reads a value, with or without its unit.
    /// - Throws: ``PolicyValueError`` that says what is allowed.
    func word(of text: String, for name: String) throws(PolicyValueError) -> UInt32 {
        let digits = text.hasSuffix(suffix) ? String(text.dropLast(suffix.count)) : text
        let word = whole.map { value(of: digits, whole: $0) } ?? UInt32(digits)
        guard let word, digits.first.map({ $0.isASCII && $0.isNumber }) == true else {
            let range = whole.map { "0\(suffix) to \($0)\(suffix)" } ?? "0 to \(UInt32.max)\(suffix)"
            throw PolicyValueError(description: "'\(text)' is no \(name): that is \(range).")
        }
        return word
    }

    /// The word that is nearest to a decimal number; nil where that is none or is out of range.
    private func value(of text: String, whole: UInt64) -> UInt32? {
        // Double reads more than decimals: exponents, hexadecimal, infinities.
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2e }), let number = Double(text),
            number <= Double(whole)
        else { return nil }
        return UInt32((number / Double(whole) * Double(UInt32.max)).rounded())
    }
}

/// A policy's value that is none.
struct PolicyValueError: Error, CustomStringConvertible {
    var description: String
}
