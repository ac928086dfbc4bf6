import Testing

@testable import DraftRenderer

@Suite("Citations of requirements in Swift source")
struct SourceCitationTests {
    /// The claims and marks, as `IDENTIFIER PLACE:LINE`, then the messages.
    func citations(_ source: String) -> (marks: [String], claims: [String], messages: [String]) {
        var log = MessageLog()
        let found = SourceCitations(TracedFile(path: "File.swift", bytes: Array(source.utf8)), module: "BedTests", log: &log)
        return (
            found.marks.map { "\($0.identifier):\($0.location.line)" },
            found.claims.map { "\($0.identifier) \($0.place):\($0.location.line)" }, log.messages.map(\.description)
        )
    }

    @Test func commentsAndStringsHaveNone() {
        let found = citations(
            #"""
            // fulfils("a-1-R1")
            /* fulfils("a-1-R2") /* nested */ fulfils("a-1-R3") */
            let text = "fulfils(\"a-1-R4\")", raw = ##"fulfils("a-1-R5")"##
            let lines = """
                fulfils("a-1-R6") \("}" + f("\(x)"))
                """
            fulfils("a-1-R7")
            package func fulfils(_ requirement: StaticString) {}
            """#)
        #expect(found.marks == ["a-1-R7:7"])
        #expect(found.messages.isEmpty)
    }

    @Test func testsAreNamedByTheirTypes() {
        let found = citations(
            """
            @Suite("Beds {") struct Beds: Sendable where Int: Sendable {
                @Test("Waters (daily)", .requirement("a-1-R1", "a-1-R2"), .requirement("a-1-R3"), arguments: [(1, "}")])
                @MainActor private func waters(_ count: Int) { if true { "\\(count)" } }
                class func helper() {}
                struct Roses {
                    @Test(
                        .requirement(
                            "a-1-R4"))
                    static func `climbs`() async throws {}
                }
                @Test(.requirement("a-1-R5")) func grows() {}
            }
            extension Beds.Roses { @Test(.requirement("a-1-R6")) func fades() {} }
            @Test(.requirement("a-1-R7")) func free() {}
            @Test func unclaimed() {}
            """)
        #expect(
            found.claims == [
                "a-1-R1 BedTests.Beds/waters:2", "a-1-R2 BedTests.Beds/waters:2", "a-1-R3 BedTests.Beds/waters:2",
                "a-1-R4 BedTests.Beds/Roses/climbs:8", "a-1-R5 BedTests.Beds/grows:11", "a-1-R6 BedTests.Beds/Roses/fades:13",
                "a-1-R7 BedTests.free:14",
            ])
        #expect(found.messages.isEmpty)
    }

    @Test(arguments: [
        "fulfils(name)", "fulfils(\"a\\(1)\")", "fulfils(\"a-1-R1\", \"a-1-R2\")", "fulfils()", "\"\"; fulfils(",
        "@Test(.requirement(name)) func waters() {}", "@Test(.requirement(\"a-1-R1\", name)) func waters() {}",
        "@Suite(.requirement(\"a-1-R1\")) struct Beds {}",
    ])
    func whatIsNotWrittenOutIsAnError(_ source: String) {
        #expect(citations(source).messages.count == 1, "\(citations(source))")
    }

    @Test(arguments: 0..<50)
    func anyBytesAreTakenApart(_ seed: UInt64) {
        let words = [
            "@Test(", ".requirement(", "\"a-1-R1\"", ")", "{", "}", "/*", "*/", "\"\"\"", "#\"", "\\(", "fulfils(", "`",
            "func f",
        ]
        var state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1
        var source = ""
        for _ in 0..<60 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            source += words[Int(state >> 33) % words.count] + ((state >> 20) & 3 == 0 ? "\n" : " ")
        }
        _ = citations(source)
    }
}
