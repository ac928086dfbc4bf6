import Testing

@testable import DraftRenderer

/// Whole documents, line by line as xml2rfc 3.34.1 renders them.
@Suite struct DocumentTests {
    @Test(arguments: [
        "filling", "memo-numbered-references", "version2-gardens", "version2-orchards", "version3-elements",
    ])
    func rendersAsTheReference(_ name: String) throws {
        let rendering = try Stage.renderer.render("\(Stage.folder)/\(name).xml")
        let expected = String(decoding: try Stage.bytes("\(name).txt"), as: UTF8.self)
        let lines = Stage.withoutBoilerplate(try #require(rendering.text))
        let expectedLines = Stage.withoutBoilerplate(expected)
        #expect(lines.count == expectedLines.count)
        for (index, (line, wanted)) in zip(lines, expectedLines).enumerated() {
            #expect(line == wanted, "line \(index + 1)")
        }
        #expect(!rendering.hasErrors, "\(rendering.messages)")
    }

    @Test func isTheSameEveryTime() throws {
        let path = "\(Stage.folder)/version3-elements.xml"
        let first = try Stage.renderer.render(path)
        let second = try Stage.renderer.render(path)
        #expect(first.text == second.text)
        #expect(first.messages == second.messages)
    }

    @Test func includesComeFromLocalFolders() throws {
        let path = "\(Stage.folder)/included-memo.xml"
        let rendering = try Stage.renderer.render(path)
        let lines = Stage.lines(of: rendering, from: "2.  References")
        #expect(lines.contains("   [Garden]   Pea, A., \"A Garden\", 2001."))
        #expect(lines.contains("   [Orchard]  Fig, B., \"An Orchard\", 2002."))
        let messages = rendering.messages.filter { $0.severity == .error }.map(\.description)
        #expect(messages.count == 3)
        #expect(messages.contains { $0.hasPrefix("\(path):7:") && $0.contains("reference.Missing") && $0.contains("--bib") })
        #expect(messages.contains { $0.hasPrefix("\(path):8:") && $0.contains("outside") })
        #expect(messages.contains { $0.contains("cycle.xml includes itself") })
        #expect(messages == messages.sorted())
    }

    @Test func unreadableFilesAreSaid() {
        #expect(throws: DocumentError.self) { try Stage.renderer.render("\(Stage.folder)/no-such-memo.xml") }
        let rendering = Stage.renderer.render(Array("<memo/>".utf8), path: "x.xml")
        #expect(rendering.text == nil)
        #expect(rendering.messages.map(\.description) == ["x.xml:1:1: error: the document is a <memo>; expected <rfc>"])
        #expect(Stage.renderer.render([], path: "x.xml").text == nil)
    }
}
