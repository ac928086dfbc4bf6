/// A value that travels as one parameter (RFC 5354 §3).
public protocol WireParameter: Hashable, Sendable {
    /// The type to name where this parameter is missing.
    static var expectedType: ParameterType { get }

    /// True where a parameter of this type is read as a value of this kind.
    static func matches(_ type: ParameterType) -> Bool

    /// True where a parameter of this type, with a value of so many bytes, is read as a value of this kind. Extensions ask for
    /// the length: one that is not as they want it counts as unknown, not as wrong.
    static func matches(_ type: ParameterType, valueLength: Int) -> Bool

    /// Reads the value of a parameter of the given type, for which `matches` is true; the reader holds its value and no more.
    init(from reader: inout ParameterReader, type: ParameterType) throws(WireError)

    /// The type under which this value is written.
    var parameterType: ParameterType { get }

    /// Writes the value, without the parameter's header and padding.
    func encodeValue(to writer: inout ParameterWriter)
}

extension WireParameter {
    @inlinable
    public static func matches(_ type: ParameterType) -> Bool { type == expectedType }

    @inlinable
    public static func matches(_ type: ParameterType, valueLength: Int) -> Bool { matches(type) }

    @inlinable
    public var parameterType: ParameterType { Self.expectedType }
}
