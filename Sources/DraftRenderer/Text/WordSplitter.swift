/// Where a line may end: at blanks, after slashes and hyphens within words, at dashes and zero-width spaces.
///
/// The rules are those that xml2rfc's text shows, with their odd corners, since equal lines are the aim. Linear in the text's length.
struct WordSplitter {
    enum Hyphens {
        /// After a hyphen with a letter before it and a word of two characters, the second no digit, after it: prose.
        case betweenWords
        /// After a hyphen before any word: the columns of a table that would be too wide.
        case beforeAnyWord
        /// Never: the columns of tables.
        case never
    }

    let hyphens: Hyphens
    /// Whether U+2028 stands alone, as in the cells of tables.
    var separatesLines = false

    /// The pieces of a text, in order, without gaps: blanks are pieces of their own.
    func pieces(of text: [Unicode.Scalar]) -> [Range<Int>] {
        var result: [Range<Int>] = []
        result.reserveCapacity(text.count / 3)
        /// Where the text begins that no piece covers yet.
        var pending = 0
        /// Before this no slash or hyphen of the run of letters that `index` stands in ends a piece.
        var settled = 0
        var index = 0
        func cut(_ range: Range<Int>) {
            if pending < range.lowerBound { result.append(pending..<range.lowerBound) }
            result.append(range)
            pending = range.upperBound
        }
        func holds(_ position: Int) -> Bool { position < text.count && WordSplitter.isHolding(text[position]) }
        while index < text.count {
            let scalar = text[index]
            if WordSplitter.isBlank(scalar) {
                var end = index
                while end < text.count, WordSplitter.isBlank(text[end]) { end += 1 }
                // The last blank before a character that holds on to it ends nothing.
                let free = holds(end) ? end - 1 : end
                if free > index { cut(index..<free) }
                index = end
            } else if scalar == "\u{200b}" || separatesLines && scalar == "\u{2028}" {
                if !holds(index + 1) { cut(index..<index + 1) }
                index += 1
            } else if scalar == "-" {
                let end = dash(in: text, at: index)
                if let end { cut(index..<end) }
                index = end ?? index + 1
            } else if WordSplitter.isSpace(scalar) {
                index += 1
            } else if index < settled {
                index += 1
            } else {
                let run = self.run(in: text, from: index)
                var start = index
                if let slash = run.slash {
                    cut(start..<slash + 1)
                    start = slash + 1
                }
                if let hyphen = hyphen(in: text, from: start, to: run.end) {
                    cut(start..<hyphen + 1)
                    start = hyphen + 1
                    index = start
                } else {
                    settled = run.end
                    // Zero-width spaces within are still to be seen.
                    index = run.hasMark ? start : run.end
                }
            }
        }
        if pending < text.count { result.append(pending..<text.count) }
        return result
    }

    /// Letters up to a hyphen or white space: where they end, and the last slash that ends a piece.
    private func run(in text: [Unicode.Scalar], from start: Int) -> (end: Int, slash: Int?, hasMark: Bool) {
        var slash: Int?
        var hasMark = false
        var end = start
        while end < text.count {
            let scalar = text[end]
            if scalar == "-" || WordSplitter.isSpace(scalar) { break }
            if scalar == "/", end > start, end + 1 < text.count, WordSplitter.isASCIILetter(text[end + 1]),
                WordSplitter.isWord(text[end - 1])
            {
                slash = end
            }
            if scalar == "\u{200b}" || scalar == "\u{2028}" { hasMark = true }
            end += 1
        }
        return (end, slash, hasMark)
    }

    /// The hyphen after the run of letters from `start` to `end`, or the one after that, where a piece may end with it.
    private func hyphen(in text: [Unicode.Scalar], from start: Int, to end: Int) -> Int? {
        guard hyphens != .never, end < text.count, text[end] == "-" else { return nil }
        func isWord(_ position: Int) -> Bool { position >= start && WordSplitter.isWord(text[position]) }
        let isDouble = end + 1 < text.count && text[end + 1] == "-"
        if isDouble, isWord(end - 1), goesOn(text, at: end + 2) { return end + 1 }
        if isWord(end - 2), !WordSplitter.isDigit(text[end - 1]), goesOn(text, at: end + 1) { return end }
        return nil
    }

    private func goesOn(_ text: [Unicode.Scalar], at start: Int) -> Bool {
        guard start < text.count, WordSplitter.isWord(text[start]) else { return false }
        if hyphens == .beforeAnyWord { return true }
        var index = start + 1
        while index < text.count {
            if WordSplitter.isSpace(text[index]) { return false }
            if !WordSplitter.isDigit(text[index]) { return true }
            index += 1
        }
        return false
    }

    /// The end of a dash of two hyphens or more between words that begins at `start`.
    private func dash(in text: [Unicode.Scalar], at start: Int) -> Int? {
        guard start > 0, start + 1 < text.count, text[start + 1] == "-" else { return nil }
        let before = text[start - 1]
        guard WordSplitter.isWord(before) || "!\"'&.,?".unicodeScalars.contains(before) else { return nil }
        var end = start
        while end < text.count, text[end] == "-" { end += 1 }
        return end < text.count && WordSplitter.isWord(text[end]) ? end : nil
    }

    static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar.value >= 9 && scalar.value <= 13 }

    /// White space of every kind, no-break spaces too.
    static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII ? isBlank(scalar) || (0x1c...0x1f).contains(scalar.value) : scalar.properties.isWhitespace
    }

    /// Characters that no line begins with.
    private static func isHolding(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\u{a0}" || scalar == "\u{2060}" || scalar == "|"
    }

    static func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar.value >= 0x30 && scalar.value <= 0x39 }

    static func isASCIILetter(_ scalar: Unicode.Scalar) -> Bool {
        let lower = scalar.value | 0x20
        return lower >= 0x61 && lower <= 0x7a
    }

    /// Letters, digits and the underscore, of every script.
    static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return isASCIILetter(scalar) || isDigit(scalar) || scalar == "_" }
        return switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber, .letterNumber,
            .otherNumber:
            true
        default: false
        }
    }
}
