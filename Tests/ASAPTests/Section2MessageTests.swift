import ASAP
import InternetAddresses
import RSerPoolParameters
import RequirementTesting
import Testing

/// A message and its bytes, written out by hand from RFC 5352 §2.2.
struct GoldenMessage: CustomTestStringConvertible {
    var section: String
    var message: ASAPMessage
    var bytes: [UInt8]

    init(_ section: String, _ message: ASAPMessage, _ text: String) {
        self.section = section
        self.message = message
        bytes = ASAPTests.bytes(text)
    }

    var testDescription: String { "\(section) \(message.type)" }

    static let all: [GoldenMessage] = [
        GoldenMessage(
            "2.2.1", .registration(.init(pool: Sample.pool, element: Sample.element)),
            "0100 003c \(Sample.poolBytes) \(Sample.elementBytes)"),
        GoldenMessage(
            "2.2.2", .deregistration(.init(pool: Sample.pool, identifier: Sample.identifier)),
            "0200 0018 \(Sample.poolBytes) \(Sample.identifierBytes)"),
        GoldenMessage(
            "2.2.3 granted", .registrationResponse(.init(pool: Sample.pool, identifier: Sample.identifier)),
            "0300 0018 \(Sample.poolBytes) \(Sample.identifierBytes)"),
        GoldenMessage(
            "2.2.3 R flag",
            .registrationResponse(
                .init(
                    isRejected: true, pool: Sample.pool, identifier: Sample.identifier,
                    causes: [.nonUniquePoolElementIdentifier])),
            "0301 0020 \(Sample.poolBytes) \(Sample.identifierBytes) 000c 0008 0004 0004"),
        GoldenMessage(
            "2.2.4", .deregistrationResponse(.init(pool: Sample.pool, identifier: Sample.identifier)),
            "0400 0018 \(Sample.poolBytes) \(Sample.identifierBytes)"),
        GoldenMessage(
            "2.2.4 refused",
            .deregistrationResponse(
                .init(pool: Sample.pool, identifier: Sample.identifier, causes: [.rejectedForSecurity, .lackOfResources])),
            "0400 0024 \(Sample.poolBytes) \(Sample.identifierBytes) 000c 000c 000a 0004 0006 0004"),
        GoldenMessage("2.2.5", .handleResolution(.init(pool: Sample.pool)), "0500 0010 \(Sample.poolBytes)"),
        GoldenMessage(
            "2.2.5 S flag and option",
            .handleResolution(.init(wantsUpdates: true, pool: Sample.pool, option: .asManyAsPossible)),
            "0501 0018 \(Sample.poolBytes) 803f 0008 ffff ffff"),
        GoldenMessage(
            "2.2.6",
            .handleResolutionResponse(
                .init(pool: Sample.pool, policy: Sample.policy, elements: [Sample.element, Sample.fullElement])),
            "0600 008c \(Sample.poolBytes) \(Sample.policyBytes) \(Sample.elementBytes) \(Sample.fullElementBytes)"),
        GoldenMessage(
            "2.2.6 A flag, Round Robin unsaid",
            .handleResolutionResponse(.init(promisesUpdates: true, pool: Sample.pool, elements: [Sample.element])),
            "0601 003c \(Sample.poolBytes) \(Sample.elementBytes)"),
        GoldenMessage(
            "2.2.6 negative", .handleResolutionResponse(.init(pool: Sample.pool, causes: [.unknownPoolHandle])),
            "0600 0018 \(Sample.poolBytes) 000c 0008 0009 0004"),
        GoldenMessage(
            "2.2.7",
            .endpointKeepAlive(.init(server: RegistrarIdentifier(rawValue: 0xdead_beef), pool: Sample.pool)),
            "0700 0014 dead beef \(Sample.poolBytes)"),
        GoldenMessage(
            "2.2.7 H flag",
            .endpointKeepAlive(
                .init(claimsHome: true, server: RegistrarIdentifier(rawValue: 0xdead_beef), pool: Sample.pool)),
            "0701 0014 dead beef \(Sample.poolBytes)"),
        GoldenMessage(
            "2.2.8", .endpointKeepAliveAcknowledgement(.init(pool: Sample.pool, identifier: Sample.identifier)),
            "0800 0018 \(Sample.poolBytes) \(Sample.identifierBytes)"),
        GoldenMessage(
            "2.2.9, a handle with padding",
            .endpointUnreachable(.init(pool: "Pool1", identifier: Sample.identifier)),
            "0900 0018 0009 0009 506f 6f6c 3100 0000 \(Sample.identifierBytes)"),
        GoldenMessage(
            "2.2.10", .serverAnnounce(.init(server: RegistrarIdentifier(rawValue: 1))), "0a00 0008 0000 0001"),
        GoldenMessage(
            "2.2.10 SCTP and TCP",
            .serverAnnounce(
                .init(
                    server: RegistrarIdentifier(rawValue: 1),
                    transports: [
                        .sctp(Sample.transport), .tcp(TCPTransportParameter(port: 3863, address: .v4(0xc000_0201))),
                    ])),
            "0a00 0028 0000 0001 \(Sample.transportBytes) 0005 0010 0f17 0000 0001 0008 c000 0201"),
        GoldenMessage("2.2.11", .cookie(.init(cookie: Cookie([1, 2, 3, 4]))), "0b00 000c 000d 0008 0102 0304"),
        GoldenMessage("2.2.12", .cookieEcho(.init(cookie: Cookie([1, 2, 3, 4]))), "0c00 000c 000d 0008 0102 0304"),
        GoldenMessage(
            "2.2.12, padding of the message not counted", .cookieEcho(.init(cookie: Cookie([1]))),
            "0c00 0009 000d 0005 0100 0000"),
        GoldenMessage(
            "2.2.13", .businessCard(.init(pool: Sample.pool, elements: [Sample.element])),
            "0d00 003c \(Sample.poolBytes) \(Sample.elementBytes)"),
        GoldenMessage(
            "2.2.14", .error(.init(causes: [.unrecognizedMessage(ASAPTests.bytes("4f00 0004"))])),
            "0e00 0010 000c 000c 0002 0008 4f00 0004"),
        GoldenMessage(
            "unknown parameter that is passed over, kept where it stood",
            .deregistration(
                .init(
                    pool: Sample.pool, identifier: Sample.identifier,
                    preserved: [PreservedParameter(index: 1, type: ParameterType(rawValue: 0x8123), value: [9])])),
            "0200 0020 \(Sample.poolBytes) 8123 0005 0900 0000 \(Sample.identifierBytes)"),
    ]
}

