/// A capture of SCTP packets without anything below them, one message each, as a file of the pcap format (link type 248).
struct CaptureFile {
    private(set) var bytes: [UInt8] = []
    private var count: UInt32 = 0

    init() {
        append(0xa1b2_c3d4, littleEndian: true)
        bytes += [2, 0, 4, 0]
        append(0, littleEndian: true)
        append(0, littleEndian: true)
        append(UInt32(UInt16.max), littleEndian: true)
        append(248, littleEndian: true)
    }

    private mutating func append(_ number: UInt32, littleEndian: Bool = false) {
        for shift: UInt32 in littleEndian ? [0, 8, 16, 24] : [24, 16, 8, 0] {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    /// Adds a packet with one DATA chunk (RFC 9260 §3.3.1). It has no checksum; readers have to leave that out.
    mutating func add(_ message: [UInt8], payloadProtocol: UInt32) {
        count += 1
        let padding = (4 - message.count % 4) % 4
        let length = UInt32(12 + 16 + message.count + padding)
        append(count, littleEndian: true)
        append(0, littleEndian: true)
        append(length, littleEndian: true)
        append(length, littleEndian: true)
        append(0x2710_2710)
        append(0x1234_5678)
        append(0)
        append(0x0003_0000 + UInt32(16 + message.count))
        append(count)
        append(count & 0xffff)
        append(payloadProtocol)
        bytes += message
        bytes += [UInt8](repeating: 0, count: padding)
    }
}
