/// The UDP port of an SCTP endpoint (RFC 6951), as a parameter of our own: type 0x9899, length 8, the port, two bytes of zero.
/// It means this only as the last parameter of an SCTP Transport parameter; in any other form or place it is as unknown as any.
struct EncapsulationPort: RawRepresentable, Hashable, Sendable {
    let rawValue: UInt16
}

extension EncapsulationPort: WireParameter {
    static var expectedType: ParameterType { .encapsulationPort }

    init(from reader: inout ParameterReader, type: ParameterType) throws(WireError) {
        rawValue = try reader.readUInt16()
        _ = try reader.readUInt16()
    }

    func encodeValue(to writer: inout ParameterWriter) {
        writer.write(rawValue)
        writer.write(UInt16(0))
    }
}

extension ParameterReader {
    /// The encapsulation port at the end of the current scope; nil where it does not end with one.
    mutating func readEncapsulationPort() throws(WireError) -> UInt16? {
        // Out of the closure: it must not hold the reader that searches.
        let scopeEnd = scope.end
        let span = bytes
        let header = try find { header in
            header.type == .encapsulationPort && header.valueLength == 4 && header.end == scopeEnd
                && span.loadUInt32(at: header.start + 4) & 0xffff == 0 && span.loadUInt16(at: header.start + 4) != 0
        }
        guard let header else { return nil }
        let port: EncapsulationPort = try readValue(of: header)
        return port.rawValue
    }
}
