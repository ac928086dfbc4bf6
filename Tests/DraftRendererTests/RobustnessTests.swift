import Testing

@testable import DraftRenderer

/// Documents that xml2rfc refuses, as some published ones are.
@Suite struct RobustnessTests {
    @Test func listsAndTextDirectlyInSections() {
        let rendering = Stage.render(
            "<section title=\"One\">stray<list style=\"symbols\"><t>item</t></list><!-- a -- b --><t>after</t></section>")
        let lines = Stage.lines(of: rendering, from: "1.  One")
        #expect(lines.prefix(7) == ["1.  One", "", "   stray", "", "   *  item", "", "   after"])
        #expect(rendering.messages.contains { $0.severity == .warning && $0.text.contains("text directly in <section>") })
        #expect(rendering.messages.contains { $0.text.hasPrefix("XML: ") })
    }

    @Test func tablesWithinListItems() {
        let table = "<texttable><ttcol>Name</ttcol><c>Beet</c></texttable>"
        let rendering = Stage.render(
            "<section title=\"One\"><t><list style=\"numbers\"><t>item\(table)</t></list></t></section>")
        let lines = Stage.lines(of: rendering, from: "1.  One").map { $0.drop { $0 == " " } }
        #expect(lines.contains("1.  item"))
        #expect(lines.contains("| Beet |"))
    }

    @Test func memoWithoutRightsGetsTheUsualOnes() {
        let rendering = Stage.render(attributes: "docName=\"draft-example-00\"", "<section title=\"One\"><t>x</t></section>")
        #expect(rendering.messages.contains { $0.text.contains("without ipr") })
        #expect(rendering.text?.contains("\nStatus of This Memo\n") == true)
        #expect(rendering.text?.contains("This Internet-Draft will expire on 3 September 2026.") == true)
        #expect(rendering.text?.contains("Revised BSD License") == true)
    }

    @Test func copyrightFollowsTheDate() {
        func text(_ date: String) -> String {
            let memo = "<rfc number=\"1\" ipr=\"trust200902\"><front><title>T</title>\(date)</front><middle/></rfc>"
            return Stage.renderer.render(Array(memo.utf8), path: "memo.xml").text ?? ""
        }
        #expect(!text("<date year=\"2008\" month=\"9\"/>").contains("Copyright Notice"))
        #expect(!text("<date year=\"2009\" month=\"3\"/>").contains("BSD License"))
        #expect(text("<date year=\"2009\" month=\"10\"/>").contains("the BSD License"))
        #expect(text("<date year=\"2010\" month=\"1\"/>").contains("Revised BSD License"))
    }

    @Test func undefinedAndDoubledAnchors() {
        let rendering = Stage.render(
            """
            <section anchor="a" title="One"><t>See <xref target="nowhere"/>.</t></section>
            <section anchor="a" title="Two"><t><x:foreign xmlns:x="urn:x">y</x:foreign>z</t></section>
            """)
        #expect(
            rendering.messages.map(\.description) == [
                "memo.xml:3:48: error: nothing has the anchor \"nowhere\" that <xref> refers to",
                "memo.xml:4:1: error: anchor \"a\" is given twice; the first one counts",
                "memo.xml:4:36: warning: <x:foreign> is not of this vocabulary; it is left out",
            ])
        #expect(rendering.text?.contains("See [nowhere].") == true)
    }

    @Test func endlessInputsEnd() {
        let word = String(repeating: "x", count: 16384)
        #expect(
            Stage.render("<section title=\"One\"><t><list style=\"symbols\"><t>\(word)</t></list></t></section>").text?
                .contains(word) == true)
        let hyphens = String(repeating: "ab-", count: 10000)
        #expect(Stage.render("<section title=\"One\"><t>\(hyphens)</t></section>").text != nil)
        let deep = String(repeating: "<section title=\"s\">", count: 400)
        _ = Stage.render(deep)
        let nested = String(repeating: "<t><list><t>", count: 80) + "x" + String(repeating: "</t></list></t>", count: 80)
        #expect(Stage.render("<section title=\"One\">\(nested)</section>").text?.contains("x") == true)
        let span = "<table><tbody><tr><td colspan=\"999999999\" rowspan=\"999999999\">x</td></tr></tbody></table>"
        #expect(Stage.render("<section title=\"One\">\(span)</section>").text != nil)
        let numbers = "<ol start=\"\(Int.max)\" indent=\"\(Int.max)\" group=\"g\"><li>a</li><li>b</li></ol>"
        #expect(
            Stage.render("<section title=\"One\">\(numbers)<ul indent=\"-\(Int.max)\"><li>x</li></ul></section>").text != nil)
    }

    /// Every start of a document, and documents with bytes changed: a text or a reason, never a crash.
    @Test func damagedDocumentsDoNoHarm() throws {
        let whole = try Stage.bytes("version3-elements.xml")
        for end in stride(from: 0, to: whole.count, by: 211) {
            let rendering = Stage.renderer.render(Array(whole[..<end]), path: "cut.xml")
            #expect(rendering.text != nil || !rendering.messages.isEmpty)
        }
        var state: UInt64 = 1
        for _ in 0..<60 {
            var bytes = whole
            for _ in 0..<8 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 24)
            }
            let rendering = Stage.renderer.render(bytes, path: "changed.xml")
            #expect(rendering.text != nil || !rendering.messages.isEmpty)
        }
    }
}
