/// A message of rsplib's ping-pong service, as seen on the wire: type, flags, length, then what `PingPongMessage` names.
enum PingPongMessage: Equatable, Sendable {
    /// Type 1, from the user.
    case ping(number: UInt64, data: [UInt8])
    /// Type 2, the answer: the ping's number, the answer's number in the session, the ping's data.
    case pong(number: UInt64, reply: UInt64, data: [UInt8])

    /// Nil for anything else.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 12, Int(bytes[2]) << 8 | Int(bytes[3]) == bytes.count else { return nil }
        let number = UInt64(networkOrder: bytes[4..<12])
        switch bytes[0] {
        case 1: self = .ping(number: number, data: Array(bytes[12...]))
        case 2 where bytes.count >= 20:
            self = .pong(number: number, reply: UInt64(networkOrder: bytes[12..<20]), data: Array(bytes[20...]))
        default: return nil
        }
    }

    /// The bytes; nil where they do not fit the length, which has 16 bits.
    var encoded: [UInt8]? {
        let body: [UInt8]
        let type: UInt8
        switch self {
        case .ping(let number, let data):
            type = 1
            body = number.networkOrder + data
        case .pong(let number, let reply, let data):
            type = 2
            body = number.networkOrder + reply.networkOrder + data
        }
        guard let length = UInt16(exactly: body.count + 4) else { return nil }
        return [type, 0, UInt8(length >> 8), UInt8(truncatingIfNeeded: length)] + body
    }
}

extension FixedWidthInteger {
    /// The number whose bytes these are, the highest first.
    init(networkOrder bytes: some Collection<UInt8>) {
        self = bytes.reduce(0) { $0 << 8 | Self($1) }
    }

    /// The bytes, the highest first.
    var networkOrder: [UInt8] {
        (0..<Self.bitWidth / 8).map { UInt8(truncatingIfNeeded: self >> (Self.bitWidth - 8 - 8 * $0)) }
    }
}
