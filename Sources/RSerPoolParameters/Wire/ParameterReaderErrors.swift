/// What a reader throws, with what the sender is to be told (RFC 5354 §3.12).
extension ParameterReader {
    /// An error within the current scope that is reported as Invalid Values with that scope's bytes.
    @inline(never)
    func error(_ code: WireError.Code, at offset: Int, in type: ParameterType? = nil) -> WireError {
        error(code, at: offset, in: type, cause: .invalidValues(reportable(scope.start..<scope.end)))
    }

    /// An error that is reported as the cause given, unless it is within an error report.
    @inline(never)
    func error(_ code: WireError.Code, at offset: Int, in type: ParameterType? = nil, cause: ErrorCause) -> WireError {
        WireError(code, at: offset, in: type ?? scope.type, report: scope.isErrorReport ? reports : reports + [cause])
    }

    /// An error of a limit of ours, reported as Lack of Resources.
    public func exceeded(_ kind: WireLimits.Kind, at offset: Int) -> WireError {
        error(.limitExceeded(kind), at: offset, cause: .lackOfResources)
    }

    /// The error where the value of a field just read is not allowed; `length` bytes back.
    public func invalidValue(back length: Int) -> WireError {
        error(.invalidValue, at: offset - length)
    }

    /// The error where a parameter that has to be there is not: another in its place, or none.
    @inline(never) @usableFromInline
    mutating func missing(_ expected: ParameterType) throws(WireError) -> WireError {
        guard let header = try peek() else { return error(.missingParameter(expected), at: scope.end) }
        return misplaced(header, expected: expected)
    }

    /// The error where a parameter of RFC 5354 does not belong.
    @inline(never)
    func misplaced(_ header: Header, expected: ParameterType?) -> WireError {
        let isDuplicate = header.type.isStandard && scope.seen & 1 << UInt32(header.type.rawValue) != 0
        return error(
            isDuplicate ? .duplicateParameter : .unexpectedParameter(expected: expected), at: header.start, in: header.type,
            cause: .invalidValues(reportable(header.start..<header.end)))
    }

    /// The bytes of an offending parameter, cut to what fits into a report.
    private func reportable(_ range: Range<Int>) -> [UInt8] {
        bytes.copy(range.lowerBound..<min(range.upperBound, range.lowerBound + limits.reportedBytes))
    }
}
