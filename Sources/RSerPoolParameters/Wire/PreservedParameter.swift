/// A parameter that the reader does not know, kept so that the message can be written again as it was.
public struct PreservedParameter: Hashable, Sendable {
    /// How many parameters stand before it in the message or parameter that holds it, known and unknown ones counted.
    public var index: Int
    /// Its number, whose two high bits had it skipped (RFC 5354 §3).
    public var type: ParameterType
    /// The value without padding.
    public var value: [UInt8]

    /// - Parameter index: its place among the parameters around it.
    public init(index: Int, type: ParameterType, value: [UInt8]) {
        self.index = index
        self.type = type
        self.value = value
    }
}

extension PreservedParameter: CustomStringConvertible {
    public var description: String { "\(type) [\(hexadecimal(value))]" }
}
