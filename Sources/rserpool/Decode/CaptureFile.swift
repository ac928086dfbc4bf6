/// The packets of a capture file, pcap or pcapng, one after the other. What a damaged file has before the damage is read.
struct CaptureFile {
    private enum Format {
        case pcap(link: LinkType, ticks: Double)
        case pcapng
    }

    /// An interface of a pcapng section.
    private struct Interface {
        var link: LinkType
        /// Seconds of a tick of its time stamps.
        var tick: Double
    }

    /// The longest block or packet that is taken for one, in bytes.
    static let longestBlock = 16 << 20
    /// Interfaces of a section; packets of further ones are an error.
    static let maximumInterfaces = 4_096

    private var cursor: ByteCursor
    private var format: Format
    private var interfaces: [Interface] = []
    private var count = 0

    /// Whether bytes begin as a capture file does.
    static func isCapture(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 4 && (bytes[..<4].elementsEqual([0x0a, 0x0d, 0x0d, 0x0a]) || order(ofPcap: bytes) != nil)
    }

    /// The byte order and the seconds of a tick that a pcap file's first number tells.
    private static func order(ofPcap bytes: [UInt8]) -> (isLittleEndian: Bool, tick: Double)? {
        switch Array(bytes.prefix(4)) {
        case [0xa1, 0xb2, 0xc3, 0xd4]: (false, 1e-6)
        case [0xd4, 0xc3, 0xb2, 0xa1]: (true, 1e-6)
        case [0xa1, 0xb2, 0x3c, 0x4d]: (false, 1e-9)
        case [0x4d, 0x3c, 0xb2, 0xa1]: (true, 1e-9)
        default: nil
        }
    }

    /// - Throws: ``CaptureError`` where the bytes are no capture file.
    init(_ bytes: [UInt8]) throws(CaptureError) {
        guard let order = Self.order(ofPcap: bytes) else {
            guard Self.isCapture(bytes) else { throw CaptureError(offset: 0, reason: "neither pcap nor pcapng") }
            cursor = ByteCursor(bytes)
            format = .pcapng
            return
        }
        cursor = ByteCursor(bytes, isLittleEndian: order.isLittleEndian)
        guard cursor.skip(20), let link = cursor.number(UInt32.self) else {
            throw CaptureError(offset: 0, reason: "the file's header ends early")
        }
        // The high bits tell of a frame check sequence, which nobody here looks at.
        format = .pcap(link: LinkType(rawValue: link & 0x0fff_ffff), ticks: order.tick)
    }

    /// The next packet; nil at the file's end.
    /// - Throws: ``CaptureError`` where the file goes wrong; nothing is to be read after it.
    mutating func next() throws(CaptureError) -> CapturedPacket? {
        switch format {
        case .pcap(let link, let tick): try nextOfPcap(link, tick)
        case .pcapng: try nextOfPcapng()
        }
    }

    private mutating func nextOfPcap(_ link: LinkType, _ tick: Double) throws(CaptureError) -> CapturedPacket? {
        guard cursor.remaining > 0 else { return nil }
        let start = cursor.offset
        guard let seconds = cursor.number(UInt32.self), let ticks = cursor.number(UInt32.self),
            let length = cursor.number(UInt32.self), let original = cursor.number(UInt32.self)
        else { throw CaptureError(offset: start, reason: "the file ends within a packet's header") }
        guard length <= Self.longestBlock else {
            throw CaptureError(offset: start + 8, reason: "a packet of \(length) bytes: more than any has")
        }
        guard let bytes = cursor.take(Int(length)) else {
            throw CaptureError(offset: start + 8, reason: "a packet of \(length) bytes, of which \(cursor.remaining) are there")
        }
        count += 1
        return CapturedPacket(
            number: count, time: Double(seconds) + Double(ticks) * tick, link: link, bytes: Array(bytes),
            missing: max(0, Int(original) - Int(length)))
    }

    // MARK: pcapng

    private mutating func nextOfPcapng() throws(CaptureError) -> CapturedPacket? {
        while cursor.remaining > 0 {
            let start = cursor.offset
            guard let block = try nextBlock() else { continue }
            var body = block.body
            switch block.type {
            case 1: try addInterface(&body, at: start)
            case 2, 6: return try packet(&body, isEnhanced: block.type == 6, at: start)
            case 3: return try simplePacket(&body, at: start)
            default: break
            }
        }
        return nil
    }

