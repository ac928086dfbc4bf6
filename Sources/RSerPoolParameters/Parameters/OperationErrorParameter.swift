/// One or more errors that a message's sender is told of (RFC 5354 §3.12).
public struct OperationErrorParameter: Hashable, Sendable {
    /// At least one and at most `WireLimits.errorCauses`.
    public var causes: [ErrorCause]

    /// - Parameter causes: at least one where it is sent.
    public init(_ causes: [ErrorCause]) {
        self.causes = causes
    }
}

extension OperationErrorParameter: WireParameter {
    public static var expectedType: ParameterType { .operationError }

    public init(from reader: inout ParameterReader, type: ParameterType) throws(WireError) {
        causes = []
        // A cause has the layout of a parameter, and a number space of its own.
        while let header = try reader.peek() {
            guard causes.count < reader.limits.errorCauses else { throw reader.exceeded(.errorCauses, at: header.start) }
            causes.append(try reader.readCause(header))
        }
        guard !causes.isEmpty else { throw reader.error(.wrongLength, at: reader.offset) }
        reader.skipPadding()
    }

    public func encodeValue(to writer: inout ParameterWriter) {
        if causes.isEmpty { writer.fail(.empty(parameterType)) }
        for cause in causes { cause.encode(to: &writer) }
    }
}

extension OperationErrorParameter: CustomStringConvertible {
    public var description: String { causes.map(\.description).joined(separator: "; ") }
}