@Suite("RFC 5352 §2.2: messages")
struct Section2MessageTests {
    @Test("A message is written as the RFC draws it", .requirement("asap-2-R1"), arguments: GoldenMessage.all)
    func encoding(_ golden: GoldenMessage) throws {
        #expect(try golden.message.encoded() == golden.bytes)
    }

    @Test("And read back", arguments: GoldenMessage.all)
    func decoding(_ golden: GoldenMessage) throws {
        let decoded = try ASAPMessage.decode(golden.bytes)
        #expect(decoded.message == golden.message)
        #expect(decoded.report.isEmpty)
    }

    @Test("Every type of Figure 1 has a sample")
    func coverage() {
        #expect(Set(GoldenMessage.all.map(\.message.type)) == Set(ASAPMessageType.allCases))
    }

    @Test("No message can be cut short", arguments: GoldenMessage.all)
    func truncation(_ golden: GoldenMessage) {
        // The bytes of the padding may be missing: some senders do not send them.
        let length = Int(golden.bytes[2]) << 8 | Int(golden.bytes[3])
        for count in 0..<length {
            #expect(throws: WireError.self) { try ASAPMessage.decode([UInt8](golden.bytes[..<count])) }
        }
    }

    @Test("Flags without a meaning are not looked at (RFC 5354 §4)", arguments: GoldenMessage.all)
    func reservedFlags(_ golden: GoldenMessage) throws {
        var bytes = golden.bytes
        bytes[1] |= 0xfe
        #expect(try ASAPMessage.decode(bytes).message == golden.message)
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
        bytes = ASAPTests.bytes(text)
        self.code = code
        self.offset = offset
        parameterType = type
        self.report = report
    }

