/// Puts included files where `<?rfc include="…"?>` and `<xi:include href="…"/>` ask for them.
struct IncludeResolver {
    /// Includes within includes.
    static let maximumDepth = 16
    /// Includes of one document.
    static let maximumCount = 4096

    let library: ReferenceLibrary
    private var open: [String]
    private var count = 0

    /// - Parameter path: the document itself, which no include may name again.
    init(library: ReferenceLibrary, path: String) {
        self.library = library
        open = [path]
    }

    mutating func resolve(_ element: XMLElement, log: inout MessageLog) {
        var children: [XMLNode] = []
        children.reserveCapacity(element.children.count)
        for child in element.children {
            switch child {
            case .instruction("rfc", let content, let location):
                if let name = ProcessingInstruction(content)["include"] {
                    if let included = include(name, at: location, log: &log) { children.append(.element(included)) }
                } else {
                    children.append(child)
                }
            case .element(let inner) where inner.name == "xi:include":
                guard let name = inner["href"] else {
                    log.add(.error, at: inner.location, "xi:include without href; expected the name of a file")
                    continue
                }
                if let included = include(name, at: inner.location, log: &log) { children.append(.element(included)) }
            case .element(let inner):
                resolve(inner, log: &log)
                children.append(child)
            default: children.append(child)
            }
        }
        element.children = children
    }

    private mutating func include(_ name: String, at location: SourceLocation, log: inout MessageLog) -> XMLElement? {
        let path: String
        switch library.resolve(name, from: open[open.count - 1]) {
        case .file(let found): path = found
        case .missing:
            log.add(
                .error, at: location, "\(name) is in none of the reference folders; name one that has it with --bib")
            return nil
        case .outside:
            log.add(
                .error, at: location, "\(name) lies outside the document's folder and the reference folders, and is not read")
            return nil
        }
        guard !open.contains(path) else {
            log.add(.error, at: location, "\(name) includes itself, by way of \(open.joined(separator: ", "))")
            return nil
        }
        count += 1
        guard open.count <= IncludeResolver.maximumDepth, count <= IncludeResolver.maximumCount else {
            log.add(
                .error, at: location,
                "\(name) is not read: at most \(IncludeResolver.maximumDepth) includes within each other, and "
                    + "\(IncludeResolver.maximumCount) in all")
            return nil
        }
        do throws(DocumentError) {
            let loader = XMLLoader(library: library)
            guard let root = try loader.load(path, named: path, log: &log) else {
                log.add(.error, at: location, "\(name) holds no XML element")
                return nil
            }
            open.append(path)
            defer { open.removeLast() }
            let holder = XMLElement("included", children: [.element(root)], at: location)
            resolve(holder, log: &log)
            return holder.elements.first
        } catch {
            log.add(.error, at: location, error.description)
            return nil
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
