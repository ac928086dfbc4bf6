import RequirementMarks

/// All that is known of a pool element (RFC 5354 §3.10).
public struct PoolElementParameter: Hashable, Sendable {
    /// The element's number in its pool.
    public var identifier: PoolElementIdentifier
    /// The registrar that looks after the element; `.undetermined` where there is none yet.
    public var homeRegistrar: RegistrarIdentifier
    /// How long the registration holds without being renewed.
    public var registrationLife: RegistrationLife
    /// The one transport over which the element serves.
    public var userTransport: UserTransport
    /// The pool's policy with the element's own values.
    public var policy: PolicyParameter
    /// Where the element's ASAP endpoint is. RFC 5354 shows it in every pool element; elements are read without it too, for
    /// there are senders that leave it out.
    public var asapTransport: SCTPTransportParameter?
    /// The UDP port under which the SCTP endpoints of the element are reached (RFC 6951), from 1; nil where the parameter does not say.
    ///
    /// It travels in a parameter of our own, type 0x9899, which receivers that do not know it pass over.
    /// Set it only where the port is not 9899, the one that RFC 6951 registers.
    public var encapsulationPort: UInt16?
    /// Unknown parameters within.
    public var preserved: [PreservedParameter]

    /// - Parameters:
    ///   - homeRegistrar: an element that registers leaves it undetermined.
    ///   - encapsulationPort: the UDP port of SCTP over UDP, where it is not 9899 (RFC 6951).
    public init(
        identifier: PoolElementIdentifier, homeRegistrar: RegistrarIdentifier = .undetermined,
        registrationLife: RegistrationLife, userTransport: UserTransport, policy: PolicyParameter,
        asapTransport: SCTPTransportParameter? = nil, encapsulationPort: UInt16? = nil, preserved: [PreservedParameter] = []
    ) {
        self.identifier = identifier
        self.homeRegistrar = homeRegistrar
        self.registrationLife = registrationLife
        self.userTransport = userTransport
        self.policy = policy
        self.asapTransport = asapTransport
        self.encapsulationPort = encapsulationPort
        self.preserved = preserved
    }
}

extension PoolElementParameter: WireParameter {
    public static var expectedType: ParameterType { .poolElement }

    public init(from reader: inout ParameterReader, type: ParameterType) throws(WireError) {
        identifier = PoolElementIdentifier(rawValue: try reader.readUInt32())
        homeRegistrar = try reader.readRegistrarIdentifier()
        registrationLife = RegistrationLife(rawValue: Int32(bitPattern: try reader.readUInt32()))
        guard registrationLife.rawValue >= -1 else { throw reader.invalidValue(back: 4) }
        fulfils("parameters-3.10-R1")
        userTransport = try reader.read(UserTransport.self)
        policy = try reader.read(PolicyParameter.self)
        fulfils("parameters-3.10-R2")
        asapTransport = try reader.readIfPresent(SCTPTransportParameter.self)
        (encapsulationPort, preserved) = try reader.finishScopeOfEndpoint()
    }

    public func encodeValue(to writer: inout ParameterWriter) {
        writer.preserve(preserved)
        writer.write(identifier.rawValue)
        writer.write(homeRegistrar.rawValue)
        writer.write(UInt32(bitPattern: registrationLife.rawValue))
        writer.write(userTransport)
        writer.write(policy)
        if let asapTransport { writer.write(asapTransport) }
        fulfils("parameters-x1-R1")
        if let encapsulationPort { writer.write(EncapsulationPort(rawValue: encapsulationPort)) }
    }
}

extension PoolElementParameter: CustomStringConvertible {
    public var description: String {
        let asap = asapTransport.map { "; ASAP: \($0)" } ?? ""
        let encapsulation = encapsulationPort.map { "; over UDP port \($0)" } ?? ""
        return "pool element \(identifier), home registrar \(homeRegistrar), life \(registrationLife); "
            + "user: \(userTransport); \(policy)\(asap)\(encapsulation)\(textForm(of: preserved))"
    }
}