    static let all: [InvalidMessage] = [
        InvalidMessage("nothing", "", .truncatedHeader, at: 0),
        InvalidMessage("three bytes", "0500 00", .truncatedHeader, at: 0),
        InvalidMessage("length below the header", "0500 0003", .lengthTooShort, at: 2),
        InvalidMessage("length past the end", "0500 0014 \(Sample.poolBytes)", .lengthTooLong, at: 2),
        InvalidMessage("bytes behind the padding", "0a00 0008 0000 0001 0000 0000", .trailingBytes, at: 8),
        InvalidMessage("type 0, reserved: thrown away", "0000 0004", .unrecognizedMessage, at: 0),
        InvalidMessage("unknown type 00: thrown away", "0f00 0004", .unrecognizedMessage, at: 0),
        InvalidMessage(
            "unknown type 01: reported whole", "4f00 0008 0102 0304", .unrecognizedMessage, at: 0,
            report: [.unrecognizedMessage(ASAPTests.bytes("4f00 0008 0102 0304"))]),
        InvalidMessage("unknown type 10: reserved, thrown away", "8f00 0004", .unrecognizedMessage, at: 0),
        InvalidMessage("unknown type 11: reserved, thrown away", "cf00 0004", .unrecognizedMessage, at: 0),
        InvalidMessage(
            "no pool handle", "0500 0004", .missingParameter(.poolHandle), at: 4,
            report: [.invalidValues(ASAPTests.bytes("0500 0004"))]),
        InvalidMessage(
            "pool handle longer than the message", "0500 0010 0009 000d 4563 686f 506f 6f6c", .lengthTooLong, at: 6,
            in: .poolHandle, report: [.invalidValues(ASAPTests.bytes("0500 0010 0009 000d 4563 686f 506f 6f6c"))]),
        InvalidMessage(
            "element where the handle is due", "0200 000c \(Sample.identifierBytes)",
            .unexpectedParameter(expected: .poolHandle), at: 4, in: .poolElementIdentifier,
            report: [.invalidValues(ASAPTests.bytes(Sample.identifierBytes))]),
        InvalidMessage(
            "second pool handle", "0500 001c \(Sample.poolBytes) \(Sample.poolBytes)", .duplicateParameter, at: 16,
            in: .poolHandle, report: [.invalidValues(ASAPTests.bytes(Sample.poolBytes))]),
        InvalidMessage(
            "cookie where nothing may follow", "0500 0018 \(Sample.poolBytes) 000d 0008 0102 0304",
            .unexpectedParameter(expected: nil), at: 16, in: .cookie,
            report: [.invalidValues(ASAPTests.bytes("000d 0008 0102 0304"))]),
        InvalidMessage(
            "UDP in an announcement", "0a00 0018 0000 0001 0006 0010 0f17 0000 0001 0008 c000 0201",
            .unexpectedParameter(expected: nil), at: 8, in: .udpTransport,
            report: [.invalidValues(ASAPTests.bytes("0006 0010 0f17 0000 0001 0008 c000 0201"))]),
        InvalidMessage(
            "announcement without identifier", "0a00 0006 0000", .wrongLength, at: 4,
            report: [.invalidValues(ASAPTests.bytes("0a00 0006 0000"))]),
        InvalidMessage(
            "identifier of three bytes", "0800 0017 \(Sample.poolBytes) 000e 0007 1122 33", .wrongLength, at: 20,
            in: .poolElementIdentifier, report: [.invalidValues(ASAPTests.bytes("000e 0007 1122 33"))]),
        InvalidMessage(
            "business card without element", "0d00 0010 \(Sample.poolBytes)", .missingParameter(.poolElement), at: 16,
            report: [.invalidValues(ASAPTests.bytes("0d00 0010 \(Sample.poolBytes)"))]),
        InvalidMessage(
            "unknown parameter 00: thrown away", "0500 0014 0123 0004 \(Sample.poolBytes)", .unrecognizedParameter, at: 4,
            in: ParameterType(rawValue: 0x0123)),
        InvalidMessage(
            "unknown parameter 01: thrown away and reported", "0500 0014 4123 0004 \(Sample.poolBytes)",
            .unrecognizedParameter, at: 4, in: ParameterType(rawValue: 0x4123),
            report: [.unrecognizedParameter(ASAPTests.bytes("4123 0004"))]),
        InvalidMessage(
            "error without a cause: not answered with an error", "0e00 0008 000c 0004", .wrongLength, at: 8, in: .operationError
        ),
        InvalidMessage(
            "error with an unknown parameter 01: not answered with an error", "0e00 0010 4123 0004 000c 0008 0006 0004",
            .unrecognizedParameter, at: 4, in: ParameterType(rawValue: 0x4123)),
    ]
}

@Suite("RFC 5352 §2.2.14, RFC 5354 §3, §4: what is not understood")
struct Section2ErrorTests {
    @Test("Bad bytes make the exact error and the right answer", .requirement("asap-2.2.10-R1"), arguments: InvalidMessage.all)
    func invalid(_ sample: InvalidMessage) {
        do throws(WireError) {
            let decoded = try ASAPMessage.decode(sample.bytes)
            Issue.record("decoded as \(decoded)")
        } catch {
            #expect(error.code == sample.code)
            #expect(error.offset == sample.offset)
            #expect(error.parameterType == sample.parameterType)
            #expect(error.report == sample.report)
            let answer = ASAPMessage.answer(to: error)
            #expect(answer == (sample.report.isEmpty ? nil : .error(.init(causes: sample.report))))
        }
    }

    @Test("Unknown parameters with 11 are passed over and reported, one cause each")
    func reported() throws {
        let decoded = try ASAPMessage.decode(bytes("0500 001c c123 0005 0700 0000 \(Sample.poolBytes) c124 0004"))
        #expect(
            decoded.report == [
                .unrecognizedParameter(bytes("c123 0005 07")), .unrecognizedParameter(bytes("c124 0004")),
            ])
        guard case .handleResolution(let resolution) = decoded.message else {
            Issue.record("\(decoded.message)")
            return
        }
        #expect(resolution.pool == Sample.pool)
        #expect(resolution.preserved.count == 2)
    }

    @Test("Unknown parameters with 10 are passed over in silence")
    func skipped() throws {
        let decoded = try ASAPMessage.decode(bytes("0500 0014 8123 0004 \(Sample.poolBytes)"))
        #expect(decoded.report.isEmpty)
    }

    @Test("An unknown parameter in an error is not answered with an error")
    func errorsAreNotAnswered() throws {
        #expect(try ASAPMessage.decode(bytes("0e00 0010 000c 0008 0006 0004 c123 0004")).report.isEmpty)
    }

    @Test("What is longer than a length field can say is refused")
    func tooLong() {
        #expect(throws: WireEncodingError.self) {
            try ASAPMessage.cookie(.init(cookie: Cookie([UInt8](repeating: 0, count: 65_532)))).encoded()
        }
    }
}
