import Testing

@testable import DraftRenderer

/// Expectations as observed of xml2rfc 3.34.1.
@Suite struct ContentsTests {
    @Test func numbersLongerThanTheFirstTakeTheSecondBlank() {
        let inner = (1...10).map { "<section title=\"I\($0)\"><t>x</t></section>" }.joined()
        let middle = (1...10).map { "<section title=\"S\($0)\"><t>x</t>\($0 == 10 ? inner : "")</section>" }.joined()
        let lines = Stage.lines(
            of: Stage.render(middle, back: "<back><section title=\"More\"/></back>"), from: "Table of Contents")
        #expect(lines.contains("   9.  S9"))
        #expect(lines.contains("   10. S10"))
        #expect(lines.contains("   Appendix A.  More"))
        #expect(lines.contains("     10.1.  I1"))
        #expect(lines.contains("     10.10. I10"))
        #expect(lines.contains("10.10.  I10"))
    }

    @Test func formattedListsStartAnewWithoutCounter() {
        let list = "<t><list style=\"format (%c)\"><t>One.</t></list></t>"
        let lines = Stage.lines(of: Stage.render("<section title=\"S\">\(list)\(list)</section>"), from: "1.  S")
        #expect(lines.filter { $0 == "   (a)  One." }.count == 2)
    }
}
