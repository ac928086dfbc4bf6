import Testing

@testable import DraftRenderer

@Suite struct LineFillingTests {
    @Test(arguments: [
        ("Done. Two", "Done.  Two"), ("It is. Two", "It is.  Two"), ("e.g. This", "e.g. This"),
        ("See Fig. One", "See Fig. One"),
        ("is. (So", "is.  (So"), ("is? \"So", "is?  \"So"), ("is.) So", "is.)  So"), ("a.  b", "a.  b"), ("a   b", "a b"),
        ("end. lower", "end. lower"), ("J. Smith", "J.  Smith"), ("  a\n\t b ", "a b"), ("Dr. Who", "Dr. Who"),
    ])
    func sentences(_ source: String, _ expected: String) {
        #expect(LineFilling.fill(source, width: 72) == [expected])
    }

    @Test(arguments: [
        ("aaaa bb-cc", 8, ["aaaa bb-", "cc"]), ("aaaa bb-33", 8, ["aaaa", "bb-33"]), ("aaaa b/cc", 7, ["aaaa b/", "cc"]),
        ("http://ab.cd", 8, ["http://ab.cd"]), ("aa--bbbb", 6, ["aa--", "bbbb"]), ("see Section 3", 11, ["see", "Section 3"]),
        ("a\u{a0}b c", 3, ["a b", "c"]), ("one\u{2028}two", 72, ["one", "two"]), ("", 72, [""]),
    ])
    func breaks(_ source: String, _ width: Int, _ expected: [String]) {
        #expect(LineFilling.fill(source, width: width) == expected)
    }

    @Test func dates() {
        #expect(CalendarDay(year: 2026, month: 11, day: 22).advanced(byDays: 185) == CalendarDay(year: 2027, month: 5, day: 26))
        #expect(CalendarDay(secondsSince1970: 951_782_400) == CalendarDay(year: 2000, month: 2, day: 29))
        #expect(CalendarDay("2023-02-29") == nil)
        #expect(CalendarDay("2024-02-29") != nil)
        #expect(CalendarDay("2024-2-29x") == nil)
        #expect(CalendarDay("") == nil)
    }

    @Test func labels() {
        #expect(ListLabel.text("a", 28) == "bb.")
        #expect(ListLabel.text("i", 14) == "xiv.")
        #expect(ListLabel.text("R%d:%%", 3) == "R3:%")
        #expect(ListLabel.text("%x", 255) == "ff")
    }
}
