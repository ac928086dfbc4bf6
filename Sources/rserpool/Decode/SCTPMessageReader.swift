/// Puts SCTP's user messages together from the DATA chunks of packets (RFC 9260 §3.3.1, §6.9).
struct SCTPMessageReader {
    /// A user message.
    struct Message: Equatable {
        var sourcePort: UInt16
        var destinationPort: UInt16
        var stream: UInt16
        var payloadProtocol: UInt32
        var bytes: [UInt8]
    }

    /// One direction of an association. Its packets may come from several addresses.
    private struct Flow: Hashable {
        var sourcePort: UInt16
        var destinationPort: UInt16
        var tag: UInt32
    }

    private struct Fragment {
        var isFirst: Bool
        var isLast: Bool
        var stream: UInt16
        var payloadProtocol: UInt32
        var bytes: ArraySlice<UInt8>
    }

    private struct State {
        var fragments: [UInt32: Fragment] = [:]
        /// The latest sequence numbers, so that what was sent twice is shown once.
        var seen: Set<UInt32> = []
        var order: [UInt32] = []
    }

    /// Sequence numbers remembered of a flow.
    static let rememberedNumbers = 4_096
    /// Fragments that wait for the rest of their messages, of a flow; with one more all of them are forgotten.
    static let maximumFragments = 1_024
    /// Flows remembered; with one more all are forgotten.
    static let maximumFlows = 4_096

    private var flows: [Flow: State] = [:]

    /// Whether bytes are an SCTP packet with the checksum that belongs to it.
    static func isPacket(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 16 else { return false }
        let stored = UInt32(networkOrder: bytes[8..<12].reversed())
        return CRC32C.checksum(of: bytes[..<8], [0, 0, 0, 0], bytes[12...]) == stored
    }

    /// Reads a packet.
    /// - Parameter found: takes each message that is complete now.
    /// - Throws: `PacketProblem` where the packet goes wrong; what was before that was found.
    mutating func read(_ packet: [UInt8], _ found: (Message) -> Void) throws(PacketProblem) {
        var cursor = ByteCursor(packet)
        guard let source = cursor.number(UInt16.self), let destination = cursor.number(UInt16.self),
            let tag = cursor.number(UInt32.self), cursor.skip(4)
        else { throw .damaged("the packet ends within its SCTP header") }
        let flow = Flow(sourcePort: source, destinationPort: destination, tag: tag)
        while cursor.remaining > 0 {
            let start = cursor.offset
            guard let type = cursor.number(UInt8.self), let flags = cursor.number(UInt8.self),
                let length = cursor.number(UInt16.self), length >= 4, let value = cursor.take(Int(length) - 4)
            else { throw .damaged("byte \(start) of the SCTP packet: a chunk without its bytes") }
            _ = cursor.skip(min(cursor.remaining, -Int(length) & 3))
            guard type == 0 else { continue }
            var chunk = ByteCursor(value)
            guard let number = chunk.number(UInt32.self), let stream = chunk.number(UInt16.self), chunk.skip(2),
                let identifier = chunk.number(UInt32.self)
            else { throw .damaged("byte \(start) of the SCTP packet: a DATA chunk ends within its header") }
            let fragment = Fragment(
                isFirst: flags & 2 != 0, isLast: flags & 1 != 0, stream: stream, payloadProtocol: identifier,
                bytes: chunk.takeRest())
            try take(fragment, number, flow, found)
        }
    }

    private mutating func take(
        _ fragment: Fragment, _ number: UInt32, _ flow: Flow, _ found: (Message) -> Void
    ) throws(PacketProblem) {
        if flows[flow] == nil, flows.count >= Self.maximumFlows { flows = [:] }
        var state = flows[flow] ?? State()
        flows[flow] = nil
        defer { flows[flow] = state }
        guard state.seen.insert(number).inserted else { return }
        state.order.append(number)
        if state.order.count >= 2 * Self.rememberedNumbers {
            for old in state.order.prefix(Self.rememberedNumbers) { state.seen.remove(old) }
            state.order.removeFirst(Self.rememberedNumbers)
        }
        if fragment.isFirst, fragment.isLast {
            return found(Self.message([fragment], flow))
        }
        guard state.fragments.count < Self.maximumFragments else {
            state.fragments = [:]
            throw .damaged("more than \(Self.maximumFragments) DATA chunks wait for the rest of their messages")
        }
        state.fragments[number] = fragment
        guard let (first, last) = Self.run(around: number, in: state.fragments) else { return }
        var parts: [Fragment] = []
        var next = first
        while true {
            if let part = state.fragments.removeValue(forKey: next) { parts.append(part) }
            if next == last { break }
            next &+= 1
        }
        found(Self.message(parts, flow))
    }

    /// The first and the last number of the message to which a fragment belongs, where all between are there.
    private static func run(around number: UInt32, in fragments: [UInt32: Fragment]) -> (first: UInt32, last: UInt32)? {
        var (first, last) = (number, number)
        while let fragment = fragments[first], !fragment.isFirst { first &-= 1 }
        while let fragment = fragments[last], !fragment.isLast { last &+= 1 }
        return fragments[first] != nil && fragments[last] != nil ? (first, last) : nil
    }

    private static func message(_ parts: [Fragment], _ flow: Flow) -> Message {
        Message(
            sourcePort: flow.sourcePort, destinationPort: flow.destinationPort, stream: parts.first?.stream ?? 0,
            payloadProtocol: parts.first?.payloadProtocol ?? 0, bytes: parts.flatMap(\.bytes))
    }
}

/// CRC32c, SCTP's checksum (RFC 9260 Appendix A).
enum CRC32C {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82f6_3b78 : value >> 1 }
    }

    static func checksum(of parts: ArraySlice<UInt8>...) -> UInt32 {
        var state = UInt32.max
        for part in parts {
            for byte in part { state = state >> 8 ^ table[Int(UInt8(truncatingIfNeeded: state) ^ byte)] }
        }
        return ~state
    }
}
