import RequirementMarks

/// Reads one message, or a sequence of parameters, from bytes that stay where they are (RFC 5354 §3, §4).
///
/// The reader goes through the parameters in order. It passes over unknown ones as their two high bits ask, keeps them, and
/// collects those that have to be reported; it refuses a parameter of RFC 5354 that stands where it does not belong. What it
/// throws is a `WireError`, whose `report` is what the sender is to be told; after an error the reader is of no more use.
///
///     var reader = ParameterReader(bytes)
///     let header = try reader.readMessageHeader()
///     let handle = try reader.read(PoolHandle.self)
///     let elements = try reader.readAll(PoolElementParameter.self)
///     let rest = try reader.finish()
public struct ParameterReader: ~Escapable {
    let bytes: RawSpan
    /// What this reader accepts.
    public let limits: WireLimits
    /// Offset of the next byte to read.
    public private(set) var offset = 0
    var scope: Scope
    /// The unknown parameters of the scope and, below them, of the scopes around it. Not in `Scope`, which is copied with every
    /// parameter and costs nothing so.
    private var unknown: [PreservedParameter] = []
    /// How many there were, those included that were handed out.
    private var unknownCount = 0
    /// The encapsulation port with which the scope ends, if it does and may.
    private var encapsulationPort: UInt16?
    private(set) var reports: [ErrorCause] = []
    private var reportedBytes = 0

    /// The message or parameter whose value is being read.
    @usableFromInline
    struct Scope {
        /// Offset of its header.
        var start: Int
        /// Offset of the first byte after it.
        var end: Int
        /// Its type; nil for a message or a bare sequence of parameters.
        var type: ParameterType?
        /// True within an Operation Error parameter.
        var isErrorReport = false
        /// Parameters gone through in it.
        var index = 0
        /// The standard types gone through in it, one bit each.
        var seen: UInt32 = 0
        /// Where in `unknown` its own begin.
        var firstUnknown = 0
    }

    /// A reader of a sequence of parameters, or of one message after `readMessageHeader`.
    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan, limits: WireLimits = .standard) {
        self.bytes = bytes
        self.limits = limits
        scope = Scope(start: 0, end: bytes.byteCount, type: nil)
    }

    /// A reader of the bytes of an array.
    @_lifetime(borrow bytes)
    public init(_ bytes: borrowing [UInt8], limits: WireLimits = .standard) {
        self.init(unsafe bytes.span.bytes, limits: limits)
    }

    /// Bytes of the current message or parameter that are not read yet.
    public var remaining: Int { scope.end - offset }
}

// MARK: - Messages

extension ParameterReader {
    /// Reads the header of a message (RFC 5354 §4). From here on the reader ends where the message does; up to three bytes of
    /// padding after it are ignored.
    ///
    /// - Throws: `WireError` without a report where the message's bounds are not sound.
    public mutating func readMessageHeader() throws(WireError) -> CommonHeader {
        guard remaining >= CommonHeader.size else { throw WireError(.truncatedHeader, at: offset) }
        let start = offset
        let header = CommonHeader(
            type: bytes.loadUInt8(at: start), flags: bytes.loadUInt8(at: start + 1), length: bytes.loadUInt16(at: start + 2))
        guard header.length >= CommonHeader.size else { throw WireError(.lengthTooShort, at: start + 2) }
        guard Int(header.length) <= remaining else { throw WireError(.lengthTooLong, at: start + 2) }
        let end = start + Int(header.length)
        guard scope.end - end <= 3 else { throw WireError(.trailingBytes, at: end) }
        fulfils("parameters-4-R4")
        scope.start = start
        scope.end = end
        offset = start + CommonHeader.size
        return header
    }

    /// The error for a message whose type the caller does not know, with the report that the type's two high bits ask for
    /// (RFC 5354 §4).
    public func unrecognizedMessage(_ header: CommonHeader) -> WireError {
        fulfils("parameters-4-R5")
        guard UnrecognizedTypeRule(messageType: header.type).reports else {
            fulfils("parameters-4-R7")
            return WireError(.unrecognizedMessage, at: scope.start, report: reports)
        }
        fulfils("parameters-4-R6")
        return error(.unrecognizedMessage, at: scope.start, cause: .unrecognizedMessage(bytes.copy(scope.start..<scope.end)))
    }

    /// What is left when a message was read to its end.
    public struct Rest: Hashable, Sendable {
        /// The unknown parameters of the message itself, to write it again as it was.
        public var preserved: [PreservedParameter] = []
        /// What the sender has to be told though the message was accepted.
        public var report: [ErrorCause] = []

        /// - Parameters:
        ///   - preserved: parameters that were skipped and are sent on.
        ///   - report: what is to be told to the sender.
        public init(preserved: [PreservedParameter] = [], report: [ErrorCause] = []) {
            self.preserved = preserved
            self.report = report
        }
    }

