/// How what stands within an element is put together: how far each kind of block is moved to the right, and whether blank lines
/// stand between. An inner element takes some of it over from the outer one, as xml2rfc's text shows.
struct Frame {
    /// Paragraphs.
    var paragraph = 3
    /// Later lines of paragraphs, further than the first.
    var hang = 0
    var artwork = 3
    /// Whether artwork that is too wide moves to the left.
    var movesArtwork = true
    var sourcecode = 3
    var artset = 0
    /// Everything else.
    var other = 3
    /// No blank lines between paragraphs and everything else; artwork stands apart.
    var isTight = false
    /// Not even around artwork.
    var isTightAroundArtwork = false

    static let section = Frame()
    /// Abstracts and notes.
    static let front = Frame(movesArtwork: false, artset: 3)
    static let quotation = Frame(paragraph: 0, other: 0)

    static func definition(isCompact: Bool) -> Frame {
        Frame(
            paragraph: 0, artwork: 0, movesArtwork: false, sourcecode: 0, other: 0, isTight: isCompact,
            isTightAroundArtwork: isCompact)
    }

    func figure() -> Frame {
        var result = self
        (result.artwork, result.movesArtwork, result.sourcecode, result.artset) = (0, true, 0, 0)
        result.isTightAroundArtwork = true
        return result
    }

    func list(indent: Int, hang: Int = 0, isCompact: Bool) -> Frame {
        var result = self
        (result.paragraph, result.hang, result.other, result.isTight) = (indent, hang, indent, isCompact)
        return result
    }

    func aside() -> Frame {
        var result = self
        result.paragraph = 0
        return result
    }

    func cell() -> Frame {
        var result = self
        (result.paragraph, result.other) = (0, 0)
        return result
    }

    func indent(of name: String) -> Int {
        switch name {
        case "t": paragraph
        case "artwork": artwork
        case "sourcecode": sourcecode
        case "artset": artset
        default: other
        }
    }

    func isTight(before name: String) -> Bool {
        switch name {
        case "artwork", "sourcecode", "artset": isTightAroundArtwork
        default: isTight
        }
    }
}