    /// The next block's type and body; nil for the header of a section, from which on its byte order holds.
    private mutating func nextBlock() throws(CaptureError) -> (type: UInt32, body: ByteCursor)? {
        let start = cursor.offset
        var ahead = cursor
        if ahead.take(4)?.elementsEqual([0x0a, 0x0d, 0x0d, 0x0a]) == true {
            guard ahead.skip(4), let magic = ahead.take(4) else {
                throw CaptureError(offset: start, reason: "the file ends within a section's header")
            }
            let isLittleEndian = magic.elementsEqual([0x4d, 0x3c, 0x2b, 0x1a])
            guard isLittleEndian || magic.elementsEqual([0x1a, 0x2b, 0x3c, 0x4d]) else {
                throw CaptureError(offset: start + 8, reason: "a section's header without its byte-order mark")
            }
            cursor.isLittleEndian = isLittleEndian
            interfaces = []
        }
        guard let type = cursor.number(UInt32.self), let length = cursor.number(UInt32.self) else {
            throw CaptureError(offset: start, reason: "the file ends within a block's header")
        }
        guard length >= 12, length.isMultiple(of: 4), length <= Self.longestBlock else {
            throw CaptureError(offset: start + 4, reason: "a block of \(length) bytes: no block has that length")
        }
        guard let body = cursor.take(Int(length) - 12), let again = cursor.number(UInt32.self) else {
            throw CaptureError(offset: start + 4, reason: "a block of \(length) bytes, of which not all are there")
        }
        guard again == length else {
            throw CaptureError(
                offset: cursor.offset - 4, reason: "the block's length is \(length) before and \(again) behind it")
        }
        return type == 0x0a0d_0d0a ? nil : (type, ByteCursor(body, isLittleEndian: cursor.isLittleEndian))
    }

    private mutating func addInterface(_ body: inout ByteCursor, at start: Int) throws(CaptureError) {
        guard let link = body.number(UInt16.self), body.skip(6) else {
            throw CaptureError(offset: start, reason: "an interface's description ends early")
        }
        guard interfaces.count < Self.maximumInterfaces else {
            throw CaptureError(offset: start, reason: "more than \(Self.maximumInterfaces) interfaces")
        }
        var tick = 1e-6
        while let code = body.number(UInt16.self), let length = body.number(UInt16.self), code != 0,
            let value = body.take((Int(length) + 3) & ~3)
        {
            // if_tsresol: a power of ten, or of two.
            guard code == 9, length == 1, let resolution = value.first else { continue }
            tick = Self.power(of: resolution & 0x80 == 0 ? 0.1 : 0.5, Int(resolution & 0x7f))
        }
        interfaces.append(Interface(link: LinkType(rawValue: UInt32(link)), tick: tick))
    }

    private static func power(of base: Double, _ exponent: Int) -> Double {
        (0..<exponent).reduce(1) { product, _ in product * base }
    }

    private mutating func packet(
        _ body: inout ByteCursor, isEnhanced: Bool, at start: Int
    ) throws(CaptureError) -> CapturedPacket {
        let index: Int?
        if isEnhanced {
            index = body.number(UInt32.self).map { Int($0) }
        } else {
            // The obsolete packet block: an interface of 16 bits, and a count of drops.
            index = body.number(UInt16.self).map { Int($0) }
            _ = body.skip(2)
        }
        guard let index, let high = body.number(UInt32.self), let low = body.number(UInt32.self),
            let length = body.number(UInt32.self), let original = body.number(UInt32.self)
        else { throw CaptureError(offset: start, reason: "a packet's block ends early") }
        guard interfaces.indices.contains(index) else {
            throw CaptureError(offset: start, reason: "a packet of interface \(index), which is not described")
        }
        guard let bytes = body.take(Int(length)) else {
            throw CaptureError(offset: start, reason: "a packet of \(length) bytes, of which \(body.remaining) are there")
        }
        count += 1
        return CapturedPacket(
            number: count, time: Double(UInt64(high) << 32 | UInt64(low)) * interfaces[index].tick,
            link: interfaces[index].link,
            bytes: Array(bytes), missing: max(0, Int(original) - Int(length)))
    }

    private mutating func simplePacket(_ body: inout ByteCursor, at start: Int) throws(CaptureError) -> CapturedPacket {
        guard let original = body.number(UInt32.self), let interface = interfaces.first else {
            throw CaptureError(offset: start, reason: "a packet's block ends early, or its interface is not described")
        }
        let bytes = body.take(min(Int(original), body.remaining)) ?? []
        count += 1
        return CapturedPacket(
            number: count, time: nil, link: interface.link, bytes: Array(bytes), missing: Int(original) - bytes.count)
    }
}
