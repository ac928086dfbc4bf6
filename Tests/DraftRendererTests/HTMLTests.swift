import Testing

@testable import DraftRenderer

@Suite struct HTMLTests {
    private func html(_ middle: String, back: String = "", statuses: [String: String] = [:]) -> String {
        var renderer = DocumentRenderer(today: CalendarDay(year: 2026, month: 11, day: 22), form: .html)
        renderer.requirementStatuses = statuses
        let memo = """
            <rfc version="3" docName="draft-garden-beds-00" ipr="trust200902"><front><title>Beds &amp; Rows</title>\
            <author fullname="Ann Pea"/><date year="2026" month="November" day="22"/><abstract><t>Soil.</t></abstract></front>\
            <middle>\(middle)</middle>\(back)</rfc>
            """
        return renderer.render(Array(memo.utf8), path: "memo.xml").text ?? ""
    }

    @Test func contentsAndCrossReferencesAreLinks() {
        let page = html("<section anchor=\"sow\"><name>Sowing</name><t>As in <xref target=\"sow\"/>.</t></section>")
        #expect(page.contains("<title>Beds &amp; Rows</title>"))
        #expect(page.contains("<li><a href=\"#sow\">1. Sowing</a>"))
        #expect(page.contains("<h2 id=\"sow\"><a class=\"number\" href=\"#sow\">1.</a> Sowing</h2>"))
        #expect(page.contains("As in <a href=\"#sow\">Section 1</a>."))
        #expect(page.contains("<meta name=\"viewport\""))
        #expect(page.hasSuffix("</html>\n"))
    }

    @Test func requirementsShowTheirStatusWhereOneIsKnown() {
        let text = "<section><name>S</name><t anchor=\"garden-3.1-R2\">Beds <bcp14>MUST</bcp14> be level.</t></section>"
        let link = "<a class=\"requirement\" href=\"#garden-3.1-R2\">garden-3.1-R2</a>"
        #expect(html(text).contains("<p id=\"garden-3.1-R2\">\(link) Beds"))
        let page = html(text, statuses: ["garden-3.1-R2": "proven"])
        #expect(page.contains("\(link) <span class=\"status proven\">proven</span> Beds"))
    }

    @Test func statusesComeOutOfTheReport() {
        let report =
            "    garden-3.1-R2 MUST: proven\n      code: a\n    garden-3.1-R3 MAY: excepted, for a reason\n  section 3\n"
        #expect(CoverageReport.statuses(in: report) == ["garden-3.1-R2": "proven", "garden-3.1-R3": "excepted"])
    }

    @Test func nothingOfTheDocumentBecomesMarkup() {
        let page = html(
            """
            <section anchor="a&quot;onclick=&quot;x"><name>&lt;script&gt;</name>
            <t>&lt;b&gt; <eref target="javascript:alert(1)">here</eref> <eref target="https://example.org/?a&amp;b">there</eref></t>
            <sourcecode>if a &lt; b</sourcecode><artwork type="svg"><svg onload="x"/></artwork></section>
            """)
        #expect(!page.contains("<script"))
        #expect(!page.contains("javascript:"))
        #expect(!page.contains("\"onclick"))
        #expect(!page.contains("<svg"))
        #expect(page.contains("&lt;b&gt; here <a href=\"https://example.org/?a&amp;b\">there</a>"))
        #expect(page.contains("<pre>if a &lt; b</pre>"))
    }

    @Test func listsAndTables() {
        let page = html(
            """
            <section><name>S</name><ol type="(%c)"><li>one</li></ol><dl><dt>bed</dt><dd>soil</dd></dl>
            <table><name>Crops</name><thead><tr><th colspan="2">Crop</th></tr></thead><tbody><tr><td>Pea</td><td>Leek</td></tr></tbody></table>
            </section>
            """)
        #expect(page.contains("<li><span class=\"label\">(a)</span> one</li>"))
        #expect(page.contains("<dt>bed</dt>\n<dd>soil</dd>"))
        #expect(page.contains("<th colspan=\"2\">Crop</th>"))
        #expect(page.contains("<figcaption>Table 1: Crops</figcaption>"))
    }
}
