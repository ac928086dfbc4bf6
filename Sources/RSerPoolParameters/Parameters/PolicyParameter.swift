import RequirementMarks

/// The number of a pool member selection policy (RFC 5354 §3.8); RFC 5356 assigns the values.
public struct PolicyType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt32

    /// - Parameter rawValue: the number as it is sent; any is taken.
    @inlinable
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }
}

extension PolicyType: CustomStringConvertible {
    public var description: String { hexadecimal(rawValue, digits: 8) }
}

/// A pool member selection policy with its data, known or not (RFC 5354 §3.8).
public struct PolicyParameter: Hashable, Sendable {
    /// The policy's number (RFC 5356 §7.1).
    public var type: PolicyType
    /// The data after the type; what it means depends on the type.
    public var data: PolicyData

    /// - Parameter data: the policy's values by its own rules; none for policies that have none.
    public init(type: PolicyType, data: PolicyData = PolicyData()) {
        self.type = type
        self.data = data
    }
}

extension PolicyParameter: WireParameter {
    public static var expectedType: ParameterType { .memberSelectionPolicy }

    public init(from reader: inout ParameterReader, type: ParameterType) throws(WireError) {
        fulfils("parameters-3.8-R1")
        self.type = PolicyType(rawValue: try reader.readUInt32())
        data = try PolicyData(from: &reader)
    }

    public func encodeValue(to writer: inout ParameterWriter) {
        fulfils("parameters-3.8-R1")
        writer.write(type.rawValue)
        data.encode(to: &writer)
    }
}

extension PolicyParameter: CustomStringConvertible {
    public var description: String { data.isEmpty ? "policy \(type)" : "policy \(type) \(data)" }
}
