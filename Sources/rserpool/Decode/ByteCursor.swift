/// Reads through bytes that may be anything: what is not there is nil, and nothing is read twice.
struct ByteCursor {
    private let bytes: ArraySlice<UInt8>
    var isLittleEndian: Bool

    init(_ bytes: ArraySlice<UInt8>, isLittleEndian: Bool = false) {
        self.bytes = bytes
        self.isLittleEndian = isLittleEndian
        position = bytes.startIndex
    }

    init(_ bytes: [UInt8], isLittleEndian: Bool = false) {
        self.init(bytes[...], isLittleEndian: isLittleEndian)
    }

    private var position: Int

    /// Bytes gone through.
    var offset: Int { position - bytes.startIndex }
    /// Bytes left.
    var remaining: Int { bytes.endIndex - position }

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= remaining else { return nil }
        defer { position += count }
        return bytes[position..<position + count]
    }

    /// All that is left.
    mutating func takeRest() -> ArraySlice<UInt8> {
        defer { position = bytes.endIndex }
        return bytes[position...]
    }

    mutating func skip(_ count: Int) -> Bool {
        take(count) != nil
    }

    mutating func number<Number: FixedWidthInteger & UnsignedInteger>(_: Number.Type = Number.self) -> Number? {
        guard let taken = take(Number.bitWidth / 8) else { return nil }
        let number = Number(networkOrder: taken)
        return isLittleEndian ? number.byteSwapped : number
    }
}
