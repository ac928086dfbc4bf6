/// Renders Internet-Drafts and RFCs, written in the XML of RFC 7749 or RFC 7991, as text or HTML.
///
/// The text follows what xml2rfc 3.34 makes, with pages or without. The renderer reads files of the document's folder and of
/// the library's folders and nothing else; the same input and date give the same text.
public struct DocumentRenderer: Sendable {
    /// Elements within elements of one document, includes counted.
    public static let maximumDepth = XMLLoader.maximumDepth

    /// What a document is rendered as.
    public enum Form: Hashable, Sendable {
        /// Text without pages.
        case text
        /// Text in pages of 56 lines, with page numbers in the table of contents.
        case pages
        /// One page of HTML that needs nothing beside it.
        case html
    }

    /// Where included files are looked for.
    public var library: ReferenceLibrary
    /// What is made of a document.
    public var form: Form
    /// Whether a test proves each requirement, "proven", "excepted" or "open" by its name; shown in HTML, where it is not empty.
    public var requirementStatuses: [String: String] = [:]
    /// What stands in for the date of a document that has none, or only a part of one.
    public var today: CalendarDay

    /// - Parameter today: stands in for the date of a document that has none.
    public init(library: ReferenceLibrary = .init(), today: CalendarDay, form: Form = .text) {
        self.library = library
        self.form = form
        self.today = today
    }

    /// What came of one document.
    public struct Rendering: Sendable {
        /// Lines of at most 72 columns where the document allows, each ended by a line feed, or a page of HTML; nil where nothing
        /// could be rendered.
        public var text: String?
        /// In the order of files, lines and columns.
        public var messages: [RenderingMessage]
        /// Messages beyond the limit of one run.
        public var droppedMessages: Int

        /// Whether the author has to mend something: there are errors, or messages that were not kept.
        public var hasErrors: Bool { droppedMessages > 0 || messages.contains { $0.severity == .error } }
    }

    /// Renders one file.
    /// - Parameter path: named so in messages too.
    /// - Throws: ``DocumentError`` where the file cannot be read.
    public func render(_ path: String) throws(DocumentError) -> Rendering {
        render(try library.read(path), path: path)
    }

    /// Says what is wrong with a document: what rendering tells, and what else its readers would miss.
    /// - Returns: the messages in the order of files, lines and columns, and how many more there were.
    /// - Throws: ``DocumentError`` where the file cannot be read.
    public func check(_ path: String) throws(DocumentError) -> (messages: [RenderingMessage], dropped: Int) {
        let result = check(try library.read(path), path: path)
        return (result.messages, result.droppedMessages)
    }

    func check(_ bytes: [UInt8], path: String) -> Rendering { render(bytes, path: path, isCheck: true) }

    /// Renders text that stands, or would stand, in the file `path`.
    public func render(_ bytes: [UInt8], path: String) -> Rendering { render(bytes, path: path, isCheck: false) }

    private func render(_ bytes: [UInt8], path: String, isCheck: Bool) -> Rendering {
        var log = MessageLog()
        guard let root = XMLLoader(library: library).parse(bytes, path: path, named: path, log: &log) else {
            log.add(.error, at: SourceLocation(file: path, line: 1), "no XML element could be read; expected <rfc>")
            return rendering(nil, log)
        }
        guard root.name == "rfc" else {
            log.add(.error, at: root.location, "the document is a <\(root.name)>; expected <rfc>")
            return rendering(nil, log)
        }
        var includes = IncludeResolver(library: library, path: path)
        includes.resolve(root, log: &log)
        guard root.isShallow(XMLLoader.maximumDepth) else {
            log.add(.error, at: root.location, "elements within elements deeper than \(XMLLoader.maximumDepth)")
            return rendering(nil, log)
        }
        if isCheck {
            var check = DocumentCheck(root, log: log)
            check.run()
            log = check.log
        }
        let settings = DocumentSettings(root)
        root.prune(log: &log)
        var isCompact = false
        VersionConverter.styleLists(root, isCompact: &isCompact)
        if settings.isPrepared { dropGenerated(root) }
        var converter = VersionConverter(settings: settings, isVersion3: root["version"] == "3", log: log)
        converter.convert(root)
        log = converter.log
        for part in ["front", "middle"] where root.first(part) == nil {
            log.add(.error, at: root.location, "<rfc> without <\(part)>")
        }
        arrangeReferences(root)
        let numbering = Numbering(root, settings: settings, log: &log)
        let date = DocumentDate(root.first("front")?.first("date"), today: today)
        let renderer = TextRenderer(root, settings: settings, numbering: numbering, date: date, log: log)
        let text =
            switch form {
            case .text: renderer.render()
            case .pages: renderer.renderPages()
            case .html: HTMLRenderer(renderer, statuses: requirementStatuses).render()
            }
        if isCheck { renderer.reportLongLines() }
        return rendering(text, renderer.log)
    }

    private func rendering(_ text: String?, _ log: MessageLog) -> Rendering {
        var seen: Set<RenderingMessage> = []
        let sorted = log.messages.filter { seen.insert($0).inserted }.enumerated().sorted {
            ($0.element.location, $0.offset) < ($1.element.location, $1.offset)
        }.map(\.element)
        return Rendering(text: text, messages: sorted, droppedMessages: log.dropped)
    }

    /// Takes out of a prepared document what is made anew.
    private func dropGenerated(_ root: XMLElement) {
        for (part, name, anchor) in [("front", "toc", nil), ("back", "section", "authors-addresses")] {
            root.first(part)?.children.removeAll {
                guard case .element(let inner) = $0 else { return false }
                return inner.name == name && (anchor == nil || inner["anchor"] == anchor)
            }
        }
    }

    /// Several lists of references, as version 2 has them, get a common heading.
    private func arrangeReferences(_ root: XMLElement) {
        guard let back = root.first("back") else { return }
        let lists = back.elements("references")
        for list in lists where list.first("name") == nil {
            list.children.insert(.element(XMLElement("name", children: [.text("References")], at: list.location)), at: 0)
        }
        guard lists.count > 1 else { return }
        let name = XMLElement("name", children: [.text("References")], at: lists[0].location)
        let parent = XMLElement(
            "references", children: [.element(name)] + lists.map { .element($0) }, at: lists[0].location)
        back.children.removeAll { if case .element(let inner) = $0 { inner.name == "references" } else { false } }
        back.children.insert(.element(parent), at: 0)
    }
}

extension XMLElement {
    /// Whether no element stands deeper within than `limit`.
    func isShallow(_ limit: Int) -> Bool {
        limit > 0 && elements.allSatisfy { $0.isShallow(limit - 1) }
    }

    /// Takes foreign elements out, what they hold too.
    func prune(log: inout MessageLog) {
        children.removeAll {
            guard case .element(let inner) = $0, inner.name.contains(":") else { return false }
            log.add(.warning, at: inner.location, "<\(inner.name)> is not of this vocabulary; it is left out")
            return true
        }
        for inner in elements where inner.name != "svg" { inner.prune(log: &log) }
    }
}
