/// The bytes after a policy's type. Up to 16 of them, which is all that a policy of RFC 5356 needs, take no allocation.
public struct PolicyData: Hashable, Sendable {
    private enum Storage: Hashable, Sendable {
        /// Bytes in wire order from the high end down; the unused ones are zero.
        case inline(UInt128, count: UInt8)
        /// More than 16 bytes.
        case spilled([UInt8])
    }

    private var storage: Storage

    /// No data.
    public init() {
        storage = .inline(0, count: 0)
    }

    /// These bytes.
    public init(_ bytes: some Collection<UInt8>) {
        guard bytes.count <= 16 else {
            storage = .spilled([UInt8](bytes))
            return
        }
        var value: UInt128 = 0
        for byte in bytes { value = value << 8 | UInt128(byte) }
        storage = .inline(bytes.isEmpty ? 0 : value << UInt128(128 - 8 * bytes.count), count: UInt8(bytes.count))
    }

    /// These words of 32 bits, each in network byte order.
    public init(words: UInt32...) {
        guard words.count <= 4 else {
            var bytes: [UInt8] = []
            for word in words { bytes.appendBigEndian(word) }
            storage = .spilled(bytes)
            return
        }
        var value: UInt128 = 0
        for (index, word) in words.enumerated() { value |= UInt128(word) << UInt128(96 - 32 * index) }
        storage = .inline(value, count: UInt8(4 * words.count))
    }

    /// The word of 32 bits that begins at byte `4 × index`; nil where the data ends before its end.
    public func word(at index: Int) -> UInt32? {
        guard index >= 0, index < count / 4 else { return nil }
        switch storage {
        case .inline(let value, _): return UInt32(truncatingIfNeeded: value >> UInt128(96 - 32 * index))
        case .spilled(let bytes): return bytes.rawSpan.loadUInt32(at: 4 * index)
        }
    }
}

extension PolicyData: RandomAccessCollection {
    public var startIndex: Int { 0 }

    public var endIndex: Int {
        switch storage {
        case .inline(_, let count): Int(count)
        case .spilled(let bytes): bytes.count
        }
    }

    public subscript(position: Int) -> UInt8 {
        precondition(position >= 0 && position < endIndex, "index \(position) out of range")
        switch storage {
        case .inline(let value, _): return UInt8(truncatingIfNeeded: value >> UInt128(120 - 8 * position))
        case .spilled(let bytes): return bytes[position]
        }
    }
}

extension PolicyData {
    /// Reads what is left of a parameter.
    init(from reader: inout ParameterReader) throws(WireError) {
        let count = reader.remaining
        switch count {
        case 0:
            storage = .inline(0, count: 0)
        case 4:
            storage = .inline(UInt128(try reader.readUInt32()) << 96, count: 4)
        case 16:
            storage = .inline(try reader.readUInt128(), count: 16)
        case ..<16:
            var value: UInt128 = 0
            for _ in 0..<count { value = value << 8 | UInt128(try reader.readUInt8()) }
            storage = .inline(value << UInt128(128 - 8 * count), count: UInt8(count))
        default:
            storage = .spilled(reader.readRemainingBytes())
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
