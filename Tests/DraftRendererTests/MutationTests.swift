import Testing

@testable import DraftRenderer

/// Documents broken at random places: nothing may crash or hang, in any form.
@Suite struct MutationTests {
    /// A generator that gives the same numbers for the same seed.
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    private static let pieces = [
        "<t>", "</t>", "<list style=\"hanging\">", "</list>", "<section>", "</section>", "<table>", "<tr>",
        "<td rowspan=\"999\">",
        "<li>", "<dd>", "<xref target=\"x\"/>", "<ol type=\"%p%d\">", "&#x2028;", "<![CDATA[", "<!--", "<iref item=\"x\"/>",
        "<dl indent=\"99\">", "<figure align=\"center\"><artwork align=\"right\">", "<name>", "\u{0}", "&undefined;",
        "<!ENTITY a \"&a;\">", "<xi:include href=\"memo.xml\"/>",
    ]

    @Test(arguments: ["version2-gardens.xml", "version3-elements.xml", "filling.xml", "version2-orchards.xml"])
    func brokenDocumentsEnd(_ name: String) throws {
        let source = try Stage.bytes(name)
        for seed in 1...40 {
            var random = Seeded(state: UInt64(seed))
            var bytes = source
            for _ in 0..<Int.random(in: 1...10, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                let end = min(bytes.count, place + Int.random(in: 1...200, using: &random))
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes.removeSubrange(place..<end)
                case 1: bytes.insert(contentsOf: MutationTests.pieces.randomElement(using: &random)?.utf8 ?? "".utf8, at: place)
                case 2: bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0..<bytes.count, using: &random))
                default: bytes[place] = UInt8.random(in: 0...255, using: &random)
                }
                if bytes.isEmpty { bytes = source }
            }
            for form in [DocumentRenderer.Form.text, .pages, .html] {
                let renderer = DocumentRenderer(today: Stage.renderer.today, form: form)
                _ = renderer.render(bytes, path: "\(Stage.folder)/memo.xml")
            }
            _ = Stage.renderer.check(bytes, path: "\(Stage.folder)/memo.xml")
        }
    }
}
