import ArgumentParser
import Foundation

/// `rserpool decode`.
struct DecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Show the ASAP and ENRP messages of a capture or of hexadecimal bytes (RFC 5352, 5353, 5354).",
        discussion: """
            The input is a capture file (pcap or pcapng), or text of hexadecimal digits: in one piece, with spaces or colons, or as \
            a dump with offsets as hexdump -C, xxd and tshark -x print it. Captures may be of Ethernet, Linux's 'any', IP or loopback; \
            messages are found over SCTP, SCTP over UDP, UDP (announcements at ports 3863 and 9901) and TCP (port 3863), and put \
            together from DATA chunks. Each message is shown with the offsets of its parts; what is malformed is shown as far as it \
            makes sense, with what is wrong and where, and ends decode with status 65.

              tcpdump -i any -w capture.pcap sctp or port 9899     then: rserpool decode capture.pcap
              rserpool decode 050000180009000c4563686f506f6f6c803f000800000001
              rserpool decode --protocol enrp < bytes.txt
              rserpool decode --json capture.pcap | jq -r .message | sort | uniq -c
            """)

    @Argument(
        help: ArgumentHelp(
            "A file, hexadecimal digits, or - for standard input. (default: -)", valueName: "file or digits"),
        completion: .file())
    var input: [String] = []

    @Option(name: .customLong("protocol"), help: "Of which protocol bytes are that were given as hexadecimal digits.")
    var messageProtocol: ProtocolChoice = .asap

    @Option(
        name: .customLong("link"),
        help: "What hexadecimal bytes begin with: a message, or a packet as tshark -x prints whole ones.")
    var link: LinkChoice = .message

    @Flag(help: "Print an object of JSON a line for each message.")
    var json = false

    func run() throws {
        let bytes = try readInput()
        var decoder = DecodeRun(json: json)
        if CaptureFile.isCapture(bytes) {
            try decoder.decode(capture: bytes)
        } else {
            try decoder.decode(hexadecimal: bytes, messageProtocol.value, link.type)
        }
        try decoder.conclude()
    }

    private func readInput() throws -> [UInt8] {
        guard let first = input.first, first != "-" else {
            return [UInt8](try FileHandle.standardInput.read(upToCount: DecodeRun.maximumInput + 1) ?? Data())
        }
        if input.count == 1, FileManager.default.fileExists(atPath: first) {
            do {
                return [UInt8](try Data(contentsOf: URL(fileURLWithPath: first), options: .alwaysMapped))
            } catch {
                throw ToolFailure(.inputData, "'\(first)' cannot be read; is it a file, and may you read it?")
            }
        }
        let text = input.joined(separator: " ")
        guard !text.contains("/"), !text.hasSuffix("pcap"), !text.hasSuffix("pcapng") else {
            throw ToolFailure(.inputData, "there is no file '\(text)'.")
        }
        return Array(text.utf8)
    }
}

/// `--protocol`.
enum ProtocolChoice: String, CaseIterable, ExpressibleByArgument, Sendable {
    case asap
    case enrp

    var value: MessageProtocol { self == .asap ? .asap : .enrp }
}

/// `--link`.
enum LinkChoice: String, CaseIterable, ExpressibleByArgument, Sendable {
    case message
    case ethernet
    case cooked
    case cooked2
    case loopback
    case ip

    var type: LinkType? {
        switch self {
        case .message: nil
        case .ethernet: .ethernet
        case .cooked: .linuxCooked
        case .cooked2: .linuxCooked2
        case .loopback: .null
        case .ip: .raw
        }
    }
}
