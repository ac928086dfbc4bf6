import Glibc

/// What the interoperability lane has no other program for.
@main
struct InteropPeer {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    static let usage = """
        usage: InteropPeer messages CAPTURE FIELDS
                   writes one SCTP packet for each message of a table to the file CAPTURE, and to the file FIELDS what a dissector
                   has to show of it: lines of number, name, field and its values with commas, between tabs
        """

    static func main() async {
        do {
            try await run(Array(CommandLine.arguments.dropFirst()))
        } catch {
            print("InteropPeer: \(error)")
            exit(1)
        }
    }

    private static func run(_ arguments: [String]) async throws {
        switch (arguments.first, arguments.count) {
        case ("messages", 3): try writeMessages(capture: arguments[1], fields: arguments[2])
        default: throw Failure(description: usage)
        }
    }

    /// Writes the table of messages and what is expected of their dissection.
    private static func writeMessages(capture: String, fields: String) throws {
        var file = CaptureFile()
        var lines = ""
        for (number, message) in (try SampleMessage.asap() + SampleMessage.enrp()).enumerated() {
            file.add(message.bytes, payloadProtocol: message.payloadProtocol)
            for (field, values) in message.fields.values.sorted(by: { $0.key < $1.key }) {
                lines += "\(number + 1)\t\(message.name)\t\(message.fields.layer).\(field)\t\(values.joined(separator: ","))\n"
            }
        }
        try write(file.bytes, to: capture)
        try write(Array(lines.utf8), to: fields)
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        guard let file = unsafe fopen(path, "w") else { throw Failure(description: "cannot write \(path)") }
        let written = unsafe fwrite(bytes, 1, bytes.count, file)
        guard unsafe fclose(file) == 0, written == bytes.count else {
            throw Failure(description: "\(path) was not written to its end")
        }
    }
}
