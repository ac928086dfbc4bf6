import InternetAddresses

/// Puts the messages of ASAP over TCP together: the bytes of each direction in their order, cut by the length that each message
/// begins with and padded to four bytes (RFC 5352 §5, RFC 5354 §4).
struct TCPMessageReader {
    struct Flow: Hashable {
        var source: IPAddress
        var sourcePort: UInt16
        var destination: IPAddress
        var destinationPort: UInt16
    }

    private struct State {
        /// The number of the next byte; nil until the first segment that is seen.
        var next: UInt32?
        /// Bytes in order, not yet a message.
        var bytes: [UInt8] = []
        /// Segments that came before others that are due first.
        var early: [UInt32: ArraySlice<UInt8>] = [:]
        /// True once the flow makes no sense any more.
        var isLost = false
    }

    /// Segments of a flow that wait for one before them; with one more the flow is given up.
    static let maximumEarlySegments = 256
    /// Flows remembered; with one more all are forgotten.
    static let maximumFlows = 4_096

    private var flows: [Flow: State] = [:]

    /// Reads a segment.
    /// - Parameter found: takes each message that is complete now.
    mutating func read(
        _ segment: [UInt8], from source: IPAddress, to destination: IPAddress, _ found: (Flow, [UInt8]) -> Void
    ) throws(PacketProblem) {
        var cursor = ByteCursor(segment)
        guard let sourcePort = cursor.number(UInt16.self), let destinationPort = cursor.number(UInt16.self),
            let number = cursor.number(UInt32.self), cursor.skip(4), let offset = cursor.number(UInt8.self),
            let flags = cursor.number(UInt8.self), cursor.skip(6), offset >> 4 >= 5, cursor.skip(Int(offset >> 4) * 4 - 20)
        else { throw .damaged("the packet ends within its TCP header") }
        guard sourcePort == 3863 || destinationPort == 3863 else { throw .otherProtocol }
        let flow = Flow(source: source, sourcePort: sourcePort, destination: destination, destinationPort: destinationPort)
        if flows[flow] == nil, flows.count >= Self.maximumFlows { flows = [:] }
        var state = flows[flow] ?? State()
        flows[flow] = nil
        defer { flows[flow] = state }
        // SYN: a new connection, whose bytes begin one later.
        if flags & 2 != 0 { state = State(next: number &+ 1) }
        let bytes = cursor.takeRest()
        guard !bytes.isEmpty, !state.isLost else { return }
        try add(bytes, at: flags & 2 != 0 ? number &+ 1 : number, to: &state)
        while state.bytes.count >= 4 {
            let length = Int(state.bytes[2]) << 8 | Int(state.bytes[3])
            guard length >= 4 else {
                state = State(isLost: true)
                throw .damaged("a message over TCP of length \(length); the rest of the connection cannot be read")
            }
            let padded = (length + 3) & ~3
            guard state.bytes.count >= padded else { break }
            found(flow, Array(state.bytes[..<padded]))
            state.bytes.removeFirst(padded)
        }
    }

    private func add(_ bytes: ArraySlice<UInt8>, at number: UInt32, to state: inout State) throws(PacketProblem) {
        state.early[number] = bytes
        var due = state.next ?? number
        // What is due is taken, and of what was sent before only what is new.
        while let start = state.early.keys.filter({ Int32(bitPattern: due &- $0) >= 0 }).max(by: { due &- $0 < due &- $1 }),
            let segment = state.early.removeValue(forKey: start)
        {
            let known = Int(due &- start)
            guard known < segment.count else { continue }
            state.bytes += segment.dropFirst(known)
            due = due &+ UInt32(segment.count - known)
        }
        state.next = due
        guard state.early.count <= Self.maximumEarlySegments else {
            state = State(isLost: true)
            throw .damaged("bytes of a TCP connection are missing in the capture; the rest of it cannot be read")
        }
    }
}
