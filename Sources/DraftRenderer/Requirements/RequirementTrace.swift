/// Which code does what each requirement asks for, which test proves it, and what is amiss in that.
package struct RequirementTrace: Sendable {
    /// What there is to trace.
    package struct Sources: Sendable {
        /// The documents with the requirements, in the order of reports.
        package var documents: [TracedFile]
        /// Swift files with marks.
        package var code: [TracedFile]
        /// Swift files with tests; the path's second part is the test target: `Tests/ASAPTests/….swift`.
        package var tests: [TracedFile]
        package var exceptions: TracedFile

        package init(documents: [TracedFile], code: [TracedFile], tests: [TracedFile], exceptions: TracedFile) {
            self.documents = documents
            self.code = code
            self.tests = tests
            self.exceptions = exceptions
        }
    }

    /// Where a requirement stands.
    package enum Status: String, Hashable, Sendable {
        /// A test comes by its mark.
        case proven
        /// There is a reason why not.
        case excepted
        /// Neither; of a MAY that is no fault.
        case open
    }

    /// All about one requirement.
    package struct Entry: Sendable {
        package let requirement: Requirement
        /// The files with a mark, each once, in order.
        package var marks: [String] = []
        /// The tests, named as `swift test` names them up to the arguments, each once, in order.
        package var proofs: [String] = []
        package var exception: String?

        package var status: Status {
            if !proofs.isEmpty && !marks.isEmpty { .proven } else { exception == nil ? .open : .excepted }
        }
    }

    /// In the order of documents, and in them as they stand there.
    package private(set) var entries: [Entry] = []
    /// In the order of files and lines.
    package private(set) var messages: [RenderingMessage] = []

    /// Traces.
    /// - Parameter unfinished: the specifications of which a requirement may still be open.
    package init(_ sources: Sources, unfinished: Set<String> = []) {
        var log = MessageLog()
        var reader = RequirementReader()
        for document in sources.documents { reader.read(document, log: &log) }
        entries = reader.requirements.map { Entry(requirement: $0) }
        let places = Dictionary(
            uniqueKeysWithValues: entries.indices.map { (entries[$0].requirement.identifier.description, $0) })
        func entry(_ identifier: String, at location: SourceLocation) -> Int? {
            if let place = places[identifier] { return place }
            log.add(.error, at: location, "no document has the requirement \(identifier)")
            return nil
        }
        var claims: [(entry: Int, location: SourceLocation)] = []
        for file in sources.code {
            for mark in SourceCitations(file, module: "", log: &log).marks {
                guard let index = entry(mark.identifier, at: mark.location) else { continue }
                if !entries[index].marks.contains(mark.place) { entries[index].marks.append(mark.place) }
            }
        }
        for file in sources.tests {
            let parts = file.path.split(separator: "/")
            let module = parts.count > 1 ? String(parts[1]) : ""
            for claim in SourceCitations(file, module: module, log: &log).claims {
                guard let index = entry(claim.identifier, at: claim.location) else { continue }
                if !entries[index].proofs.contains(claim.place) { entries[index].proofs.append(claim.place) }
                claims.append((index, claim.location))
            }
        }
        for exception in RequirementExceptions(sources.exceptions, log: &log).exceptions {
            guard let index = entry(exception.identifier, at: exception.location) else { continue }
            let name = entries[index].requirement.identifier
            if entries[index].exception != nil {
                log.add(.error, at: exception.location, "\(name) is excepted twice")
            } else if entries[index].status == .proven {
                log.add(.error, at: exception.location, "\(name) is excepted and proven; expected one of both")
            }
            entries[index].exception = exception.reason
        }
        for claim in claims where entries[claim.entry].marks.isEmpty {
            let name = entries[claim.entry].requirement.identifier
            log.add(.error, at: claim.location, "\(name) is claimed, and no code is marked with it")
        }
        for entry in entries where entry.status == .open && entry.requirement.level.isBinding {
            let requirement = entry.requirement
            guard !unfinished.contains(requirement.identifier.specification) else { continue }
            log.add(
                .error, at: requirement.location,
                "\(requirement.identifier), a \(requirement.level.rawValue), has neither a proof nor an exception")
        }
        messages = log.messages.enumerated().sorted {
            ($0.element.location, $0.offset) < ($1.element.location, $1.offset)
        }.map(\.element)
    }

    /// The specifications, in the order of their documents.
    package var specifications: [String] {
        var names: [String] = []
        for entry in entries {
            let name = entry.requirement.identifier.specification
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// The requirements of one specification.
    package func entries(of specification: String) -> [Entry] {
        entries.filter { $0.requirement.identifier.specification == specification }
    }

    /// The tests that prove requirements of these specifications, each once, in alphabetical order.
    package func proofs(of specifications: [String]) -> [String] {
        Set(entries.filter { specifications.contains($0.requirement.identifier.specification) }.flatMap(\.proofs)).sorted()
    }
}
