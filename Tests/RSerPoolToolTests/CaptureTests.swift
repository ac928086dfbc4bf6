import Testing

@testable import rserpool

private typealias Make = CaptureBuilder

/// Capture files and what is found in their packets.
struct CaptureTests {
    private func packets(_ file: [UInt8]) throws -> [CapturedPacket] {
        var file = try CaptureFile(file)
        var packets: [CapturedPacket] = []
        while let packet = try file.next() { packets.append(packet) }
        return packets
    }

    private func findings(_ link: LinkType, _ packets: [UInt8]...) -> [Finding] {
        var finder = MessageFinder()
        return packets.enumerated().flatMap { index, bytes in
            finder.findings(in: CapturedPacket(number: index + 1, time: nil, link: link, bytes: bytes))
        }
    }

    private func messages(_ findings: [Finding]) -> [[UInt8]] {
        findings.compactMap { if case .message(let message) = $0 { message.bytes } else { nil } }
    }

    private func problems(_ findings: [Finding]) -> [String] {
        findings.compactMap { if case .problem(_, let reason) = $0 { reason } else { nil } }
    }

    // MARK: Files

    @Test(arguments: [true, false])
    func pcapIsReadInBothOrders(isLittleEndian: Bool) throws {
        let read = try packets(Make.pcap(.ethernet, [1, 2, 3], [], isLittleEndian: isLittleEndian))
        #expect(read.map(\.bytes) == [[1, 2, 3], []])
        #expect(read.map(\.number) == [1, 2])
        #expect(read.first?.time == (isLittleEndian ? 1_000.5 : 1_000.0005))
        #expect(read.first?.link == .ethernet)
    }

    @Test func pcapngIsReadWithItsInterfaces() throws {
        let file = Make.join(
            Make.section, Make.interface(.ethernet), Make.interface(.raw, resolution: 9), Make.block(4, [1, 2, 3, 4]),
            Make.packet([1, 2, 3]), Make.packet([4], interface: 1, ticks: 1_000_500_000_000),
            Make.block(3, Make.join(Make.little(5 as UInt32), [7, 8])), Make.section,
            Make.interface(.linuxCooked, resolution: 0x80 | 10), Make.packet([9], ticks: 1024))
        let read = try packets(file)
        #expect(read.map(\.bytes) == [[1, 2, 3], [4], [7, 8, 0, 0], [9]])
        #expect(read.map(\.link) == [.ethernet, .raw, .ethernet, .linuxCooked])
        #expect(read[0].time == 1_000.5)
        #expect(abs((read[1].time ?? 0) - 1_000.5) < 1e-6)
        #expect(read[2].time == nil)
        #expect(read[2].missing == 1)
        #expect(read[3].time == 1)
    }

    private static let damagedFiles: [([UInt8], String)] = [
        (Array(Make.pcap(.ethernet, [1, 2, 3]).prefix(30)), "ends within a packet's header"),
        (Array(Make.pcap(.ethernet, [1, 2, 3]).dropLast()), "byte 32 of the file: a packet of 3 bytes, of which 2 are there"),
        (Array(Make.pcap(.ethernet).prefix(10)), "header ends early"),
        (Make.join(Make.section, Make.packet([1])), "interface 0, which is not described"),
        (Make.join(Make.section, [1, 0, 0, 0, 13, 0, 0, 0]), "a block of 13 bytes"),
        (Make.join(Make.section, Array(Make.interface(.raw).dropLast(4)), [0, 0, 0, 1]), "behind it"),
        (Make.join(Array(Make.section.prefix(8)), [1, 2, 3, 4]), "byte-order mark"),
        ([1, 2, 3, 4, 5], "neither pcap nor pcapng"),
    ]

    @Test(arguments: damagedFiles)
    func damageIsSaidWithItsPlace(file: [UInt8], sentence: String) {
        let error = #expect(throws: CaptureError.self) { try packets(file) }
        #expect(error.map { $0.description.contains(sentence) } == true, "\(error.map(\.description) ?? "")")
    }

    // MARK: Ways to a message

