@testable import DraftRenderer

/// The documents beside these tests, and short ones made on the spot.
enum Stage {
    static let folder = #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/Documents"
    static let renderer = DocumentRenderer(today: CalendarDay(year: 2026, month: 11, day: 22))

    static func bytes(_ name: String) throws -> [UInt8] {
        try ReferenceLibrary().read("\(folder)/\(name)")
    }

    static func render(
        attributes: String = "docName=\"draft-example-00\" ipr=\"none\"", front: String = "", _ middle: String,
        back: String = ""
    ) -> DocumentRenderer.Rendering {
        let text = """
            <?xml version="1.0"?>
            <rfc \(attributes)><front><title>Title</title><author initials="R." surname="Beet"><organization/></author>\
            <date year="2026" month="March" day="2"/>\(front)</front>
            <middle>\(middle)</middle>\(back)</rfc>
            """
        return renderer.render(Array(text.utf8), path: "memo.xml")
    }

    /// The lines of the text from one line on.
    static func lines(of rendering: DocumentRenderer.Rendering, from start: String) -> [String] {
        let lines = (rendering.text ?? "").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return Array(lines[(lines.firstIndex(of: start) ?? lines.endIndex)...])
    }

    /// Without the sentences that every memo carries, which are not ours to keep.
    static func withoutBoilerplate(_ text: String) -> [String] {
        var isSkipping = false
        return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init).filter { line in
            if line == "Status of This Memo" {
                isSkipping = true
            } else if let first = line.first, first != " ", line != "Copyright Notice" {
                isSkipping = false
            }
            return !isSkipping
        }
    }
}
