import RequirementMarks

/// A registrar and where it is reached (RFC 5354 §3.11).
public struct ServerInformationParameter: Hashable, Sendable {
    /// The registrar's number in its operational scope.
    public var identifier: RegistrarIdentifier
    /// Where its ENRP endpoint is.
    public var transport: SCTPTransportParameter
    /// The UDP port under which the SCTP endpoint is reached (RFC 6951), from 1; nil where the parameter does not say.
    ///
    /// It travels in a parameter of our own, type 0x9899, which receivers that do not know it pass over.
    /// Set it only where the port is not 9899, the one that RFC 6951 registers.
    public var encapsulationPort: UInt16?
    /// Unknown parameters within.
    public var preserved: [PreservedParameter]

    /// - Parameter encapsulationPort: the UDP port of SCTP over UDP, where it is not 9899 (RFC 6951).
    public init(
        identifier: RegistrarIdentifier, transport: SCTPTransportParameter, encapsulationPort: UInt16? = nil,
        preserved: [PreservedParameter] = []
    ) {
        self.identifier = identifier
        self.transport = transport
        self.encapsulationPort = encapsulationPort
        self.preserved = preserved
    }
}

extension ServerInformationParameter: WireParameter {
    public static var expectedType: ParameterType { .serverInformation }

    public init(from reader: inout ParameterReader, type: ParameterType) throws(WireError) {
        identifier = try reader.readRegistrarIdentifier()
        transport = try reader.read(SCTPTransportParameter.self)
        (encapsulationPort, preserved) = try reader.finishScopeOfEndpoint()
    }

    public func encodeValue(to writer: inout ParameterWriter) {
        writer.preserve(preserved)
        writer.write(identifier.rawValue)
        writer.write(transport)
        fulfils("parameters-x1-R1")
        if let encapsulationPort { writer.write(EncapsulationPort(rawValue: encapsulationPort)) }
    }
}

extension ServerInformationParameter: CustomStringConvertible {
    public var description: String {
        let encapsulation = encapsulationPort.map { " over UDP port \($0)" } ?? ""
        return "registrar \(identifier): \(transport)\(encapsulation)" + textForm(of: preserved)
    }
}
