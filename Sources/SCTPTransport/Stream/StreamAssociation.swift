/// One TCP connection as an association of a ``StreamBackend``.
final class StreamAssociation {
    enum State {
        case opening
        case up
        /// This side closed: what is queued goes out, then the end of the stream.
        case closing
        /// The peer closed: what is queued goes out, then it is over.
        case peerClosed
        case ended
    }

    /// A message on its way out.
    struct Outgoing {
        /// As it goes onto the wire.
        var wire: [UInt8]
        /// Where the message itself lies in that.
        var content: Range<Int>
        var header: MessageHeader
        var written = 0
    }

    let identifier: AssociationIdentifier
    let socket: StreamSocket
    let peer: SCTPAddress
    var state: State
    var timing: SCTPTiming
    var outgoing = Fifo<Outgoing>()
    /// Bytes of the messages in ``outgoing``, none taken off before a message is written whole.
    var queuedBytes = 0
    var owesReadyToSend = false
    /// The user closed before the connection was up, and sent something before.
    var closesOnceUp = false
    var hasSentEnd = false
    var reassembly: StreamReassembly
    /// The host told of an end while reading was paused; it would tell again and again.
    var hasUnreadEnd = false
    var timer: LoopTimer?
    /// When the message began of which only a part is there.
    var partialSince: MonotonicInstant?
    /// When something last came or went.
    var lastUse: MonotonicInstant
    /// When opening or closing has taken too long.
    var deadline: MonotonicInstant?

    init(
        _ identifier: AssociationIdentifier, _ socket: StreamSocket, peer: SCTPAddress, state: State, framing: StreamFraming,
        configuration: SCTPEndpointConfiguration, timing: SCTPTiming, now: MonotonicInstant
    ) {
        self.identifier = identifier
        self.socket = socket
        self.peer = peer
        self.state = state
        self.timing = timing
        reassembly = StreamReassembly(framing, maximumMessageSize: configuration.maximumMessageSize)
        lastUse = now
    }

    var isOpenForSending: Bool { !closesOnceUp && (state == .opening || state == .up) }

    /// What was not written whole, oldest first: the host does not tell what of the rest has arrived.
    func takeUndelivered() -> [UndeliveredMessage] {
        var result: [UndeliveredMessage] = []
        while let entry = outgoing.popFirst() {
            result.append(
                UndeliveredMessage(
                    message: SCTPMessage(Array(entry.wire[entry.content]), entry.header), mayHaveArrived: entry.written > 0))
        }
        queuedBytes = 0
        return result
    }
}