    @Test func everyLinkLayerIsOpened() {
        let internet = Make.ipv4(132, Make.sctp(Make.chunk(Make.resolution, number: 1)))
        let version6 = Make.ipv6(132, Make.sctp(Make.chunk(Make.resolution, number: 1)))
        let cooked = Make.join([UInt8](repeating: 0, count: 14), [0x08, 0], internet)
        let cooked2 = Make.join([0x86, 0xdd], [UInt8](repeating: 0, count: 18), version6)
        let found: [[Finding]] = [
            findings(.raw, internet), findings(.ipv4, internet), findings(.ipv6, version6), findings(.raw, version6),
            findings(.ethernet, Make.ethernet(internet)), findings(.ethernet, Make.ethernet(internet, tags: 2)),
            findings(.ethernet, Make.ethernet(version6, type: 0x86dd)),
            findings(.linuxCooked, cooked),
            findings(.linuxCooked2, cooked2),
            findings(.sctp, Make.sctp(Make.chunk(Make.resolution, number: 1))),
            findings(.null, Make.join([2, 0, 0, 0], internet)), findings(.loop, Make.join([0, 0, 0, 24], version6)),
            findings(.raw, Make.ipv4(132, Make.sctp(Make.chunk(Make.resolution, number: 1)), options: [1, 1, 1, 1])),
            findings(
                .raw,
                Make.ipv6(
                    132, Make.sctp(Make.chunk(Make.resolution, number: 1)), first: 0,
                    extensions: [60, 0, 0, 0, 0, 0, 0, 0, 132, 0, 0, 0, 0, 0, 0, 0])),
        ]
        for (index, findings) in found.enumerated() { #expect(messages(findings) == [Make.resolution], "number \(index)") }
    }

    @Test func theEndsAreNamed() throws {
        let packet = Make.ipv6(132, Make.sctp(Make.chunk(Make.presence, number: 1, stream: 3, protocol: 12)))
        guard case .message(let message)? = findings(.raw, packet).first else {
            Issue.record("no message")
            return
        }
        #expect(message.source == "[::1]:5000")
        #expect(message.destination == "[::2]:3863")
        #expect(message.transport == "SCTP")
        #expect(message.stream == 3)
        #expect(message.messageProtocol == .enrp)
        #expect(message.packet == 1)
    }

    @Test func fragmentsArePutTogetherInAnyOrder() {
        let parts = [Array(Make.resolution[..<8]), Array(Make.resolution[8..<16]), Array(Make.resolution[16...])]
        let chunks = [
            Make.chunk(parts[0], number: .max, flags: 2), Make.chunk(parts[1], number: 0, flags: 0),
            Make.chunk(parts[2], number: 1, flags: 1),
        ]
        for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [2, 0, 1], [0, 0, 1, 1, 2, 2, 0]] {
            var finder = MessageFinder()
            let found = order.flatMap { index in
                finder.findings(
                    in: CapturedPacket(number: 1, time: nil, link: .raw, bytes: Make.ipv4(132, Make.sctp(chunks[index]))))
            }
            #expect(messages(found) == [Make.resolution], "\(order)")
        }
    }

    @Test func whatIsSentTwiceIsShownOnce() {
        let packet = Make.ipv4(132, Make.sctp(Make.chunk(Make.resolution, number: 7), Make.chunk(Make.resolution, number: 8)))
        #expect(messages(findings(.raw, packet, packet)) == [Make.resolution, Make.resolution])
        let other = Make.ipv4(132, Make.sctp(Make.chunk(Make.resolution, number: 7), tag: 10))
        #expect(messages(findings(.raw, packet, other)).count == 3)
    }

    @Test func otherDataIsPassedOver() {
        #expect(findings(.raw, Make.ipv4(132, Make.sctp(Make.chunk([1, 2, 3], number: 1, protocol: 0)))).isEmpty)
        #expect(findings(.raw, Make.ipv4(1, [8, 0, 0, 0])).isEmpty)
        #expect(findings(.ethernet, Make.ethernet([0, 1], type: 0x0806)).isEmpty)
        #expect(findings(.raw, Make.ipv4(17, Make.udp([1, 2, 3], destination: 53))).isEmpty)
        #expect(findings(.raw, Make.ipv4(6, Make.tcp([1, 2, 3], number: 1, destination: 80))).isEmpty)
    }

