/// Reads the requirements of documents: the elements whose anchor is a ``RequirementIdentifier``.
struct RequirementReader {
    private(set) var requirements: [Requirement] = []
    private var places: [String: SourceLocation] = [:]

    /// Adds the requirements of one document, in its order. Includes are not followed: they are references.
    mutating func read(_ file: TracedFile, log: inout MessageLog) {
        let loader = XMLLoader(library: ReferenceLibrary())
        guard let root = loader.parse(file.bytes, path: file.path, named: file.path, log: &log) else {
            log.add(.error, at: SourceLocation(file: file.path, line: 1), "no XML element could be read; expected <rfc>")
            return
        }
        var found: [XMLElement] = []
        root.forEachElement { element in
            if element["anchor"].flatMap(RequirementIdentifier.init) != nil { found.append(element) }
        }
        for element in found { add(element, log: &log) }
        let first = found.first?["anchor"].flatMap(RequirementIdentifier.init)
        for element in found {
            guard let identifier = element["anchor"].flatMap(RequirementIdentifier.init), let first else { continue }
            guard identifier.specification != first.specification else { continue }
            log.add(
                .error, at: element.location,
                "\(identifier) is of another specification than \(first); expected those of one in a document")
        }
    }

    private mutating func add(_ element: XMLElement, log: inout MessageLog) {
        guard let identifier = element["anchor"].flatMap(RequirementIdentifier.init) else { return }
        if let place = places[identifier.description] {
            log.add(.error, at: element.location, "\(identifier) stands at \(place) already; expected the next number")
            return
        }
        places[identifier.description] = element.location
        let text = element.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        var keywords: [String] = []
        element.forEachElement { inner in
            guard inner.name == "bcp14" else { return }
            keywords.append(inner.text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
        }
        guard text != keywords.joined(separator: " ") else {
            log.add(.error, at: element.location, "\(identifier) has no text; expected what is required")
            return
        }
        guard keywords.count == 1, let level = keywords.first.flatMap(RequirementLevel.init(keyword:)) else {
            let found = keywords.isEmpty ? "none" : keywords.joined(separator: ", ")
            log.add(
                .error, at: element.location, "\(identifier) has these keywords: \(found); expected one of BCP 14 in <bcp14>")
            return
        }
        requirements.append(Requirement(identifier: identifier, level: level, text: text, location: element.location))
    }
}

/// A file that takes part in tracing.
package struct TracedFile: Sendable {
    /// As reports name it.
    package var path: String
    package var bytes: [UInt8]

    package init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }
}
