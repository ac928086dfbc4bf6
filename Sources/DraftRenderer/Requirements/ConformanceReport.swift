/// What a run of tests says about the requirements of some specifications.
package struct ConformanceReport {
    private let trace: RequirementTrace
    private let specifications: [String]
    private let results: TestResults

    package init(_ trace: RequirementTrace, of specifications: [String], results: TestResults) {
        self.trace = trace
        self.specifications = specifications
        self.results = results
    }

    /// Whether every test that claims a requirement has run and passed.
    package var isPassed: Bool {
        trace.proofs(of: specifications).allSatisfy { results.outcome(of: $0) == .passed }
    }

    /// A line for each section, one for each specification, all of them together at the end, and one for each test that failed or is
    /// missing.
    package var text: String {
        var lines: [String] = []
        func add(_ name: String, _ entries: [RequirementTrace.Entry]) {
            let counts = [
                entries.count, entries.count(where: isProven), entries.count { $0.status == .excepted },
                entries.count { $0.status == .proven && !isProven($0) }, entries.count { $0.status == .open },
            ]
            lines.append(Self.row([name] + counts.map(String.init)))
        }
        for specification in specifications {
            let entries = trace.entries(of: specification)
            lines += ["", Self.row([specification, "requirements", "proven", "excepted", "failed", "open"])]
            var sections: [String] = []
            for entry in entries where !sections.contains(entry.requirement.identifier.section) {
                sections.append(entry.requirement.identifier.section)
            }
            for section in sections {
                add("  section \(section)", entries.filter { $0.requirement.identifier.section == section })
            }
            add("  all", entries)
        }
        if specifications.count > 1 {
            lines += ["", Self.row(["specification", "requirements", "proven", "excepted", "failed", "open"])]
            for specification in specifications { add("  " + specification, trace.entries(of: specification)) }
            add("  all", specifications.flatMap { trace.entries(of: $0) })
        }
        lines.append("")
        for test in trace.proofs(of: specifications) {
            switch results.outcome(of: test) {
            case .passed: break
            case .failed: lines.append("failed: \(test)")
            case nil: lines.append("not run: \(test)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Proven means: every test that claims it has passed.
    private func isProven(_ entry: RequirementTrace.Entry) -> Bool {
        entry.status == .proven && entry.proofs.allSatisfy { results.outcome(of: $0) == .passed }
    }

    private static func row(_ cells: [String]) -> String {
        let name = cells[0] + String(repeating: " ", count: max(0, 20 - cells[0].count))
        return name + cells.dropFirst().map { String(repeating: " ", count: max(1, 14 - $0.count)) + $0 }.joined()
    }
}

/// The results of a test run, as `swift test --xunit-output` writes them.
package struct TestResults {
    package enum Outcome: Hashable, Sendable {
        case passed
        case failed
    }

    private var outcomes: [String: Outcome] = [:]

    /// - Returns: nil where this is no such file.
    package init?(_ file: TracedFile) {
        var log = MessageLog()
        let loader = XMLLoader(library: ReferenceLibrary())
        guard let root = loader.parse(file.bytes, path: file.path, named: file.path, log: &log) else { return nil }
        var cases: [XMLElement] = []
        root.forEachElement { if $0.name == "testcase" { cases.append($0) } }
        for element in cases {
            guard let suite = element["classname"], let name = element["name"] else { return nil }
            let test = Self.name(suite: suite, function: name)
            let failed = element.elements.contains { $0.name == "failure" || $0.name == "error" || $0.name == "skipped" }
            if failed || outcomes[test] == nil { outcomes[test] = failed ? .failed : .passed }
        }
    }

    /// `Module.Suite/Inner/function`, without the arguments.
    private static func name(suite: String, function: String) -> String {
        let types = suite.split(separator: ".")
        let base = function.prefix { $0 != "(" }
        let path = types.dropFirst().map(String.init) + [String(base)]
        return (types.first.map { $0 + "." } ?? "") + path.joined(separator: "/")
    }

    /// - Returns: nil for a test that has not run.
    package func outcome(of test: String) -> Outcome? { outcomes[test] }
}
