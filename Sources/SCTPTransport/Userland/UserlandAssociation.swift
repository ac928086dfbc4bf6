#if UserlandSCTP
    import CUserlandSCTP

    /// What an endpoint knows of one of its associations beside usrsctp.
    final class UserlandAssociation {
        enum State {
            case opening
            case up
            /// This side or the peer is closing: nothing more can be sent.
            case closing
            /// Aborted, or its end was told: nothing more is to be heard of it but its end.
            case ending
        }

        let identifier: AssociationIdentifier
        unowned let endpoint: UserlandBackend
        /// usrsctp's number of the association, unique in its socket.
        let number: UInt32
        let peer: UserlandPeer
        var state = State.opening
        /// Verification tags as they are on the wire: the one in packets to this side, and the one in packets to the peer.
        var localTag: UInt32 = 0
        var peerTag: UInt32 = 0
        var outboundStreams: UInt16
        /// Why this side ends the association, where usrsctp could not know.
        var ownEnd: AssociationEnd?
        /// The length of the message that found no room; nil while nothing waits.
        var refusedLength: Int?
        /// Set when there is room for that message again.
        var hasRoom = false
        /// The beginning of a message whose rest is still to come.
        var partial: [UInt8] = []
        var messagesSent: UInt32 = 0
        /// True while the stack has it on its list of associations whose messages are held until the turn's end.
        var isHolding = false
        var retained = RetainedMessages()
        var failures: [SendFailure] = []

        init(
            _ identifier: AssociationIdentifier, of endpoint: UserlandBackend, number: UInt32, peer: UserlandPeer,
            outboundStreams: UInt16
        ) {
            self.identifier = identifier
            self.endpoint = endpoint
            self.number = number
            self.peer = peer
            self.outboundStreams = outboundStreams
        }

        /// True while the timer has to look after it: it waits for room, or keeps messages that may have arrived by now.
        var needsAttention: Bool { refusedLength != nil || !retained.isEmpty }
    }

    /// Parts of one message that usrsctp could not deliver.
    struct SendFailure {
        var context: UInt32
        var message: SCTPMessage
        var mayHaveArrived: Bool
    }

    /// Copies of the messages that travel in several packets. usrsctp forgets the parts that arrived, so without a copy a
    /// message of which a part arrived could not be handed back whole.
    ///
    /// usrsctp sends first come, first served, so what is not acknowledged is always the latest of what was sent, and what came
    /// before it can be dropped.
    struct RetainedMessages {
        /// The longest message that goes into one packet: IPv6's minimum MTU less the headers of IPv6, UDP, SCTP and DATA.
        static let longestUncut = 1280 - 40 - 8 - 12 - 16

        private var messages: [(context: UInt32, end: UInt64, bytes: [UInt8])] = []
        private var sentBytes: UInt64 = 0

        var isEmpty: Bool { messages.isEmpty }

        mutating func add(_ bytes: RawSpan, context: UInt32) {
            sentBytes += UInt64(bytes.byteCount)
            guard bytes.byteCount > RetainedMessages.longestUncut else { return }
            var copy: [UInt8] = []
            copy.append(bytes)
            messages.append((context, sentBytes, copy))
        }

        /// Drops what was acknowledged, given how many of the sent bytes are not.
        mutating func drop(unacknowledged: Int) {
            let acknowledged = sentBytes - min(UInt64(unacknowledged), sentBytes)
            let kept = messages.firstIndex { $0.end > acknowledged } ?? messages.count
            messages.removeFirst(kept)
        }

        func bytes(context: UInt32) -> [UInt8]? {
            messages.first { $0.context == context }?.bytes
        }
    }
#endif
