/// What the keyword of BCP 14 in a requirement asks for. SHALL and REQUIRED are MUST, RECOMMENDED is SHOULD, OPTIONAL is MAY.
package enum RequirementLevel: String, CaseIterable, Hashable, Sendable {
    case must = "MUST"
    case mustNot = "MUST NOT"
    case should = "SHOULD"
    case shouldNot = "SHOULD NOT"
    case may = "MAY"

    init?(keyword: String) {
        switch keyword {
        case "MUST", "SHALL", "REQUIRED": self = .must
        case "MUST NOT", "SHALL NOT": self = .mustNot
        case "SHOULD", "RECOMMENDED": self = .should
        case "SHOULD NOT", "NOT RECOMMENDED": self = .shouldNot
        case "MAY", "OPTIONAL": self = .may
        default: return nil
        }
    }

    /// Whether it takes a proof or an exception.
    package var isBinding: Bool { self != .may }
}

/// `asap-3.1-R2.2`: what identifies a requirement, for ever.
package struct RequirementIdentifier: Hashable, Sendable, CustomStringConvertible {
    package let description: String
    /// `asap`
    package let specification: String
    /// `3.1`, of the RFC behind the specification; `x1` for what is beyond it.
    package let section: String

    /// - Returns: nil where the text has not the form of an identifier.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[2].first == "R" else { return nil }
        let isWord = !parts[0].isEmpty && parts[0].allSatisfy { $0.isASCII && $0.isLowercase }
        let isSection = Self.areNonempty(parts[1]) { $0.isASCII && ($0.isNumber || $0.isLetter) }
        let isNumber = Self.areNonempty(parts[2].dropFirst()) { $0.isASCII && $0.isNumber }
        guard isWord, isSection, isNumber else { return nil }
        description = text
        specification = String(parts[0])
        section = String(parts[1])
    }

    /// Whether what stands between full stops is something, and of these characters only.
    private static func areNonempty(_ text: Substring, _ isAllowed: (Character) -> Bool) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty && $0.allSatisfy(isAllowed) }
    }
}

/// A requirement as a document states it.
package struct Requirement: Sendable {
    package let identifier: RequirementIdentifier
    package let level: RequirementLevel
    /// In one line.
    package let text: String
    package let location: SourceLocation
}
