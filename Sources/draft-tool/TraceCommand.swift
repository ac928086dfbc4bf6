import ArgumentParser
import DraftRenderer
import Glibc

/// What the commands about requirements read.
struct TraceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The folder of the documents and of exceptions.txt.", valueName: "folder"))
    var drafts = "Drafts"

    @Option(help: ArgumentHelp("The folder of the code with marks.", valueName: "folder"))
    var sources = "Sources"

    @Option(help: ArgumentHelp("The folder of the tests; in it one folder for each test target.", valueName: "folder"))
    var tests = "Tests"

    @Option(
        name: .customLong("unfinished"),
        help: ArgumentHelp(
            "A specification of which requirements may still be open; may be given several times.", valueName: "specification"))
    var unfinished: [String] = []

    /// Reads all, or says what cannot be read.
    func trace() throws -> RequirementTrace {
        do throws(FolderError) {
            let documents = try Folder.files(in: drafts, suffix: ".xml", deep: false)
            // The marks' own module and tests have examples.
            let code = try Folder.files(in: sources, suffix: ".swift").filter { !$0.path.contains("/RequirementMarks/") }
            let tests = try Folder.files(in: tests, suffix: ".swift").filter {
                !$0.path.contains("/RequirementMarksTests/") && !$0.path.contains("/RequirementTesting/")
            }
            let path = "\(drafts)/exceptions.txt"
            let exceptions = TracedFile(path: path, bytes: try Folder.read(path))
            return RequirementTrace(
                .init(documents: documents, code: code, tests: tests, exceptions: exceptions), unfinished: Set(unfinished))
        } catch {
            Output.writeError("draft-tool: \(error)")
            throw ExitCode(66)
        }
    }
}

/// `draft-tool trace`
struct TraceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Trace requirements from documents to code and tests.",
        discussion: """
            Reads the requirements of the documents, the marks fulfils("asap-3.1-R2") in code, the claims \
            @Test(.requirement("asap-3.1-R2")) of tests, and the exceptions, and writes which proves what to coverage.txt in the \
            folder of the documents. CONTRIBUTING.md says how requirements are marked and proven.

            Exit status 1 for what is wrong: identifiers that no document has or that two have, requirements without text or \
            keyword, claims without a mark, MUSTs and SHOULDs with neither proof nor exception; with --check also a coverage.txt \
            that is stale, or that has something proven which no longer is.
            """)

    @OptionGroup var options: TraceOptions

    @Flag(help: "Change nothing; fail where coverage.txt is not what would be written.")
    var check = false

    @Option(help: ArgumentHelp("Write a page of all requirements there.", valueName: "file"))
    var html: String?

    func run() throws {
        let trace = try options.trace()
        var failed = false
        for message in trace.messages {
            Output.writeError(message.description)
            failed = failed || message.severity == .error
        }
        let path = "\(options.drafts)/coverage.txt"
        let report = CoverageReport(trace)
        let committed = (try? Folder.read(path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        for identifier in report.noLongerProven(since: committed) {
            Output.writeError("\(path): \(check ? "error" : "warning"): \(identifier) is no longer proven")
            failed = failed || check
        }
        if check, committed != report.text {
            Output.writeError("\(path): error: it is stale: run make trace, look at the difference, and commit it")
            failed = true
        }
        if !check { try write(report.text, to: path) }
        if let html { try write(RequirementMatrix(trace).html, to: html) }
        for specification in trace.specifications {
            print("\(specification): \(CoverageCounts(trace.entries(of: specification)))")
        }
        print("all: \(CoverageCounts(trace.entries))")
        if failed { throw ExitCode(1) }
    }

    private func write(_ text: String, to path: String) throws {
        guard let problem = Output.write(text, toFile: path) else { return }
        Output.writeError("draft-tool: \(path): cannot be written: \(problem)")
        throw ExitCode(73)
    }
}
