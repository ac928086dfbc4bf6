/// Reads the fields of one message in the byte order that its header gives (RFC 2741 §5).
struct AgentXReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int
    let isBigEndian: Bool
    private let origin: Int

    /// - Parameter bytes: the whole message, or what is to be read of it; offsets in errors count from its first byte.
    init(_ bytes: ArraySlice<UInt8>, isBigEndian: Bool) {
        self.bytes = bytes
        self.isBigEndian = isBigEndian
        position = bytes.startIndex
        origin = bytes.startIndex
    }

    var offset: Int { position - origin }
    var isAtEnd: Bool { position == bytes.endIndex }

    func error(_ code: AgentXError.Code, _ field: String) -> AgentXError {
        AgentXError(code, field, at: offset)
    }

    mutating func skip(_ count: Int, _ field: String) throws(AgentXError) {
        guard bytes.endIndex - position >= count else { throw error(.truncated, field) }
        position += count
    }

    mutating func byte(_ field: String) throws(AgentXError) -> UInt8 {
        guard position < bytes.endIndex else { throw error(.truncated, field) }
        defer { position += 1 }
        return bytes[position]
    }

    private mutating func number(_ count: Int, _ field: String) throws(AgentXError) -> UInt64 {
        guard bytes.endIndex - position >= count else { throw error(.truncated, field) }
        var number: UInt64 = 0
        for place in 0..<count {
            let byte = UInt64(bytes[position + (isBigEndian ? place : count - 1 - place)])
            number = number << 8 | byte
        }
        position += count
        return number
    }

    mutating func number16(_ field: String) throws(AgentXError) -> UInt16 {
        UInt16(truncatingIfNeeded: try number(2, field))
    }

    mutating func number32(_ field: String) throws(AgentXError) -> UInt32 {
        UInt32(truncatingIfNeeded: try number(4, field))
    }

    mutating func number64(_ field: String) throws(AgentXError) -> UInt64 {
        try number(8, field)
    }

    /// A name, and its include field (§5.1).
    mutating func name(_ field: String) throws(AgentXError) -> (ObjectIdentifier, isIncluded: Bool) {
        let start = self
        let count = Int(try byte(field))
        let prefix = try byte(field)
        let include = try byte(field)
        try skip(1, field)
        guard count + (prefix == 0 ? 0 : 5) <= ObjectIdentifier.maximumCount else {
            throw start.error(.invalidValue(UInt32(count)), field)
        }
        guard include <= 1 else { throw start.error(.invalidValue(UInt32(include)), field) }
        guard bytes.endIndex - position >= count * 4 else { throw start.error(.truncated, field) }
        var numbers: [UInt32] = []
        numbers.reserveCapacity(count + 5)
        if prefix != 0 { numbers += [1, 3, 6, 1, UInt32(prefix)] }
        for _ in 0..<count { numbers.append(try number32(field)) }
        return (ObjectIdentifier(numbers), include == 1)
    }

    /// A string of bytes with its padding (§5.3).
    mutating func octetString(_ field: String) throws(AgentXError) -> [UInt8] {
        let start = self
        let count = Int(try number32(field))
        // Compared so that no sum can overflow.
        let left = bytes.endIndex - position
        guard count <= left, (count + 3) & ~3 <= left else { throw start.error(.truncated, field) }
        let string = [UInt8](bytes[position..<position + count])
        position += (count + 3) & ~3
        return string
    }

    mutating func searchRange(_ field: String) throws(AgentXError) -> SearchRange {
        let (start, isIncluded) = try name(field)
        let (end, _) = try name(field)
        return SearchRange(from: start, isStartIncluded: isIncluded, to: end)
    }

    mutating func searchRanges(_ field: String) throws(AgentXError) -> [SearchRange] {
        var ranges: [SearchRange] = []
        while !isAtEnd { ranges.append(try searchRange(field)) }
        return ranges
    }

    /// A name with its value (§5.4).
    mutating func binding(_ field: String) throws(AgentXError) -> VariableBinding {
        let start = self
        let type = try number16(field)
        try skip(2, field)
        let (name, _) = try name(field)
        let value: VariableBinding.Value =
            switch type {
            case 2: .integer(Int32(bitPattern: try number32(field)))
            case 4: .octetString(try octetString(field))
            case 5: .null
            case 6: .objectIdentifier(try self.name(field).0)
            case 64: .ipAddress(try octetString(field))
            case 65: .counter32(try number32(field))
            case 66: .gauge32(try number32(field))
            case 67: .timeTicks(try number32(field))
            case 68: .opaque(try octetString(field))
            case 70: .counter64(try number64(field))
            case 128: .noSuchObject
            case 129: .noSuchInstance
            case 130: .endOfMibView
            default: throw start.error(.invalidValue(UInt32(type)), field)
            }
        return VariableBinding(name, value)
    }

    mutating func bindings(_ field: String) throws(AgentXError) -> [VariableBinding] {
        var bindings: [VariableBinding] = []
        while !isAtEnd { bindings.append(try binding(field)) }
        return bindings
    }
}
