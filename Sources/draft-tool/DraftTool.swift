import ArgumentParser
import DraftRenderer
import Glibc

/// The `draft-tool` program.
@main
struct DraftTool: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "draft-tool",
        abstract: "Internet-Drafts and RFCs in XML: render and check them, and trace their requirements to code and tests.",
        discussion: """
            Reads the XML of RFC 7749 and RFC 7991. Nothing is fetched over a network.

            Exit status:
              0  every document was rendered, or has no error, with --strict no warning either; every requirement is as it should be
              1  a document could not be rendered, has an error, or, with --strict, a warning; a requirement lacks code or test
              64  a wrong option or value
              66  a document could not be read
              73  an output could not be written
            """,
        subcommands: [RenderCommand.self, CheckCommand.self, TraceCommand.self, ConformanceCommand.self])
}

/// What is the same for every file: writing out.
enum Output {
    /// Writes all of a text to an open descriptor.
    /// - Returns: what went wrong; nil for nothing.
    static func write(_ text: String, to descriptor: CInt) -> String? {
        var rest = ArraySlice(Array(text.utf8))
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return problem() }
            rest = rest.dropFirst(count)
        }
        return nil
    }

    static func writeError(_ text: String) {
        _ = write(text + "\n", to: STDERR_FILENO)
    }

    /// - Returns: what went wrong; nil for nothing.
    static func write(_ text: String, toFile path: String) -> String? {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { return problem() }
        let failure = write(text, to: descriptor)
        return close(descriptor) == 0 ? failure : failure ?? problem()
    }

    private static func problem() -> String { unsafe String(cString: strerror(errno)) }
}
