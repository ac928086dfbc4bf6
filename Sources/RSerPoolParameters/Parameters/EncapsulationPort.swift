/// The UDP port of an SCTP endpoint (RFC 6951), as a parameter of our own: type 0x9899, length 8, the port, two bytes of zero.
/// It means this only as the last parameter of a Pool Element or Server Information parameter, and then of every SCTP transport in
/// it; in any other form or place it is as unknown as any. It never stands within an SCTP Transport parameter: rsplib 3.4.4 stops at
/// an unknown parameter there, while it passes over one at the end of a pool element.
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
    /// Ends the scope of a Pool Element or Server Information parameter.
    ///
    /// - Returns: the encapsulation port, if the scope ends with one, and the unknown parameters of the scope.
    mutating func finishScopeOfEndpoint() throws(WireError) -> (encapsulationPort: UInt16?, preserved: [PreservedParameter]) {
        var port: UInt16?
        while let header = try find({ $0.type == .encapsulationPort }) {
            if let found = try readEncapsulationPort(header) { port = found }
        }
        return (port, try finishScope())
    }

    /// Reads an encapsulation port; passes over a parameter of its type that is of another form, or not the scope's last.
    mutating func readEncapsulationPort(_ header: Header) throws(WireError) -> UInt16? {
        let hasForm =
            header.valueLength == 4 && header.end == scope.end
            && bytes.loadUInt16(at: header.start + 4) != 0 && bytes.loadUInt16(at: header.start + 6) == 0
        guard hasForm else {
            try passOver(header)
            return nil
        }
        let port: EncapsulationPort = try readValue(of: header)
        return port.rawValue
    }
}
