/// Requirements that no test of ours proves, each with the reason.
struct RequirementExceptions {
    struct Exception: Equatable {
        var identifier: String
        var reason: String
        var location: SourceLocation
    }

    private(set) var exceptions: [Exception] = []

    /// Lines of identifiers, a colon and a reason, which goes on in lines that begin with blanks; `#` begins a comment.
    init(_ file: TracedFile, log: inout MessageLog) {
        var entry: (text: String, line: Int)?
        for (index, line) in String(decoding: file.bytes, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false
        )
        .enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            if line.first == "#" { continue }
            if line.first?.isWhitespace == true, !words.isEmpty, let begun = entry {
                entry = (begun.text + " " + words, begun.line)
                continue
            }
            if let entry { add(entry.text, at: SourceLocation(file: file.path, line: entry.line), log: &log) }
            entry = words.isEmpty ? nil : (words, index + 1)
        }
        if let entry { add(entry.text, at: SourceLocation(file: file.path, line: entry.line), log: &log) }
    }

    private mutating func add(_ entry: String, at location: SourceLocation, log: inout MessageLog) {
        let parts = entry.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let identifiers = parts[0].split(separator: " ").map(String.init)
        let reason = parts.count == 2 ? String(parts[1].drop(while: \.isWhitespace)) : ""
        guard !identifiers.isEmpty, !reason.isEmpty else {
            log.add(.error, at: location, "an exception has identifiers, a colon and a reason")
            return
        }
        for identifier in identifiers {
            exceptions.append(Exception(identifier: identifier, reason: reason, location: location))
        }
    }
}
