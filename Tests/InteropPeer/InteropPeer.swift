import Glibc
import InternetAddresses
import RSerPoolParameters
import SCTPTransport

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
               InteropPeer order LOCAL REGISTRAR POOL ITEMS COUNT
                   asks COUNT times over one association for ITEMS elements; prints each answer's identifiers in their order
               InteropPeer pool LOCAL REGISTRAR POOL
                   asks once for all elements; prints identifier, policy with its values, and user transport of each
               InteropPeer elements LOCAL REGISTRAR POOL POOLS FIRST COUNT
                   registers COUNT elements with the identifiers from FIRST in the pools POOL0, POOL1, …; answers for them until it is
                   ended
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
        case ("order", 6):
            guard let items = UInt32(arguments[4]), let count = Int(arguments[5]) else { throw Failure(description: usage) }
            try await resolutions(arguments).printOrders(items: items, count: count)
        case ("pool", 4): try await resolutions(arguments).printElements()
        case ("elements", 7):
            guard let local = IPAddress(arguments[1]), let registrar = SCTPAddress(arguments[2]), let pools = Int(arguments[4]),
                let first = UInt32(arguments[5]), let count = Int(arguments[6]), pools > 0, count > 0
            else { throw Failure(description: usage) }
            try await ManyElements(
                local: local, registrar: registrar, pools: (0..<pools).map { PoolHandle("\(arguments[3])\($0)") }, first: first,
                count: count
            ).run()
        default: throw Failure(description: usage)
        }
    }

    private static func resolutions(_ arguments: [String]) throws -> Resolutions {
        guard let local = IPAddress(arguments[1]), let registrar = SCTPAddress(arguments[2]) else {
            throw Failure(description: usage)
        }
        return Resolutions(local: local, registrar: registrar, pool: PoolHandle(arguments[3]))
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
