import InternetAddresses
import RSerPoolParameters
import RequirementTesting
import Testing

/// RFC 5354 §4
struct CommonMessageFormatTests {
    /// The header, a registrar's identifier and a pool handle, read to the end.
    static func read(_ bytes: [UInt8]) throws(WireError) -> (CommonHeader, RegistrarIdentifier, PoolHandle) {
        var reader = ParameterReader(bytes)
        let header = try reader.readMessageHeader()
        let registrar = try reader.readRegistrarIdentifier()
        let handle = try reader.read(PoolHandle.self)
        _ = try reader.finish()
        return (header, registrar, handle)
    }

    static func failure(_ bytes: [UInt8]) -> WireError? {
        do throws(WireError) {
            _ = try read(bytes)
            return nil
        } catch {
            return error
        }
    }

    static let golden = hex("0701 000d 01020304 0009 0005 41 000000")

    @Test func bytes() throws {
        let written = try ParameterWriter.message(type: 7, flags: 1) { writer in
            writer.write(RegistrarIdentifier(rawValue: 0x0102_0304))
            writer.write("A" as PoolHandle)
        }
        #expect(written == Self.golden)
        let (header, registrar, handle) = try Self.read(Self.golden)
        #expect(header == CommonHeader(type: 7, flags: 1, length: 13))
        #expect(registrar == RegistrarIdentifier(rawValue: 0x0102_0304))
        #expect(handle == "A")
    }

    @Test func anEmptyMessageIsItsHeader() throws {
        let message = try ParameterWriter.message(type: 0x3f, flags: 0x80) { _ in }
        #expect(message == hex("3f80 0004"))
        var reader = ParameterReader(message)
        let header = try reader.readMessageHeader()
        let rest = try reader.finish()
        #expect(header.length == 4)
        #expect(rest == ParameterReader.Rest())
    }

    @Test(.requirement("parameters-2-R1")) func fieldsOfEachWidth() throws {
        let message = try ParameterWriter.message(type: 1) { writer in
            writer.write(UInt8(1))
            writer.write(UInt8(2))
            writer.write(UInt16(0x0304))
            writer.write(UInt32(0x0506_0708))
        }
        #expect(message == hex("0100 000c 01 02 0304 05060708"))
        var reader = ParameterReader(message)
        _ = try reader.readMessageHeader()
        let fields = (try reader.readUInt8(), try reader.readUInt8(), try reader.readUInt16(), try reader.readUInt32())
        #expect(fields == (1, 2, 0x0304, 0x0506_0708))
        #expect(reader.remaining == 0)
    }

    /// Every message cut anywhere is refused, without a report: its bounds are not sound.
    @Test func truncatedMessagesAreRefused() {
        for count in 0..<13 {
            let expected = count < 4 ? WireError(.truncatedHeader, at: 0) : WireError(.lengthTooLong, at: 2)
            #expect(Self.failure([UInt8](Self.golden.prefix(count))) == expected)
        }
        for count in 13...16 { #expect(Self.failure([UInt8](Self.golden.prefix(count))) == nil) }
    }

    @Test(.requirement("parameters-4-R4")) func upToThreeBytesAfterTheMessageAreIgnored() {
        #expect(Self.failure([UInt8](Self.golden.prefix(13)) + [1, 2, 3]) == nil)
        #expect(Self.failure(Self.golden + [0]) == WireError(.trailingBytes, at: 13))
        #expect(Self.failure(Self.golden + hex("0009 0005 41 000000")) == WireError(.trailingBytes, at: 13))
    }

    @Test func aLengthBelowFourIsRefused() {
        for length in UInt16(0)..<4 {
            #expect(Self.failure(replacing(Self.golden, at: 2, with: length)) == WireError(.lengthTooShort, at: 2))
        }
    }

    /// A length that ends the message too soon: the message is what is wrong, so it is reported whole.
    @Test func shorterMessagesAreRefused() {
        for length in 4..<13 {
            var bytes = replacing([UInt8](Self.golden.prefix(length)), at: 2, with: UInt16(length))
            let message = bytes
            while bytes.count % 4 != 0 { bytes.append(0) }
            let (code, offset, type): (WireError.Code, Int, ParameterType?) =
                switch length {
                case 4..<8: (.wrongLength, 4, nil)
                case 8: (.missingParameter(.poolHandle), 8, nil)
                case 9..<12: (.truncatedHeader, 8, nil)
                default: (.lengthTooLong, 10, .poolHandle)
                }
            #expect(Self.failure(bytes) == WireError(code, at: offset, in: type, report: [.invalidValues(message)]))
        }
    }

    @Test func duplicateAndMisplacedParametersAreRefused() {
        let handle = hex("0009 0008 41414141")
        #expect(
            Self.failure(hex("0700 0018 01020304") + handle + handle)
                == WireError(.duplicateParameter, at: 16, in: .poolHandle, report: [.invalidValues(handle)]))
        let cookie = hex("000d 0008 41414141")
        #expect(
            Self.failure(hex("0700 0018 01020304") + handle + cookie)
                == WireError(.unexpectedParameter(expected: nil), at: 16, in: .cookie, report: [.invalidValues(cookie)]))
        #expect(
            Self.failure(hex("0700 0018 01020304") + cookie + handle)
                == WireError(
                    .unexpectedParameter(expected: .poolHandle), at: 8, in: .cookie, report: [.invalidValues(cookie)]))
    }

    @Test func aFieldsValueIsReportedWithTheMessage() throws {
        let message = hex("0400 0006 0009")
        var reader = ParameterReader(message)
        _ = try reader.readMessageHeader()
        _ = try reader.readUInt16()
        #expect(reader.invalidValue(back: 2) == WireError(.invalidValue, at: 4, report: [.invalidValues(message)]))
    }

    @Test(.requirement("parameters-4-R6", "parameters-4-R7")) func unknownMessagesFollowTheirHighBits() throws {
        for type in UInt8.min...UInt8.max {
            let message = [type, 0] + hex("0005 0a")
            var reader = ParameterReader(message + [0, 0, 0])
            let header = try reader.readMessageHeader()
            let expected: [ErrorCause] = type >> 6 == 1 ? [.unrecognizedMessage(message)] : []
            #expect(reader.unrecognizedMessage(header) == WireError(.unrecognizedMessage, at: 0, report: expected))
        }
    }
}

