/// The bytes after a policy's type. Up to 16 of them, which is all that a policy of RFC 5356 needs, take no allocation.
public struct PolicyData: Hashable, Sendable {
    /// Up to 16 bytes in wire order from the high end of the first word down; the unused ones are zero.
    ///
    /// Two words and no `UInt128`: debug builds of Swift 6.3 spill an enum with one to eight-byte alignment, and crash.
    private struct Inline: Hashable, Sendable {
        var high: UInt64 = 0
        var low: UInt64 = 0
        var count: UInt8 = 0

        mutating func set(_ byte: UInt8, at position: Int) {
            if position < 8 {
                high |= UInt64(byte) << UInt64(56 - 8 * position)
            } else {
                low |= UInt64(byte) << UInt64(120 - 8 * position)
            }
        }

        func byte(at position: Int) -> UInt8 {
            UInt8(truncatingIfNeeded: position < 8 ? high >> UInt64(56 - 8 * position) : low >> UInt64(120 - 8 * position))
        }

        mutating func append(_ word: UInt32) {
            let word = UInt64(word)
            switch count {
            case 0: high = word << 32
            case 4: high |= word
            case 8: low = word << 32
            default: low |= word
            }
            count += 4
        }

        func word(at index: Int) -> UInt32 {
            UInt32(truncatingIfNeeded: (index < 2 ? high : low) >> (index & 1 == 0 ? 32 : 0))
        }
    }

    private enum Storage: Hashable, Sendable {
        case inline(Inline)
        /// More than 16 bytes.
        case spilled([UInt8])
    }

    private var storage: Storage

    /// No data.
    public init() {
        storage = .inline(Inline())
    }

    /// These bytes.
    public init(_ bytes: some Collection<UInt8>) {
        guard bytes.count <= 16 else {
            storage = .spilled([UInt8](bytes))
            return
        }
        var inline = Inline(count: UInt8(bytes.count))
        for (position, byte) in bytes.enumerated() { inline.set(byte, at: position) }
        storage = .inline(inline)
    }

    /// These words of 32 bits, each in network byte order.
    public init(words: UInt32...) {
        if words.count <= 4 {
            var inline = Inline()
            for word in words { inline.append(word) }
            storage = .inline(inline)
        } else {
            var bytes: [UInt8] = []
            for word in words { bytes.appendBigEndian(word) }
            storage = .spilled(bytes)
        }
    }

    /// The word of 32 bits that begins at byte `4 × index`; nil where the data ends before its end.
    public func word(at index: Int) -> UInt32? {
        guard index >= 0, index < count / 4 else { return nil }
        switch storage {
        case .inline(let inline): return inline.word(at: index)
        case .spilled(let bytes): return bytes.rawSpan.loadUInt32(at: 4 * index)
        }
    }
}

extension PolicyData: RandomAccessCollection {
    /// 0.
    public var startIndex: Int { 0 }

    /// The number of bytes.
    public var endIndex: Int {
        switch storage {
        case .inline(let inline): Int(inline.count)
        case .spilled(let bytes): bytes.count
        }
    }

    /// The byte at a position from 0 to the number of bytes, exclusively.
    public subscript(position: Int) -> UInt8 {
        precondition(position >= 0 && position < endIndex, "index \(position) out of range")
        switch storage {
        case .inline(let inline): return inline.byte(at: position)
        case .spilled(let bytes): return bytes[position]
        }
    }
}

extension PolicyData {
    /// Reads what is left of a parameter.
    init(from reader: inout ParameterReader) throws(WireError) {
        guard reader.remaining <= 16 else {
            storage = .spilled(reader.readRemainingBytes())
            return
        }
        var inline = Inline()
        while reader.remaining >= 4 { inline.append(try reader.readUInt32()) }
        while reader.remaining > 0 {
            inline.set(try reader.readUInt8(), at: Int(inline.count))
            inline.count += 1
        }
        storage = .inline(inline)
    }
}

extension PolicyData {
    /// Writes the bytes, by words as far as they go.
    func encode(to writer: inout ParameterWriter) {
        switch storage {
        case .inline(let inline):
            let count = Int(inline.count)
            for index in 0..<count / 4 { writer.write(inline.word(at: index)) }
            for position in count & ~3..<count { writer.write(inline.byte(at: position)) }
        case .spilled(let bytes): writer.write(bytes: bytes)
        }
    }
}

extension PolicyData: ExpressibleByArrayLiteral {
    public init(arrayLiteral bytes: UInt8...) {
        self.init(bytes)
    }
}

extension PolicyData: CustomStringConvertible {
    public var description: String { "[\(hexadecimal(self))]" }
}
