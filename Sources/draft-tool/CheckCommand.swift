import ArgumentParser
import DraftRenderer
import Glibc

/// `draft-tool check`
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say what is wrong with documents, without rendering them to files.",
        discussion: """
            Checks well-formedness, what stands in what, anchors, references, lines that would be too long, and parts that are \
            missing. Messages go to standard output as FILE:LINE:COLUMN: error|warning: TEXT, in the order of their places, those \
            of included files under their own names.

            Exit status: 0 without errors, with --strict without warnings too; 1 otherwise; 66 where a document could not be read.
            """)

    @Argument(help: "The documents, one XML file each.")
    var files: [String]

    @Option(
        name: .customLong("bib"),
        help: ArgumentHelp("A folder of references and other included files; may be given several times.", valueName: "folder"))
    var library: [String] = []

    @Flag(help: "Let includes name files outside of the document's folder and those of --bib.")
    var anyPath = false

    @Flag(help: "Fail on warnings too.")
    var strict = false

    @Flag(help: "Write messages as JSON, one object a line.")
    var json = false

    func validate() throws {
        guard !files.isEmpty else { throw ValidationError("Name at least one document.") }
    }

    func run() throws {
        let renderer = DocumentRenderer(
            library: ReferenceLibrary(folders: library, allowsAnyPath: anyPath), today: try RenderCommand.today())
        var status: Int32 = 0
        for file in files {
            do {
                let (messages, dropped) = try renderer.check(file)
                for message in messages {
                    _ = Output.write((json ? message.json : message.description) + "\n", to: STDOUT_FILENO)
                }
                if dropped > 0 { Output.writeError("draft-tool: \(file): \(dropped) more messages are not shown") }
                let isBad = dropped > 0 || messages.contains { strict || $0.severity == .error }
                if isBad { status = max(status, 1) }
            } catch {
                Output.writeError("draft-tool: \(error)")
                status = max(status, 66)
            }
        }
        if status != 0 { throw ExitCode(status) }
    }
}
