import DraftRenderer

/// Renders any bytes as a document in every form, twice. Includes lead nowhere: the folder does not exist.
func checkDocument(_ bytes: [UInt8]) throws(Fault) {
    let day = CalendarDay(year: 2026, month: 11, day: 22)
    for form in [DocumentRenderer.Form.text, .pages, .html] {
        let renderer = DocumentRenderer(today: day, form: form)
        let first = renderer.render(bytes, path: "/nonexistent/memo.xml")
        let second = renderer.render(bytes, path: "/nonexistent/memo.xml")
        try require(first.text == second.text, "two renderings of one document differ")
        try require(first.messages == second.messages, "two renderings of one document give different messages")
        try require(first.text != nil || first.hasErrors, "a document is not rendered, and nothing says why")
    }
}
