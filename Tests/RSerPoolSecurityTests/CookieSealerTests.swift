import RSerPoolParameters
import RequirementTesting
import Testing

@testable import RSerPoolSecurity

@Suite("Sealed cookies (RFC 5352 §3.8)")
struct CookieSealerTests {
    private static let pool: PoolHandle = "Counters"
    private static let element = PoolElementIdentifier(rawValue: 0x1122_3344)
    private static let noon = WallTime(secondsSince1970: 1_800_000_000)
    private let sealer = CookieSealer(key: .random(PoolKey.Identifier(rawValue: 7)))

    private func seal(_ state: [UInt8], session: [UInt8] = []) throws -> [UInt8] {
        try sealer.seal(state, pool: Self.pool, session: session, element: Self.element, until: Self.noon)
    }

    @Test("What was sealed is opened, whatever its length; the cookie's length is a multiple of 4", .requirement("asap-3.8-R4"))
    func roundTrips() throws {
        for count in [0, 1, 2, 3, 4, 5, 31, 32, 33, 1_000, 16_000] {
            let state = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let cookie = try seal(state)
            #expect(cookie.count == CookieSealer.overhead + (count + 3) / 4 * 4)
            let opened = try sealer.open(cookie, pool: Self.pool, at: Self.noon)
            #expect(opened == CookieSealer.Opened(state: state, element: Self.element, expiry: Self.noon))
        }
        #expect(CookieSealer.overhead == 52)
    }

