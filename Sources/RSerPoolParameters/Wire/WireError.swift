/// Why bytes are not a message: what is wrong, where, in which parameter, and what its sender is to be told.
public struct WireError: Error, Hashable, Sendable {
    /// What is wrong.
    public enum Code: Hashable, Sendable {
        /// Fewer bytes than the four that a message or parameter begins with (RFC 5354 §3, §4).
        case truncatedHeader
        /// A length of less than the four bytes that it counts itself.
        case lengthTooShort
        /// A length that reaches past what holds the parameter, or past the bytes received.
        case lengthTooLong
        /// A value of another length than its type has: too short for its fixed fields, or longer than they are.
        case wrongLength
        /// A field with a value that its type forbids.
        case invalidValue
        /// The named parameter has to be there and is not.
        case missingParameter(ParameterType)
        /// A parameter of RFC 5354 that does not belong here; `expected` is what does, nil where nothing more may follow.
        case unexpectedParameter(expected: ParameterType?)
        /// A parameter that may stand here once, a second time.
        case duplicateParameter
        /// A type unknown to us whose two high bits forbid to go on (RFC 5354 §3).
        case unrecognizedParameter
        /// A message type unknown to us (RFC 5354 §4).
        case unrecognizedMessage
        /// More than three bytes after the end of the message.
        case trailingBytes
        /// More than a limit of ours allows.
        case limitExceeded(WireLimits.Kind)
    }

    /// What is wrong.
    public let code: Code
    /// Where: the byte's offset from the start of the message.
    public let offset: Int
    /// The parameter concerned; nil where it is the message itself.
    public let parameterType: ParameterType?
    /// What the sender is to be told, in an Operation Error parameter: the cause of this error with the offending parameter in
    /// it, after those of the parameters that were passed over and had to be reported. Empty: nothing, the message is just
    /// thrown away.
    ///
    /// The offending parameter is the innermost one whose bounds are sound. Nothing wrong within an Operation Error
    /// parameter is reported: two peers could go on answering error with error.
    public let report: [ErrorCause]

    /// - Parameter report: causes for the sender of the bytes; none where nobody is to be told.
    public init(_ code: Code, at offset: Int, in parameterType: ParameterType? = nil, report: [ErrorCause] = []) {
        self.code = code
        self.offset = offset
        self.parameterType = parameterType
        self.report = report
    }
}

extension WireError: CustomStringConvertible {
    public var description: String {
        "byte \(offset): \(parameterType.map { "\($0): " } ?? "")\(code)"
    }
}

extension WireError.Code: CustomStringConvertible {
    public var description: String {
        switch self {
        case .truncatedHeader: "ends within a header of four bytes"
        case .lengthTooShort: "length below four"
        case .lengthTooLong: "length reaches past the end"
        case .wrongLength: "wrong length"
        case .invalidValue: "value not allowed"
        case .missingParameter(let type): "\(type) missing"
        case .unexpectedParameter(let expected?): "found where \(expected) is due"
        case .unexpectedParameter(nil): "found where nothing may follow"
        case .duplicateParameter: "found a second time"
        case .unrecognizedParameter: "unknown type that forbids to go on"
        case .unrecognizedMessage: "unknown message type"
        case .trailingBytes: "more than three bytes after the end of the message"
        case .limitExceeded(let kind): "more than the limit for \(kind)"
        }
    }
}
