public import InternetAddresses

/// Any parameter, for who reads parameters without knowing which come: a tool that shows messages, a test.
public enum Parameter: Hashable, Sendable {
    /// IPv4 or IPv6 Address (RFC 5354 §3.1, §3.2).
    case address(IPAddress)
    /// A user transport of any protocol (RFC 5354 §3.3 to §3.8).
    case transport(UserTransport)
    /// Pool Member Selection Policy (RFC 5354 §3.8).
    case memberSelectionPolicy(PolicyParameter)
    /// Pool Handle (RFC 5354 §3.9).
    case poolHandle(PoolHandle)
    /// Pool Element (RFC 5354 §3.10).
    case poolElement(PoolElementParameter)
    /// Server Information (RFC 5354 §3.11).
    case serverInformation(ServerInformationParameter)
    /// Operation Error (RFC 5354 §3.12).
    case operationError(OperationErrorParameter)
    /// Cookie (RFC 5354 §3.13).
    case cookie(Cookie)
    /// PE Identifier (RFC 5354 §3.14).
    case poolElementIdentifier(PoolElementIdentifier)
    /// PE Checksum (RFC 5354 §3.15).
    case poolElementChecksum(PEChecksum)
    /// Handle Resolution Option (draft-dreibholz-rserpool-asap-hropt).
    case handleResolutionOption(HandleResolutionOption)
    /// Any other type with its value, whatever its two high bits are.
    case unknown(ParameterType, [UInt8])
}

extension Parameter: WireParameter {
    public static var expectedType: ParameterType { .poolHandle }

    public static func matches(_ type: ParameterType) -> Bool { true }

    public var parameterType: ParameterType {
        switch self {
        case .address(let value): value.parameterType
        case .transport(let value): value.parameterType
        case .memberSelectionPolicy: .memberSelectionPolicy
        case .poolHandle: .poolHandle
        case .poolElement: .poolElement
        case .serverInformation: .serverInformation
        case .operationError: .operationError
        case .cookie: .cookie
        case .poolElementIdentifier: .poolElementIdentifier
        case .poolElementChecksum: .poolElementChecksum
        case .handleResolutionOption: .handleResolutionOption
        case .unknown(let type, _): type
        }
    }

    public init(from reader: inout ParameterReader, type: ParameterType) throws(WireError) {
        switch type {
        case .ipv4Address, .ipv6Address: self = .address(try IPAddress(from: &reader, type: type))
        case .memberSelectionPolicy: self = .memberSelectionPolicy(try PolicyParameter(from: &reader, type: type))
        case .poolHandle: self = .poolHandle(try PoolHandle(from: &reader, type: type))
        case .poolElement: self = .poolElement(try PoolElementParameter(from: &reader, type: type))
        case .serverInformation: self = .serverInformation(try ServerInformationParameter(from: &reader, type: type))
        case .operationError: self = .operationError(try OperationErrorParameter(from: &reader, type: type))
        case .cookie: self = .cookie(try Cookie(from: &reader, type: type))
        case .poolElementIdentifier: self = .poolElementIdentifier(try PoolElementIdentifier(from: &reader, type: type))
        case .poolElementChecksum: self = .poolElementChecksum(try PEChecksum(from: &reader, type: type))
        case .handleResolutionOption where reader.remaining == 4:
            self = .handleResolutionOption(try HandleResolutionOption(from: &reader, type: type))
        case _ where UserTransport.matches(type):
            self = .transport(try UserTransport(from: &reader, type: type))
        default: self = .unknown(type, reader.readRemainingBytes())
        }
    }

    public func encodeValue(to writer: inout ParameterWriter) {
        switch self {
        case .address(let value): value.encodeValue(to: &writer)
        case .transport(let value): value.encodeValue(to: &writer)
        case .memberSelectionPolicy(let value): value.encodeValue(to: &writer)
        case .poolHandle(let value): value.encodeValue(to: &writer)
        case .poolElement(let value): value.encodeValue(to: &writer)
        case .serverInformation(let value): value.encodeValue(to: &writer)
        case .operationError(let value): value.encodeValue(to: &writer)
        case .cookie(let value): value.encodeValue(to: &writer)
        case .poolElementIdentifier(let value): value.encodeValue(to: &writer)
        case .poolElementChecksum(let value): value.encodeValue(to: &writer)
        case .handleResolutionOption(let value): value.encodeValue(to: &writer)
        case .unknown(_, let bytes): writer.write(bytes: bytes)
        }
    }
}

extension Parameter: CustomStringConvertible {
    /// One line that names the parameter and tells its contents.
    public var description: String {
        switch self {
        case .address(let value): "address \(value)"
        case .transport(let value): "transport \(value)"
        case .memberSelectionPolicy(let value): value.description
        case .poolHandle(let value): "pool handle \(value)"
        case .poolElement(let value): value.description
        case .serverInformation(let value): value.description
        case .operationError(let value): "error: \(value)"
        case .cookie(let value): value.description
        case .poolElementIdentifier(let value): "pool element identifier \(value)"
        case .poolElementChecksum(let value): "checksum \(value)"
        case .handleResolutionOption(let value): "handle resolution option: \(value)"
        case .unknown(let type, let bytes): "\(type) [\(hexadecimal(bytes))]"
        }
    }
}

extension ParameterReader {
    /// Reads all that is left as parameters of any kind.
    public mutating func readAnyParameters() throws(WireError) -> [Parameter] {
        let parameters = try readAll(Parameter.self)
        _ = try finishScope()
        return parameters
    }
}
