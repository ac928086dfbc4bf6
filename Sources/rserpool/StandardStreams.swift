import Foundation

/// Writing to the standard streams: whole lines, at once.
enum StandardStreams {
    static func writeOutput(_ line: some StringProtocol) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    /// Bytes of a message, which need not be text, and a line's end where they have none.
    static func writeOutput(bytes: some Sequence<UInt8>) {
        var data = Data(bytes)
        if data.last != 0x0a { data.append(0x0a) }
        FileHandle.standardOutput.write(data)
    }

    static func writeError(_ line: some StringProtocol) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }

    /// Whether standard output is a terminal, so that colour helps and does not end up in a file.
    static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
    static var inputIsTerminal: Bool { isatty(STDIN_FILENO) == 1 }
}
