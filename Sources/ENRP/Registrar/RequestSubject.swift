import ASAP
import RSerPoolParameters

/// Which pool element a registration or deregistration is about, as far as that can be told from a message that is not sound.
struct RequestSubject {
    let type: ASAPMessageType
    let pool: PoolHandle
    let identifier: PoolElementIdentifier

    /// Nil where the message is neither of the two, or is broken before the identifier's end.
    init?(of bytes: RawSpan, limits: WireLimits) {
        var reader = ParameterReader(bytes, limits: limits)
        guard let header = try? reader.readMessageHeader(), let type = ASAPMessageType(rawValue: header.type),
            type == .registration || type == .deregistration, let pool = try? reader.read(PoolHandle.self)
        else { return nil }
        while !reader.offset.isMultiple(of: 4) {
            guard (try? reader.readUInt8()) != nil else { return nil }
        }
        // Both the Pool Element and the PE Identifier parameter begin with the identifier.
        let parameter = type == .registration ? ParameterType.poolElement : .poolElementIdentifier
        guard (try? reader.readUInt16()) == parameter.rawValue, let length = try? reader.readUInt16(), length >= 8,
            let identifier = try? reader.readUInt32()
        else { return nil }
        self.type = type
        self.pool = pool
        self.identifier = PoolElementIdentifier(rawValue: identifier)
    }
}
