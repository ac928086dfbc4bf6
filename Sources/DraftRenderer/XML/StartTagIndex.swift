/// Where every start tag of a source text begins.
///
/// libxml2 knows for each element only the line on which its start tag ends. Going through the text once gives line and column
/// of where it begins; elements and tags come in the same order.
struct StartTagIndex {
    private struct Tag {
        var name: Range<Int>
        var line: Int
        var column: Int
    }

    private let bytes: [UInt8]
    private var tags: [Tag] = []
    private var next = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var line = 1
        var lineStart = 0
        var offset = 0
        func starts(with text: StaticString) -> Bool {
            guard offset + text.utf8CodeUnitCount <= bytes.count else { return false }
            return text.withUTF8Buffer { unsafe $0.elementsEqual(bytes[offset..<offset + $0.count]) }
        }
        func skip(past text: StaticString) {
            let first = text.withUTF8Buffer { unsafe $0[0] }
            while offset < bytes.count {
                if bytes[offset] == 0x0a {
                    line += 1
                    lineStart = offset + 1
                }
                if bytes[offset] == first, starts(with: text) {
                    offset += text.utf8CodeUnitCount
                    return
                }
                offset += 1
            }
        }
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x0a:
                line += 1
                lineStart = offset + 1
                offset += 1
            case 0x3c:
                if starts(with: "<!--") {
                    skip(past: "-->")
                } else if starts(with: "<![CDATA[") {
                    skip(past: "]]>")
                } else if starts(with: "<?") {
                    skip(past: "?>")
                } else {
                    var end = offset + 1
                    while end < bytes.count, StartTagIndex.isNameByte(bytes[end]) { end += 1 }
                    if end > offset + 1 {
                        let column = Self.column(of: offset, from: lineStart, in: bytes)
                        tags.append(Tag(name: offset + 1..<end, line: line, column: column))
                    }
                    offset = end
                }
            default:
                offset += 1
            }
        }
    }

    /// In characters. A line of many elements is not counted anew for each beyond what a person would write.
    private static func column(of offset: Int, from lineStart: Int, in bytes: [UInt8]) -> Int {
        guard offset - lineStart <= 4096 else { return offset - lineStart + 1 }
        return bytes[lineStart..<offset].reduce(1) { $0 + ($1 & 0xc0 == 0x80 ? 0 : 1) }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x3a, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x80...: true
        default: false
        }
    }

    /// Where the next element's start tag begins; nil where it stands in no tag of this text, as one out of an entity.
    /// - Parameters:
    ///   - name: the name with its prefix.
    ///   - endLine: the line on which the start tag ends.
    mutating func location(of name: String, endingOn endLine: Int) -> (line: Int, column: Int)? {
        var index = next
        while index < tags.count, tags[index].line <= endLine {
            if name.utf8.elementsEqual(bytes[tags[index].name]) {
                next = index + 1
                return (tags[index].line, tags[index].column)
            }
            index += 1
        }
        return nil
    }
}
