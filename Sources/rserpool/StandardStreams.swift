import Foundation
import Synchronization

/// Writing to the standard streams: whole lines, at once. Where a prompt is shown, a line takes its place and the prompt follows.
enum StandardStreams {
    private static let prompt = Mutex("")

    /// Shows a prompt at a terminal, or where it is empty none any more. What is typed behind it is the terminal's own business.
    static func setPrompt(_ text: String) {
        prompt.withLock { prompt in
            if prompt.isEmpty || text.isEmpty { FileHandle.standardOutput.write(Data((text.isEmpty ? "" : text).utf8)) }
            prompt = text
        }
    }

    /// Shows the prompt again, after a line was typed behind it.
    static func repeatPrompt() {
        prompt.withLock { FileHandle.standardOutput.write(Data($0.utf8)) }
    }

    private static func write(_ data: Data, to file: FileHandle) {
        prompt.withLock { prompt in
            guard !prompt.isEmpty else { return file.write(data) }
            // To the line's start, and to its end nothing.
            FileHandle.standardOutput.write(Data("\r\u{1b}[K".utf8))
            file.write(data)
            FileHandle.standardOutput.write(Data(prompt.utf8))
        }
    }

    static func writeOutput(_ line: some StringProtocol) {
        write(Data((line + "\n").utf8), to: .standardOutput)
    }

    /// Bytes of a message, which need not be text, and a line's end where they have none.
    static func writeOutput(bytes: some Sequence<UInt8>) {
        var data = Data(bytes)
        if data.last != 0x0a { data.append(0x0a) }
        write(data, to: .standardOutput)
    }

    static func writeError(_ line: some StringProtocol) {
        write(Data((line + "\n").utf8), to: .standardError)
    }

    /// Whether standard output is a terminal, so that colour helps and does not end up in a file.
    static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
    static var inputIsTerminal: Bool { isatty(STDIN_FILENO) == 1 }
}
