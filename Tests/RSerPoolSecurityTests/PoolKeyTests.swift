import Testing

@testable import RSerPoolSecurity

@Suite("Pool keys")
struct PoolKeyTests {
    private static let digits = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1F"

    @Test("A key in text is the key in bytes")
    func text() throws {
        let key = try PoolKey(text: "42:\(Self.digits)")
        #expect(key == (try PoolKey(PoolKey.Identifier(rawValue: 42), bytes: Array(0...31))))
        #expect(key != (try PoolKey(PoolKey.Identifier(rawValue: 42), bytes: Array(1...32))))
        #expect(key != (try PoolKey(PoolKey.Identifier(rawValue: 43), bytes: Array(0...31))))
    }

    @Test(
        "What is no key is refused",
        arguments: [
            "", "42", "42:", ":\(digits)", "x:\(digits)", "4294967296:\(digits)", "1:\(digits)0", "1:g\(digits.dropFirst())",
        ])
    func noKey(text: String) {
        #expect(throws: PoolKeyError.text) { try PoolKey(text: text) }
    }

    @Test("A secret of another length is refused", arguments: [0, 16, 31, 33, 64])
    func length(count: Int) {
        #expect(throws: PoolKeyError.length(count)) {
            try PoolKey(PoolKey.Identifier(rawValue: 1), bytes: [UInt8](repeating: 1, count: count))
        }
    }

    @Test("No text form shows the secret")
    func secrecy() throws {
        let key = try PoolKey(text: "42:\(Self.digits)")
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped, "\(CookieSealer(key: key))"] {
            #expect(
                !text.contains("0a0b") && !text.contains("10, 11") && !text.lowercased().contains("symmetrickey"), "\(text)")
        }
        #expect("\(key)" == "key 42")
    }

    @Test("Random keys differ")
    func random() {
        #expect(PoolKey.random(PoolKey.Identifier(rawValue: 1)) != PoolKey.random(PoolKey.Identifier(rawValue: 1)))
    }

    @Test("Times stop at the ends of their range")
    func times() {
        #expect(WallTime(secondsSince1970: 10) + .milliseconds(2_999) == WallTime(secondsSince1970: 12))
        #expect(WallTime(secondsSince1970: .max) + .seconds(1) == WallTime(secondsSince1970: .max))
        #expect(WallTime(secondsSince1970: .min) + .seconds(-1) == WallTime(secondsSince1970: .min))
        #expect(WallTime.now > WallTime(secondsSince1970: 1_700_000_000))
    }
}
