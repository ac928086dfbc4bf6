import ENRP
import InternetAddresses
import RSerPoolParameters
import RequirementTesting
import Testing

@Suite("RFC 5353 §2: messages")
struct ENRPSection2MessageTests {
    @Test(
        "A message is written as the RFC draws it", .requirement("enrp-2-R1", "enrp-2-R2", "enrp-2.4-R1", "enrp-2.4-R3"),
        arguments: GoldenMessage.all)
    func encoding(_ golden: GoldenMessage) throws {
        #expect(try golden.message.encoded() == golden.bytes)
    }

    @Test("And read back", arguments: GoldenMessage.all)
    func decoding(_ golden: GoldenMessage) throws {
        let decoded = try ENRPMessage.decode(golden.bytes)
        #expect(decoded.message == golden.message)
        #expect(decoded.report.isEmpty)
        #expect(decoded.message.sender == golden.message.sender)
        #expect(decoded.message.receiver == golden.message.receiver)
    }

    @Test("Every type of Figure 1 has a sample")
    func coverage() {
        #expect(Set(GoldenMessage.all.map(\.message.type)) == Set(ENRPMessageType.allCases))
    }

    @Test("No message can be cut short", arguments: GoldenMessage.all)
    func truncation(_ golden: GoldenMessage) {
        // The bytes of the padding may be missing: some senders do not send them.
        let length = Int(golden.bytes[2]) << 8 | Int(golden.bytes[3])
        for count in 0..<length {
            #expect(throws: WireError.self) { try ENRPMessage.decode([UInt8](golden.bytes[..<count])) }
        }
    }

    @Test("Flags without a meaning are not looked at (RFC 5354 §4)", arguments: GoldenMessage.all)
    func reservedFlags(_ golden: GoldenMessage) throws {
        var bytes = golden.bytes
        bytes[1] |= golden.message.type == .handleTableResponse ? 0xfc : 0xfe
        #expect(try ENRPMessage.decode(bytes).message == golden.message)
    }

    @Test("2.4: the reserved field is not looked at", .requirement("enrp-2.4-R4"))
    func reservedField() throws {
        let golden = try #require(GoldenMessage.all.first { $0.section == "2.4 ADD_PE" })
        var bytes = golden.bytes
        (bytes[14], bytes[15]) = (0x12, 0x34)
        #expect(try ENRPMessage.decode(bytes).message == golden.message)
    }

    @Test(
        "2.3, 2.4, 2.6: the length does not count the padding at the message's end",
        .requirement("enrp-2.3-R6", "enrp-2.4-R5", "enrp-2.6-R3"))
    func lengthWithoutPadding() throws {
        func odd(_ index: Int) -> [PreservedParameter] {
            [PreservedParameter(index: index, type: ParameterType(rawValue: 0x8123), value: [7])]
        }
        let samples: [(message: ENRPMessage, length: Int)] = [
            (.handleTableResponse(.init(sender: Sample.sender, receiver: Sample.receiver, preserved: odd(0))), 12 + 5),
            (
                .handleUpdate(
                    .init(sender: Sample.sender, action: .add, pool: "P", element: Sample.element, preserved: odd(2))),
                16 + 8 + 44 + 5
            ),
            (.listResponse(.init(sender: Sample.sender, servers: [Sample.server], preserved: odd(1))), 12 + 24 + 5),
        ]
        for (message, length) in samples {
            let bytes = try message.encoded()
            #expect(bytes.count == length + 3)
            #expect(Int(bytes[2]) << 8 | Int(bytes[3]) == length)
            #expect(bytes.suffix(4) == [7, 0, 0, 0])
        }
        var table = HandleTableWriter(sender: Sample.sender, receiver: Sample.receiver)
        var element = Sample.element
        element.preserved = odd(2)
        #expect(try table.add(element, of: Sample.pool))
        let bytes = try table.finish(hasMore: false)
        #expect(bytes.count == 12 + 12 + 44 + 8)
        #expect(Int(bytes[2]) << 8 | Int(bytes[3]) == 12 + 12 + 44 + 5)
    }

