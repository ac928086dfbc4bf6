import InternetAddresses
import RSerPoolParameters
import Testing

/// RFC 5354 §3.12
struct OperationErrorTests {
    typealias Errors = OperationErrorParameter

    /// Every cause with its information, §3.12.1 to §3.12.11, and one that has no number yet.
    static let goldens: [(ErrorCause, String)] = [
        (.unspecified, "000c 0008 0000 0004"),
        (.unrecognizedParameter(hex("c123 0006 abcd")), "000c 000e 0001 000a c123 0006 abcd 0000"),
        (.unrecognizedMessage(hex("7f00 0008 01020304")), "000c 0010 0002 000c 7f00 0008 01020304"),
        (.invalidValues(hex("0009 0005 41")), "000c 000d 0003 0009 0009 0005 41 000000"),
        (.nonUniquePoolElementIdentifier, "000c 0008 0004 0004"),
        (
            .inconsistentPoolPolicy(PolicyParameter(type: PolicyType(rawValue: 1))),
            "000c 0010 0005 000c 0008 0008 00000001"
        ),
        (.lackOfResources, "000c 0008 0006 0004"),
        (
            .inconsistentTransportType(.udp(UDPTransportParameter(port: 80, address: .v4(0xc000_0201)))),
            "000c 0018 0007 0014 0006 0010 0050 0000 0001 0008 c0000201"
        ),
        (.inconsistentTransportType(.opaque(OpaqueTransportParameter([9]))), "000c 000d 0007 0009 0010 0005 09 000000"),
        (.inconsistentDataControlConfiguration, "000c 0008 0008 0004"),
        (.unknownPoolHandle, "000c 0008 0009 0004"),
        (.rejectedForSecurity, "000c 0008 000a 0004"),
        (.other(CauseCode(rawValue: 0xb), [1, 2, 3]), "000c 000b 000b 0007 010203 00"),
        (.other(CauseCode(rawValue: 0xffff), []), "000c 0008 ffff 0004"),
    ]

    @Test(arguments: goldens)
    func bytes(cause: ErrorCause, text: String) throws {
        try expectGolden(Errors([cause]), hex(text))
        #expect(cause.code.rawValue == UInt16(hex(text)[4]) << 8 | UInt16(hex(text)[5]))
    }

    @Test func everyCodeOfTheTableHasAGolden() {
        #expect(Set(Self.goldens.map(\.0.code.rawValue)).isSuperset(of: 0...10))
    }

    @Test func severalCausesArePaddedBetween() throws {
        try expectGolden(
            Errors([.unrecognizedParameter(hex("c123 0005 ab")), .unspecified, .unrecognizedParameter(hex("c124 0005 cd"))]),
            hex("000c 001d 0001 0009 c1230005ab 000000 0000 0004 0001 0009 c1240005cd 000000"))
    }

    /// The code counts; what it carries may be of a form that is not the RFC's, and is kept.
    @Test(arguments: [
        "000c 000c 0000 0008 01020304",  // Unspecified Error with information
        "000c 0008 0005 0004",  // no policy
        "000c 0010 0005 000c 0009 0008 00000001",  // a pool handle for a policy
        "000c 0018 0005 0014 0008 0008 00000001 0008 0008 00000001",  // two policies
        "000c 000d 0005 0009 0008 0005 00 000000",  // a policy that ends too soon
        "000c 0010 0007 000c 0008 0008 00000001",  // a policy for a transport
        "000c 0010 0007 000c 0010 0005 09 000000",  // the last padding counted
        "000c 000c 0009 0008 00000000",
    ])
    func informationOfAnotherFormIsKept(text: String) throws {
        let bytes = hex(text)
        let error = try decode(Errors.self, bytes)
        let cause = try #require(error.causes.first)
        guard case .other(let code, let information) = cause else {
            Issue.record("read as \(cause)")
            return
        }
        #expect(code == cause.code && code.rawValue == UInt16(bytes[5]))
        #expect(information == [UInt8](bytes[8..<8 + information.count]))
        #expect(encode(error) == bytes)
    }

    /// Faults of an error report are not reported: two peers could go on for ever.
    @Test(arguments: [
        ("000c 0004", WireError.Code.wrongLength, 4, UInt16(0xc)),
        ("000c 0006 0000", .truncatedHeader, 4, 0xc),
        ("000c 0008 0000 0003", .lengthTooShort, 6, 0),
        ("000c 0008 0000 0005", .lengthTooLong, 6, 0),
        ("000c 000c 0000 0004 0001 0005", .lengthTooLong, 10, 1),
    ])
    func faultsAreNotReported(text: String, code: WireError.Code, offset: Int, type: UInt16) {
        #expect(
            refusal(Errors.self, hex(text)) == WireError(code, at: offset, in: ParameterType(rawValue: type), report: []))
    }

    @Test func moreCausesThanTheLimitAreRefused() throws {
        let limit = WireLimits.standard.errorCauses
        let most = Errors([ErrorCause](repeating: .unspecified, count: limit))
        #expect(try decode(Errors.self, encode(most)) == most)
        #expect(
            refusal(Errors.self, encode(Errors(most.causes + [.unspecified])))
                == WireError(.limitExceeded(.errorCauses), at: 4 + 4 * limit, in: .operationError, report: []))
    }
}
