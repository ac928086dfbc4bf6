/// Writes the fields of messages, in network byte order or the other (RFC 2741 §5). The buffer is used again.
struct AgentXWriter {
    private(set) var bytes: [UInt8] = []
    var isBigEndian = true

    mutating func reset() {
        bytes.removeAll(keepingCapacity: true)
    }

    mutating func byte(_ byte: UInt8) {
        bytes.append(byte)
    }

    private mutating func number(_ number: UInt64, _ count: Int) {
        for place in 0..<count {
            bytes.append(UInt8(truncatingIfNeeded: number >> (8 * (isBigEndian ? count - 1 - place : place))))
        }
    }

    mutating func number16(_ value: UInt16) { number(UInt64(value), 2) }
    mutating func number32(_ value: UInt32) { number(UInt64(value), 4) }
    mutating func number64(_ value: UInt64) { number(value, 8) }

    /// Writes a number over what was written at an offset.
    mutating func patch32(_ value: UInt32, at offset: Int) {
        for place in 0..<4 {
            bytes[offset + place] = UInt8(truncatingIfNeeded: value >> (8 * UInt32(isBigEndian ? 3 - place : place)))
        }
    }

    /// A name; one below `internet` (1.3.6.1) in its short form (§5.1).
    mutating func name(_ name: ObjectIdentifier, isIncluded: Bool = false) {
        let numbers = name.subidentifiers
        let isShort = numbers.count >= 5 && numbers.starts(with: [1, 3, 6, 1]) && (1...255).contains(numbers[4])
        let written = isShort ? numbers[5...] : numbers[...]
        byte(UInt8(truncatingIfNeeded: written.count))
        byte(isShort ? UInt8(truncatingIfNeeded: numbers[4]) : 0)
        byte(isIncluded ? 1 : 0)
        byte(0)
        for number in written { number32(number) }
    }

    mutating func octetString(_ string: some Collection<UInt8>) {
        number32(UInt32(truncatingIfNeeded: string.count))
        bytes.append(contentsOf: string)
        while bytes.count % 4 != 0 { bytes.append(0) }
    }

    mutating func searchRange(_ range: SearchRange) {
        name(range.start, isIncluded: range.isStartIncluded)
        name(range.end)
    }

    mutating func binding(_ binding: VariableBinding) {
        number16(binding.value.type)
        number16(0)
        name(binding.name)
        switch binding.value {
        case .integer(let value): number32(UInt32(bitPattern: value))
        case .octetString(let value), .ipAddress(let value), .opaque(let value): octetString(value)
        case .objectIdentifier(let value): name(value)
        case .counter32(let value), .gauge32(let value), .timeTicks(let value): number32(value)
        case .counter64(let value): number64(value)
        case .null, .noSuchObject, .noSuchInstance, .endOfMibView: break
        }
    }
}
