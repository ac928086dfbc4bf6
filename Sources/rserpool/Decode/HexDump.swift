/// Bytes written as hexadecimal digits: in one piece, in groups, with colons, or as a dump with offsets and characters beside
/// them, as `hexdump -C`, `xxd` and `tshark -x` print them. An offset of 0 begins another message.
enum HexDump {
    /// What is no hexadecimal digit where there should be some: line and column, from 1.
    struct Problem: Error, Equatable, CustomStringConvertible {
        var line: Int
        var column: Int
        var reason: String

        var description: String { "line \(line), column \(column): \(reason)" }
    }

    /// The messages of a text.
    static func read(_ text: String) throws(Problem) -> [[UInt8]] {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { Array($0.utf8) }
        var messages: [[UInt8]] = []
        var current: [UInt8] = []
        let isDump = lines.contains { line in
            offset(of: line).map { $0.value == 0 && line.count > $0.end } ?? false
        }
        for (index, line) in lines.enumerated() {
            if isDump {
                // Whatever else stands between the lines of a dump, such as a packet's summary, is not part of it.
                guard let offset = offset(of: line) else { continue }
                if offset.value == 0, !current.isEmpty {
                    messages.append(current)
                    current = []
                }
                let bytes = dumped(line[offset.end...])
                guard bytes.isEmpty || offset.value == current.count else {
                    throw Problem(
                        line: index + 1, column: 1,
                        reason: "the offset is \(offset.value) and \(current.count) bytes were before it")
                }
                current += bytes
            } else {
                current += try plain(line, index + 1)
            }
        }
        if !current.isEmpty { messages.append(current) }
        return messages
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case 0x30...0x39: character - 0x30
        case 0x41...0x46: character - 0x41 + 10
        case 0x61...0x66: character - 0x61 + 10
        default: nil
        }
    }

    private static func isSpace(_ character: UInt8) -> Bool { character == 0x20 || character == 0x09 }

    /// The offset with which a line of a dump begins, and where it ends: four to eight digits, then a colon or two spaces.
    private static func offset(of line: [UInt8]) -> (value: Int, end: Int)? {
        let digits = line.prefix { digit($0) != nil }
        guard (4...8).contains(digits.count) else { return nil }
        let value = digits.reduce(0) { $0 << 4 | Int(digit($1) ?? 0) }
        let rest = line[digits.count...]
        if rest.first == 0x3a, rest.dropFirst().first.map(isSpace) ?? true { return (value, digits.count + 1) }
        guard rest.isEmpty || rest.starts(with: [0x20, 0x20]) else { return nil }
        return (value, digits.count)
    }

    /// The bytes of a dump's line: up to 16, in groups, before the gap that separates the characters.
    private static func dumped(_ line: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var position = line.startIndex
        while bytes.count < 16 {
            let gap = line[position...].prefix(while: isSpace).count
            position += gap
            // A gap of two stands in the middle of a line, or before its characters.
            if !bytes.isEmpty, gap > 2 || gap == 2 && bytes.count != 8 { break }
            let group = line[position...].prefix { !isSpace($0) }
            guard !group.isEmpty, group.count.isMultiple(of: 2), group.count <= 8, group.allSatisfy({ digit($0) != nil }) else {
                break
            }
            bytes += pairs(group)
            position += group.count
        }
        return bytes
    }

    private static func pairs(_ digits: ArraySlice<UInt8>) -> [UInt8] {
        let values = digits.map { digit($0) ?? 0 }
        return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
    }

    /// Digits, with spaces, colons, hyphens, commas and `0x` anywhere between bytes.
    private static func plain(_ line: [UInt8], _ number: Int) throws(Problem) -> [UInt8] {
        var bytes: [UInt8] = []
        var position = 0
        while position < line.count {
            if isSpace(line[position]) || [0x3a, 0x2d, 0x2c].contains(line[position]) {
                position += 1
            } else if line[position] == 0x30, position + 1 < line.count, line[position + 1] | 0x20 == 0x78 {
                position += 2
            } else {
                guard let high = digit(line[position]) else {
                    throw Problem(line: number, column: position + 1, reason: "no hexadecimal digit")
                }
                guard position + 1 < line.count, let low = digit(line[position + 1]) else {
                    throw Problem(line: number, column: position + 2, reason: "half a byte; a byte has two hexadecimal digits")
                }
                bytes.append(high << 4 | low)
                position += 2
            }
        }
        return bytes
    }
}
