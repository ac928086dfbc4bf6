import RSerPoolParameters
import Testing

/// The codec takes any bytes: it reads them or says what is wrong, and what it reads it writes again.
///
/// 600,000 inputs: 150,000 of random bytes and 450,000 of messages with something changed, over six seeds that run at once.
struct AnyBytesTests {
    static let inputsPerSeed = 100_000

    @Test(.timeLimit(.minutes(5)), arguments: [11, 12, 13, 14, 15, 16] as [UInt64])
    func areReadOrRefused(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let messages = try (0..<100).map { _ in try random.message().written() }
        var accepted = 0
        for round in 0..<Self.inputsPerSeed {
            let bytes = round % 4 == 0 ? random.noise() : random.changed(messages[random.below(messages.count)])
            let outcome = DecodeProbe.run(bytes.rawSpan)
            accepted += outcome.accepted
            // Only a changed message that was accepted is worth the second look, and every other one suffices.
            let unfaithful = outcome.accepted > 0 && round % 4 > 1 ? unfaithful(bytes) : nil
            if let fault = outcome.fault.map({ "\($0)" }) ?? unfaithful {
                Issue.record("seed \(seed), round \(round): \(fault) for \(bytes)")
                return
            }
        }
        // Changes that hit what may be anything leave a message a message; the figure only shows that both outcomes occur.
        #expect(accepted > Self.inputsPerSeed / 10)
        #expect(accepted < 2 * Self.inputsPerSeed)
    }

    /// A message written again differs from the one read in padding and reserved fields at most, by a walk of its own over
    /// the bytes.
    private func unfaithful(_ bytes: [UInt8]) -> String? {
        guard let message = try? ShapedMessage(bytes.rawSpan), let written = try? message.written() else { return nil }
        // A length that counts a last padding is written without it; then positions do not match.
        guard written[2] == bytes[2], written[3] == bytes[3] else { return nil }
        let length = Int(bytes[2]) << 8 | Int(bytes[3])
        var isIgnored = [Bool](repeating: false, count: length + 3)
        markIgnored(in: bytes, 8..<length, &isIgnored)
        for position in 0..<length where bytes[position] != written[position] && !isIgnored[position] {
            return "byte \(position) was \(bytes[position]) and is written as \(written[position])"
        }
        return nil
    }

    /// Marks what a reader ignores in the parameters of a range: padding, reserved fields, and lengths that count their last
    /// padding.
    ///
    /// - Returns: true where the last parameter's padding is within the range.
    @discardableResult
    private func markIgnored(in bytes: [UInt8], _ range: Range<Int>, _ isIgnored: inout [Bool]) -> Bool {
        var position = range.lowerBound
        var countsPadding = false
        while position + 4 <= range.upperBound {
            let type = Int(bytes[position]) << 8 | Int(bytes[position + 1])
            let end = position + (Int(bytes[position + 2]) << 8 | Int(bytes[position + 3]))
            guard end >= position + 4, end <= range.upperBound else { return false }
            let nested: Int? =
                switch type {
                case 3: position + 12
                case 4, 5, 6, 7, 11: position + 8
                case 10: position + 16
                case 12: position + 4
                default: nil
                }
            var counts = false
            if let nested, nested <= end {
                if type == 3 || (5...7).contains(type) { mark(position + 6..<position + 8, &isIgnored) }
                // An error cause has the layout of a parameter; those with a parameter in them are looked into as that.
                counts =
                    type == 12
                    ? markCauses(in: bytes, nested..<end, &isIgnored) : markIgnored(in: bytes, nested..<end, &isIgnored)
                if counts { mark(position + 2..<position + 4, &isIgnored) }
            }
            mark(end..<(end + 3) & ~3, &isIgnored)
            position = (end + 3) & ~3
            countsPadding = position == range.upperBound && end != position || counts && end == range.upperBound
        }
        return countsPadding
    }

    private func markCauses(in bytes: [UInt8], _ range: Range<Int>, _ isIgnored: inout [Bool]) -> Bool {
        var position = range.lowerBound
        var countsPadding = false
        while position + 4 <= range.upperBound {
            let code = Int(bytes[position]) << 8 | Int(bytes[position + 1])
            let end = position + (Int(bytes[position + 2]) << 8 | Int(bytes[position + 3]))
            guard end >= position + 4, end <= range.upperBound else { return false }
            if code == 5 || code == 7 { markIgnored(in: bytes, position + 4..<end, &isIgnored) }
            mark(end..<(end + 3) & ~3, &isIgnored)
            position = (end + 3) & ~3
            countsPadding = end != position && position == range.upperBound
        }
        return countsPadding
    }

    private func mark(_ range: Range<Int>, _ isIgnored: inout [Bool]) {
        for position in range where position < isIgnored.count { isIgnored[position] = true }
    }
}

extension SeededGenerator {
    /// Random bytes; mostly with lengths and types small enough to get past the first check.
    mutating func noise() -> [UInt8] {
        var bytes = (0..<below(100)).map { _ in UInt8(truncatingIfNeeded: next()) }
        if bytes.count >= 4, !oneIn(4) {
            bytes[2] = 0
            bytes[3] = UInt8(bytes.count)
            for position in stride(from: 8, to: bytes.count - 3, by: 4) where !oneIn(3) {
                bytes[position] = 0
                bytes[position + 1] = UInt8(below(18))
                bytes[position + 2] = 0
                bytes[position + 3] = UInt8(below(32))
            }
        }
        return bytes
    }

    /// The bytes with one to four changes.
    mutating func changed(_ bytes: [UInt8]) -> [UInt8] {
        var changed = bytes
        for _ in 0...below(4) { change(&changed) }
        return changed
    }

    /// One change of the kinds that break codecs.
    mutating func change(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else {
            bytes = [UInt8(below(256))]
            return
        }
        let position = below(bytes.count)
        switch below(9) {
        case 0: bytes[position] ^= 1 << UInt8(below(8))
        case 1: bytes[position] = UInt8(below(256))
        case 2: bytes[position] &+= oneIn(2) ? 1 : 255
        case 3: bytes.removeSubrange(position...)
        case 4: bytes.removeSubrange(position..<min(position + 1 + below(8), bytes.count))
        case 5: bytes.insert(contentsOf: bytes[position..<min(position + 4 * below(6), bytes.count)], at: position & ~3)
        case 6: bytes[position] = oneIn(2) ? 0 : 255
        case 7:
            // A type or length, with the message's length put right so that the change is reached.
            let word = position & ~3
            if word + 4 <= bytes.count { bytes[word + (oneIn(2) ? 1 : 3)] = UInt8(below(36)) }
            fixLength(&bytes)
        default:
            bytes.insert(contentsOf: (0..<4 * (1 + below(3))).map { _ in UInt8(truncatingIfNeeded: next()) }, at: position & ~3)
            fixLength(&bytes)
        }
    }

    private func fixLength(_ bytes: inout [UInt8]) {
        guard bytes.count >= 4 else { return }
        bytes[2] = UInt8(bytes.count >> 8)
        bytes[3] = UInt8(bytes.count & 0xff)
    }
}
