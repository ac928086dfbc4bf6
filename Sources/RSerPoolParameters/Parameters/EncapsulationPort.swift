import RequirementMarks

/// The UDP port of an SCTP endpoint (RFC 6951), as a parameter of our own: type 0x9899, length 8, the port, two bytes of zero.
/// It means this only as the last parameter of a Pool Element or Server Information parameter, and then of every SCTP transport in
/// it, and behind the transports of an ASAP_SERVER_ANNOUNCE, which ASAP reads out of the parameters that were passed over; in any
/// other form or place it is as unknown as any. It never stands within an SCTP Transport parameter: rsplib 3.4.4 stops at
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
    /// The port, where a parameter is an encapsulation port in its form and place; nil for any other parameter.
    func encapsulationPort(in header: Header) -> UInt16? {
        guard header.type == .encapsulationPort, header.valueLength == 4, header.end == scope.end,
            scope.type == .poolElement || scope.type == .serverInformation
        else {
            fulfils("parameters-x1-R3")
            return nil
        }
        let port = bytes.loadUInt16(at: header.start + 4)
        return port != 0 && bytes.loadUInt16(at: header.start + 6) == 0 ? port : nil
    }
}
