/// A mark in code, or a test that claims a requirement.
struct RequirementCitation: Equatable {
    var identifier: String
    /// The file for a mark; the test's name, as `swift test` has it without the arguments, for a claim: `ASAPTests.EndpointTests/refuses`.
    var place: String
    var location: SourceLocation
}

/// What one Swift file cites.
struct SourceCitations {
    private(set) var marks: [RequirementCitation] = []
    private(set) var claims: [RequirementCitation] = []

    private let file: String
    private let tokens: [SwiftToken]
    private var index = 0
    /// The type that each open brace belongs to, if any.
    private var scopes: [String?] = []
    private var nextScope: String?

    /// The marks `fulfils("…")` of code, and the claims `@Test(.requirement("…"))` of tests.
    /// - Parameter module: whose tests the file has.
    init(_ source: TracedFile, module: String, log: inout MessageLog) {
        file = source.path
        tokens = SwiftTokens(source.bytes).tokens
        while index < tokens.count { step(module, log: &log) }
    }

    private mutating func step(_ module: String, log: inout MessageLog) {
        switch tokens[index].kind {
        case .symbol(UInt8(ascii: "{")):
            scopes.append(nextScope)
            nextScope = nil
        case .symbol(UInt8(ascii: "}")):
            _ = scopes.popLast()
        case .identifier("struct"), .identifier("class"), .identifier("enum"), .identifier("actor"), .identifier("extension"):
            openScope()
        case .identifier("fulfils") where symbol(at: index + 1) == "(" && identifier(at: index - 1) != "func":
            readMark(log: &log)
        case .identifier("requirement") where symbol(at: index - 1) == "." && symbol(at: index + 1) == "(":
            // Those of a test are read with it; this one stands elsewhere.
            if string(at: index + 2) != nil { complain(index, "a claim stands in the parentheses of @Test", &log) }
        case .identifier("Test") where symbol(at: index - 1) == "@" && symbol(at: index + 1) == "(":
            readTest(module, log: &log)
            return
        default: break
        }
        index += 1
    }

    private mutating func openScope() {
        guard symbol(at: index - 1) != ".", var name = identifier(at: index + 1) else { return }
        guard !["func", "var", "let", "subscript", "init"].contains(name) else { return }
        var next = index + 2
        while symbol(at: next) == ".", let inner = identifier(at: next + 1) {
            name += "/" + inner
            next += 2
        }
        nextScope = name
    }

    private mutating func readMark(log: inout MessageLog) {
        guard let identifier = string(at: index + 2), symbol(at: index + 3) == ")" else {
            return complain(index, "a mark has one identifier, written out: fulfils(\"asap-3.1-R2\")", &log)
        }
        marks.append(RequirementCitation(identifier: identifier, place: file, location: location(index)))
    }

    /// From `Test` to the function's name.
    private mutating func readTest(_ module: String, log: inout MessageLog) {
        var found: [(identifier: String, index: Int)] = []
        var depth = 0
        repeat {
            index += 1
            if symbol(at: index) == "(" { depth += 1 }
            if symbol(at: index) == ")" { depth -= 1 }
            if identifier(at: index) == "requirement", symbol(at: index - 1) == ".", symbol(at: index + 1) == "(" {
                found += claimedIdentifiers(log: &log)
            }
        } while depth > 0 && index < tokens.count
        while index < tokens.count, identifier(at: index) != "func" {
            // Attributes and modifiers have no braces: whatever this is, it is no test.
            if symbol(at: index) == "{" { return }
            index += 1
        }
        guard let name = identifier(at: index + 1) else { return }
        index += 2
        let path = scopes.compactMap { $0 } + [name]
        for claim in found {
            claims.append(
                RequirementCitation(
                    identifier: claim.identifier, place: module + "." + path.joined(separator: "/"),
                    location: location(claim.index)))
        }
    }

    /// The literals between the parentheses that follow.
    private func claimedIdentifiers(log: inout MessageLog) -> [(identifier: String, index: Int)] {
        var found: [(identifier: String, index: Int)] = []
        var next = index + 2
        while let text = string(at: next) {
            found.append((text, next))
            next += 1
            guard symbol(at: next) == "," else { break }
            next += 1
        }
        if found.isEmpty || symbol(at: next) != ")" {
            complain(index, "a claim has identifiers, written out: .requirement(\"asap-3.1-R2\")", &log)
        }
        return found
    }

    private func complain(_ index: Int, _ text: String, _ log: inout MessageLog) {
        log.add(.error, at: location(index), text)
    }

    private func location(_ index: Int) -> SourceLocation { SourceLocation(file: file, line: tokens[index].line) }

    private func identifier(at index: Int) -> String? {
        guard tokens.indices.contains(index), case .identifier(let name) = tokens[index].kind else { return nil }
        return name
    }

    private func string(at index: Int) -> String? {
        guard tokens.indices.contains(index), case .string(let text) = tokens[index].kind else { return nil }
        return text
    }

    private func symbol(at index: Int) -> Character? {
        guard tokens.indices.contains(index), case .symbol(let byte) = tokens[index].kind else { return nil }
        return Character(UnicodeScalar(byte))
    }
}
