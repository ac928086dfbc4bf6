import Testing

@testable import DraftRenderer

@Suite("Reports about requirements")
struct CoverageReportTests {
    func trace(tests: String = "struct Beds { @Test(.requirement(\"garden-1-R1\")) func waters() {} }") -> RequirementTrace {
        RequirementTrace(
            .init(
                documents: [TracedFile(path: "garden.xml", bytes: Array(RequirementTraceTests.document.utf8))],
                code: [TracedFile(path: "Sources/Garden/Bed.swift", bytes: Array("fulfils(\"garden-1-R1\")".utf8))],
                tests: [TracedFile(path: "Tests/GardenTests/Beds.swift", bytes: Array(tests.utf8))],
                exceptions: TracedFile(path: "exceptions.txt", bytes: Array("garden-1-R2: <snails> & co.\n".utf8))),
            unfinished: ["garden"])
    }

    @Test func coverageNamesMarksProofsAndReasons() {
        let lines = CoverageReport(trace()).text.split(separator: "\n").dropFirst(2).map(String.init)
        #expect(
            lines == [
                "garden", "    MUST: 1, 1 proven, 0 excepted, 0 open", "    MUST NOT: 1, 0 proven, 1 excepted, 0 open",
                "    MAY: 1, 0 proven, 0 excepted, 1 open",
                "  section 1",
                "    garden-1-R1 MUST: proven", "        mark Sources/Garden/Bed.swift", "        test GardenTests.Beds/waters",
                "    garden-1-R2 MUST NOT: excepted", "        exception: <snails> & co.",
                "  section 1.2", "    garden-1.2-R1 MAY: open",
            ])
    }

    @Test func whatWasProvenIsMissed() {
        let earlier = CoverageReport(trace()).text
        #expect(CoverageReport(trace()).noLongerProven(since: earlier).isEmpty)
        #expect(CoverageReport(trace(tests: "")).noLongerProven(since: earlier) == ["garden-1-R1"])
        #expect(CoverageReport(trace(tests: "")).noLongerProven(since: "").isEmpty)
    }

    @Test func thePageIsWellFormedAndHasEveryRequirement() throws {
        let html = RequirementMatrix(trace()).html
        #expect(html.contains("&lt;snails&gt; &amp; co."))
        #expect(html.contains("<tr id=\"garden-1.2-R1\">"))
        #expect(html.contains("Beds MUST be watered daily."))
    }

    static func results(_ cases: String) throws -> TestResults {
        try #require(
            TestResults(
                TracedFile(path: "results.xml", bytes: Array("<testsuites><testsuite>\(cases)</testsuite></testsuites>".utf8))))
    }

    @Test(arguments: [
        ("<testcase classname=\"GardenTests.Beds\" name=\"waters()\"/>", true, ""),
        ("<testcase classname=\"GardenTests.Beds\" name=\"waters(_:)\"><failure message=\"x\"/></testcase>", false, "failed: "),
        (
            "<testcase classname=\"GardenTests.Beds\" name=\"waters()\"><failure/></testcase>"
                + "<testcase classname=\"GardenTests.Beds\" name=\"waters()\"/>", false, "failed: "
        ),
        ("<testcase classname=\"GardenTests.Beds\" name=\"watersMore()\"/>", false, "not run: "),
    ])
    func conformanceIsWhatTheTestsSay(_ cases: String, _ passes: Bool, _ complaint: String) throws {
        let report = ConformanceReport(trace(), of: ["garden"], results: try Self.results(cases))
        #expect(report.isPassed == passes)
        let lines = report.text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(
            lines.prefix(4) == [
                "garden requirements proven excepted failed open",
                "section 1 2 \(passes ? 1 : 0) 1 \(passes ? 0 : 1) 0", "section 1.2 1 0 0 0 1",
                "all 3 \(passes ? 1 : 0) 1 \(passes ? 0 : 1) 1",
            ])
        #expect(lines.dropFirst(4) == (passes ? [] : ["\(complaint)GardenTests.Beds/waters"]))
    }

    @Test func severalSpecificationsAreSummedUpAtTheEnd() throws {
        let passed = try Self.results("<testcase classname=\"GardenTests.Beds\" name=\"waters()\"/>")
        let report = ConformanceReport(trace(), of: ["garden", "garden"], results: passed)
        let lines = report.text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(
            lines.suffix(4) == [
                "specification requirements proven excepted failed open", "garden 3 1 1 0 1", "garden 3 1 1 0 1",
                "all 6 2 2 0 2",
            ])
    }
}
