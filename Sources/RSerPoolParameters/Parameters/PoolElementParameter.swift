/// All that is known of a pool element (RFC 5354 §3.10).
public struct PoolElementParameter: Hashable, Sendable {
    public var identifier: PoolElementIdentifier
    /// The registrar that looks after the element; `.undetermined` where there is none yet.
    public var homeRegistrar: RegistrarIdentifier
    public var registrationLife: RegistrationLife
    /// The one transport over which the element serves.
    public var userTransport: UserTransport
    public var policy: PolicyParameter
    /// Where the element's ASAP endpoint is. RFC 5354 shows it in every pool element; elements are read without it too, for
    /// there are senders that leave it out.
    public var asapTransport: SCTPTransportParameter?
    /// Unknown parameters within.
    public var preserved: [PreservedParameter]

    public init(
        identifier: PoolElementIdentifier, homeRegistrar: RegistrarIdentifier = .undetermined,
        registrationLife: RegistrationLife, userTransport: UserTransport, policy: PolicyParameter,
        asapTransport: SCTPTransportParameter? = nil, preserved: [PreservedParameter] = []
    ) {
        self.identifier = identifier
        self.homeRegistrar = homeRegistrar
        self.registrationLife = registrationLife
        self.userTransport = userTransport
        self.policy = policy
        self.asapTransport = asapTransport
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
        userTransport = try reader.read(UserTransport.self)
        policy = try reader.read(PolicyParameter.self)
        asapTransport = try reader.readIfPresent(SCTPTransportParameter.self)
        preserved = try reader.finishScope()
    }

    public func encodeValue(to writer: inout ParameterWriter) {
        writer.preserve(preserved)
        writer.write(identifier.rawValue)
        writer.write(homeRegistrar.rawValue)
        writer.write(UInt32(bitPattern: registrationLife.rawValue))
        writer.write(userTransport)
        writer.write(policy)
        if let asapTransport { writer.write(asapTransport) }
    }
}

extension PoolElementParameter: CustomStringConvertible {
    public var description: String {
        let asap = asapTransport.map { "; ASAP: \($0)" } ?? ""
        return "pool element \(identifier), home registrar \(homeRegistrar), life \(registrationLife); "
            + "user: \(userTransport); \(policy)\(asap)\(textForm(of: preserved))"
    }
}
