/// Fills paragraphs: sentence spacing and line breaks.
enum LineFilling {
    /// A hyphen at which no line ends.
    private static let fixedHyphen: Unicode.Scalar = "\u{2011}"

    /// Text in which no line ends at a hyphen.
    static func unbroken(_ text: String) -> String {
        guard text.utf8.contains(0x2d) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { result.append(scalar == "-" ? fixedHyphen : scalar) }
        return String(result)
    }

    /// Text in which no line ends within an address of the web, unless it is longer than a line.
    static func keepingAddresses(_ text: String, width: Int) -> String {
        guard text.contains("http") else { return text }
        let scalars = Array(text.unicodeScalars)
        var result = String.UnicodeScalarView()
        var index = 0
        func starts(_ word: StaticString, at start: Int) -> Bool {
            scalars[start...].starts(with: word.description.unicodeScalars)
        }
        while index < scalars.count {
            guard scalars[index] == "h", starts("http://", at: index) || starts("https://", at: index) else {
                result.append(scalars[index])
                index += 1
                continue
            }
            let end = scalars[index...].firstIndex { WordSplitter.isSpace($0) } ?? scalars.count
            for scalar in scalars[index..<end] {
                result.append(scalar)
                if end - index <= width, scalar == "/" || scalar == "-" || scalar == ":" { result.append("\u{2060}") }
            }
            index = end
        }
        return String(result)
    }

