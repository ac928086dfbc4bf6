/// Fills paragraphs: sentence spacing and line breaks.
enum LineFilling {
    /// Stand for a hyphen and a slash at which no line ends; from Unicode's private use area, never in output.
    static let fixedHyphen: Unicode.Scalar = "\u{f82d}"
    static let fixedSlash: Unicode.Scalar = "\u{f82f}"

    /// Text in which no line ends within.
    static func unbroken(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "-": result.append(fixedHyphen)
            case "/": result.append(fixedSlash)
            case " ": result.append("\u{a0}")
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// Text as it is printed, the marks of this type taken out.
    static func plain(_ text: some Sequence<Unicode.Scalar>) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text {
            switch scalar {
            case fixedHyphen, "\u{2011}": result.append("-")
            case fixedSlash: result.append("/")
            case "\u{a0}": result.append(" ")
            case "\u{2060}", "\u{200b}", "\u{feff}": break
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// Breaks text into lines.
    /// - Parameters:
    ///   - width: of each line, in characters.
    ///   - used: how much of the first line is taken already.
    ///   - spacesSentences: whether two blanks follow the end of a sentence.
    static func fill(_ text: String, width: Int, used: Int = 0, spacesSentences: Bool = true) -> [String] {
        var lines: [String] = []
        for part in text.split(separator: "\u{2028}", omittingEmptySubsequences: false) {
            let words = normalized(Array(part.unicodeScalars), spacesSentences: spacesSentences)
            lines += wrapped(words, width: width, used: lines.isEmpty ? used : 0)
        }
        return lines.isEmpty ? [""] : lines
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\n" || scalar == "\t" || scalar == "\r"
    }

    private static let closers: Set<Unicode.Scalar> = ["\"", "'", ")", "]"]
    private static let openers: Set<Unicode.Scalar> = ["\"", "'", "(", "["]
    private static let abbreviations: Set<String> = [
        "Eq", "cf", "vs", "viz", "resp", "i.e", "e.g", "a.k.a", "Dr", "Prof", "St", "Jr", "Sr", "Mr", "Ms",
    ]
    private static let joining: Set<String> = ["Section", "Appendix", "Figure", "Table"]

    /// One blank between words, two between sentences, none that breaks after a word like "Section".
    private static func normalized(_ source: [Unicode.Scalar], spacesSentences: Bool) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(source.count + 16)
        var index = 0
        while index < source.count, isBlank(source[index]) { index += 1 }
        var wordStart = 0
        while index < source.count {
            guard isBlank(source[index]) else {
                result.append(source[index])
                index += 1
                continue
            }
            let start = index
            while index < source.count, isBlank(source[index]) { index += 1 }
            guard index < source.count else { break }
            let word = result[wordStart...]
            let isDouble = source[start..<index].elementsEqual("  ".unicodeScalars) || index - start > 2
            let ends = word.last { !closers.contains($0) }.map { $0 == "." || $0 == "!" || $0 == "?" } ?? false
            if ends, isDouble || spacesSentences && startsSentence(source[index...]) && !isAbbreviation(word) {
                result += [" ", " "]
            } else {
                let next = source[index]
                let isNumber = ("0"..."9").contains(next) || ("A"..."Z").contains(next)
                result.append(isNumber && joining.contains(String(String.UnicodeScalarView(word))) ? "\u{a0}" : " ")
            }
            wordStart = result.count
        }
        return result
    }

    private static func startsSentence(_ rest: ArraySlice<Unicode.Scalar>) -> Bool {
        rest.first { !openers.contains($0) }?.properties.isUppercase ?? false
    }

    /// Whether a word that ends in a full stop ends no sentence: one of the list, or three letters like "Fig".
    private static func isAbbreviation(_ word: ArraySlice<Unicode.Scalar>) -> Bool {
        guard word.last == "." else { return false }
        let bare = Array(word.dropLast().drop { openers.contains($0) })
        if bare.count == 3, bare[0].properties.isUppercase, bare[1].properties.isLowercase, bare[2].properties.isLowercase {
            return true
        }
        return bare.count < 6 && abbreviations.contains(String(String.UnicodeScalarView(bare)))
    }

    private static func wrapped(_ text: [Unicode.Scalar], width: Int, used: Int) -> [String] {
        var lines: [String] = []
        var lineStart = 0
        /// End of what surely goes into this line, without the blanks that follow.
        var lineEnd = 0
        var room = width - used
        var index = 0
        while index < text.count {
            // One chunk: blanks, then letters up to where a line may end.
            let chunkStart = index
            while index < text.count, text[index] == " " { index += 1 }
            let wordStart = index
            repeat { index += 1 } while index < text.count && !mayBreak(text, before: index)
            index = min(index, text.count)
            let start = lineEnd == lineStart ? wordStart : lineStart
            if lineEnd == lineStart { lineStart = start }
            let length = text[lineStart..<index].reduce(0) { $0 + ($1 == "\u{2060}" || $1 == "\u{200b}" ? 0 : 1) }
            if length > room, lineEnd > lineStart || used > 0 && lines.isEmpty {
                lines.append(plain(text[min(lineStart, lineEnd)..<lineEnd]))
                room = width
                lineStart = wordStart
                lineEnd = wordStart
                index = chunkStart
                continue
            }
            lineEnd = index
        }
        if lineEnd > lineStart { lines.append(plain(text[lineStart..<lineEnd])) }
        return lines
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            return ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
        }
        return scalar.properties.isAlphabetic
    }

    /// Whether a line may end before the character at `index`: at blanks, in hyphenated words, after slashes, at dashes.
    private static func mayBreak(_ text: [Unicode.Scalar], before index: Int) -> Bool {
        let next = text[index]
        if next == " " { return true }
        let last = text[index - 1]
        if last == "\u{200b}" { return true }
        func letter(_ at: Int) -> Bool { at >= 0 && at < text.count && isLetter(text[at]) }
        switch last {
        case "-":
            if index >= 2, text[index - 2] == "-" {
                let start = text[..<index].lastIndex { $0 != "-" }.map { $0 + 1 } ?? 0
                return (isLetter(next) || ("0"..."9").contains(next)) && isWordEnd(text, before: start)
            }
            let goesOn = letter(index + 1) || index + 1 < text.count && text[index + 1] == "-" && letter(index + 2)
            guard letter(index), goesOn else { return false }
            if letter(index - 2), letter(index - 3) || index >= 4 && text[index - 3] == "-" && letter(index - 4) { return true }
            return index == 1 || text[index - 2] == " "
        case "/": return letter(index) && index >= 2 && text[index - 2] != "/" && text[index - 2] != " "
        default:
            // Before a dash between words.
            return next == "-" && index + 2 < text.count && text[index + 1] == "-" && text[index + 2] != " "
                && isWordEnd(text, before: index)
        }
    }

    /// Whether a word, perhaps with closing punctuation, ends before `index`.
    private static func isWordEnd(_ text: [Unicode.Scalar], before index: Int) -> Bool {
        guard index > 0 else { return false }
        let last = text[index - 1]
        return isLetter(last) || ("0"..."9").contains(last) || "!\"'&.,?".unicodeScalars.contains(last)
    }
}
