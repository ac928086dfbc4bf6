/// `Drafts/coverage.txt`: the same trace gives the same bytes, and a line changes only if what it says does.
package struct CoverageReport {
    private let trace: RequirementTrace

    package init(_ trace: RequirementTrace) {
        self.trace = trace
    }

    package var text: String {
        var lines = [
            "The requirements of Drafts/*.xml: the code that is marked with each, and the tests that prove it.",
            "Written by `make trace`; CONTRIBUTING.md, \"Requirements\", explains it.",
        ]
        for specification in trace.specifications {
            let entries = trace.entries(of: specification)
            lines += ["", "", specification, ""]
            for level in RequirementLevel.allCases {
                let counts = CoverageCounts(entries.filter { $0.requirement.level == level })
                if counts.all > 0 { lines.append("    \(level.rawValue): \(counts)") }
            }
            var section: String?
            for entry in entries {
                let identifier = entry.requirement.identifier
                if identifier.section != section {
                    section = identifier.section
                    lines += ["", "  section \(identifier.section)"]
                }
                lines.append("    \(identifier) \(entry.requirement.level.rawValue): \(entry.status.rawValue)")
                lines += entry.marks.map { "        mark \($0)" }
                lines += entry.proofs.map { "        test \($0)" }
                if let reason = entry.exception { lines.append("        exception: \(reason)") }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// "proven", "excepted" or "open" by requirement, out of a report.
    package static func statuses(in report: String) -> [String: String] {
        var result: [String: String] = [:]
        for line in report.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count >= 3, RequirementIdentifier(String(words[0])) != nil, let colon = line.firstIndex(of: ":") else {
                continue
            }
            let status = line[line.index(after: colon)...].drop { $0 == " " }.prefix { $0.isLetter }
            if ["proven", "excepted", "open"].contains(status) { result[String(words[0])] = String(status) }
        }
        return result
    }

    /// The requirements that an earlier report has as proven and this trace has not.
    package func noLongerProven(since earlier: String) -> [String] {
        let proven = Set(trace.entries.filter { $0.status == .proven }.map(\.requirement.identifier.description))
        return earlier.split(separator: "\n").compactMap { line in
            guard line.hasSuffix(": proven"), let word = line.split(separator: " ").first.map(String.init) else { return nil }
            return RequirementIdentifier(word) != nil && !proven.contains(word) ? word : nil
        }
    }
}

/// How many requirements there are of something, and how they stand.
package struct CoverageCounts: CustomStringConvertible {
    package let all: Int
    package let proven: Int
    package let excepted: Int

    package init(_ entries: some Sequence<RequirementTrace.Entry>) {
        let statuses = entries.map(\.status)
        all = statuses.count
        proven = statuses.count { $0 == .proven }
        excepted = statuses.count { $0 == .excepted }
    }

    package var description: String { "\(all), \(proven) proven, \(excepted) excepted, \(all - proven - excepted) open" }
}
