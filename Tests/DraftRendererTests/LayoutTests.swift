import Testing

@testable import DraftRenderer

/// Expectations as observed of xml2rfc 3.34.1.
@Suite struct LayoutTests {
    private func lines(_ middle: String, back: String = "", version: String = "version=\"3\"") -> [String] {
        let attributes = "\(version) docName=\"draft-example-00\" ipr=\"none\""
        return Stage.lines(
            of: Stage.render(attributes: attributes, "<section><name>S</name>\(middle)</section>", back: back), from: "1.  S")
    }

    @Test func narrowTablesKeepTheirTextAtTheFrame() {
        let cells = (1...2).map { "<td>\(String(repeating: "x", count: 33))\($0)</td>" }.joined()
        let text = lines("<table><tbody><tr>\(cells)</tr></tbody></table>")
        #expect(text.contains { $0.hasPrefix("   |xxxxx") })
    }

    @Test func cellsThatSpanRowsAndColumns() {
        let text = lines(
            """
            <table><thead><tr><th colspan="2">Bed</th></tr></thead>
            <tbody><tr><td rowspan="2">a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table>
            """)
        let table = text.filter { $0.contains("|") || $0.contains("+") }.map { $0.drop { $0 == " " } }
        #expect(table == ["+=======+", "| Bed   |", "+===+===+", "| a | b |", "|   +---+", "|   | c |", "+---+---+"])
    }

    @Test func captionsOfNarrowTables() {
        let text = lines("<table><name>A title</name><tbody><tr><td>x</td></tr></tbody></table>")
        #expect(text.contains("                                  +---+"))
        #expect(text.contains("                             Table 1: A title"))
    }

    @Test func theIndexNamesPlaces() {
        let text = lines("<t><iref item=\"bed\" subitem=\"raised\"/><iref item=\"Ash\" primary=\"true\"/>x</t>")
        let start = text.firstIndex(of: "Index") ?? text.endIndex
        #expect(
            text[start...].filter { !$0.isEmpty }.prefix(6) == [
                "Index", "   A B", "      A", "         Ash  *_Section 1, Paragraph 1_*", "      B", "         bed",
            ])
        #expect(text.contains("            raised  Section 1, Paragraph 1"))
    }

    @Test func authorsOfOtherScripts() {
        let memo = """
            <rfc version="3" docName="draft-x-00" ipr="none"><front><title>T</title><author fullname="奥 一穂" initials="奥" \
            surname="一穂" asciiFullname="Kazuho Oku" asciiInitials="K." asciiSurname="Oku"><organization/><address><postal>\
            <country>JP</country></postal><email>k@example.org</email></address></author><date year="2026"/></front><middle/></rfc>
            """
        let text = Stage.renderer.render(Array(memo.utf8), path: "memo.xml").text ?? ""
        #expect(
            text.contains(
                "   Kazuho Oku\n   Japan\n   Email: k@example.org\n\n   Additional contact information:\n\n      奥 一穂\n"))
    }

    /// Some countries write an address from the country down to the addressee; in Latin letters all do the other way round.
    @Test(arguments: [
        ("Japan", ["1, S", "9", "Japan"], ["Japan", "〒9", "S", "1", "O"]),
        ("CN", ["1", "C", "S, 9", "China"], ["China", "9", "S C", "1", "O"]),
        ("KR", ["1", "C", "S", "9", "Korea, Republic of"], ["Korea, Republic of", "S C", "1", "O", "9"]),
        ("Taiwan", ["1", "C, S 9", "Taiwan"], ["Taiwan", "9", "S C", "1", "O"]),
        ("HK", ["1", "C", "S", "Hong Kong"], ["Hong Kong", "S", "C", "1", "O"]),
        ("Greece", ["1", "9 C", "Greece"], ["O", "1", "9 C", "Greece"]),
    ])
    func addressesOfOtherScripts(_ country: String, _ latin: [String], _ own: [String]) {
        let memo = """
            <rfc version="3" docName="draft-x-00" ipr="none"><front><title>T</title><author fullname="奥" asciiFullname="Oku">
            <organization>O</organization><address><postal><street>1</street><city>C</city><region>S</region><code>9</code>
            <country>\(country)</country></postal></address></author><date year="2026"/></front><middle/></rfc>
            """
        let rendering = Stage.renderer.render(Array(memo.utf8), path: "memo.xml")
        let lines = Stage.lines(of: rendering, from: "Author's Address").dropFirst(2).filter { !$0.isEmpty }
        #expect(
            lines
                == (["Oku", "O"] + latin + ["Additional contact information:", "   奥"] + own.map { "   " + $0 }).map {
                    "   " + $0
                })
        #expect(
            rendering.messages.contains { $0.text.hasPrefix("<city> has no place in an address of Japan") }
                == (country == "Japan"))
    }

    @Test func wideLettersInTheHeader() {
        let memo = """
            <rfc version="3" docName="draft-x-00" ipr="trust200902"><front><title>T</title><author fullname="奥 一穂" initials="奥" \
            surname="一穂" asciiFullname="Kazuho Oku" asciiInitials="K." asciiSurname="Oku"/><date year="2026" month="May" day="1"/></front>
            <middle/></rfc>
            """
        let text = Stage.renderer.render(Array(memo.utf8), path: "memo.xml").text ?? ""
        #expect(text.contains("\nNetwork Working Group                                   奥 一穂 (K. Oku)\n"))
    }

    @Test(arguments: [
        ("US", ["Ville, CA 9", "United States of America"]), ("UK", ["Ville", "9", "United Kingdom"]),
        ("Germany", ["9 Ville", "Germany"]), ("CH", ["CH-9 Ville", "Switzerland"]), ("Nowhere", ["9 Ville", "CA", "Nowhere"]),
    ])
    func addresses(_ country: String, _ expected: [String]) {
        let form = PostalForm(country: country)
        #expect(form.lines(code: "9", city: "Ville", region: "CA", area: "") + [form.countryName] == expected)
    }

    @Test func listsOfVersion2TakeTheirStyleFromTheListAround() {
        let inner = "<list><t>inner</t></list>"
        let text = lines("<t><list style=\"letters\"><t>outer\(inner)</t></list></t>", version: "")
        #expect(text.contains("       A.  inner"))
    }

    @Test func artworkThatSaysItIsCode() {
        let text = lines(
            "<figure><artwork>&lt;CODE BEGINS&gt; file \"a.c\"\nint a;\n&lt;CODE ENDS&gt;</artwork></figure>", version: "")
        #expect(text.contains("   <CODE BEGINS> file \"a.c\""))
        #expect(text.contains("   int a;"))
    }

    @Test func namesThatReferToThemselvesEnd() {
        let text = lines("<section anchor=\"a\"><name>N <xref target=\"a\" format=\"title\"/></name><t>x</t></section>")
        #expect(text.contains("1.1.  N N"))
    }

    /// The same pieces as the rules give on whole words, however long: no word may cost more than its length.
    @Test func longWordsAreReadOnce() {
        for sign in ["x", "a/", "a-", "--", "\u{200b}", "é-"] {
            let word = String(repeating: sign, count: 20000)
            #expect(!LineFilling.fill(word, width: 72).isEmpty)
        }
    }
}
