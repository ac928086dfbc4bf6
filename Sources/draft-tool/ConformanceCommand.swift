import ArgumentParser
import DraftRenderer

/// `draft-tool conformance`: the two halves of `make conformance`, before and after the tests.
struct ConformanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance",
        abstract: "Say which tests prove a specification, and what a run of them says.",
        discussion: """
            Without --results, prints a regular expression of the tests that prove requirements of the specification, for \
            swift test --filter. With the file that swift test --xunit-output has written, prints how many requirements of each \
            section are proven and excepted.

            Exit status 1 where a test failed or has not run.
            """)

    @Argument(help: "The specification: the word before the first hyphen of its identifiers. Or all.")
    var specification: String

    @OptionGroup var options: TraceOptions

    @Option(help: ArgumentHelp("The results of the tests.", valueName: "file"))
    var results: String?

    func run() throws {
        let trace = try options.trace()
        let specifications = specification == "all" ? trace.specifications : [specification]
        guard specifications.allSatisfy(trace.specifications.contains) else {
            Output.writeError(
                "draft-tool: there is no specification \"\(specification)\"; expected all, or one of "
                    + trace.specifications.joined(separator: ", "))
            throw ExitCode(64)
        }
        guard let results else {
            let names = trace.proofs(of: specifications).map { $0.replacing(".", with: "\\.") }
            guard !names.isEmpty else {
                Output.writeError("draft-tool: no test proves a requirement of \(specification) yet")
                throw ExitCode(1)
            }
            print("^(\(names.joined(separator: "|")))\\(")
            return
        }
        let file: TracedFile
        do throws(FolderError) {
            file = TracedFile(path: results, bytes: try Folder.read(results))
        } catch {
            Output.writeError("draft-tool: \(error)")
            throw ExitCode(66)
        }
        guard let outcomes = TestResults(file) else {
            Output.writeError(
                "draft-tool: \(results): these are no results of tests; expected the XML of swift test --xunit-output")
            throw ExitCode(66)
        }
        let report = ConformanceReport(trace, of: specifications, results: outcomes)
        print(report.text, terminator: "")
        if !report.isPassed { throw ExitCode(1) }
    }
}
