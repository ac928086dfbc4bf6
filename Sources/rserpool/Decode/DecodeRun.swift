import Foundation

/// Decodes one input and prints what it finds.
struct DecodeRun {
    /// Bytes taken from standard input; capture files are mapped instead.
    static let maximumInput = 256 << 20

    private let json: Bool
    private var finder = MessageFinder()
    private var packets = 0
    private var isCapture = false
    private var messages = 0
    private var malformed = 0
    private var damaged = 0

    init(json: Bool) {
        self.json = json
    }

    mutating func decode(capture bytes: [UInt8]) throws {
        do throws(CaptureError) {
            var file = try CaptureFile(bytes)
            isCapture = true
            while let packet = try file.next() { decode(packet) }
        } catch {
            throw ToolFailure(.inputData, "the capture file is damaged after \(packets) packets: \(error)")
        }
    }

    /// - Parameter link: what the bytes begin with where they are packets; nil where they are messages.
    mutating func decode(hexadecimal text: [UInt8], _ messageProtocol: MessageProtocol, _ link: LinkType?) throws {
        guard text.count <= Self.maximumInput else {
            throw ToolFailure(.inputData, "more than \(Self.maximumInput >> 20) MiB of input; give a capture as a file.")
        }
        guard let text = String(validating: text, as: UTF8.self) else {
            throw ToolFailure(.inputData, "the input is neither a capture file (pcap, pcapng) nor hexadecimal digits.")
        }
        let blocks: [[UInt8]]
        do {
            blocks = try HexDump.read(text)
        } catch {
            throw ToolFailure(
                .inputData, "the input is neither a capture file (pcap, pcapng) nor hexadecimal digits: \(error).")
        }
        for (index, block) in blocks.enumerated() {
            if let link {
                decode(CapturedPacket(number: index + 1, time: nil, link: link, bytes: block))
            } else {
                show(CapturedMessage(messageProtocol: messageProtocol, bytes: block))
            }
        }
    }

    private mutating func decode(_ packet: CapturedPacket) {
        packets += 1
        for finding in finder.findings(in: packet) {
            switch finding {
            case .message(let message):
                show(message)
            case .problem(let packet, let reason):
                damaged += 1
                StandardStreams.writeError("rserpool: packet \(packet): \(reason)")
            }
        }
    }

    private mutating func show(_ captured: CapturedMessage) {
        let message = DecodedMessage(captured)
        if message.problem != nil { malformed += 1 }
        if json {
            // Only strings, numbers and arrays of them: encoding them cannot fail.
            if let line = try? message.json { StandardStreams.writeOutput(line) }
        } else {
            StandardStreams.writeOutput((messages > 0 ? "\n" : "") + message.text)
        }
        messages += 1
    }

    /// - Throws: ``ToolFailure`` where nothing was found, or not all of it was right.
    func conclude() throws {
        func counted(_ number: Int, _ what: String) -> String { "\(number) \(what)\(number == 1 ? "" : "s")" }
        if malformed > 0 {
            throw ToolFailure(
                .inputData, "\(malformed) of \(counted(messages, "message")) \(malformed == 1 ? "is" : "are") malformed.")
        }
        if damaged > 0 {
            throw ToolFailure(.inputData, "\(counted(messages, "message")); \(counted(damaged, "packet")) could not be read.")
        }
        if messages == 0 {
            throw ToolFailure(
                .inputData,
                isCapture || packets > 0
                    ? "no ASAP or ENRP message in \(counted(packets, "packet"))."
                    : "the input is empty: it has no hexadecimal digits.")
        }
    }
}
