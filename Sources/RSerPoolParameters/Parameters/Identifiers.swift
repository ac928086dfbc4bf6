/// What tells a pool element from the others of its pool (RFC 5354 §3.14); the element draws it when it starts.
public struct PoolElementIdentifier: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt32

    /// - Parameter rawValue: the number as it is sent; any is taken.
    @inlinable
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }
}

extension PoolElementIdentifier: WireParameter {
    public static var expectedType: ParameterType { .poolElementIdentifier }

    public init(from reader: inout ParameterReader, type: ParameterType) throws(WireError) {
        rawValue = try reader.readUInt32()
    }

    public func encodeValue(to writer: inout ParameterWriter) {
        writer.write(rawValue)
    }
}

extension PoolElementIdentifier: Comparable {
    @inlinable
    public static func < (left: PoolElementIdentifier, right: PoolElementIdentifier) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension PoolElementIdentifier: CustomStringConvertible {
    public var description: String { hexadecimal(rawValue, digits: 8) }
}

/// What tells a registrar from the others of its operational scope (RFC 5353 §2.1).
public struct RegistrarIdentifier: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt32

    /// - Parameter rawValue: the number as it is sent; any is taken.
    @inlinable
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// 0: no registrar yet (RFC 5354 §3.10), or any (RFC 5353 §2.1). No registrar takes it for itself.
    public static let undetermined = RegistrarIdentifier(rawValue: 0)
}

extension RegistrarIdentifier: Comparable {
    @inlinable
    public static func < (left: RegistrarIdentifier, right: RegistrarIdentifier) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension RegistrarIdentifier: CustomStringConvertible {
    public var description: String { self == .undetermined ? "undetermined" : hexadecimal(rawValue, digits: 8) }
}

/// How long a registration lasts, in seconds (RFC 5354 §3.10).
public struct RegistrationLife: RawRepresentable, Hashable, Sendable {
    /// Seconds from 0; −1 for ever. Other negative numbers mean nothing and are refused when read.
    public let rawValue: Int32

    /// - Parameter rawValue: the number as it is sent; any is taken.
    @inlinable
    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// The registration lasts this many seconds.
    @inlinable
    public static func seconds(_ seconds: Int32) -> RegistrationLife {
        RegistrationLife(rawValue: seconds)
    }

    /// The registration does not expire.
    public static let infinite = RegistrationLife(rawValue: -1)

    /// The lifetime; nil where the registration does not expire.
    public var duration: Duration? { rawValue < 0 ? nil : .seconds(rawValue) }
}

extension RegistrationLife: CustomStringConvertible {
    public var description: String { self == .infinite ? "infinite" : "\(rawValue) s" }
}
