import RSerPoolStatus
import SCTPTransport
import Testing

@Suite struct StatusValueTests {
    static let samples: [(StatusValue, String)] = [
        (nil, "null"), (true, "true"), (false, "false"), (0, "0"), (-17, "-17"), (.number(1.5), "1.5"),
        (.number(.infinity), "null"), (.integer(.max), "9223372036854775807"),
        ("", "\"\""), ("Grüße \"\\ \u{7f}\n\u{1}", "\"Grüße \\\"\\\\ \\u007f\\u000a\\u0001\""),
        ([], "[]"), ([1, "a", nil], "[1,\"a\",null]"), ([:], "{}"),
        (["b": 1, "a": [["c": nil]]], "{\"b\":1,\"a\":[{\"c\":null}]}"),
    ]

    @Test(arguments: samples) func valuesAreWritten(value: StatusValue, json: String) {
        #expect(value.json() == json)
    }

    @Test(arguments: samples) func whatIsWrittenIsRead(value: StatusValue, json: String) throws {
        let expected = value == .number(.infinity) ? .null : value
        #expect(try StatusValue(parsing: json.utf8) == expected)
        #expect(try StatusValue(parsing: value.json(isPretty: true).utf8) == expected)
    }

    @Test func prettyJSONHasALineForEachMember() {
        let value: StatusValue = ["a": 1, "b": [], "c": [true, [:]]]
        #expect(value.json(isPretty: true) == "{\n  \"a\": 1,\n  \"b\": [],\n  \"c\": [\n    true,\n    {}\n  ]\n}")
    }

    @Test func whatOthersWriteIsRead() throws {
        let json = " { \"a\" : [ 1.0e2 , -0.5 ] ,\r\n\t\"b\":\"\\u0041\\ud83d\\ude00\\/\\b\\f\\n\\r\\t\\ud800x\"} "
        #expect(
            try StatusValue(parsing: json.utf8)
                == ["a": [.number(100), .number(-0.5)], "b": "A😀/\u{8}\u{c}\n\r\t\u{fffd}x"])
    }

    @Test(arguments: [
        "", "nul", "{", "[", "\"", "[1", "[1,", "[,1]", "{1:2}", "{\"a\"", "{\"a\":", "{\"a\":1,}", "1 2", "--1", "1e999",
        "\"\\x\"", "\"\\u12\"", "\"\u{1}\"", "}", "nan", "\"\\",
    ]) func whatIsNoJSONIsRefused(json: String) {
        #expect(throws: StatusFormatError.self) { try StatusValue(parsing: json.utf8) }
    }

    @Test func depthIsLimited() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(try StatusValue(parsing: nested(StatusValue.depthLimit).utf8) != .null)
        #expect(throws: StatusFormatError.self) { try StatusValue(parsing: nested(StatusValue.depthLimit + 1).utf8) }
        #expect(throws: StatusFormatError.self) { try StatusValue(parsing: nested(1_000_000).utf8) }
    }

    @Test func anyBytesMayBeRead() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("{}[]\",:\\u0123eE+-.tfn \u{0}é".utf8)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0..<24, using: &generator)).map { _ in
                alphabet.randomElement(using: &generator) ?? 0
            }
            guard let value = try? StatusValue(parsing: bytes) else { continue }
            #expect((try? StatusValue(parsing: value.json().utf8)) == value, "\(bytes)")
        }
    }

    @Test func partsMakeAWhole() {
        var document = StatusDocument()
        document.add(["role": "registrar", "peers": [1], "pools": []])
        document.add([
            "pools": [
                ["handle": "b", "elements": [["identifier": "2", "old": true]]],
                ["handle": "a", "elements": [["identifier": "9"]]],
            ]
        ])
        document.add(["pools": [["handle": "b", "elements": [["identifier": "1"], ["identifier": "2"]]]]])
        #expect(!document.isComplete)
        document.add(StatusDocument.end)
        #expect(document.isComplete)
        document.add(["more": 1])
        #expect(
            document.value == [
                "role": "registrar", "peers": [1],
                "pools": [
                    ["handle": "a", "elements": [["identifier": "9"]]],
                    ["handle": "b", "elements": [["identifier": "1"], ["identifier": "2"]]],
                ],
            ])
    }
}
