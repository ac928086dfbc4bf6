import RequirementMarks

/// Writes messages and parameters into one buffer that it keeps from message to message (RFC 5354 §3, §4).
///
/// Padding is zero and is written before what follows it, so a length counts the padding between the parameters within and
/// not the last (RFC 5354 §2). Values that do not fit the wire are noticed at the end: `writeMessage` throws then.
public struct ParameterWriter: Sendable {
    /// What was written since the last `reset` or `writeMessage`.
    public private(set) var bytes: [UInt8] = []
    /// The first thing that did not fit, if any.
    public private(set) var failure: WireEncodingError?
    /// The unknown parameters of the scope being written and, below them, of the scopes around it.
    private var unknown: [PreservedParameter] = []
    private var scope = Scope()

    /// The message or parameter whose value is being written.
    struct Scope {
        /// Its type; means nothing for a message.
        fileprivate var type = ParameterType(0)
        /// Offset of its header.
        fileprivate var start = 0
        /// Where in `unknown` its own begin, and the next of them that is due.
        fileprivate var firstUnknown = 0
        fileprivate var nextUnknown = 0
        /// Parameters written in it.
        fileprivate var index = 0
    }

    /// - Parameter capacity: bytes to reserve at once.
    public init(capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// Empties the writer; its memory is kept.
    public mutating func reset() {
        bytes.removeAll(keepingCapacity: true)
        failure = nil
        unknown = []
        scope = Scope()
    }

    /// Writes one message in place of what the writer held, its trailing padding included.
    ///
    /// - Parameters:
    ///   - type: the message's type.
    ///   - flags: its flags.
    ///   - preserved: unknown parameters to put where they stood, sorted by their index.
    ///   - body: writes the message's fields and parameters.
    /// - Throws: `WireEncodingError` where the message or a parameter of it is longer than 65,535 bytes, a transport has no
    ///   address, or an error no cause.
    public mutating func writeMessage(
        type: UInt8, flags: UInt8 = 0, preserving preserved: [PreservedParameter] = [],
        _ body: (inout ParameterWriter) -> Void
    ) throws(WireEncodingError) {
        beginMessage(type: type, preserving: preserved)
        body(&self)
        try endMessage(flags: flags)
    }

    /// Begins a message in place of what the writer held, where its flags are known only when it is full; `endMessage` ends it.
    ///
    /// - Parameters:
    ///   - type: the message's type.
    ///   - preserved: unknown parameters to put where they stood, sorted by their index.
    public mutating func beginMessage(type: UInt8, preserving preserved: [PreservedParameter] = []) {
        reset()
        unknown = preserved
        write(UInt32(type) << 24)
    }

    /// Ends the message begun by `beginMessage`, its trailing padding included.
    ///
    /// - Throws: as `writeMessage(type:flags:preserving:_:)`.
    public mutating func endMessage(flags: UInt8 = 0) throws(WireEncodingError) {
        writeUnknown(all: true)
        guard let length = UInt16(exactly: bytes.count) else { throw failure ?? .messageTooLong(bytes.count) }
        if let failure { throw failure }
        bytes[1] = flags
        patch(length, at: 2)
        pad()
        fulfils("parameters-4-R1")
        fulfils("parameters-4-R2")
        fulfils("parameters-4-R3")
    }

    /// Writes whole parameters of the message begun, as long as it has at most `limit` bytes with them, padding included.
    ///
    /// - Returns: false where it would have more; nothing has been written then.
    /// - Throws: `WireEncodingError` where `body` wrote what does not fit the wire at all; nothing has been written then either.
    public mutating func write(
        upTo limit: Int, _ body: (inout ParameterWriter) -> Void
    ) throws(WireEncodingError) -> Bool {
        let (count, outer, known, unknownCount) = (bytes.count, scope, failure, unknown.count)
        body(&self)
        let new = failure
        if known == nil, new == nil, (bytes.count + 3) & ~3 <= limit { return true }
        bytes.removeSubrange(count...)
        unknown.removeSubrange(unknownCount...)
        (scope, failure) = (outer, known)
        if known == nil, let new { throw new }
        return false
    }

    /// One message as bytes of its own; a writer that is kept saves the allocations.
    ///
    /// - Throws: as `writeMessage(type:flags:preserving:_:)`.
    public static func message(
        type: UInt8, flags: UInt8 = 0, preserving preserved: [PreservedParameter] = [],
        _ body: (inout ParameterWriter) -> Void
    ) throws(WireEncodingError) -> [UInt8] {
        var writer = ParameterWriter(capacity: 128)
        try writer.writeMessage(type: type, flags: flags, preserving: preserved, body)
        return writer.bytes
    }

    /// Writes one parameter.
    public mutating func write(_ parameter: some WireParameter) {
        let scope = begin(parameter.parameterType)
        parameter.encodeValue(to: &self)
        end(scope)
    }

    /// Writes a field of one byte.
    public mutating func write(_ value: UInt8) {
        bytes.append(value)
    }

    /// Writes a field of two bytes.
    public mutating func write(_ value: UInt16) {
        bytes.appendBigEndian(value)
    }

    /// Writes a field of four bytes.
    public mutating func write(_ value: UInt32) {
        bytes.appendBigEndian(value)
    }

    /// Writes the identifier of a registrar as a fixed field of four bytes.
    public mutating func write(_ value: RegistrarIdentifier) {
        bytes.appendBigEndian(value.rawValue)
    }

    mutating func write(_ value: UInt128) {
        bytes.appendBigEndian(value)
    }

    /// Writes bytes as they are.
    public mutating func write(bytes value: some Collection<UInt8>) {
        bytes.append(contentsOf: value)
    }

    /// Ends a sequence of parameters that is no message with padding, so that another may follow.
    public mutating func pad() {
        while bytes.count & 3 != 0 { bytes.append(0) }
    }
}

// MARK: - Scopes

extension ParameterWriter {
    /// Opens a parameter, with those unknown ones before it that are due. The length is zero, which no reader takes for one,
    /// until the parameter is closed.
    ///
    /// - Returns: the scope around it, for `end`.
    mutating func begin(_ type: ParameterType) -> Scope {
        if scope.nextUnknown < unknown.count { writeUnknown(all: false) }
        pad()
        fulfils("parameters-3-R1")
        fulfils("parameters-3-R2")
        fulfils("parameters-3-R3")
        let outer = scope
        scope = Scope(type: type, start: bytes.count, firstUnknown: unknown.count, nextUnknown: unknown.count)
        write(UInt32(type.rawValue) << 16)
        return outer
    }

