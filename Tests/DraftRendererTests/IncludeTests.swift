import Testing

@testable import DraftRenderer

/// Parts of files, text, and what stands in for missing files (XML Inclusions 1.0); the `src` of artwork and source code.
@Suite struct IncludeTests {
    private func render(_ middle: String, version: String = "version=\"3\"") -> DocumentRenderer.Rendering {
        let memo = """
            <rfc \(version) docName="draft-x-00" ipr="none" xmlns:xi="http://www.w3.org/2001/XInclude"><front><title>T</title>
            <author fullname="Ann Pea"/><date year="2026"/></front><middle><section><name>S</name><t>x</t>
            \(middle)
            </section></middle></rfc>
            """
        return Stage.renderer.render(Array(memo.utf8), path: "\(Stage.folder)/memo.xml")
    }

    private func lines(_ rendering: DocumentRenderer.Rendering) -> [String] {
        Stage.lines(of: rendering, from: "1.  S").drop { $0 != "   x" }.dropFirst().prefix { !$0.hasPrefix("Author") }
            .filter { !$0.isEmpty }
    }

    @Test(arguments: [
        "xpointer(/parts/section[2])", "xpointer(//section[@anchor='paths'])", "xpointer(/*/section[@anchor=\"paths\"])",
        "element(/1/2)", "paths", "element(paths)",
    ])
    func partsOfFiles(_ pointer: String) {
        let escaped = pointer.replacing("\"", with: "&quot;")
        let rendering = render("<xi:include href=\"parts.xml\" xpointer=\"\(escaped)\"/>")
        #expect(lines(rendering) == ["1.1.  Paths", "   Gravel paths.", "   No more parts."])
        #expect(rendering.messages.map(\.severity) == [.warning])
        #expect(rendering.messages.first?.location.file == "\(Stage.folder)/parts.xml")
    }

    @Test func severalParts() {
        let rendering = render("<xi:include href=\"parts.xml\" xpointer=\"xpointer(//section)\"/>")
        #expect(lines(rendering).prefix(3) == ["1.1.  Beds", "   Raised beds.", "1.2.  Paths"])
        let paragraph = render("<xi:include href=\"parts.xml\" xpointer=\"element(beds/2)\"/>")
        #expect(lines(paragraph) == ["   Raised beds."])
    }

    @Test(arguments: [
        ("href=\"parts.xml\" xpointer=\"xpointer(/parts/hedge)\"", "leads to nothing in parts.xml"),
        ("href=\"parts.xml\" xpointer=\"xpointer(id('beds'))\"", "is not understood"),
        ("href=\"parts.xml\" xpointer=\"element(/0)\"", "is not understood"),
        ("href=\"parts.xml\" xpointer=\"\"", "is not understood"),
        ("href=\"parts.xml\" parse=\"html\"", "expected xml or text"),
        ("href=\"program.txt\" parse=\"text\" xpointer=\"beds\"", "expected one of them"),
        ("href=\"program.txt\" parse=\"text\" encoding=\"UTF-16\"", "UTF-8"),
        ("href=\"../IncludeTests.swift\" parse=\"text\"", "outside"),
        ("href=\"no-such-text\" parse=\"text\"", "--bib"),
    ])
    func whatCannotBeIncluded(_ attributes: String, _ reason: String) {
        let rendering = render("<xi:include \(attributes)/>")
        #expect(rendering.messages.count == 1 && rendering.hasErrors)
        #expect(rendering.messages.first?.text.contains(reason) == true, "\(rendering.messages)")
        #expect(rendering.messages.first?.location.line == 3)
        let other = render("<xi:include \(attributes)><xi:fallback><t>Instead.</t></xi:fallback></xi:include>")
        #expect(lines(other) == ["   Instead."])
        #expect(other.messages.map(\.severity) == [.warning])
    }

    @Test func textOfFiles() {
        let expected = ["   begin", "           sow", "   end"]
        #expect(lines(render("<sourcecode><xi:include href=\"program.txt\" parse=\"text\"/></sourcecode>")) == expected)
        #expect(lines(render("<sourcecode src=\"program.txt\"/>")) == expected)
        #expect(lines(render("<artwork type=\"ascii-art\" src=\"program.txt\"> </artwork>")) == expected)
    }

    @Test(arguments: [
        ("data:text/plain,a%20b%0A%20c", ["   a b", "    c"]), ("data:,%c3%a9%", ["   é%"]),
        ("data:text/plain;charset=utf-8;base64,YSBiCiBj", ["   a b", "    c"]), ("data:;base64,YQ==", ["   a"]),
    ])
    func textOfDataAddresses(_ address: String, _ expected: [String]) {
        let rendering = render("<artwork src=\"\(address)\"/>")
        #expect(lines(rendering) == expected)
        #expect(rendering.messages.isEmpty)
    }

    @Test(arguments: [
        ("data:text/plain", "without comma"), ("data:;base64,Y", "no base64"), ("data:;base64,YQ==YQ", "no base64"),
        ("data:;base64,a!b", "no base64"), ("data:,%00", "control characters"), ("no-such-art", "--bib"),
        ("/etc/hostname", "outside"), ("../../../Package.swift", "outside"),
    ])
    func whatIsNoText(_ address: String, _ reason: String) {
        let messages = render("<sourcecode src=\"\(address)\"/>").messages
        #expect(messages.contains { $0.severity == .error && $0.text.contains(reason) }, "\(messages)")
    }

    @Test func textBesideItsSource() {
        let both = "<artwork src=\"program.txt\">own</artwork>"
        #expect(lines(render(both)) == ["   own"])
        #expect(render(both).messages.contains { $0.severity == .error && $0.text.contains("both src and text") })
        // In version 2 it was the picture's stand-in.
        let older = render("<figure>\(both)</figure>", version: "")
        #expect(lines(older) == ["   own"] && !older.hasErrors)
        #expect(!render("<artset><artwork type=\"svg\" src=\"plan.svg\"/><artwork>own</artwork></artset>").hasErrors)
    }
}