    /// Goes through what unknown parameters are left at the end of the message.
    ///
    /// - Throws: `WireError` where a parameter of RFC 5354 is left.
    public mutating func finish() throws(WireError) -> Rest {
        let preserved = try finishScope()
        return Rest(preserved: preserved, report: reports)
    }
}

// MARK: - Fields

extension ParameterReader {
    /// Reads a field of one byte. Throws `wrongLength` where the message or parameter ends before it.
    @inline(__always)
    public mutating func readUInt8() throws(WireError) -> UInt8 {
        let start = try advance(1)
        return bytes.loadUInt8(at: start)
    }

    /// Reads a field of two bytes. Throws `wrongLength` where the message or parameter ends before it.
    @inline(__always)
    public mutating func readUInt16() throws(WireError) -> UInt16 {
        let start = try advance(2)
        return bytes.loadUInt16(at: start)
    }

    /// Reads a field of four bytes. Throws `wrongLength` where the message or parameter ends before it.
    @inline(__always)
    public mutating func readUInt32() throws(WireError) -> UInt32 {
        let start = try advance(4)
        return bytes.loadUInt32(at: start)
    }

    /// Reads the identifier of a registrar as a fixed field of four bytes.
    public mutating func readRegistrarIdentifier() throws(WireError) -> RegistrarIdentifier {
        RegistrarIdentifier(rawValue: try readUInt32())
    }

    @inline(__always)
    mutating func readUInt128() throws(WireError) -> UInt128 {
        let start = try advance(16)
        return bytes.loadUInt128(at: start)
    }

    /// A copy of all the bytes that are left of the message or parameter.
    public mutating func readRemainingBytes() -> [UInt8] {
        let start = offset
        offset = scope.end
        return bytes.copy(start..<scope.end)
    }

    /// Goes past so many bytes of the scope.
    ///
    /// - Returns: the offset of the first.
    @inline(__always)
    private mutating func advance(_ count: Int) throws(WireError) -> Int {
        guard count <= remaining else { throw error(.wrongLength, at: offset) }
        let start = offset
        offset += count
        return start
    }
}

// MARK: - Parameters

extension ParameterReader {
    /// Reads the next parameter, which has to be there.
    @inlinable
    public mutating func read<Parameter: WireParameter>(_: Parameter.Type) throws(WireError) -> Parameter {
        guard let header = try find(Parameter.self) else { throw try missing(Parameter.expectedType) }
        return try readValue(of: header)
    }

    /// Reads the next parameter where it is of the kind asked for; nil where it is another, or none is left.
    @inlinable
    public mutating func readIfPresent<Parameter: WireParameter>(_: Parameter.Type) throws(WireError) -> Parameter? {
        guard let header = try find(Parameter.self) else { return nil }
        return try readValue(of: header)
    }

    /// Reads parameters as long as they are of the kind asked for, none or up to `WireLimits.repeatedParameters`.
    @inlinable
    public mutating func readAll<Parameter: WireParameter>(_: Parameter.Type) throws(WireError) -> [Parameter] {
        var parameters: [Parameter] = []
        while let header = try find(Parameter.self) {
            guard parameters.count < limits.repeatedParameters else {
                throw exceeded(.repeatedParameters, at: header.start)
            }
            parameters.append(try readValue(of: header))
        }
        return parameters
    }

    /// A parameter found in the bytes: its bounds are sound.
    @usableFromInline
    struct Header {
        @usableFromInline var type: ParameterType
        @usableFromInline var start: Int
        @usableFromInline var end: Int

        @usableFromInline var valueLength: Int { end - start - 4 }
    }

    /// The header of the next parameter without reading it; nil at the end of the scope.
    ///
    /// It changes nothing. It is mutating because a reader that is only looked at is copied first, all 168 bytes of it, and this is
    /// called for every parameter.
    @usableFromInline
    mutating func peek() throws(WireError) -> Header? {
        let start = (offset + 3) & ~3
        fulfils("parameters-3-R4")
        guard start < scope.end else {
            // A sender that counted the padding of the last parameter is put up with: nothing else can be meant.
            guard offset == scope.end || start == scope.end else { throw error(.wrongLength, at: offset) }
            return nil
        }
        guard scope.end - start >= 4 else { throw error(.truncatedHeader, at: start) }
        let word = bytes.loadUInt32(at: start)
        let type = ParameterType(UInt16(truncatingIfNeeded: word >> 16))
        let length = Int(word & 0xffff)
        guard length >= 4 else { throw error(.lengthTooShort, at: start + 2, in: type) }
        guard length <= scope.end - start else { throw error(.lengthTooLong, at: start + 2, in: type) }
        return Header(type: type, start: start, end: start + length)
    }

