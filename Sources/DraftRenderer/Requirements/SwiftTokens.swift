/// A word of Swift source, as far as marks and claims need it.
struct SwiftToken: Equatable {
    enum Kind: Equatable {
        /// Keywords too; without back quotes.
        case identifier(String)
        /// A string's content; nil where it interpolates or has escapes.
        case string(String?)
        /// Any other byte that is no white space: `(`, `.`, `@`.
        case symbol(UInt8)
    }

    var kind: Kind
    /// From 1.
    var line: Int
}

/// Takes Swift source apart without the comments. What is wrong in the source is the compiler's to say: any bytes give some tokens.
struct SwiftTokens {
    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private(set) var tokens: [SwiftToken] = []

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        while index < bytes.count { readToken() }
    }

    private func peek(_ distance: Int = 0) -> UInt8 {
        index + distance < bytes.count ? bytes[index + distance] : 0
    }

    private mutating func advance(_ count: Int = 1) {
        for _ in 0..<count where index < bytes.count {
            if bytes[index] == UInt8(ascii: "\n") { line += 1 }
            index += 1
        }
    }

    private func hasPrefix(_ text: StaticString, at distance: Int = 0) -> Bool {
        let prefix = Array(text.description.utf8)
        return index + distance + prefix.count <= bytes.count
            && bytes[index + distance..<index + distance + prefix.count].elementsEqual(prefix)
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), 0x80...0xff:
            true
        default: false
        }
    }

    private mutating func readToken() {
        let byte = peek()
        if byte <= UInt8(ascii: " ") {
            advance()
        } else if hasPrefix("//") {
            while index < bytes.count, peek() != UInt8(ascii: "\n") { advance() }
        } else if hasPrefix("/*") {
            skipComment()
        } else if byte == UInt8(ascii: "\"") || (byte == UInt8(ascii: "#") && opensRawString()) {
            readString()
        } else if byte == UInt8(ascii: "`") {
            readQuotedIdentifier()
        } else if Self.isWordByte(byte) {
            let start = index
            while Self.isWordByte(peek()) { advance() }
            tokens.append(SwiftToken(kind: .identifier(String(decoding: bytes[start..<index], as: UTF8.self)), line: line))
        } else {
            tokens.append(SwiftToken(kind: .symbol(byte), line: line))
            advance()
        }
    }

    /// Comments may hold comments.
    private mutating func skipComment() {
        var depth = 0
        repeat {
            if hasPrefix("/*") {
                depth += 1
                advance(2)
            } else if hasPrefix("*/") {
                depth -= 1
                advance(2)
            } else {
                advance()
            }
        } while depth > 0 && index < bytes.count
    }

    private mutating func readQuotedIdentifier() {
        let start = index + 1
        advance()
        while index < bytes.count, peek() != UInt8(ascii: "`"), peek() != UInt8(ascii: "\n") { advance() }
        tokens.append(SwiftToken(kind: .identifier(String(decoding: bytes[start..<index], as: UTF8.self)), line: line))
        advance()
    }

    private func opensRawString() -> Bool {
        var distance = 0
        while peek(distance) == UInt8(ascii: "#") { distance += 1 }
        return peek(distance) == UInt8(ascii: "\"")
    }

    /// A string of one line or several, raw or not, with what it interpolates skipped.
    private mutating func readString() {
        let start = line
        var hashes = 0
        while peek() == UInt8(ascii: "#") {
            hashes += 1
            advance()
        }
        let quotes = hasPrefix("\"\"\"") ? 3 : 1
        advance(quotes)
        let first = index
        var isPlain = true
        while index < bytes.count {
            if closes(quotes: quotes, hashes: hashes) { break }
            if quotes == 1, peek() == UInt8(ascii: "\n") { break }
            if peek() == UInt8(ascii: "\\"), follow(hashes, at: 1) {
                isPlain = false
                advance(1 + hashes)
                if peek() == UInt8(ascii: "(") { skipInterpolation() } else { advance() }
            } else {
                advance()
            }
        }
        let content = isPlain ? String(decoding: bytes[first..<index], as: UTF8.self) : nil
        tokens.append(SwiftToken(kind: .string(content), line: start))
        if closes(quotes: quotes, hashes: hashes) { advance(quotes + hashes) }
    }

    private func closes(quotes: Int, hashes: Int) -> Bool {
        (0..<quotes).allSatisfy { peek($0) == UInt8(ascii: "\"") } && follow(hashes, at: quotes)
    }

    private func follow(_ hashes: Int, at distance: Int) -> Bool {
        (0..<hashes).allSatisfy { peek(distance + $0) == UInt8(ascii: "#") }
    }

    /// What stands in the parentheses is source again; its tokens are of no use here.
    private mutating func skipInterpolation() {
        let count = tokens.count
        var depth = 0
        repeat {
            if peek() == UInt8(ascii: "(") { depth += 1 }
            if peek() == UInt8(ascii: ")") { depth -= 1 }
            readToken()
        } while depth > 0 && index < bytes.count
        tokens.removeSubrange(count...)
    }
}
