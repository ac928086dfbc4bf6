/// One error with what its code asks to tell of it (RFC 5354 §3.12.1 to §3.12.11).
public enum ErrorCause: Hashable, Sendable {
    /// §3.12.1.
    case unspecified
    /// §3.12.2, with the unknown parameter from its header to the end of its value.
    case unrecognizedParameter([UInt8])
    /// §3.12.3, with the unknown message from its header to the end of its value.
    case unrecognizedMessage([UInt8])
    /// §3.12.4, with the parameter, or the message, that holds the invalid values.
    case invalidValues([UInt8])
    /// §3.12.5: another pool element has the identifier.
    case nonUniquePoolElementIdentifier
    /// §3.12.6, with the policy of the pool.
    case inconsistentPoolPolicy(PolicyParameter)
    /// §3.12.7.
    case lackOfResources
    /// §3.12.8, with a transport of the type that the pool uses.
    case inconsistentTransportType(UserTransport)
    /// §3.12.9: the transport use is not that of the pool.
    case inconsistentDataControlConfiguration
    /// §3.12.11.
    case unknownPoolHandle
    /// §3.12.10.
    case rejectedForSecurity
    /// Any other code; or one of the codes above with information of another form than RFC 5354 gives it. The code is what
    /// counts, so such a cause is not an error of the message that carries it.
    case other(CauseCode, [UInt8])

    /// The code of the cause.
    public var code: CauseCode {
        switch self {
        case .unspecified: .unspecified
        case .unrecognizedParameter: .unrecognizedParameter
        case .unrecognizedMessage: .unrecognizedMessage
        case .invalidValues: .invalidValues
        case .nonUniquePoolElementIdentifier: .nonUniquePoolElementIdentifier
        case .inconsistentPoolPolicy: .inconsistentPoolPolicy
        case .lackOfResources: .lackOfResources
        case .inconsistentTransportType: .inconsistentTransportType
        case .inconsistentDataControlConfiguration: .inconsistentDataControlConfiguration
        case .unknownPoolHandle: .unknownPoolHandle
        case .rejectedForSecurity: .rejectedForSecurity
        case .other(let code, _): code
        }
    }
}

// MARK: - Writing

extension ErrorCause {
    func encode(to writer: inout ParameterWriter) {
        // A cause has the layout of a parameter; only the numbers mean something else.
        let scope = writer.begin(ParameterType(rawValue: code.rawValue))
        switch self {
        case .unspecified, .nonUniquePoolElementIdentifier, .lackOfResources, .inconsistentDataControlConfiguration,
            .unknownPoolHandle, .rejectedForSecurity:
            break
        case .unrecognizedParameter(let bytes), .unrecognizedMessage(let bytes), .invalidValues(let bytes),
            .other(_, let bytes):
            writer.write(bytes: bytes)
        case .inconsistentPoolPolicy(let policy): writer.write(policy)
        case .inconsistentTransportType(let transport): writer.write(transport)
        }
        writer.end(scope)
    }
}

// MARK: - Reading

extension ParameterReader {
    /// Reads one cause, whose bounds are sound. Whatever it holds is some cause.
    mutating func readCause(_ header: Header) throws(WireError) -> ErrorCause {
        let code = CauseCode(rawValue: header.type.rawValue)
        let information = bytes.copy(header.start + 4..<header.end)
        skip(header)
        return switch code {
        case .unspecified where information.isEmpty: .unspecified
        case .unrecognizedParameter: .unrecognizedParameter(information)
        case .unrecognizedMessage: .unrecognizedMessage(information)
        case .invalidValues: .invalidValues(information)
        case .nonUniquePoolElementIdentifier where information.isEmpty: .nonUniquePoolElementIdentifier
        case .inconsistentPoolPolicy:
            ParameterReader.only(PolicyParameter.self, in: information).map { .inconsistentPoolPolicy($0) }
                ?? .other(code, information)
        case .lackOfResources where information.isEmpty: .lackOfResources
        case .inconsistentTransportType:
            ParameterReader.only(UserTransport.self, in: information).map { .inconsistentTransportType($0) }
                ?? .other(code, information)
        case .inconsistentDataControlConfiguration where information.isEmpty: .inconsistentDataControlConfiguration
        case .unknownPoolHandle where information.isEmpty: .unknownPoolHandle
        case .rejectedForSecurity where information.isEmpty: .rejectedForSecurity
        default: .other(code, information)
        }
    }

    /// The one parameter that the bytes are, nil where they are anything else.
    private static func only<Parameter: WireParameter>(_: Parameter.Type, in bytes: [UInt8]) -> Parameter? {
        var reader = ParameterReader(bytes)
        guard let header = try? reader.peek(), header.end == bytes.count,
            Parameter.matches(header.type, valueLength: header.valueLength)
        else { return nil }
        return try? reader.readValue(of: header)
    }
}

// MARK: - Text

extension ErrorCause: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unrecognizedParameter(let bytes), .unrecognizedMessage(let bytes), .invalidValues(let bytes):
            "\(code) [\(hexadecimal(bytes))]"
        case .inconsistentPoolPolicy(let policy): "\(code): the pool has \(policy)"
        case .inconsistentTransportType(let transport): "\(code): the pool has \(transport)"
        case .other(_, let bytes) where !bytes.isEmpty: "\(code) [\(hexadecimal(bytes))]"
        default: code.description
        }
    }
}