    /// The next parameter of the kind asked for, with unknown ones before it passed over; nil where the next one is another
    /// parameter of RFC 5354, or none is left.
    @inlinable
    mutating func find<Parameter: WireParameter>(_: Parameter.Type) throws(WireError) -> Header? {
        while let header = try peek() {
            if Parameter.matches(header.type, valueLength: header.valueLength) { return header }
            if header.type.isStandard { return nil }
            try passOver(header)
        }
        return nil
    }

    /// Reads the value of a parameter just found.
    @inlinable
    mutating func readValue<Parameter: WireParameter>(of header: Header) throws(WireError) -> Parameter {
        let outer = enter(header)
        let value = try Parameter(from: &self, type: header.type)
        try leave(to: outer)
        return value
    }

    /// Makes a parameter's value the scope.
    @usableFromInline
    mutating func enter(_ header: Header) -> Scope {
        let outer = scope
        scope = Scope(
            start: header.start, end: header.end, type: header.type,
            isErrorReport: outer.isErrorReport || header.type == .operationError, firstUnknown: unknown.count)
        offset = header.start + 4
        return outer
    }

    /// Goes back to the scope around a parameter, whose value has to be used up.
    @usableFromInline
    mutating func leave(to outer: Scope) throws(WireError) {
        guard offset == scope.end else { throw error(.wrongLength, at: offset) }
        let type = scope.type
        scope = outer
        scope.index += 1
        if let type, type.isStandard { scope.seen |= 1 &<< UInt32(type.rawValue) }
    }

    /// Goes past a parameter, or a cause, whose bounds are sound, without a look at its value.
    mutating func skip(_ header: Header) {
        offset = header.end
        scope.index += 1
    }

    /// Goes past the padding of the last parameter of the scope, where the scope's length counts it.
    mutating func skipPadding() {
        offset = scope.end
    }

    /// Ends a scope that holds parameters: unknown ones may follow, others not.
    ///
    /// - Returns: the unknown parameters of the scope.
    mutating func finishScope() throws(WireError) -> [PreservedParameter] {
        while let header = try peek() {
            if header.type.isStandard { throw misplaced(header, expected: nil) }
            try passOver(header)
        }
        offset = scope.end
        return takeUnknown()
    }

    /// Ends the scope of a Pool Element or Server Information parameter.
    ///
    /// - Returns: the encapsulation port, if the scope ends with one, and the unknown parameters of the scope.
    mutating func finishScopeOfEndpoint() throws(WireError) -> (encapsulationPort: UInt16?, preserved: [PreservedParameter]) {
        let preserved = try finishScope()
        defer { encapsulationPort = nil }
        return (encapsulationPort, preserved)
    }

    /// The unknown parameters of the scope, which are the last ones.
    private mutating func takeUnknown() -> [PreservedParameter] {
        guard unknown.count > scope.firstUnknown else { return [] }
        if scope.firstUnknown == 0 {
            let taken = unknown
            unknown = []
            return taken
        }
        let taken = [PreservedParameter](unknown[scope.firstUnknown...])
        unknown.removeSubrange(scope.firstUnknown...)
        return taken
    }

    /// Applies the rule for unknown types (RFC 5354 §3) and keeps the parameter.
    @usableFromInline
    mutating func passOver(_ header: Header) throws(WireError) {
        if let port = encapsulationPort(in: header) {
            encapsulationPort = port
            skip(header)
            return
        }
        let rule = UnrecognizedTypeRule(header.type)
        guard rule.skips else {
            fulfils("parameters-3-R5")
            guard rule.reports else {
                fulfils("parameters-3-R8")
                throw WireError(.unrecognizedParameter, at: header.start, in: header.type, report: reports)
            }
            fulfils("parameters-3-R7")
            throw error(
                .unrecognizedParameter, at: header.start, in: header.type,
                cause: .unrecognizedParameter(bytes.copy(header.start..<header.end)))
        }
        guard unknownCount < limits.preservedParameters else { throw exceeded(.preservedParameters, at: header.start) }
        if !rule.reports {
            fulfils("parameters-3-R8")
        } else if !scope.isErrorReport {
            noteForReport(header)
        }
        fulfils("parameters-3-R6")
        unknownCount += 1
        unknown.append(
            PreservedParameter(index: scope.index, type: header.type, value: bytes.copy(header.start + 4..<header.end)))
        skip(header)
    }

    /// Notes that the sender has to be told of a parameter, as far as the limits allow.
    private mutating func noteForReport(_ header: Header) {
        let length = header.end - header.start
        guard reports.count < limits.reportedParameters, reportedBytes + length <= limits.reportedBytes else { return }
        fulfils("parameters-3-R7")
        reports.append(.unrecognizedParameter(bytes.copy(header.start..<header.end)))
        reportedBytes += length
    }
}
