import Testing

@testable import DraftRenderer

/// Pages as observed of xml2rfc 3.34.1.
@Suite struct PageTests {
    private func pages(_ middle: String) -> [String] {
        let renderer = DocumentRenderer(today: CalendarDay(year: 2026, month: 11, day: 22), form: .pages)
        let memo = """
            <rfc version="3" docName="draft-garden-beds-00" ipr="trust200902" category="info"><front><title abbrev="Beds">T</title>\
            <author initials="A." surname="Pea" fullname="Ann Pea"/><date year="2026" month="November" day="22"/></front>\
            <middle>\(middle)</middle></rfc>
            """
        let text = renderer.render(Array(memo.utf8), path: "memo.xml").text ?? ""
        return text.split(separator: "\u{c}", omittingEmptySubsequences: false).map(String.init)
    }

    @Test func everyPageHasItsLinesHeaderAndFooter() {
        let paragraphs = (1...60).map { "<t>Paragraph \($0).</t>" }.joined()
        let pages = pages("<section><name>One</name>\(paragraphs)</section><section><name>Two</name><t>End.</t></section>")
        #expect(pages.count == 4)
        for (index, page) in pages.enumerated() {
            let lines = page.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            #expect(lines.count == 57)
            #expect(lines[55].hasPrefix("Pea"))
            #expect(lines[55].hasSuffix("[Page \(index + 1)]"))
            #expect(lines[55].contains("Expires 26 May 2027"))
            if index > 0 { #expect(lines[1] == "Internet-Draft                    Beds                     November 2026") }
        }
        let contents = pages[0].split(separator: "\n").map(String.init)
        #expect(contents.contains("   1.  One . . . . . . . . . . . . . . . . . . . . . . . . . . . . .   2"))
        #expect(contents.contains("   2.  Two . . . . . . . . . . . . . . . . . . . . . . . . . . . . .   4"))
    }

    @Test func artworkStaysWhole() {
        let art = (1...40).map { "row \($0)" }.joined(separator: "\n")
        let pages = pages("<section><name>One</name><t>Text.</t><artwork>\(art)</artwork></section>")
        #expect(pages.contains { $0.contains("   row 1\n") && $0.contains("   row 40\n") })
    }
}