struct ParameterWriterTests {
    /// Each message ends with the padding of the parameter that it ends with.
    @Test(
        .requirement(
            "parameters-3-R1", "parameters-3-R2", "parameters-3-R3", "parameters-4-R1", "parameters-4-R2", "parameters-4-R3"),
        arguments: 0...9)
    func paddingIsZeroAndNoMoreThanThreeBytes(count: Int) throws {
        let value = [UInt8](repeating: 0xff, count: count)
        let message = try ParameterWriter.message(type: 1) { writer in
            writer.write(Cookie(value))
            writer.write(Cookie(value))
        }
        let padding = [UInt8](repeating: 0, count: [0, 3, 2, 1][count % 4])
        let parameter = [0, 13, 0, UInt8(4 + count)] + value
        let length = 4 + 2 * parameter.count + padding.count
        #expect(message == [1, 0, 0, UInt8(length)] + parameter + padding + parameter + padding)
        #expect(message.count.isMultiple(of: 4))
    }

    @Test func aWriterIsUsedAgainAndAgain() throws {
        var writer = ParameterWriter()
        for count in [3, 900, 0, 7] {
            try writer.writeMessage(type: 1) { $0.write(Cookie([UInt8](repeating: 1, count: count))) }
            #expect(writer.bytes.count == (8 + count + 3) & ~3)
            #expect(
                writer.bytes == (try ParameterWriter.message(type: 1) { $0.write(Cookie([UInt8](repeating: 1, count: count))) })
            )
        }
        writer.reset()
        #expect(writer.bytes.isEmpty)
    }

    @Test(.requirement("parameters-3.4-R2")) func whatNoReaderTakesIsNotWritten() throws {
        var writer = ParameterWriter()
        #expect(throws: WireEncodingError.empty(.sctpTransport)) {
            try writer.writeMessage(type: 1) { $0.write(SCTPTransportParameter(port: 1, addresses: [])) }
        }
        #expect(throws: WireEncodingError.empty(.operationError)) {
            try writer.writeMessage(type: 1) { $0.write(OperationErrorParameter([])) }
        }
        // The pool's transport type, told with an error, needs an address as well.
        let cause = ErrorCause.inconsistentTransportType(.sctp(SCTPTransportParameter(port: 1, addresses: [])))
        #expect(throws: WireEncodingError.empty(.sctpTransport)) {
            try writer.writeMessage(type: 1) { $0.write(OperationErrorParameter([cause])) }
        }
        try writer.writeMessage(type: 1) { _ in }
        #expect(writer.bytes == hex("0100 0004"))
    }

    @Test func whatDoesNotFitIsRefusedAndTheWriterGoesOn() throws {
        var writer = ParameterWriter()
        #expect(throws: WireEncodingError.parameterTooLong(.cookie, 65_536)) {
            try writer.writeMessage(type: 1) { $0.write(Cookie([UInt8](repeating: 1, count: 65_532))) }
        }
        #expect(throws: WireEncodingError.messageTooLong(65_536)) {
            try writer.writeMessage(type: 1) { $0.write(Cookie([UInt8](repeating: 1, count: 65_528))) }
        }
        let unknown = PreservedParameter(
            index: 0, type: ParameterType(rawValue: 0x8001), value: [UInt8](repeating: 1, count: 65_532))
        #expect(throws: WireEncodingError.parameterTooLong(ParameterType(rawValue: 0x8001), 65_536)) {
            try writer.writeMessage(type: 1, preserving: [unknown]) { _ in }
        }
        try writer.writeMessage(type: 1) { $0.write(Cookie([UInt8](repeating: 1, count: 65_527))) }
        #expect(writer.bytes.count == 65_536)
        try writer.writeMessage(type: 1) { $0.write("A" as PoolHandle) }
        #expect(writer.bytes == hex("0100 0009 0009 0005 41 000000"))
    }
}