    @Test(
        "2.3, 2.6: a refusal with something in it is no message",
        .requirement("enrp-2.3-R2", "enrp-2.6-R2"))
    func refusals() throws {
        for (refusal, contents) in [("0301", "\(Sample.poolBytes) \(Sample.elementBytes)"), ("0601", Sample.serverBytes)] {
            let empty = bytes("\(refusal) 000c \(Sample.identifiers)")
            #expect(try ENRPMessage.decode(empty).message.encoded() == empty)
            var full = empty + bytes(contents)
            full[3] = UInt8(full.count)
            #expect(throws: WireError.self) { try ENRPMessage.decode(full) }
            full[1] = 0
            #expect(throws: Never.self) { try ENRPMessage.decode(full) }
        }
    }

    /// rsplib's ENRP_PRESENCE as it was captured.
    @Test("2.1: what another implementation sends is read")
    func captured() throws {
        let captured = bytes(
            "0100 002c 7777 7777 0000 0000 000f 0006 b2f4 0000 000b 0018 7777 7777 0004 0010 26ad 0000 0001 0008 0a63 0001")
        let registrar = RegistrarIdentifier(rawValue: 0x7777_7777)
        let decoded = try ENRPMessage.decode(captured)
        #expect(
            decoded.message
                == .presence(
                    .init(
                        sender: registrar, checksum: PEChecksum(rawValue: 0xb2f4),
                        server: ServerInformationParameter(
                            identifier: registrar,
                            transport: SCTPTransportParameter(port: 9_901, addresses: [.v4(0x0a63_0001)])))))
        #expect(decoded.report.isEmpty)
        #expect(try decoded.message.encoded() == captured)
    }
}

/// Bytes that are no message, why not, and what their sender is told.
struct InvalidMessage: CustomTestStringConvertible {
    var testDescription: String
    var bytes: [UInt8]
    var code: WireError.Code
    var offset: Int
    var parameterType: ParameterType?
    var report: [ErrorCause]

    init(
        _ description: String, _ text: String, _ code: WireError.Code, at offset: Int, in type: ParameterType? = nil,
        report: [ErrorCause] = []
    ) {
        testDescription = description
        bytes = ENRPTests.bytes(text)
        self.code = code
        self.offset = offset
        parameterType = type
        self.report = report
    }

    /// One whose sender is told of the message as a whole.
    init(_ description: String, whole text: String, _ code: WireError.Code, at offset: Int) {
        self.init(description, text, code, at: offset, report: [.invalidValues(ENRPTests.bytes(text))])
    }

