/// Puts included files where `<?rfc include="…"?>`, `<xi:include href="…"/>` and the `src` of artwork and source code ask for them.
struct IncludeResolver {
    /// Includes within includes.
    static let maximumDepth = 16
    /// Includes of one document.
    static let maximumCount = 4096

    let library: ReferenceLibrary
    /// In version 2 artwork with text may name a picture beside it.
    private let isVersion3: Bool
    private var open: [String]
    private var count = 0

    /// - Parameter path: the document itself, which no include may name again.
    init(library: ReferenceLibrary, path: String, isVersion3: Bool) {
        self.library = library
        self.isVersion3 = isVersion3
        open = [path]
    }

    mutating func resolve(_ element: XMLElement, log: inout MessageLog) {
        var children: [XMLNode] = []
        children.reserveCapacity(element.children.count)
        for child in element.children {
            switch child {
            case .instruction("rfc", let content, let location):
                guard let name = ProcessingInstruction(content)["include"] else {
                    children.append(child)
                    continue
                }
                do throws(DocumentError) {
                    children += try elements(of: name, at: location, log: &log)
                } catch {
                    log.add(.error, at: location, error.description)
                }
            case .element(let inner) where inner.name == "xi:include": children += include(inner, log: &log)
            case .element(let inner):
                resolve(inner, log: &log)
                if inner.name == "artwork" || inner.name == "sourcecode" { fill(inner, log: &log) }
                children.append(child)
            default: children.append(child)
            }
        }
        element.children = children
    }

    /// What an `xi:include` stands for (XML Inclusions 1.0 §3.1): elements, text, or what its `xi:fallback` holds.
    private mutating func include(_ include: XMLElement, log: inout MessageLog) -> [XMLNode] {
        do throws(DocumentError) {
            guard let name = include["href"] else {
                throw DocumentError("xi:include without href; expected the name of a file")
            }
            switch include["parse"] ?? "xml" {
            case "xml": return try elements(of: name, pointer: include["xpointer"], at: include.location, log: &log)
            case "text":
                guard include["xpointer"] == nil else {
                    throw DocumentError("xi:include with xpointer and parse=\"text\"; expected one of them")
                }
                return [.text(try text(of: name, encoding: include["encoding"] ?? "UTF-8"))]
            case let other: throw DocumentError("parse=\"\(other)\" on xi:include; expected xml or text")
            }
        } catch {
            guard let fallback = include.first("xi:fallback") else {
                log.add(.error, at: include.location, error.description)
                return []
            }
            log.add(
                .warning, at: include.location, "\(error.description); what <xi:fallback> holds stands in its place")
            resolve(fallback, log: &log)
            return fallback.children
        }
    }

    /// The file's root, or the elements within it that an XPointer leads to.
    private mutating func elements(
        of name: String, pointer: String? = nil, at location: SourceLocation, log: inout MessageLog
    ) throws(DocumentError) -> [XMLNode] {
        let path = try find(name)
        guard !open.contains(path) else {
            throw DocumentError("\(name) includes itself, by way of \(open.joined(separator: ", "))")
        }
        let pointer = try pointer.map { text throws(DocumentError) in try XMLPointer(text) }
        guard let root = try XMLLoader(library: library).load(path, named: path, log: &log) else {
            throw DocumentError("\(name) holds no XML element")
        }
        let found = pointer?.elements(in: root) ?? [root]
        guard !found.isEmpty else { throw DocumentError("xpointer=\"\(pointer?.text ?? "")\" leads to nothing in \(name)") }
        open.append(path)
        defer { open.removeLast() }
        let holder = XMLElement("included", children: found.map { .element($0) }, at: location)
        resolve(holder, log: &log)
        return holder.children
    }

    /// The file's text, with line feeds as line ends.
    private mutating func text(of name: String, encoding: String) throws(DocumentError) -> String {
        let bytes = try library.read(try find(name))
        switch encoding.uppercased() {
        case "UTF-8", "US-ASCII": return try OutsideText.text(bytes, of: name)
        case let other: throw DocumentError("\(name) is read as UTF-8 or US-ASCII only, not as \(other)")
        }
    }

    /// Takes in the text that `src` names (RFC 7991 §2.5.6, §2.48.3). Pictures have no text.
    private mutating func fill(_ element: XMLElement, log: inout MessageLog) {
        guard let source = element["src"], !source.isEmpty, !OutsideText.isPicture(source, type: element["type"]) else {
            return
        }
        guard !element.children.contains(where: { if case .element = $0 { true } else { false } }),
            element.ownText.allSatisfy(\.isWhitespace)
        else {
            if isVersion3 {
                log.add(
                    .error, at: element.location,
                    "<\(element.name)> with both src and text; the text stands, expected one of them")
            }
            return
        }
        do throws(DocumentError) {
            if let text = try OutsideText.data(source) {
                element.children = [.text(text)]
            } else {
                element.children = [.text(try text(of: source, encoding: "UTF-8"))]
            }
        } catch {
            log.add(.error, at: element.location, error.description)
        }
    }

    private mutating func find(_ name: String) throws(DocumentError) -> String {
        count += 1
        guard open.count <= IncludeResolver.maximumDepth, count <= IncludeResolver.maximumCount else {
            throw DocumentError(
                "\(name) is not read: at most \(IncludeResolver.maximumDepth) includes within each other, and "
                    + "\(IncludeResolver.maximumCount) in all")
        }
        switch library.resolve(name, from: open[open.count - 1]) {
        case .file(let found): return found
        case .missing: throw DocumentError("\(name) is in none of the reference folders; name one that has it with --bib")
        case .outside:
            throw DocumentError("\(name) lies outside the document's folder and the reference folders, and is not read")
        }
    }
}

/// The pairs of a `<?rfc name="value" …?>` instruction.
struct ProcessingInstruction {
    private(set) var pairs: [(name: String, value: String)] = []

    init(_ content: String) {
        var rest = content[...]
        while let equals = rest.firstIndex(of: "=") {
            let name = rest[..<equals].split(whereSeparator: \.isWhitespace).last.map(String.init) ?? ""
            rest = rest[rest.index(after: equals)...].drop { $0.isWhitespace }
            guard let quote = rest.first, quote == "\"" || quote == "'" else { break }
            rest = rest.dropFirst()
            let end = rest.firstIndex(of: quote) ?? rest.endIndex
            if !name.isEmpty { pairs.append((name, String(rest[..<end]))) }
            rest = end < rest.endIndex ? rest[rest.index(after: end)...] : ""
        }
    }

    subscript(_ name: String) -> String? { pairs.last { $0.name == name }?.value }
}
