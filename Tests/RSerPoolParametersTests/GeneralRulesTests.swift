import InternetAddresses
import RSerPoolParameters
import RequirementTesting
import Testing

/// RFC 5354 §2 and §3: nesting, padding, and the rule for unknown types
struct UnrecognizedParameterTests {
    typealias Transport = TCPTransportParameter

    /// A TCP transport with a parameter of the given type and an odd length before its address.
    static func bytes(_ type: UInt16) -> [UInt8] {
        replacing(hex("0005 0018 0050 0000 0000 0005 07 000000 0001 0008 c0000201"), at: 8, with: type)
    }

    static func message(_ type: UInt16) -> [UInt8] { hex("0100 001c") + bytes(type) }

    @Test func theTwoHighBitsDecide() {
        for type in UInt16.min...UInt16.max {
            let rule = UnrecognizedTypeRule(ParameterType(rawValue: type))
            let expected: UnrecognizedTypeRule = [.discard, .discardAndReport, .skip, .skipAndReport][Int(type / 0x4000)]
            guard rule == expected else {
                Issue.record("type \(type): \(rule)")
                return
            }
        }
    }

    @Test(.requirement("parameters-3-R5", "parameters-3-R8"), arguments: [0x0000, 0x0011, 0x3fff] as [UInt16])
    func type00DiscardsTheMessage(type: UInt16) {
        #expect(
            refusal(Transport.self, Self.bytes(type))
                == WireError(.unrecognizedParameter, at: 8, in: ParameterType(rawValue: type)))
    }

    @Test(.requirement("parameters-3-R5", "parameters-3-R7"), arguments: [0x4000, 0x7fff] as [UInt16])
    func type01DiscardsTheMessageAndReports(type: UInt16) {
        let parameter = [UInt8](Self.bytes(type)[8..<13])
        #expect(
            refusal(Transport.self, Self.bytes(type))
                == WireError(
                    .unrecognizedParameter, at: 8, in: ParameterType(rawValue: type),
                    report: [.unrecognizedParameter(parameter)]))
    }

    @Test(.requirement("parameters-3-R6", "parameters-3-R8"), arguments: [0x8000, 0x803f, 0x9899, 0xbfff] as [UInt16])
    func type10IsSkipped(type: UInt16) throws {
        let (transport, rest) = try Self.read(Self.message(type))
        #expect(transport.address == .v4(0xc000_0201))
        #expect(transport.preserved == [PreservedParameter(index: 0, type: ParameterType(rawValue: type), value: [7])])
        #expect(rest == ParameterReader.Rest())
        #expect(encode(transport) == Self.bytes(type))
    }

    @Test(.requirement("parameters-3-R6", "parameters-3-R7"), arguments: [0xc000, 0xffff] as [UInt16])
    func type11IsSkippedAndReported(type: UInt16) throws {
        let (transport, rest) = try Self.read(Self.message(type))
        #expect(transport.preserved == [PreservedParameter(index: 0, type: ParameterType(rawValue: type), value: [7])])
        #expect(rest.report == [.unrecognizedParameter([UInt8](Self.bytes(type)[8..<13]))])
        #expect(encode(transport) == Self.bytes(type))
    }

    static func read(_ message: [UInt8]) throws(WireError) -> (Transport, ParameterReader.Rest) {
        var reader = ParameterReader(message)
        _ = try reader.readMessageHeader()
        return (try reader.read(Transport.self), try reader.finish())
    }

    /// Unknown ones before, between, after, and at two depths; each goes back to its place.
    @Test func positionsAreKept() throws {
        let text = """
            0100 005d
            c001 0005 01 000000
            0009 0008 4563686f
            8002 0004
            000a 003c 00000001 00000002 0000003c
              8003 0006 0303 0000
              0005 0018 0050 0000 8004 0004 0001 0008 c0000201 c005 0004
              8006 0004
              0008 0008 00000001
            8007 0004
            c008 0005 08
            """
        let bytes = hex(text) + [0, 0, 0]
        var reader = ParameterReader(bytes)
        let header = try reader.readMessageHeader()
        let handle = try reader.read(PoolHandle.self)
        let element = try reader.read(PoolElementParameter.self)
        let rest = try reader.finish()
        #expect(rest.preserved.map(\.index) == [0, 2, 4, 5])
        #expect(element.preserved.map(\.index) == [0, 2])
        #expect(
            rest.report == [
                .unrecognizedParameter(hex("c001 0005 01")), .unrecognizedParameter(hex("c005 0004")),
                .unrecognizedParameter(hex("c008 0005 08")),
            ])
        let written = try ParameterWriter.message(type: header.type, flags: header.flags, preserving: rest.preserved) {
            writer in
            writer.write(handle)
            writer.write(element)
        }
        #expect(written == bytes)
    }

    /// What had to be reported until then is not forgotten when the message fails after all.
    @Test func earlierReportsComeWithTheError() {
        let message = hex("0100 0014 c001 0005 01 000000 4002 0006 0202 0000")
        #expect(
            Self.failure(message)
                == WireError(
                    .unrecognizedParameter, at: 12, in: ParameterType(rawValue: 0x4002),
                    report: [.unrecognizedParameter(hex("c001 0005 01")), .unrecognizedParameter(hex("4002 0006 0202"))]))
        let discarded = hex("0100 0014 c001 0005 01 000000 0022 0006 0202 0000")
        #expect(Self.failure(discarded)?.report == [.unrecognizedParameter(hex("c001 0005 01"))])
    }

    static func failure(_ message: [UInt8], limits: WireLimits = .standard) -> WireError? {
        var reader = ParameterReader(message, limits: limits)
        do throws(WireError) {
            _ = try reader.readMessageHeader()
            _ = try reader.finish()
            return nil
        } catch {
            return error
        }
    }

    @Test func noMoreThanTheLimitAreKept() {
        let limit = WireLimits.standard.preservedParameters
        func message(_ count: Int) -> [UInt8] {
            replacing(hex("0100 0000"), at: 2, with: UInt16(4 + 4 * count))
                + (0..<count).flatMap { _ in hex("8001 0004") }
        }
        #expect(Self.failure(message(limit)) == nil)
        #expect(
            Self.failure(message(limit + 1))
                == WireError(.limitExceeded(.preservedParameters), at: 4 + 4 * limit, report: [.lackOfResources]))
    }

    @Test func noMoreThanTheLimitAreReported() throws {
        let bytes = hex("0100 0018") + (0..<5).flatMap { _ in hex("c001 0004") }
        func report(_ limits: WireLimits) throws -> Int {
            var reader = ParameterReader(bytes, limits: limits)
            _ = try reader.readMessageHeader()
            return try reader.finish().report.count
        }
        #expect(try report(.standard) == 5)
        #expect(try report(WireLimits(reportedParameters: 3)) == 3)
        #expect(try report(WireLimits(reportedBytes: 11)) == 2)
    }

    @Test func anInvalidParameterIsCutToTheLimitWhenReported() {
        let bytes = hex("000d 0010 000102030405060708090a0b")
        #expect(
            refusal(PoolHandle.self, bytes, limits: WireLimits(reportedBytes: 6))?.report
                == [.invalidValues(hex("000d 0010 0001"))])
    }
}