    static let all: [InvalidMessage] = [
        InvalidMessage("nothing", "", .truncatedHeader, at: 0),
        InvalidMessage("three bytes", "0500 00", .truncatedHeader, at: 0),
        InvalidMessage("length below the header", "0500 0003", .lengthTooShort, at: 2),
        InvalidMessage("length past the end", "0500 0010 \(Sample.identifiers)", .lengthTooLong, at: 2),
        InvalidMessage("bytes behind the padding", "0500 000c \(Sample.identifiers) 0000 0000", .trailingBytes, at: 12),
        InvalidMessage("type 0, reserved: thrown away", "0000 000c \(Sample.identifiers)", .unrecognizedMessage, at: 0),
        InvalidMessage("unknown type 00: thrown away", "0b00 0004", .unrecognizedMessage, at: 0),
        InvalidMessage(
            "unknown type 01: reported whole", "4b00 0008 0102 0304", .unrecognizedMessage, at: 0,
            report: [.unrecognizedMessage(ENRPTests.bytes("4b00 0008 0102 0304"))]),
        InvalidMessage("unknown type 10: thrown away", "8b00 0004", .unrecognizedMessage, at: 0),
        InvalidMessage("unknown type 11: thrown away", "cb00 0004", .unrecognizedMessage, at: 0),
        InvalidMessage("no sender", whole: "0500 0006 1122", .wrongLength, at: 4),
        InvalidMessage("no receiver", whole: "0500 000a 1122 3344 5566", .wrongLength, at: 8),
        InvalidMessage("2.1: a server without a sender", whole: "0100 0004", .wrongLength, at: 4),
        InvalidMessage(
            "2.1: a checksum of four bytes", "0100 0014 \(Sample.identifiers) 000f 0008 b2f4 0000", .wrongLength, at: 18,
            in: .poolElementChecksum, report: [.invalidValues(ENRPTests.bytes("000f 0008 b2f4 0000"))]),
        InvalidMessage(
            "2.1: two checksums", "0100 001a \(Sample.identifiers) 000f 0006 b2f4 0000 000f 0006 b2f4", .duplicateParameter,
            at: 20, in: .poolElementChecksum, report: [.invalidValues(ENRPTests.bytes("000f 0006 b2f4"))]),
        InvalidMessage(
            "2.1: the server before the checksum", "0100 002a \(Sample.identifiers) \(Sample.serverBytes) 000f 0006 b2f4",
            .unexpectedParameter(expected: nil), at: 36, in: .poolElementChecksum,
            report: [.invalidValues(ENRPTests.bytes("000f 0006 b2f4"))]),
        InvalidMessage(
            "2.1: server information over TCP",
            "0100 0024 \(Sample.identifiers) 000b 0018 1122 3344 0005 0010 26ad 0000 0001 0008 c000 0201",
            .unexpectedParameter(expected: .sctpTransport), at: 20, in: .tcpTransport,
            report: [.invalidValues(ENRPTests.bytes("0005 0010 26ad 0000 0001 0008 c000 0201"))]),
        InvalidMessage(
            "2.2: something to go with the request", "0200 0018 \(Sample.identifiers) \(Sample.poolBytes)",
            .unexpectedParameter(expected: nil), at: 12, in: .poolHandle,
            report: [.invalidValues(ENRPTests.bytes(Sample.poolBytes))]),
        InvalidMessage(
            "2.3: a pool without elements", whole: "0300 0018 \(Sample.identifiers) \(Sample.poolBytes)",
            .missingParameter(.poolElement), at: 24),
        InvalidMessage(
            "2.3: two pool handles in a row", "0300 0024 \(Sample.identifiers) \(Sample.poolBytes) \(Sample.poolBytes)",
            .duplicateParameter, at: 24, in: .poolHandle, report: [.invalidValues(ENRPTests.bytes(Sample.poolBytes))]),
        InvalidMessage(
            "2.3: elements without a pool", "0300 0038 \(Sample.identifiers) \(Sample.elementBytes)",
            .unexpectedParameter(expected: nil), at: 12, in: .poolElement,
            report: [.invalidValues(ENRPTests.bytes(Sample.elementBytes))]),
        InvalidMessage(
            "2.3: entries in a rejection", "0301 0044 \(Sample.identifiers) \(Sample.poolBytes) \(Sample.elementBytes)",
            .unexpectedParameter(expected: nil), at: 12, in: .poolHandle,
            report: [.invalidValues(ENRPTests.bytes(Sample.poolBytes))]),
        InvalidMessage(
            "2.4: an action that does not exist",
            whole: "0400 0048 \(Sample.identifiers) 0002 0000 \(Sample.poolBytes) \(Sample.elementBytes)", .invalidValue, at: 12
        ),
        InvalidMessage("2.4: an action of one byte", whole: "0400 000d \(Sample.identifiers) 00", .wrongLength, at: 12),
        InvalidMessage(
            "2.4: no pool handle", "0400 003c \(Sample.identifiers) 0000 0000 \(Sample.elementBytes)",
            .unexpectedParameter(expected: .poolHandle), at: 16, in: .poolElement,
            report: [.invalidValues(ENRPTests.bytes(Sample.elementBytes))]),
        InvalidMessage(
            "2.4: no element", whole: "0400 001c \(Sample.identifiers) 0000 0000 \(Sample.poolBytes)",
            .missingParameter(.poolElement), at: 28),
        InvalidMessage(
            "2.4: two elements",
            "0400 0074 \(Sample.identifiers) 0000 0000 \(Sample.poolBytes) \(Sample.elementBytes) \(Sample.elementBytes)",
            .duplicateParameter, at: 72, in: .poolElement, report: [.invalidValues(ENRPTests.bytes(Sample.elementBytes))]),
        InvalidMessage(
            "2.6: servers in a rejection", "0601 0024 \(Sample.identifiers) \(Sample.serverBytes)",
            .unexpectedParameter(expected: nil), at: 12, in: .serverInformation,
            report: [.invalidValues(ENRPTests.bytes(Sample.serverBytes))]),
        InvalidMessage(
            "2.6: a server without an address", "0600 001c \(Sample.identifiers) 000b 0010 1122 3344 0004 0008 26ad 0000",
            .missingParameter(.ipv4Address), at: 28, in: .sctpTransport,
            report: [.invalidValues(ENRPTests.bytes("0004 0008 26ad 0000"))]),
        InvalidMessage("2.7: no target", whole: "0700 000c \(Sample.identifiers)", .wrongLength, at: 12),
        InvalidMessage("2.8: half a target", whole: "0800 000e \(Sample.identifiers) 99aa", .wrongLength, at: 12),
        InvalidMessage("2.9: no target", whole: "0900 000c \(Sample.identifiers)", .wrongLength, at: 12),
        InvalidMessage(
            "2.10: no cause, and no answer", "0a00 000c \(Sample.identifiers)", .missingParameter(.operationError), at: 12),
        InvalidMessage(
            "2.10: an unknown parameter 01 in an error is not answered with an error",
            "0a00 0018 \(Sample.identifiers) 4123 0004 000c 0008 0006 0004", .unrecognizedParameter, at: 12,
            in: ParameterType(rawValue: 0x4123)),
        InvalidMessage(
            "3.7: unknown parameter 00: thrown away", "0500 0010 \(Sample.identifiers) 0123 0004", .unrecognizedParameter,
            at: 12,
            in: ParameterType(rawValue: 0x0123)),
        InvalidMessage(
            "3.7: unknown parameter 01: thrown away and reported", "0500 0010 \(Sample.identifiers) 4123 0004",
            .unrecognizedParameter, at: 12, in: ParameterType(rawValue: 0x4123),
            report: [.unrecognizedParameter(ENRPTests.bytes("4123 0004"))]),
    ]
}