    /// Text as it is printed, the marks of this type taken out.
    static func plain(_ text: some Sequence<Unicode.Scalar>) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.underestimatedCount + 8)
        for scalar in text {
            switch scalar {
            case _ where scalar.isASCII: bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            case fixedHyphen: bytes.append(0x2d)
            case "\u{a0}": bytes.append(0x20)
            case "\u{2060}", "\u{200b}": break
            default: bytes += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Likewise; text of ASCII alone has none.
    static func plain(line: String) -> String {
        line.utf8.allSatisfy { $0 < 0x80 } ? line : plain(line.unicodeScalars)
    }

    /// Breaks text into lines.
    /// - Parameters:
    ///   - width: of each line, in characters.
    ///   - used: how much of the first line is taken already.
    ///   - hang: blanks in front of every line but the first.
    ///   - spacesSentences: whether two blanks follow the end of a sentence.
    static func fill(_ text: String, width: Int, used: Int = 0, hang: Int = 0, spacesSentences: Bool = true) -> [String] {
        var lines: [String] = []
        // Scalar by scalar: what a person sees as one character does not matter here.
        for part in text.unicodeScalars.split(separator: "\u{2028}", omittingEmptySubsequences: false) {
            var scalars = normalized(part)
            guard !scalars.isEmpty else {
                lines.append("")
                continue
            }
            let pieces = self.pieces(of: &scalars, longest: width - hang, spacesSentences: spacesSentences)
            lines += wrapped(pieces, of: scalars, width: width, used: lines.isEmpty ? used : 0, hang: hang)
        }
        return lines.isEmpty ? [""] : lines
    }

    /// One piece of a paragraph, which no line ends within.
    struct Piece {
        /// Where it stands in the paragraph's text: no part of the text is held, which would cost more than the filling.
        var range: Range<Int>
        /// In characters; marks of no width do not count.
        var width: Int
        var isBlank: Bool
    }

    private static let joining = ["Section", "Appendix", "Figure", "Table"].map { Array($0.unicodeScalars) }

    /// Whether the word before a blank is one that its number stays with.
    private static func isJoining(_ text: [Unicode.Scalar], _ last: Unicode.Scalar) -> Bool {
        guard last == "n" || last == "x" || last == "e" else { return false }
        return joining.contains { text.count >= $0.count && text[(text.count - $0.count)...].elementsEqual($0) }
    }

    /// One blank between words, two or more after a sentence as two, none that breaks after a word like "Section".
    private static func normalized(_ source: some Collection<Unicode.Scalar>) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(source.underestimatedCount + 16)
        var blanks = 0
        for scalar in source {
            if WordSplitter.isBlank(scalar) {
                blanks += 1
                continue
            }
            if blanks > 0, let last = result.last {
                if blanks > 1, last == "." || last == "!" || last == "?" {
                    result += [" ", " "]
                } else {
                    result.append(isJoining(result, last) ? "\u{a0}" : " ")
                }
            }
            blanks = 0
            result.append(scalar)
        }
        return result
    }

    /// - Parameter text: what is broken anew, as it fits nowhere, is put behind it.
    private static func pieces(of text: inout [Unicode.Scalar], longest: Int, spacesSentences: Bool) -> [Piece] {
        let splitter = WordSplitter(hyphens: .betweenWords)
        var result: [Piece] = []
        let ranges = splitter.pieces(of: text)
        result.reserveCapacity(ranges.count)
        func add(_ range: Range<Int>) {
            var width = 0
            var isBlank = true
            for index in range {
                if !isInvisible(text[index]) { width += 1 }
                if isBlank, !WordSplitter.isSpace(text[index]) { isBlank = false }
            }
            result.append(Piece(range: range, width: width, isBlank: width == 0 || isBlank))
        }
        for range in ranges {
            guard range.count > longest, range.reduce(0, { $0 + (isInvisible(text[$1]) ? 0 : 1) }) > longest else {
                add(range)
                continue
            }
            // Nothing is gained by holding together what fits nowhere.
            let loose = text[range].compactMap { $0 == "\u{2060}" ? nil : $0 == "\u{a0}" ? " " : $0 }
            let start = text.count
            text += loose
            for inner in splitter.pieces(of: loose) {
                if inner.count > longest {
                    let bit = start + inner.lowerBound
                    for last in splitter.pieces(of: Array(loose[inner])) { add(bit + last.lowerBound..<bit + last.upperBound) }
                } else {
                    add(start + inner.lowerBound..<start + inner.upperBound)
                }
            }
        }
        if spacesSentences { spaceSentences(&result, &text) }
        return result
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\u{2060}" || scalar == "\u{200b}" || scalar == "\u{200c}"
    }

    private static func spaceSentences(_ pieces: inout [Piece], _ text: inout [Unicode.Scalar]) {
        var wide: Range<Int>?
        var index = 0
        while index + 2 < pieces.count {
            let blank = pieces[index + 1].range
            if blank.count == 1, text[blank.lowerBound] == " ", mayEndSentence(pieces[index].range, text),
                endsSentence(text[pieces[index].range]), startsSentence(text[pieces[index + 2].range])
            {
                let both = wide ?? text.count..<text.count + 2
                if wide == nil { text += [" ", " "] }
                wide = both
                pieces[index + 1] = Piece(range: both, width: 2, isBlank: true)
                index += 2
            } else {
                index += 1
            }
        }
    }

    private static func isClosing(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\"" || scalar == "'" || scalar == ")" || scalar == "]"
    }

    /// Whether the last sign or the one before it is a full stop or the like: most words are done with by this.
    private static func mayEndSentence(_ word: Range<Int>, _ text: [Unicode.Scalar]) -> Bool {
        (max(word.lowerBound, word.upperBound - 2)..<word.upperBound).contains { isStop(text[$0]) }
    }

    private static func isStop(_ scalar: Unicode.Scalar) -> Bool { scalar == "." || scalar == "!" || scalar == "?" }

    private static func endsSentence(_ word: ArraySlice<Unicode.Scalar>) -> Bool {
        var rest = word
        // Not by removing, which would copy what the text shares.
        if let last = rest.last, isClosing(last) { rest = rest.dropLast() }
        guard let stop = rest.last, isStop(stop), let before = rest.dropLast().last else { return false }
        guard WordSplitter.isASCIILetter(before) || WordSplitter.isDigit(before) || isClosing(before) || before == ">" else {
            return false
        }
        return !isAbbreviation(word)
    }

    private static func startsSentence(_ word: ArraySlice<Unicode.Scalar>) -> Bool {
        let first = word.first { $0 != "\"" && $0 != "'" && $0 != "(" && $0 != "[" }
        return first.map { ("A"..."Z").contains($0) } ?? false
    }

    private static let abbreviations: Set<String> = [
        "Eq", "cf", "Cf", "vs", "viz", "resp", "ibid", "i.e", "e.g", "a.k.a", "Dr", "Prof", "Profs", "St", "Lt", "Jr", "Sr",
        "Mr", "Ms", "Messrs", "Mmes",
    ]

    /// Whether a word that ends in a full stop ends no sentence: one of the list, or three letters like "Fig".
    private static func isAbbreviation(_ word: ArraySlice<Unicode.Scalar>) -> Bool {
        guard word.last == "." else { return false }
        var bare = word.dropLast()
        if let space = bare.lastIndex(where: WordSplitter.isSpace) { bare = bare[(space + 1)...] }
        if bare.first == "(" || bare.first == "[" { bare = bare.dropFirst() }
        guard (2...6).contains(bare.count) else { return false }
        let letters = Array(bare)
        if letters.count == 3, ("A"..."Z").contains(letters[0]), letters[1...].allSatisfy({ ("a"..."z").contains($0) }) {
            return true
        }
        return abbreviations.contains(String(String.UnicodeScalarView(letters)))
    }

    private static func wrapped(_ pieces: [Piece], of text: [Unicode.Scalar], width: Int, used: Int, hang: Int) -> [String] {
        var lines: [String] = []
        let indent = [Unicode.Scalar](repeating: " ", count: hang)
        var index = 0
        while index < pieces.count {
            if !lines.isEmpty, pieces[index].isBlank {
                index += 1
                if index == pieces.count { break }
            }
            let room = width - (lines.isEmpty ? used : hang)
            let start = index
            var taken = 0
            while index < pieces.count, taken + pieces[index].width <= room {
                taken += pieces[index].width
                index += 1
            }
            // A word wider than the column has a line of its own, and is too long.
            if index == start { index += 1 }
            let end = pieces[index - 1].isBlank ? index - 1 : index
            guard end > start else { continue }
            var line = lines.isEmpty ? [] : indent
            for piece in start..<end { line += text[pieces[piece].range] }
            lines.append(plain(line))
        }
        return lines
    }
}
