import PoolPolicies
import RSerPoolParameters

/// How one policy is written.
struct PolicyForm: Sendable {
    var name: String
    var abbreviation: String
    var type: PolicyType
    /// In the order of the parameter's words.
    var fields: [PolicyField] { PolicyRegistry.layout(of: type) ?? [] }

    init(_ name: String, _ abbreviation: String, _ type: PolicyType) {
        self.name = name
        self.abbreviation = abbreviation
        self.type = type
    }

    /// `weighted-round-robin:weight=3`.
    var pattern: String {
        fields.isEmpty ? name : name + ":" + fields.map { "\($0.name)=\($0.example)" }.joined(separator: ",")
    }

    /// In the order of `PolicyRegistry`.
    static let all = [
        PolicyForm("round-robin", "RR", .roundRobin),
        PolicyForm("weighted-round-robin", "WRR", .weightedRoundRobin),
        PolicyForm("random", "RAND", .random),
        PolicyForm("weighted-random", "WRAND", .weightedRandom),
        PolicyForm("priority", "PRIO", .priority),
        PolicyForm("least-used", "LU", .leastUsed),
        PolicyForm("least-used-degradation", "LUD", .leastUsedWithDegradation),
        PolicyForm("priority-least-used", "PLU", .priorityLeastUsed),
        PolicyForm("randomized-least-used", "RLU", .randomizedLeastUsed),
        PolicyForm("weighted-random-distance", "WRAND-DPF", .weightedRandomWithDistancePenalty),
        PolicyForm("least-used-distance", "LU-DPF", .leastUsedWithDistancePenalty),
        PolicyForm("least-used-degradation-distance", "LUD-DPF", .leastUsedWithDegradationAndDistancePenalty),
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

extension PolicyField {
    /// As it is written before the equals sign.
    var name: String {
        switch self {
        case .weight: "weight"
        case .priority: "priority"
        case .load: "load"
        case .degradation: "degradation"
        case .distancePenaltyFactor: "factor"
        case .distance: "distance"
        }
    }

    var unit: PolicyUnit {
        switch self {
        case .weight, .priority: .number
        case .load, .degradation: .percent
        case .distancePenaltyFactor: .partsPerMillion
        case .distance: .milliseconds
        }
    }

    /// What to show in its place in a pattern.
    var example: String {
        switch self {
        case .weight: "3"
        case .priority: "7"
        case .load: "10%"
        case .degradation: "5%"
        case .distancePenaltyFactor: "100ppm"
        case .distance: "20ms"
        }
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
