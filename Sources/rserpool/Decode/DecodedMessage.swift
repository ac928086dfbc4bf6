import ASAP
import ENRP
import Foundation
import RSerPoolParameters

/// A message taken apart and judged: what `decode` prints, with `--json` as a line each.
struct DecodedMessage: Codable, Equatable, Sendable {
    /// What a receiver of the message would object to.
    struct Problem: Codable, Equatable, Sendable {
        /// From the start of the message.
        var offset: Int
        /// The parameter concerned.
        var parameter: String?
        var reason: String
    }

    var packet: Int?
    /// Seconds since 1970-01-01T00:00:00Z.
    var time: Double?
    var source: String?
    var destination: String?
    var transport: String?
    var stream: UInt16?
    /// `ASAP` or `ENRP`.
    var `protocol`: MessageProtocol
    /// `ASAP_REGISTRATION`, or the type's number where it is not known.
    var message: String
    var type: UInt8?
    /// The flags that are set, by their names, and the others as a number.
    var flags: [String]
    /// The Message Length field.
    var length: UInt16?
    /// Bytes that came.
    var bytes: Int
    var parts: [MessagePart]
    /// Nil for a message that a receiver takes.
    var problem: Problem?
    /// What a receiver tells the sender of, though it takes the message.
    var remarks: [String]?

    init(_ captured: CapturedMessage) {
        packet = captured.packet
        time = captured.time
        source = captured.source
        destination = captured.destination
        transport = captured.transport
        stream = captured.stream
        self.protocol = captured.messageProtocol
        let content = captured.bytes
        bytes = content.count
        type = content.first
        message = Self.name(captured.messageProtocol, type)
        flags = content.count > 1 ? Self.flags(content[1], of: content[0], captured.messageProtocol) : []
        length = content.count > 3 ? UInt16(content[2]) << 8 | UInt16(content[3]) : nil
        parts = MessageDissector.parts(of: content, captured.messageProtocol)
        do throws(WireError) {
            let report =
                switch captured.messageProtocol {
                case .asap: try ASAPMessage.decode(content).report
                case .enrp: try ENRPMessage.decode(content).report
                }
            remarks = report.isEmpty ? nil : report.map(\.description)
        } catch {
            problem = Problem(
                offset: error.offset, parameter: error.parameterType.map(\.description), reason: "\(error.code)")
        }
    }

    private static func name(_ messageProtocol: MessageProtocol, _ type: UInt8?) -> String {
        guard let type else { return "\(messageProtocol.rawValue) message without a type" }
        let name =
            switch messageProtocol {
            case .asap: ASAPMessageType(rawValue: type)?.description
            case .enrp: ENRPMessageType(rawValue: type)?.description
            }
        return name ?? "\(messageProtocol.rawValue) message type 0x" + (type < 16 ? "0" : "") + String(type, radix: 16)
    }

    /// The flags' names (RFC 5352 §2.2, RFC 5353 §2).
    private static func flags(_ bits: UInt8, of type: UInt8, _ messageProtocol: MessageProtocol) -> [String] {
        let named: [(UInt8, String)] =
            switch messageProtocol {
            case .asap:
                switch ASAPMessageType(rawValue: type) {
                case .registrationResponse: [(1, "R (rejected)")]
                case .handleResolution: [(1, "S (updates wanted)")]
                case .handleResolutionResponse: [(1, "A (updates follow)")]
                case .endpointKeepAlive: [(1, "H (home registrar)")]
                default: []
                }
            case .enrp:
                switch ENRPMessageType(rawValue: type) {
                case .presence: [(1, "R (reply required)")]
                case .handleTableRequest: [(1, "W (own elements only)")]
                case .handleTableResponse: [(1, "R (rejected)"), (2, "M (more to come)")]
                case .handleUpdate: [(1, "T (takeover suggested)")]
                case .listResponse: [(1, "R (rejected)")]
                default: []
                }
            }
        let set = named.filter { bits & $0.0 != 0 }
        let others = set.reduce(bits) { $0 & ~$1.0 }
        return set.map(\.1) + (others == 0 ? [] : ["0x" + (others < 16 ? "0" : "") + String(others, radix: 16)])
    }

    /// Several lines: whence and whither, the message, its parts, and what is wrong.
    var text: String {
        var lines: [String] = []
        if let packet {
            let clock = time.map { " " + Text.clock($0) } ?? ""
            let way = [source, destination].compactMap { $0 }.joined(separator: " → ")
            lines.append(
                "packet \(packet)\(clock)  \(way)  \(transport ?? "")" + (stream.map { " stream \($0)" } ?? ""))
        }
        let flags = flags.isEmpty ? "" : ", flags " + flags.joined(separator: ", ")
        lines.append("     0  \(message), \(length.map { "\($0) bytes" } ?? "\(bytes) bytes in all")\(flags)")
        lines += parts.flatMap { $0.lines(indent: "  ") }
        for remark in remarks ?? [] { lines.append("        ! is reported to the sender: \(remark)") }
        if let problem {
            lines.append(
                "        ✗ malformed: byte \(problem.offset): \(problem.parameter.map { $0 + ": " } ?? "")\(problem.reason)")
        }
        return lines.joined(separator: "\n")
    }

    /// One line.
    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }
}
