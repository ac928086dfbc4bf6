import Foundation
import Testing

@testable import rserpool

private typealias Make = CaptureBuilder

/// `rserpool decode` as a stranger runs it, and what it makes of messages.
struct DecodeTests {
    private func decode(_ arguments: String..., input: String = "") async throws -> ToolRun.Outcome {
        try await ToolRun(["decode"] + arguments).finish(input: input)
    }

    private func file(_ bytes: [UInt8]) throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(
            "rserpool-\(UInt64.random(in: 0 ... .max)).pcap"
        ).path
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test func aMessageIsShownWithItsOffsets() async throws {
        let outcome = try await decode(
            "01000040 0009000c4563686f506f6f6c 000a003051468e16 00000000 00015f90 00040018d4a60001 000100080a630001",
            "000100080a630101 0008000800000001")
        #expect(outcome.status == 0)
        #expect(
            outcome.output == """
                     0  ASAP_REGISTRATION, 64 bytes
                     4    Pool Handle: EchoPool
                    16    Pool Element
                    20      PE Identifier: 0x51468e16
                    24      Home ENRP Server Identifier: undetermined
                    28      Registration Life: 90000 s
                    32      SCTP Transport
                    36        Port: 54438
                    38        Transport Use: data plus control
                    40        IPv4 Address: 10.99.0.1
                    48        IPv4 Address: 10.99.1.1
                    56      Pool Member Selection Policy: round-robin

                """)
    }

    /// Ours (ARCHITECTURE.md): the port and two bytes of zero; with others it is an unknown parameter.
    @Test(arguments: [("a0240000", "40996"), ("a0240001", "[a0240001]")])
    func thePortOfSCTPInUDPIsANumber(value: String, shown: String) async throws {
        let outcome = try await decode(
            "01000040 0009000c4563686f506f6f6c 000a003051468e16 00000000 0000012c 00040010d4a60001 000100080a630001",
            "0008000800000001 98990008\(value)")
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("\n    56      UDP Encapsulation Port: \(shown)\n"))
    }

    @Test func whatIsWrongIsSaidWithItsPlace() async throws {
        let outcome = try await decode("03000018 0009000c4563686f506f6f6c 000e00ff51468e16")
        #expect(outcome.status == rserpool.ExitStatus.inputData.rawValue)
        #expect(outcome.output.contains("    16    PE Identifier: ✗ its length is 255, and 8 bytes are left"))
        #expect(outcome.output.contains("✗ malformed: byte 18: PE Identifier: length reaches past the end"))
        #expect(outcome.error.contains("1 of 1 message is malformed"))
    }

    @Test func aCaptureIsShownPacketByPacket() async throws {
        let path = try file(
            Make.pcap(
                .raw, Make.ipv4(132, Make.sctp(Make.chunk(Make.registration, number: 1))),
                Make.ipv4(17, Make.udp(Make.presence, destination: 9901))))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let outcome = try await decode(path)
        #expect(outcome.status == 0)
        #expect(
            outcome.output.contains(
                "packet 1 00:16:40.500  10.99.0.1:5000 → 10.99.0.2:3863  SCTP stream 0\n     0  ASAP_REGISTRATION"))
        #expect(
            outcome.output.contains(
                "packet 2 00:16:40.500  10.99.0.1:9899 → 10.99.0.2:9901  UDP\n     0  ENRP_PRESENCE, 44 bytes"))
        #expect(outcome.output.contains("     4    Sending Server's ID: 0x77777777"))
        let json = try await decode("--json", path)
        #expect(json.status == 0)
        let messages = try json.output.split(separator: "\n").map {
            try JSONDecoder().decode(DecodedMessage.self, from: Data($0.utf8))
        }
        #expect(messages.map(\.message) == ["ASAP_REGISTRATION", "ENRP_PRESENCE"])
        #expect(messages.map(\.packet) == [1, 2])
        #expect(messages.allSatisfy { $0.problem == nil })
    }

    @Test(arguments: [
        "0500 0018 0009 000c 4563 686f 506f 6f6c 803f 0008 0000 0001\n",
        "05:00:00:18:00:09:00:0c:45:63:68:6f:50:6f:6f:6c:80:3f:00:08:00:00:00:01",
        "0x05000018, 0x0009000c, 0x4563686f, 0x506f6f6c, 0x803f0008, 0x00000001",
        """
        00000000  05 00 00 18 00 09 00 0c  45 63 68 6f 50 6f 6f 6c  |........EchoPool|
        00000010  80 3f 00 08 00 00 00 01                           |.?......|
        00000018
        """,
        """
        00000000: 0500 0018 0009 000c 4563 686f 506f 6f6c  ........EchoPool
        00000010: 803f 0008 0000 0001                      .?......
        """,
        """
        Packet (24 bytes):

        0000  05 00 00 18 00 09 00 0c 45 63 68 6f 50 6f 6f 6c   ........EchoPool
        0010  80 3f 00 08 00 00 00 01                           abcdef01
        """,
    ])
    func hexadecimalDigitsAreReadAsTheyArePrinted(text: String) throws {
        #expect(try HexDump.read(text) == [Make.resolution])
    }

    @Test func aDumpMayHaveSeveralMessages() async throws {
        let dump = "0000  0a 00 00 08 77 77 77 77   ....wwww\n\n0000  0a 00 00 08 66 66 66 66   ....ffff\n"
        let outcome = try await decode(input: dump)
        #expect(outcome.output.contains("0x77777777") && outcome.output.contains("0x66666666"))
    }

    @Test func otherInputIsRefusedWithItsPlace() async throws {
        for (arguments, input, words) in [
            (["05 00 zz"], "", "line 1, column 7: no hexadecimal digit"), (["050"], "", "half a byte"),
            ([], "", "the input is empty"), (["/nowhere/capture.pcap"], "", "there is no file"),
            ([], "0000  05 00\n0010  00 18\n", "line 2, column 1: the offset is 16 and 2 bytes were before it"),
            (["-"], String(decoding: Make.pcap(.raw).prefix(4), as: UTF8.self), "hexadecimal"),
        ] {
            let outcome = try await ToolRun(["decode"] + arguments).finish(input: input)
            #expect(outcome.status == rserpool.ExitStatus.inputData.rawValue)
            #expect(outcome.error.contains(words), "\(outcome.error)")
            #expect(outcome.output.isEmpty)
        }
    }

    @Test func wholePacketsMayBeGivenInHexadecimal() async throws {
        let packet = Make.ethernet(Make.ipv4(17, Make.udp(Make.announce, destination: 3863)))
        let digits = packet.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let outcome = try await decode("--link", "ethernet", digits)
        #expect(outcome.output.contains("ASAP_SERVER_ANNOUNCE"))
    }

    // MARK: Any bytes

    private func check(_ message: DecodedMessage) -> Bool {
        func isSound(_ part: MessagePart) -> Bool {
            part.offset >= 0 && part.length >= 0 && part.offset + part.length <= message.bytes
                && (part.parts ?? []).allSatisfy(isSound)
        }
        let problem = message.problem.map { (0...message.bytes).contains($0.offset) } ?? true
        return problem && message.parts.allSatisfy(isSound) && !message.text.isEmpty && (try? message.json) != nil
    }

    /// Mutations of messages: whatever comes, every part lies in its message, and what is wrong has a place in it.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func anyMessageIsTakenApart(seed: UInt64) {
        var generator = SplitMix(seed: seed)
        let samples = [
            Make.resolution, Make.registration, Make.presence, Make.announce,
            Make.bytes("0e000014 000c0010 0001000c 5777000800000000"),
        ]
        for _ in 0..<400 {
            var bytes = samples.randomElement(using: &generator) ?? []
            mutate(&bytes, &generator)
            for messageProtocol in MessageProtocol.allCases {
                let message = DecodedMessage(CapturedMessage(messageProtocol: messageProtocol, bytes: bytes))
                if !check(message) { Issue.record("seed \(seed): \(bytes)") }
            }
        }
    }

    /// Mutations of capture files.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func anyCaptureIsReadAsFarAsItGoes(seed: UInt64) {
        var generator = SplitMix(seed: seed)
        let stream = Make.ethernet(Make.ipv4(6, Make.tcp(Make.resolution, number: 1)))
        let data = Make.ethernet(
            Make.ipv4(
                132, Make.sctp(Make.chunk(Make.registration, number: 1), Make.chunk(Make.presence, number: 2, protocol: 12))))
        let over = Make.ethernet(Make.ipv6(17, Make.udp(Make.sctp(Make.chunk(Make.resolution, number: 1)))), type: 0x86dd)
        let samples = [
            Make.pcap(.ethernet, stream, data, over), Make.pcap(.ethernet, data, stream, isLittleEndian: false),
            Make.section + Make.interface(.ethernet) + Make.packet(data) + Make.packet(over) + Make.packet(stream),
        ]
        var found = 0
        for _ in 0..<250 {
            var bytes = samples.randomElement(using: &generator) ?? []
            mutate(&bytes, &generator)
            guard var file = try? CaptureFile(bytes) else { continue }
            var finder = MessageFinder()
            while let packet = try? file.next() {
                for case .message(let message) in finder.findings(in: packet) {
                    found += 1
                    if !check(DecodedMessage(message)) { Issue.record("seed \(seed): \(bytes)") }
                }
            }
        }
        #expect(found > 100)
    }

    private func mutate(_ bytes: inout [UInt8], _ generator: inout SplitMix) {
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            guard let index = bytes.indices.randomElement(using: &generator) else { return }
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes[index] = UInt8.random(in: 0 ... .max, using: &generator)
            case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2: bytes.removeSubrange(index..<min(bytes.count, index + Int.random(in: 1...8, using: &generator)))
            case 3: bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + 8)], at: index)
            default: bytes[index] = [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &generator) ?? 0
            }
        }
    }
}