    /// Notes what makes the message fail, unless something did before.
    mutating func fail(_ error: WireEncodingError) {
        if failure == nil { failure = error }
    }

    /// Sets the unknown parameters of the parameter just begun.
    mutating func preserve(_ parameters: [PreservedParameter]) {
        if !parameters.isEmpty { unknown += parameters }
    }

    /// Closes a parameter: writes what unknown ones are left, and its length.
    mutating func end(_ outer: Scope) {
        if scope.firstUnknown < unknown.count {
            writeUnknown(all: true)
            unknown.removeSubrange(scope.firstUnknown...)
        }
        let length = bytes.count - scope.start
        if let length = UInt16(exactly: length) {
            patch(length, at: scope.start + 2)
        } else {
            fail(.parameterTooLong(scope.type, length))
        }
        scope = outer
        scope.index += 1
    }

    /// Writes the unknown parameters of this scope that stood before the parameter that is next, or all.
    private mutating func writeUnknown(all: Bool) {
        while scope.nextUnknown < unknown.count, all || unknown[scope.nextUnknown].index <= scope.index {
            let parameter = unknown[scope.nextUnknown]
            pad()
            write(parameter.type.rawValue)
            let length = parameter.value.count + 4
            if length > UInt16.max { fail(.parameterTooLong(parameter.type, length)) }
            write(UInt16(truncatingIfNeeded: length))
            write(bytes: parameter.value)
            scope.nextUnknown += 1
            scope.index += 1
        }
    }

    private mutating func patch(_ length: UInt16, at offset: Int) {
        bytes[offset] = UInt8(length >> 8)
        bytes[offset + 1] = UInt8(length & 0xff)
    }
}

/// Why values do not make a message.
public enum WireEncodingError: Error, Hashable, Sendable {
    /// A parameter of so many bytes; its length field ends at 65,535.
    case parameterTooLong(ParameterType, Int)
    /// A parameter that has to hold something, an SCTP Transport an address or an Operation Error a cause, and holds nothing.
    case empty(ParameterType)
    /// A message of so many bytes; its length field ends at 65,535.
    case messageTooLong(Int)
}

extension WireEncodingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .parameterTooLong(let type, let length): "\(type) would take \(length) bytes, more than 65535"
        case .empty(let type): "\(type) holds nothing; it needs at least one address or cause"
        case .messageTooLong(let length): "the message would take \(length) bytes, more than 65535"
        }
    }
}
