import InternetAddresses
import SCTPTransport

/// Finds ASAP's and ENRP's messages in captured packets: over SCTP by their payload protocol identifiers, SCTP over UDP by its
/// checksum, announcements over UDP and ASAP over TCP by their ports.
struct MessageFinder {
    private var streams = SCTPMessageReader()
    /// SCTP over UDP has its associations apart.
    private var encapsulated = SCTPMessageReader()
    private var connections = TCPMessageReader()

    /// What the packet completes or spoils, in order.
    mutating func findings(in packet: CapturedPacket) -> [Finding] {
        var findings: [Finding] = []
        do throws(PacketProblem) {
            guard packet.link != .sctp else {
                try streams.read(packet.bytes) { Self.add($0, "SCTP", nil, packet, &findings) }
                return findings
            }
            let internet = try InternetPacket.find(in: packet)
            switch internet.transport {
            case 132: try readSCTP(internet, packet, &findings)
            case 17: try readUDP(internet, packet, &findings)
            case 6: try readTCP(internet, packet, &findings)
            default: break
            }
        } catch {
            if case .damaged(let reason) = error {
                let cut = packet.missing > 0 ? "; \(packet.missing) bytes of it were not captured" : ""
                findings.append(.problem(packet: packet.number, reason + cut))
            }
        }
        return findings
    }

    private mutating func readSCTP(
        _ internet: InternetPacket, _ packet: CapturedPacket, _ findings: inout [Finding]
    ) throws(PacketProblem) {
        try streams.read(internet.payload) { message in
            Self.add(message, "SCTP", internet, packet, &findings)
        }
    }

    private static func add(
        _ message: SCTPMessageReader.Message, _ transport: String, _ internet: InternetPacket?, _ packet: CapturedPacket,
        _ findings: inout [Finding]
    ) {
        guard let messageProtocol = MessageProtocol(message.payloadProtocol) else { return }
        func end(_ address: IPAddress?, _ port: UInt16) -> String {
            address.map { "\(SCTPAddress($0, port: port))" } ?? "port \(port)"
        }
        findings.append(
            .message(
                CapturedMessage(
                    packet: packet.number, time: packet.time,
                    source: end(internet?.source, message.sourcePort),
                    destination: end(internet?.destination, message.destinationPort), transport: transport,
                    stream: message.stream, messageProtocol: messageProtocol, bytes: message.bytes)))
    }

    private mutating func readUDP(
        _ internet: InternetPacket, _ packet: CapturedPacket, _ findings: inout [Finding]
    ) throws(PacketProblem) {
        var cursor = ByteCursor(internet.payload)
        guard let source = cursor.number(UInt16.self), let destination = cursor.number(UInt16.self),
            let length = cursor.number(UInt16.self), cursor.skip(2), length >= 8
        else { throw .damaged("the packet ends within its UDP header") }
        let bytes = Array(cursor.takeRest().prefix(Int(length) - 8))
        if let messageProtocol = MessageProtocol(announcePort: destination) {
            findings.append(
                .message(
                    CapturedMessage(
                        packet: packet.number, time: packet.time, source: "\(SCTPAddress(internet.source, port: source))",
                        destination: "\(SCTPAddress(internet.destination, port: destination))", transport: "UDP",
                        messageProtocol: messageProtocol, bytes: bytes)))
        } else if SCTPMessageReader.isPacket(bytes) {
            try encapsulated.read(bytes) { message in
                Self.add(message, "SCTP over UDP", internet, packet, &findings)
            }
        }
    }

    private mutating func readTCP(
        _ internet: InternetPacket, _ packet: CapturedPacket, _ findings: inout [Finding]
    ) throws(PacketProblem) {
        try connections.read(internet.payload, from: internet.source, to: internet.destination) { flow, bytes in
            findings.append(
                .message(
                    CapturedMessage(
                        packet: packet.number, time: packet.time, source: "\(SCTPAddress(flow.source, port: flow.sourcePort))",
                        destination: "\(SCTPAddress(flow.destination, port: flow.destinationPort))", transport: "TCP",
                        messageProtocol: .asap, bytes: bytes)))
        }
    }
}
