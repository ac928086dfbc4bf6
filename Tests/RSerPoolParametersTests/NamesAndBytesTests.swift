import RSerPoolParameters
import Testing

/// RFC 5354 §3.9
struct PoolHandleTests {
    @Test func bytes() throws {
        try expectGolden("Echo" as PoolHandle, hex("0009 0008 4563686f"))
        try expectGolden("Echo1" as PoolHandle, hex("0009 0009 4563686f 31 000000"))
        try expectGolden("Echo12" as PoolHandle, hex("0009 000a 4563686f 3132 0000"))
        try expectGolden("Echo123" as PoolHandle, hex("0009 000b 4563686f 313233 00"))
        try expectGolden(PoolHandle([]), hex("0009 0004"))
        try expectGolden(PoolHandle([0, 255, 0]), hex("0009 0007 00ff00 00"))
    }

    @Test func aHandleOverTheLimitIsRefused() throws {
        let limit = WireLimits.standard.poolHandleLength
        let longest = PoolHandle([UInt8](repeating: 65, count: limit))
        #expect(try decode(PoolHandle.self, encode(longest)) == longest)
        #expect(
            refusal(PoolHandle.self, encode(PoolHandle([UInt8](repeating: 65, count: limit + 1))))
                == WireError(.limitExceeded(.poolHandleLength), at: 4, in: .poolHandle, report: [.lackOfResources]))
    }

    @Test func handlesSortByBytes() {
        let sorted: [PoolHandle] = [PoolHandle([]), "A", "AA", "B", PoolHandle([255])]
        #expect(sorted.reversed().sorted() == sorted)
    }

    @Test(arguments: [
        ("Größe" as PoolHandle, "Größe"), (PoolHandle([]), "0x"), (PoolHandle([0xff, 0x01]), "0xff01"),
        ("a\u{1b}[31m" as PoolHandle, "0x611b5b33316d"), ("two words" as PoolHandle, "two words"),
    ])
    func textNeverActsOnATerminal(handle: PoolHandle, text: String) {
        #expect(handle.description == text)
    }
}

/// RFC 5354 §3.13
struct CookieTests {
    @Test func bytes() throws {
        try expectGolden(Cookie([]), hex("000d 0004"))
        try expectGolden(Cookie([1, 2, 3, 4, 5]), hex("000d 0009 0102030405 000000"))
    }

    @Test func theLongestCookieFits() throws {
        let cookie = Cookie([UInt8](repeating: 7, count: 65_531))
        let bytes = encode(cookie)
        #expect(bytes.prefix(4) == [0, 13, 255, 255])
        #expect(try decode(Cookie.self, bytes) == cookie)
    }
}

/// RFC 5354 §3.14
struct PoolElementIdentifierTests {
    @Test func bytes() throws {
        try expectGolden(PoolElementIdentifier(rawValue: 0xdead_beef), hex("000e 0008 deadbeef"))
    }

    @Test func otherLengthsAreRefused() {
        expectCut(PoolElementIdentifier.self, hex("000e 0008 deadbeef"), at: 4...7, .wrongLength, offset: 4)
        let long = hex("000e 0009 deadbeef 01 000000")
        #expect(
            refusal(PoolElementIdentifier.self, long)
                == WireError(
                    .wrongLength, at: 8, in: .poolElementIdentifier, report: [.invalidValues([UInt8](long.prefix(9)))]))
    }
}

/// RFC 5354 §3.15
struct PEChecksumTests {
    @Test func bytes() throws {
        try expectGolden(PEChecksum(rawValue: 0xbeef), hex("000f 0006 beef 0000"))
    }

    @Test func otherLengthsAreRefused() {
        expectCut(PEChecksum.self, hex("000f 0006 beef"), at: 4...5, .wrongLength, offset: 4)
        #expect(refusal(PEChecksum.self, hex("000f 0008 beef 0000"))?.code == .wrongLength)
        #expect(refusal(PEChecksum.self, hex("000f 0008 beef 0000"))?.offset == 6)
    }
}

/// RFC 5354 §3.16
struct OpaqueTransportTests {
    @Test func bytes() throws {
        try expectGolden(OpaqueTransportParameter([]), hex("0010 0004"))
        try expectGolden(OpaqueTransportParameter([1, 2, 3, 4, 5, 6]), hex("0010 000a 010203040506 0000"))
    }
}

/// The Handle Resolution Option
struct HandleResolutionOptionTests {
    @Test func bytes() throws {
        try expectGolden(HandleResolutionOption(items: 3), hex("803f 0008 00000003"))
        try expectGolden(HandleResolutionOption.asManyAsPossible, hex("803f 0008 ffffffff"))
        #expect(UnrecognizedTypeRule(.handleResolutionOption) == .skip)
    }

    @Test(arguments: ["803f 0004", "803f 0006 0003 0000", "803f 000c 00000003 00000000"])
    func anotherLengthIsAsIfItWereNotThere(text: String) throws {
        let message = hex("0500") + [0, UInt8(4 + 8 + hex(text).count)] + hex("0009 0008 4563686f") + hex(text)
        var reader = ParameterReader(message)
        _ = try reader.readMessageHeader()
        _ = try reader.read(PoolHandle.self)
        let option = try reader.readIfPresent(HandleResolutionOption.self)
        let rest = try reader.finish()
        #expect(option == nil)
        #expect(rest.preserved.map(\.type) == [.handleResolutionOption])
        #expect(rest.report.isEmpty)
    }
}
