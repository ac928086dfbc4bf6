/// Bytes are no status. The description says what is wrong, and where.
public struct StatusFormatError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public var reason: String
    /// Where, in bytes from the start.
    public var offset: Int

    /// A sentence for people.
    public var description: String { "This is no status: \(reason) at byte \(offset)." }
}

extension StatusValue {
    /// How deep lists and objects may lie in each other.
    public static let depthLimit = 16

    /// Reads one value of JSON (RFC 8259), and nothing behind it but white space. Any bytes may be given to it.
    /// - Throws: ``StatusFormatError``.
    public init(parsing bytes: some Collection<UInt8>) throws(StatusFormatError) {
        var reader = StatusReader(bytes: Array(bytes))
        self = try reader.value(depth: 0)
        reader.skipSpaces()
        guard reader.offset == reader.bytes.count else { throw reader.error("something follows") }
    }
}

/// Reads JSON.
private struct StatusReader {
    let bytes: [UInt8]
    var offset = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    func error(_ reason: String) -> StatusFormatError {
        StatusFormatError(reason: reason, offset: offset)
    }

    private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    mutating func skipSpaces() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { offset += 1 }
    }

    /// Skips white space and a character, where that is next.
    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpaces()
        guard next == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    mutating func value(depth: Int) throws(StatusFormatError) -> StatusValue {
        guard depth < StatusValue.depthLimit else { throw error("lists and objects lie too deep in each other") }
        if take("{") { return .object(try members(depth: depth)) }
        if take("[") { return .list(try list(depth: depth)) }
        if take("\"") { return .text(try text()) }
        for (word, value) in [("null", StatusValue.null), ("true", true), ("false", false)]
        where bytes[offset...].starts(with: word.utf8) {
            offset += word.utf8.count
            return value
        }
        return try number()
    }

    private mutating func list(depth: Int) throws(StatusFormatError) -> [StatusValue] {
        var values: [StatusValue] = []
        if take("]") { return values }
        repeat { values.append(try value(depth: depth + 1)) } while take(",")
        guard take("]") else { throw error("a list has no end") }
        return values
    }

    private mutating func members(depth: Int) throws(StatusFormatError) -> [StatusValue.Member] {
        var members: [StatusValue.Member] = []
        if take("}") { return members }
        repeat {
            guard take("\"") else { throw error("a member has no name") }
            let name = try text()
            guard take(":") else { throw error("a member has no value") }
            members.append(StatusValue.Member(name, try value(depth: depth + 1)))
        } while take(",")
        guard take("}") else { throw error("an object has no end") }
        return members
    }

    private mutating func number() throws(StatusFormatError) -> StatusValue {
        let start = offset
        while let byte = next, "+-.0123456789eE".utf8.contains(byte) { offset += 1 }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        // Swift takes more than JSON has; no writer of this writes that.
        if let integer = Int64(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else {
            offset = start
            throw error("a value is none")
        }
        return .number(number)
    }

    private mutating func text() throws(StatusFormatError) -> String {
        var units: [UInt8] = []
        while let byte = next {
            offset += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: units, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &units)
            case ..<0x20:
                offset -= 1
                throw error("a text has a control character")
            default: units.append(byte)
            }
        }
        throw error("a text has no end")
    }

    private mutating func escape(into units: inout [UInt8]) throws(StatusFormatError) {
        guard let byte = next else { throw error("a text has no end") }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(byte)
        case UInt8(ascii: "b"): units.append(0x08)
        case UInt8(ascii: "f"): units.append(0x0c)
        case UInt8(ascii: "n"): units.append(0x0a)
        case UInt8(ascii: "r"): units.append(0x0d)
        case UInt8(ascii: "t"): units.append(0x09)
        case UInt8(ascii: "u"): units += String(try scalar()).utf8
        default: throw error("a text has an unknown escape")
        }
    }

    /// A character by its number, or by two where it is above 0xffff; one that is none is replaced.
    private mutating func scalar() throws(StatusFormatError) -> Character {
        let high = try unit()
        guard 0xd800..<0xdc00 ~= high, bytes[offset...].starts(with: "\\u".utf8) else {
            return Unicode.Scalar(high).map(Character.init) ?? "\u{fffd}"
        }
        offset += 2
        let low = try unit()
        guard 0xdc00..<0xe000 ~= low else { return "\u{fffd}" }
        return Unicode.Scalar(0x1_0000 + (high - 0xd800) << 10 + (low - 0xdc00)).map(Character.init) ?? "\u{fffd}"
    }

    private mutating func unit() throws(StatusFormatError) -> UInt32 {
        let digits = bytes[offset...].prefix(4)
        guard digits.count == 4, let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16) else {
            throw error("a character has no number")
        }
        offset += 4
        return unit
    }
}
