/// A registrar and where it is reached (RFC 5354 §3.11).
public struct ServerInformationParameter: Hashable, Sendable {
    public var identifier: RegistrarIdentifier
    public var transport: SCTPTransportParameter
    /// Unknown parameters within.
    public var preserved: [PreservedParameter]

    public init(identifier: RegistrarIdentifier, transport: SCTPTransportParameter, preserved: [PreservedParameter] = []) {
        self.identifier = identifier
        self.transport = transport
        self.preserved = preserved
    }
}

extension ServerInformationParameter: WireParameter {
    public static var expectedType: ParameterType { .serverInformation }

    public init(from reader: inout ParameterReader, type: ParameterType) throws(WireError) {
        identifier = try reader.readRegistrarIdentifier()
        transport = try reader.read(SCTPTransportParameter.self)
        preserved = try reader.finishScope()
    }

    public func encodeValue(to writer: inout ParameterWriter) {
        writer.preserve(preserved)
        writer.write(identifier.rawValue)
        writer.write(transport)
    }
}

extension ServerInformationParameter: CustomStringConvertible {
    public var description: String { "registrar \(identifier): \(transport)" + textForm(of: preserved) }
}
