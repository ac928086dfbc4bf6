import ArgumentParser
import DraftRenderer
import Glibc

/// `draft-tool render`
struct RenderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Render documents as text or HTML.",
        discussion: """
            FILE.xml becomes FILE.txt or FILE.html beside it, or in the folder of --output. Where a coverage.txt lies beside the \
            document, HTML shows which requirements are proven. Messages go to standard error as \
            FILE:LINE:COLUMN: error|warning: TEXT, all of one run.
            """)

    @Argument(help: "The documents, one XML file each.")
    var files: [String]

    @Flag(exclusivity: .exclusive, help: "What to make.")
    var form = OutputForm.text

    @Flag(name: [.long, .customLong("paginated")], help: "Divide text into pages, with page numbers in the table of contents.")
    var paginate = false

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("The folder for the texts; - for standard output.", valueName: "folder"))
    var output: String?

    @Option(
        name: .customLong("bib"),
        help: ArgumentHelp("A folder of references and other included files; may be given several times.", valueName: "folder"))
    var library: [String] = []

    @Flag(help: "Let includes name files outside of the document's folder and those of --bib.")
    var anyPath = false

    @Option(
        help: ArgumentHelp(
            "The day, as 2026-11-22, for documents whose date lacks a part. Else that of SOURCE_DATE_EPOCH, else today's.",
            valueName: "day"),
        transform: RenderCommand.day)
    var date: CalendarDay?

    @Flag(help: "Fail on warnings and errors, even where a text could be made.")
    var strict = false

    @Flag(help: "Write messages as JSON, one object a line.")
    var json = false

    func validate() throws {
        guard !files.isEmpty else { throw ValidationError("Name at least one document.") }
        guard !paginate || form == .text else {
            throw ValidationError("HTML has no pages: give --html or --paginate, not both.")
        }
    }

    func run() throws {
        var renderer = DocumentRenderer(
            library: ReferenceLibrary(folders: library, allowsAnyPath: anyPath), today: try date ?? RenderCommand.today(),
            form: form == .html ? .html : paginate ? .pages : .text)
        var status: Int32 = 0
        func fail(_ code: Int32) { status = max(status, code) }
        for file in files {
            let rendering: DocumentRenderer.Rendering
            if form == .html { renderer.requirementStatuses = RenderCommand.statuses(beside: file) }
            do {
                rendering = try renderer.render(file)
            } catch {
                Output.writeError("draft-tool: \(error)")
                fail(66)
                continue
            }
            for message in rendering.messages { Output.writeError(json ? message.json : message.description) }
            if rendering.droppedMessages > 0 {
                Output.writeError("draft-tool: \(file): \(rendering.droppedMessages) more messages are not shown")
            }
            if strict, !rendering.messages.isEmpty { fail(1) }
            guard let text = rendering.text else {
                fail(1)
                continue
            }
            if output == "-" {
                if let problem = Output.write(text, to: STDOUT_FILENO) {
                    Output.writeError("draft-tool: standard output: \(problem)")
                    fail(73)
                }
                continue
            }
            let path = RenderCommand.outputPath(file, folder: output, suffix: form == .html ? ".html" : ".txt")
            if let problem = Output.write(text, toFile: path) {
                Output.writeError("draft-tool: \(path): cannot be written: \(problem)")
                fail(73)
            }
        }
        if status != 0 { throw ExitCode(status) }
    }

    /// Of the requirements, out of the coverage report beside a document.
    private static func statuses(beside file: String) -> [String: String] {
        let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
        guard let report = try? ReferenceLibrary().text(of: folder + "coverage.txt") else { return [:] }
        return CoverageReport.statuses(in: report)
    }

    /// FILE.txt for FILE.xml.
    static func outputPath(_ file: String, folder: String?, suffix: String) -> String {
        let base = file.hasSuffix(".xml") ? String(file.dropLast(4)) : file
        guard let folder else { return base + suffix }
        let name = base.split(separator: "/").last.map(String.init) ?? base
        return "\(folder)/\(name)\(suffix)"
    }

    static func day(_ text: String) throws -> CalendarDay {
        guard let day = CalendarDay(text) else { throw ValidationError("\"\(text)\" is no day; expected one as 2026-11-22.") }
        return day
    }

    static func today() throws -> CalendarDay {
        guard let epoch = unsafe getenv("SOURCE_DATE_EPOCH") else {
            return CalendarDay(secondsSince1970: Glibc.time(nil))
        }
        let text = unsafe String(cString: epoch)
        guard let seconds = Int(text), seconds >= 0 else {
            throw ValidationError("SOURCE_DATE_EPOCH is \"\(text)\"; expected seconds since the start of 1970")
        }
        return CalendarDay(secondsSince1970: seconds)
    }
}

/// What `draft-tool render` makes.
enum OutputForm: EnumerableFlag {
    case text
    case html

    static func help(for value: OutputForm) -> ArgumentHelp? {
        value == .text ? "Make text of 72 columns." : "Make one HTML page that needs nothing beside it."
    }
}

extension RenderingMessage {
    /// One line of JSON.
    var json: String {
        func quoted(_ text: String) -> String {
            var result = "\""
            for scalar in text.unicodeScalars {
                switch scalar {
                case "\"", "\\": result += "\\\(scalar)"
                case "\n": result += "\\n"
                case _ where scalar.value < 32:
                    result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
                default: result.unicodeScalars.append(scalar)
                }
            }
            return result + "\""
        }
        return "{\"file\":\(quoted(location.file)),\"line\":\(location.line),\"column\":\(location.column),"
            + "\"severity\":\"\(severity.rawValue)\",\"text\":\(quoted(text))}"
    }
}