    @Test("A cookie changed in any bit of any byte is refused", .requirement("asap-3.8-R4", "asap-3.8-R5"))
    func tampering() throws {
        let cookie = try seal(Array("forty-two".utf8))
        for place in cookie.indices {
            for bit in 0..<8 {
                var changed = cookie
                changed[place] ^= 1 << UInt8(bit)
                let error = #expect(throws: SealedCookieError.self) {
                    try sealer.open(changed, pool: Self.pool, at: Self.noon)
                }
                switch place {
                case 0: #expect(error == .unsupportedVersion(changed[0]))
                case 4..<8: if case .unknownKey = error {} else { Issue.record("byte \(place): \(String(describing: error))") }
                case 8..<12: #expect(error == .otherPool)
                default: #expect(error == .tampered, "byte \(place)")
                }
            }
        }
    }

    @Test("A cookie that was cut off or lengthened is refused")
    func lengths() throws {
        let cookie = try seal(Array("forty-two".utf8))
        for count in 0..<cookie.count {
            #expect(throws: SealedCookieError.self) {
                try sealer.open(Array(cookie[..<count]), pool: Self.pool, at: Self.noon)
            }
        }
        #expect(throws: SealedCookieError.malformed) { try sealer.open(cookie + [0], pool: Self.pool, at: Self.noon) }
        #expect(throws: SealedCookieError.tampered) { try sealer.open(cookie + [0, 0, 0, 0], pool: Self.pool, at: Self.noon) }
        #expect(throws: SealedCookieError.malformed) { try sealer.open([], pool: Self.pool, at: Self.noon) }
    }

    @Test("Bytes that nobody sealed are refused")
    func anyBytes() {
        for count in 0..<400 {
            var bytes = (0..<count).map { _ in UInt8.random(in: 0...255) }
            if count > 8 { bytes.replaceSubrange(0..<8, with: [1, 0, 0, 0, 0, 0, 0, 7]) }
            #expect(throws: SealedCookieError.self) { try sealer.open(bytes, pool: Self.pool, at: Self.noon) }
        }
    }

    @Test("A cookie is good to its last second and not longer; a changed expiry is no expiry")
    func expiry() throws {
        let cookie = try seal([1])
        let later = Self.noon + .seconds(1)
        #expect(try sealer.open(cookie, pool: Self.pool, at: Self.noon).state == [1])
        #expect(throws: SealedCookieError.expired(Self.noon)) { try sealer.open(cookie, pool: Self.pool, at: later) }
        var prolonged = cookie
        prolonged[23] = 0xff
        #expect(throws: SealedCookieError.tampered) { try sealer.open(prolonged, pool: Self.pool, at: later) }
    }

    @Test("A cookie of another pool is refused, also where the digests of the handles were made equal")
    func otherPool() throws {
        let cookie = try seal([1])
        #expect(throws: SealedCookieError.otherPool) { try sealer.open(cookie, pool: "Others", at: Self.noon) }
        var disguised = cookie
        disguised.replaceSubrange(
            8..<12, with: try sealer.seal([1], pool: "Others", element: Self.element, until: Self.noon)[8..<12])
        #expect(throws: SealedCookieError.tampered) { try sealer.open(disguised, pool: "Others", at: Self.noon) }
    }

    @Test("A cookie of another session is refused")
    func otherSession() throws {
        let cookie = try seal([1], session: Array("alice".utf8))
        #expect(try sealer.open(cookie, pool: Self.pool, session: Array("alice".utf8), at: Self.noon).state == [1])
        for other in ["", "alic", "alice2", "bob"] {
            #expect(throws: SealedCookieError.tampered) {
                try sealer.open(cookie, pool: Self.pool, session: Array(other.utf8), at: Self.noon)
            }
        }
        // Neither can a part of the handle pass for a part of the session.
        let shifted = try sealer.seal([1], pool: "AB", session: Array("C".utf8), element: Self.element, until: Self.noon)
        #expect(throws: SealedCookieError.otherPool) {
            try sealer.open(shifted, pool: "A", session: Array("BC".utf8), at: Self.noon)
        }
    }

    @Test("Keys follow one another: the newest seals, all open, one that was dropped opens no more")
    func rotation() throws {
        let keys = (1...18).map { PoolKey.random(PoolKey.Identifier(rawValue: $0)) }
        var sealer = CookieSealer(key: keys[0])
        let first = try sealer.seal([1], pool: Self.pool, element: Self.element, until: Self.noon)
        for key in keys[1..<16] { try sealer.rotate(to: key) }
        #expect(sealer.keys == keys[..<16].reversed())
        #expect(try sealer.open(first, pool: Self.pool, at: Self.noon).state == [1])
        try sealer.rotate(to: keys[16])
        #expect(throws: SealedCookieError.unknownKey(keys[0].identifier)) {
            try sealer.open(first, pool: Self.pool, at: Self.noon)
        }
        let last = try sealer.seal([2], pool: Self.pool, element: Self.element, until: Self.noon)
        #expect(try CookieSealer(key: keys[16]).open(last, pool: Self.pool, at: Self.noon).state == [2])
        #expect(throws: CookieSealerError.repeatedKey(keys[16].identifier)) { try sealer.rotate(to: keys[16]) }
        #expect(throws: CookieSealerError.tooManyKeys(18)) { try CookieSealer(keys: keys) }
        #expect(throws: CookieSealerError.noKey) { try CookieSealer(keys: []) }
    }

    @Test("Another key of the same number opens nothing")
    func wrongKey() throws {
        let other = CookieSealer(key: .random(PoolKey.Identifier(rawValue: 7)))
        let cookie = try seal([1])
        #expect(throws: SealedCookieError.tampered) { try other.open(cookie, pool: Self.pool, at: Self.noon) }
    }

    @Test("Equal states make different cookies, and none shows its state")
    func secrecy() throws {
        let state = Array("a state that nobody is to read".utf8)
        let (one, other) = (try seal(state), try seal(state))
        #expect(one != other)
        for cookie in [one, other] {
            let shows = cookie.indices.contains { cookie[$0...].starts(with: state.prefix(4)) }
            #expect(!shows)
        }
    }

    @Test("A state that fits in no cookie is refused")
    func size() throws {
        let most = [UInt8](repeating: 1, count: CookieSealer.maximumStateSize)
        #expect(try seal(most).count <= 65_524)
        #expect(throws: CookieSealerError.stateTooLong(most.count + 1)) { try seal(most + [1]) }
    }
}
