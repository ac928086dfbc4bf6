@testable import rserpool

/// Makes packets and capture files, byte by byte.
enum CaptureBuilder {
    static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = hexadecimal.filter { $0 != " " }.map { UInt8($0.hexDigitValue ?? 0) }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    /// A handle resolution of EchoPool.
    static let resolution = bytes("05000018 0009000c 4563686f506f6f6c 803f0008 00000001")
    /// A server announcement.
    static let announce = bytes("0a000008 77777777")
    /// A presence of ENRP.
    static let presence = bytes(
        "0100002c 77777777 00000000 000f0006b2f40000 000b001877777777 0004001026ad0000 000100080a630001")
    /// A registration of an element with two addresses.
    static let registration = bytes(
        "01000040 0009000c4563686f506f6f6c 000a003051468e16 00000000 00015f90 00040018d4a60001 000100080a630001 000100080a630101"
            + "0008000800000001")

    /// Chains of `+` take the compiler too long.
    static func join(_ parts: [UInt8]...) -> [UInt8] { parts.flatMap { $0 } }

    static func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] { number.networkOrder.reversed() }

    /// A DATA chunk (RFC 9260 §3.3.1); flags: 2 is the first fragment, 1 the last.
    static func chunk(
        _ data: [UInt8], number: UInt32, flags: UInt8 = 3, stream: UInt16 = 0, protocol identifier: UInt32 = 11
    ) -> [UInt8] {
        join(
            [0, flags], UInt16(16 + data.count).networkOrder, number.networkOrder, stream.networkOrder, [0, 0],
            identifier.networkOrder, data, [UInt8](repeating: 0, count: -data.count & 3))
    }

    /// An SCTP packet with its checksum.
    static func sctp(_ chunks: [UInt8]..., source: UInt16 = 5000, destination: UInt16 = 3863, tag: UInt32 = 9) -> [UInt8] {
        let head = join(source.networkOrder, destination.networkOrder, tag.networkOrder)
        let body = chunks.flatMap { $0 }
        return join(head, little(CRC32C.checksum(of: head[...], [0, 0, 0, 0], body[...])), body)
    }

    static func udp(_ payload: [UInt8], source: UInt16 = 9899, destination: UInt16 = 9899) -> [UInt8] {
        join(source.networkOrder, destination.networkOrder, UInt16(8 + payload.count).networkOrder, [0, 0], payload)
    }

    static func tcp(
        _ payload: [UInt8], number: UInt32, flags: UInt8 = 0x10, source: UInt16 = 5000, destination: UInt16 = 3863
    ) -> [UInt8] {
        join(
            source.networkOrder, destination.networkOrder, number.networkOrder, [0, 0, 0, 0, 0x50, flags, 0, 0, 0, 0, 0, 0],
            payload)
    }

    static func ipv4(_ transport: UInt8, _ payload: [UInt8], fragment: UInt16 = 0, options: [UInt8] = []) -> [UInt8] {
        join(
            [0x40 | UInt8(5 + options.count / 4), 0], UInt16(20 + options.count + payload.count).networkOrder, [0, 0],
            fragment.networkOrder, [64, transport, 0, 0, 10, 99, 0, 1, 10, 99, 0, 2], options, payload)
    }

    /// - Parameter extensions: extension headers, of which `first` is the first one's number.
    static func ipv6(_ transport: UInt8, _ payload: [UInt8], first: UInt8? = nil, extensions: [UInt8] = []) -> [UInt8] {
        let address = [UInt8](repeating: 0, count: 15)
        return join(
            [0x60, 0, 0, 0], UInt16(extensions.count + payload.count).networkOrder, [first ?? transport, 64], address, [1],
            address,
            [2], extensions, payload)
    }

    static func ethernet(_ payload: [UInt8], tags: Int = 0, type: UInt16 = 0x0800) -> [UInt8] {
        let tags: [[UInt8]] = Array(repeating: [0x81, 0, 0, 7], count: tags)
        return join([UInt8](repeating: 2, count: 12), tags.flatMap { $0 }, type.networkOrder, payload)
    }

    // MARK: Files

    /// A pcap file in little-endian order with microseconds, or in big-endian order with nanoseconds.
    static func pcap(_ link: LinkType, _ packets: [UInt8]..., isLittleEndian: Bool = true) -> [UInt8] {
        func word(_ number: UInt32) -> [UInt8] { isLittleEndian ? little(number) : number.networkOrder }
        let head = join(
            word(isLittleEndian ? 0xa1b2_c3d4 : 0xa1b2_3c4d), [0, 0, 0, 0], word(0), word(0), word(65_535), word(link.rawValue))
        return packets.reduce(head) { file, packet in
            join(file, word(1_000), word(500_000), word(UInt32(packet.count)), word(UInt32(packet.count)), packet)
        }
    }

    static func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
        let padding = -body.count & 3
        let length = little(UInt32(body.count + padding + 12))
        return join(little(type), length, body, [UInt8](repeating: 0, count: padding), length)
    }

    static let section = block(0x0a0d_0d0a, join([0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0], [UInt8](repeating: 0xff, count: 8)))

    /// - Parameter resolution: the option that tells the resolution of its time stamps; nil for none.
    static func interface(_ link: LinkType, resolution: UInt8? = nil) -> [UInt8] {
        let option: [UInt8] = resolution.map { [9, 0, 1, 0, $0, 0, 0, 0, 0, 0, 0, 0] } ?? []
        return block(1, join(little(UInt16(link.rawValue)), [0, 0, 0, 0, 0, 0], option))
    }

    static func packet(_ bytes: [UInt8], interface: UInt32 = 0, ticks: UInt64 = 1_000_500_000) -> [UInt8] {
        let length = little(UInt32(bytes.count))
        return block(
            6,
            join(
                little(interface), little(UInt32(ticks >> 32)), little(UInt32(truncatingIfNeeded: ticks)), length, length, bytes
            ))
    }
}