    @Test func encapsulatedSCTPIsKnownByItsChecksum() {
        let packet = Make.sctp(Make.chunk(Make.resolution, number: 1))
        #expect(
            messages(findings(.raw, Make.ipv4(17, Make.udp(packet, source: 40_000, destination: 50_000)))) == [Make.resolution])
        var damaged = packet
        damaged[20] ^= 1
        #expect(findings(.raw, Make.ipv4(17, Make.udp(damaged))).isEmpty)
    }

    @Test func announcementsAreKnownByTheirPorts() {
        let found = findings(
            .raw, Make.ipv4(17, Make.udp(Make.announce, destination: 3863)),
            Make.ipv4(17, Make.udp(Make.presence, destination: 9901)))
        #expect(messages(found) == [Make.announce, Make.presence])
    }

    @Test func messagesOverTCPAreCutFromTheirStream() {
        // Three messages, of which the second has padding, in segments that come in disorder and twice.
        let padded = Make.bytes("0500000d 00090009 4563686f50 000000")
        let stream = Make.resolution + padded + Make.announce
        func segment(_ range: Range<Int>) -> [UInt8] {
            Make.ipv4(6, Make.tcp(Array(stream[range]), number: 101 &+ UInt32(range.lowerBound)))
        }
        let found = findings(
            .raw, Make.ipv4(6, Make.tcp([], number: 100, flags: 2)), segment(0..<10), segment(30..<stream.count),
            segment(0..<10),
            segment(5..<30))
        #expect(messages(found) == [Make.resolution, padded, Make.announce])
        #expect(problems(found).isEmpty)
    }

    private static let damagedPackets: [([UInt8], String)] = [
        (Array(Make.ipv4(132, []).prefix(12)), "IPv4 header"),
        (Make.ipv4(132, [1, 2, 3]), "SCTP header"),
        (Make.ipv4(132, Make.sctp([0, 3, 0, 3])), "byte 12 of the SCTP packet"),
        (Make.ipv4(132, Make.sctp([0, 3, 0, 8, 0, 0, 0, 0])), "a DATA chunk ends within its header"),
        (Make.ipv4(132, Make.sctp(), fragment: 0x2000), "fragment of an IP packet"),
        (Make.ipv4(17, [1]), "UDP header"), (Make.ipv4(6, [1]), "TCP header"),
        (Make.ipv4(6, Make.tcp([0, 0, 0, 3], number: 1)), "length 3"),
        (Make.ipv6(132, [], first: 0, extensions: [132, 9]), "extension header"), ([], "before its IP header"),
    ]

    @Test(arguments: damagedPackets)
    func damagedPacketsAreSaid(packet: [UInt8], sentence: String) {
        let found = problems(findings(.raw, packet))
        #expect(found.count == 1 && found[0].contains(sentence), "\(found)")
    }

    @Test func anUnknownLinkIsSaid() {
        #expect(problems(findings(LinkType(rawValue: 147), [0])).first?.contains("link type 147") == true)
    }

    /// A sender that never ends its messages fills no memory.
    @Test func endlessFragmentsAreForgotten() {
        var finder = MessageFinder()
        var problems = 0
        for number in 0..<3_000 as Range<UInt32> {
            let packet = Make.ipv4(132, Make.sctp(Make.chunk([1], number: number, flags: 0)))
            problems += finder.findings(in: CapturedPacket(number: 1, time: nil, link: .raw, bytes: packet)).count
        }
        #expect(problems == 2)
    }

    @Test func theChecksumIsTheStandards() {
        // RFC 3720 §B.4: 32 bytes of zeros.
        #expect(CRC32C.checksum(of: [UInt8](repeating: 0, count: 32)[...]) == 0x8a91_36aa)
    }
}
