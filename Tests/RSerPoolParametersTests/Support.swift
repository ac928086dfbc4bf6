import RSerPoolParameters
import Testing

/// Bytes from hexadecimal digits; blanks and line breaks only separate.
func hex(_ text: String) -> [UInt8] {
    let digits = text.filter { !$0.isWhitespace }
    precondition(digits.count.isMultiple(of: 2), "odd number of digits in \(text)")
    return stride(from: 0, to: digits.count, by: 2).map { offset in
        let start = digits.index(digits.startIndex, offsetBy: offset)
        guard let byte = UInt8(digits[start..<digits.index(start, offsetBy: 2)], radix: 16) else {
            preconditionFailure("not hexadecimal: \(text)")
        }
        return byte
    }
}

/// What one parameter and nothing else reads as.
func decode<Parameter: WireParameter>(
    _: Parameter.Type, _ bytes: [UInt8], limits: WireLimits = .standard
) throws(WireError) -> Parameter {
    var reader = ParameterReader(bytes, limits: limits)
    let parameter = try reader.read(Parameter.self)
    _ = try reader.finish()
    return parameter
}

/// The error with which bytes are refused; nil where they are accepted.
func refusal<Parameter: WireParameter>(
    _: Parameter.Type, _ bytes: [UInt8], limits: WireLimits = .standard
) -> WireError? {
    do throws(WireError) {
        _ = try decode(Parameter.self, bytes, limits: limits)
        return nil
    } catch {
        return error
    }
}

/// One parameter's bytes with its padding.
func encode(_ parameter: some WireParameter) -> [UInt8] {
    var writer = ParameterWriter()
    writer.write(parameter)
    writer.pad()
    return writer.bytes
}

/// The parameter has these bytes, both ways, and no part of them is one.
func expectGolden<Parameter: WireParameter>(
    _ parameter: Parameter, _ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
) throws {
    #expect(encode(parameter) == bytes, sourceLocation: sourceLocation)
    #expect(try decode(Parameter.self, bytes) == parameter, sourceLocation: sourceLocation)
    let length = Int(bytes[2]) << 8 | Int(bytes[3])
    #expect((length + 3) & ~3 == bytes.count, sourceLocation: sourceLocation)
    for count in 0..<length {
        let expected: WireError =
            switch count {
            case 0: WireError(.missingParameter(Parameter.expectedType), at: 0, report: [.invalidValues([])])
            case 1..<4: WireError(.truncatedHeader, at: 0, report: [.invalidValues([UInt8](bytes.prefix(count)))])
            default:
                WireError(
                    .lengthTooLong, at: 2, in: parameter.parameterType, report: [.invalidValues([UInt8](bytes.prefix(count)))])
            }
        #expect(refusal(Parameter.self, [UInt8](bytes.prefix(count))) == expected, sourceLocation: sourceLocation)
    }
    // The padding may be anything, and may be missing at the end.
    var padded = bytes
    for index in length..<bytes.count { padded[index] = 0xa5 }
    #expect(try decode(Parameter.self, padded) == parameter, sourceLocation: sourceLocation)
    #expect(try decode(Parameter.self, [UInt8](bytes.prefix(length))) == parameter, sourceLocation: sourceLocation)
}

/// What becomes of a parameter whose length says less than it has, for each length from `lengths`: the code and its offset.
func expectCut<Parameter: WireParameter>(
    _: Parameter.Type, _ bytes: [UInt8], at lengths: ClosedRange<Int>, _ code: WireError.Code, offset: Int,
    in type: ParameterType? = nil, sourceLocation: SourceLocation = #_sourceLocation
) {
    for length in lengths {
        var cut = [UInt8](bytes.prefix(length))
        cut[2] = UInt8(length >> 8)
        cut[3] = UInt8(length & 0xff)
        let own = ParameterType(rawValue: UInt16(cut[0]) << 8 | UInt16(cut[1]))
        let error = refusal(Parameter.self, cut)
        #expect(error?.code == code, "length \(length)", sourceLocation: sourceLocation)
        #expect(error?.offset == offset, "length \(length)", sourceLocation: sourceLocation)
        #expect(error?.parameterType == type ?? own, "length \(length)", sourceLocation: sourceLocation)
        #expect(error?.report.count == 1, "length \(length)", sourceLocation: sourceLocation)
    }
}

/// Bytes with the 16 bits at an offset replaced.
func replacing(_ bytes: [UInt8], at offset: Int, with value: UInt16) -> [UInt8] {
    var changed = bytes
    changed[offset] = UInt8(value >> 8)
    changed[offset + 1] = UInt8(value & 0xff)
    return changed
}

/// Random numbers from a seed (SplitMix64), the same ones on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }

    /// A number from 0 to one below the bound, quicker than the standard library's in a debug build.
    mutating func below(_ bound: Int) -> Int {
        Int(truncatingIfNeeded: ((next() >> 32) &* UInt64(bound)) >> 32)
    }

    /// True in one of so many cases.
    mutating func oneIn(_ cases: Int) -> Bool { below(cases) == 0 }
}
