import Glibc
import InternetAddresses

extension StreamBackend {
    func open(_ identifier: AssociationIdentifier, to addresses: [SCTPAddress]) throws(SCTPTransportError) {
        let peer = SCTPAddress(addresses[0].ip, port: addresses[0].port)
        var local: IPAddress?
        if !configuration.localAddresses.isEmpty {
            local = configuration.localAddresses.first { $0.family == peer.ip.family }
            guard local != nil else { throw .reaching("\(peer)", EAFNOSUPPORT) }
        }
        let socket = try StreamSocket.connecting(
            from: local?.isUnspecified == true ? nil : local, to: peer, sendBuffer: sendBuffer, receiveBuffer: receiveBuffer)
        let association = StreamAssociation(
            identifier, socket, peer: peer, state: .opening, framing: framing, configuration: configuration, timing: timing,
            now: loop.now)
        try socket.watch(on: loop) { [weak self, unowned association] readable, writable in
            self?.ready(association, readable: readable, writable: writable)
        }
        add(association)
        association.deadline = loop.now + timing.timeUntilFailed
        updateInterest(association)
        armTimer(association)
    }

    // MARK: Messages

    func send(
        _ bytes: RawSpan, _ header: MessageHeader, on identifier: AssociationIdentifier
    ) throws(SCTPTransportError) {
        let association = try find(identifier)
        guard association.isOpenForSending else {
            throw SCTPTransportError(.closing, "association \(identifier) is closing and takes no more messages")
        }
        let padding = try padding(of: bytes)
        guard association.queuedBytes + bytes.byteCount <= configuration.sendQueueLimit else {
            association.owesReadyToSend = true
            throw LoopEndpoint.full(identifier)
        }
        if configuration.idleTimeout != nil { association.lastUse = loop.now }
        var written = 0
        // Straight to the host where it need not be put together first.
        if association.state == .up, association.outgoing.isEmpty, framing.prefixLength + padding == 0 {
            written = association.socket.write(bytes)
            if written == bytes.byteCount { return }
            if written < 0, written != -EAGAIN, written != -EINTR { broken(association, CInt(-written), isLater: true) }
            written = max(0, written)
        }
        var wire: [UInt8] = []
        wire.reserveCapacity(framing.prefixLength + bytes.byteCount + padding)
        for position in 0..<framing.prefixLength {
            wire.append(UInt8(truncatingIfNeeded: bytes.byteCount >> (8 * (framing.prefixLength - 1 - position))))
        }
        wire.append(bytes)
        wire.append(contentsOf: repeatElement(0, count: padding))
        let content = framing.prefixLength..<framing.prefixLength + bytes.byteCount
        let entry = StreamAssociation.Outgoing(wire: wire, content: content, header: header, written: written)
        guard association.state != .ended else {
            // It broke under this message, and takes it with it.
            let undelivered = UndeliveredMessage(
                message: SCTPMessage(Array(wire[content]), header), mayHaveArrived: written > 0)
            untold.insert((identifier, [.sendFailed(undelivered)]), at: untold.count - 1)
            return
        }
        association.outgoing.append(entry)
        association.queuedBytes += bytes.byteCount
        if association.state == .up { pushOut(association) }
    }

    /// How many bytes a message lacks to the end that its length tells.
    /// - Throws: `messageSize` where the length in the message is another than the message's.
    private func padding(of bytes: RawSpan) throws(SCTPTransportError) -> Int {
        guard case .messages(let layout) = framing else { return 0 }
        if bytes.byteCount >= layout.headerLength, let whole = framing.wholeLength(of: bytes, at: 0),
            whole - bytes.byteCount >= 0, whole - bytes.byteCount < layout.alignment
        {
            return whole - bytes.byteCount
        }
        throw SCTPTransportError(
            .messageSize,
            "a message of \(bytes.byteCount) bytes cannot be sent over TCP: it does not say that length itself")
    }

    /// Writes what the host takes.
    func pushOut(_ association: StreamAssociation) {
        while association.state != .opening, let entry = association.outgoing.first {
            let rest = unsafe entry.wire.span.bytes.extracting(entry.written..<entry.wire.count)
            let written = association.socket.write(rest)
            guard written > 0 else {
                if written == -EAGAIN || written == -EINTR { break }
                return broken(association, CInt(-written), isLater: true)
            }
            if entry.written + written < entry.wire.count {
                association.outgoing[0].written += written
                continue
            }
            _ = association.outgoing.popFirst()
            association.queuedBytes -= entry.content.count
            if configuration.idleTimeout != nil { association.lastUse = loop.now }
        }
        updateInterest(association)
        if association.owesReadyToSend, association.state == .up,
            association.queuedBytes + configuration.maximumMessageSize <= configuration.sendQueueLimit
        {
            association.owesReadyToSend = false
            readyToSend.append(association.identifier)
            tellLater()
        }
        guard association.outgoing.isEmpty else { return }
        switch association.state {
        case .closing where !association.hasSentEnd:
            association.hasSentEnd = true
            association.socket.endSending()
        case .peerClosed:
            end(association, with: .shutDown, isLater: true)
        default: break
        }
    }

    // MARK: Ending

    func shutDown(_ identifier: AssociationIdentifier) throws(SCTPTransportError) {
        let association = try find(identifier)
        switch association.state {
        case .opening where !association.closesOnceUp:
            association.closesOnceUp = true
            // What was sent is still to be delivered; without that there is nothing to come up for.
            if association.outgoing.isEmpty { end(association, with: .failed(.abortedLocally), isLater: true) }
        case .up:
            beginShutDown(association)
        default:
            throw SCTPTransportError(.closing, "association \(identifier) is closing already")
        }
    }

    func beginShutDown(_ association: StreamAssociation) {
        association.state = .closing
        association.deadline = loop.now + association.timing.timeUntilUnreachable
        armTimer(association)
        pushOut(association)
    }

    func abort(_ identifier: AssociationIdentifier) throws(SCTPTransportError) {
        let association = try find(identifier)
        let isUp = association.state != .opening
        end(association, with: isUp ? .lost(.abortedLocally) : .failed(.abortedLocally), isLater: true)
    }
}