@Suite("RFC 5353 §3.7, RFC 5354 §3, §4: what is not understood")
struct ENRPSection37ErrorTests {
    @Test("Bad bytes make the exact error and the right answer", .requirement("enrp-2.4-R2"), arguments: InvalidMessage.all)
    func invalid(_ sample: InvalidMessage) {
        do throws(WireError) {
            let decoded = try ENRPMessage.decode(sample.bytes)
            Issue.record("decoded as \(decoded)")
        } catch {
            #expect(error.code == sample.code)
            #expect(error.offset == sample.offset)
            #expect(error.parameterType == sample.parameterType)
            #expect(error.report == sample.report)
            let answer = ENRPMessage.answer(to: error, sender: Sample.receiver, receiver: Sample.sender)
            #expect(
                answer
                    == (sample.report.isEmpty
                        ? nil : .error(.init(sender: Sample.receiver, receiver: Sample.sender, causes: sample.report))))
        }
    }

    @Test("Unknown parameters with 11 are passed over and reported, one cause each; with 10 in silence")
    func reported() throws {
        let decoded = try ENRPMessage.decode(
            bytes("0100 0024 \(Sample.identifiers) c123 0005 0700 0000 000f 0006 b2f4 0000 8123 0004 c124 0004"))
        #expect(
            decoded.report == [
                .unrecognizedParameter(bytes("c123 0005 07")), .unrecognizedParameter(bytes("c124 0004")),
            ])
        guard case .presence(let presence) = decoded.message else {
            Issue.record("\(decoded.message)")
            return
        }
        #expect(presence.checksum == PEChecksum(rawValue: 0xb2f4))
        #expect(presence.preserved.count == 3)
    }

    @Test("An unknown parameter in an error is not answered with an error")
    func errorsAreNotAnswered() throws {
        let error = bytes("0a00 0018 \(Sample.identifiers) 000c 0008 0006 0004 c123 0004")
        #expect(try ENRPMessage.decode(error).report.isEmpty)
    }

    @Test("More pool entries than the limit are refused for Lack of Resources")
    func tooManyEntries() {
        var limits = WireLimits.enrp
        limits.repeatedParameters = 2
        let entry = "0009 0005 5000 0000 \(Sample.elementBytes)"
        let two = bytes("0300 0074 \(Sample.identifiers) \(entry) \(entry)")
        #expect(throws: Never.self) { try ENRPMessage.decode(two, limits: limits) }
        let three = bytes("0300 00a8 \(Sample.identifiers) \(entry) \(entry) \(entry)")
        do throws(WireError) {
            _ = try ENRPMessage.decode(three, limits: limits)
            Issue.record("three entries were taken")
        } catch {
            #expect(error.code == .limitExceeded(.repeatedParameters))
            #expect(error.report == [.lackOfResources])
        }
    }
}
