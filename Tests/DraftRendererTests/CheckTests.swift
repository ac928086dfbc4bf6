import Testing

@testable import DraftRenderer

@Suite struct CheckTests {
    private func check(_ text: String) -> [String] {
        Stage.renderer.check(Array(text.utf8), path: "memo.xml").messages.map(\.description)
    }

    private func memo(_ middle: String, attributes: String = "version=\"3\" docName=\"draft-garden-beds-00\" ipr=\"none\"")
        -> String
    {
        """
        <rfc \(attributes)><front><title>T</title><author fullname="Ann Pea"/></front><middle>
        \(middle)
        </middle></rfc>
        """
    }

    @Test func soundDocumentsPass() {
        #expect(check(memo("<section><name>S</name><ul><li>x</li></ul></section>")).isEmpty)
    }

    @Test(arguments: [
        ("<section><name>S</name><ul><t>x</t></ul></section>", "memo.xml:2:28: error: <t> in <ul>; expected <li>"),
        ("<section><name>S</name><ul/></section>", "memo.xml:2:24: error: <ul> without <li>; expected at least one"),
        (
            "<section><name>S</name><t><xref/></t></section>",
            "memo.xml:2:27: error: <xref> without target; expected target=\"…\""
        ),
        (
            "<section><name>S</name><t><list><t>x</t></list></t></section>",
            "memo.xml:2:27: error: <list> in <t>; expected <ul>, <ol> or <dl>"
        ),
        (
            "<section><name>S</name><dl>x<dt/><dd/></dl></section>",
            "memo.xml:2:24: error: text directly in <dl>; expected <dd>, <dt>"
        ),
        (
            "<section><name>S</name><ul><li>x<t>y</t></li></ul></section>",
            "memo.xml:2:33: error: <t> beside text in <li>; expected the text in <t>"
        ),
        (
            "<section><name>S</name><t anchor=\"a\"/><t anchor=\"a\"/></section>",
            "memo.xml:2:39: error: anchor \"a\" is given twice; the first one counts"
        ),
        (
            "<section><name>S</name><t><bcp14>must</bcp14></t></section>",
            "memo.xml:2:27: warning: <bcp14>must</bcp14>; expected a word of BCP 14, as MUST"
        ),
        (
            "<section><name>S</name><sourcecode>\(String(repeating: "x", count: 80))</sourcecode></section>",
            "memo.xml:2:24: warning: <sourcecode> gives a line of 83 columns; expected at most 72"
        ),
    ])
    func faults(_ middle: String, _ message: String) {
        #expect(check(memo(middle)).contains(message))
    }

    private func oldMemo(_ middle: String, back: String = "") -> String {
        """
        <rfc docName="draft-garden-beds-00" ipr="none"><front><title>T</title><author/><date/></front><middle>
        \(middle)
        </middle>\(back)</rfc>
        """
    }

    @Test func soundDocumentsOfVersion2Pass() {
        let list = "<t>x<list style=\"symbols\"><t>y<vspace/>z</t></list></t><figure><artwork>a</artwork></figure>"
        #expect(check(oldMemo("<section title=\"S\">\(list)</section>")).isEmpty)
    }

    @Test(arguments: [
        (
            "<section title=\"S\"><list><t>x</t></list></section>",
            "<list> in <section>; expected <figure>, <iref>, <section>, <t>, <texttable>"
        ),
        ("<section title=\"S\"><t><texttable><ttcol/></texttable></t></section>", "<texttable> in <t>; expected"),
        ("<section title=\"S\">stray<t>x</t></section>", "text directly in <section>; expected"),
        ("<section><t>x</t></section>", "<section> without title; expected title=\"…\""),
        ("<section title=\"S\"><t><list/></t></section>", "<list> without <t>; expected at least one"),
        ("<section title=\"S\"><t><xref/></t></section>", "<xref> without target; expected target=\"…\""),
        (
            "<section title=\"S\"><ul><li>x</li></ul></section>",
            "<ul> is an element of version 3; expected version=\"3\" on <rfc>"
        ),
        ("<section title=\"S\"><vine/></section>", "<vine> is unknown; expected in <section>: <figure>"),
    ])
    func faultsOfVersion2(_ middle: String, _ message: String) {
        let messages = check(oldMemo(middle))
        #expect(messages.contains { $0.hasPrefix("memo.xml:2:") && $0.contains(": \(message)") }, "\(messages)")
    }

    @Test func references() {
        func reference(_ anchor: String) -> String {
            "<reference anchor=\"\(anchor)\"><front><title>R</title><author/><date/></front></reference>"
        }
        let messages = check(
            oldMemo(
                "<section title=\"S\"><t><xref target=\"Used\"/> and <xref target=\"None\"/></t></section>",
                back: "<back><references>\(reference("Used"))\(reference("Spare"))</references></back>"))
        #expect(messages.contains { $0.contains("error: nothing has the anchor \"None\" that <xref> refers to") })
        #expect(messages.contains { $0.contains("warning: nothing refers to [Spare]") })
        #expect(!messages.contains { $0.contains("[Used]") })
    }

    @Test func namesAndNumbers() {
        let authors = String(repeating: "<author fullname=\"Ann Pea\"/>", count: 6)
        let messages = check(
            """
            <rfc version="3" docName="draft-garden-beds-00" ipr="none" submissionType="own"><front><title>T</title>\(authors)</front>
            <middle><section anchor="2 beds"><name>S</name><t>x</t><vine/></section></middle></rfc>
            """)
        for part in [
            "submissionType=\"own\" on <rfc>; expected one of", "6 authors; expected at most 5",
            "anchor \"2 beds\"; expected a letter",
            "<vine> is unknown; expected in <section>: <artset>",
        ] {
            #expect(messages.contains { $0.contains(part) }, "\(part) in \(messages)")
        }
    }

    @Test func partsThatAreMissing() {
        let attributes = "version=\"3\" docName=\"Draft\" ipr=\"own\" category=\"fun\""
        let messages = check(memo("<section><name>S</name><t>x</t></section>", attributes: attributes))
        for part in [
            "no <abstract>", "no section \"Introduction\"", "no section \"Security Considerations\"",
            "no section \"IANA Considerations\"", "docName=\"Draft\"", "ipr=\"own\"", "category=\"fun\"",
        ] {
            #expect(messages.contains { $0.contains(part) })
        }
        #expect(messages == check(memo("<section><name>S</name><t>x</t></section>", attributes: attributes)))
    }

    @Test func brokenDocumentsGiveMessages() {
        #expect(check("").contains { $0.contains("error") })
        #expect(check("<rfc><front></rfc>").contains { $0.contains("XML: ") })
    }
}