struct RepeatedParameterTests {
    static func read(_ message: [UInt8], limits: WireLimits) throws(WireError) -> [PEChecksum] {
        var reader = ParameterReader(message, limits: limits)
        _ = try reader.readMessageHeader()
        let checksums = try reader.readAll(PEChecksum.self)
        _ = try reader.finish()
        return checksums
    }

    @Test func areReadUpToTheLimit() throws {
        let checksums = (0..<5).map { PEChecksum(rawValue: $0) }
        let message = try ParameterWriter.message(type: 1) { writer in
            for checksum in checksums { writer.write(checksum) }
        }
        #expect(try Self.read(message, limits: WireLimits(repeatedParameters: 5)) == checksums)
        #expect(throws: WireError(.limitExceeded(.repeatedParameters), at: 36, report: [.lackOfResources])) {
            try Self.read(message, limits: WireLimits(repeatedParameters: 4))
        }
    }
}

/// RFC 5354 §2: a length counts the padding between the parameters within, and not the last
struct PaddingTests {
    @Test(.requirement("parameters-3-R1", "parameters-3-R2", "parameters-3-R3")) func theLastPaddingIsNotCounted() throws {
        let element = PoolElementParameter(
            identifier: PoolElementIdentifier(rawValue: 1), registrationLife: .infinite,
            userTransport: .opaque(OpaqueTransportParameter([1])),
            policy: PolicyParameter(type: PolicyType(rawValue: 1), data: [2]))
        let bytes = hex("000a 0021 00000001 00000000 ffffffff 0010 0005 01 000000 0008 0009 00000001 02 000000")
        try expectGolden(element, bytes)
    }

    /// A sender that counts the last padding is understood; what we write does not count it.
    @Test func aCountedLastPaddingIsPutUpWith() throws {
        let counted = hex("000a 0024 00000001 00000000 ffffffff 0010 0005 01 000000 0008 0009 00000001 02 000000")
        let element = try decode(PoolElementParameter.self, counted)
        #expect(encode(element) == replacing(counted, at: 2, with: 0x21))
        #expect(try decode(OperationErrorParameter.self, hex("000c 000c 000b 0005 01 000000")).causes.count == 1)
        var reader = ParameterReader(hex("0100 000c 000f 0006 beef 0000"))
        let header = try reader.readMessageHeader()
        let checksum = try reader.read(PEChecksum.self)
        _ = try reader.finish()
        #expect(header.length == 12)
        #expect(checksum.rawValue == 0xbeef)
    }

    @Test func aPaddingCountedInPartIsRefused() {
        let bytes = hex("000a 0022 00000001 00000000 ffffffff 0010 0005 01 000000 0008 0009 00000001 02 000000")
        #expect(
            refusal(PoolElementParameter.self, bytes)
                == WireError(.wrongLength, at: 33, in: .poolElement, report: [.invalidValues([UInt8](bytes.prefix(34)))]))
    }

    @Test(.requirement("parameters-3-R2", "parameters-3-R4")) func paddingIsZeroAndIgnored() throws {
        let bytes = hex("000a 0021 00000001 00000000 ffffffff 0010 0005 01 a5a5a5 0008 0009 00000001 02 a5a5a5")
        let written = try encode(decode(PoolElementParameter.self, bytes))
        #expect(written == hex("000a 0021 00000001 00000000 ffffffff 0010 0005 01 000000 0008 0009 00000001 02 000000"))
    }
}
