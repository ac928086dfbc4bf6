import Glibc

extension StreamBackend {
    func ready(_ association: StreamAssociation, readable: Bool, writable: Bool) {
        if association.state == .opening { return connected(association) }
        if writable { pushOut(association) }
        guard readable, association.state != .ended else { return }
        guard wantsToRead(association) else { return endedUnread(association) }
        read(association)
    }

    private func connected(_ association: StreamAssociation) {
        let error = association.socket.error
        guard error == 0 else { return end(association, with: .failed(AssociationEnd(connectionError: error))) }
        association.state = .up
        association.deadline = nil
        cameUp(association)
        guard association.state == .up else { return }
        pushOut(association)
        guard association.state == .up, association.closesOnceUp else { return }
        beginShutDown(association)
    }

    func cameUp(_ association: StreamAssociation) {
        updateInterest(association)
        armTimer(association)
        let streams: UInt16 = 1
        delegate.backend(
            didNotify: .up(
                AssociationDetails(peerAddresses: [association.peer], inboundStreams: streams, outboundStreams: streams)),
            of: association.identifier)
    }

    // MARK: Pausing

    func setReceivingPaused(_ isPaused: Bool) {
        guard self.isPaused != isPaused else { return }
        self.isPaused = isPaused
        for identifier in associations.keys.sorted() {
            guard let association = associations[identifier] else { continue }
            resumeOrPause(association)
        }
        if !isPaused, !untold.isEmpty { tellLater() }
    }

    private func wantsToRead(_ association: StreamAssociation) -> Bool {
        !isPaused && (association.state == .up || association.state == .closing)
    }

    private func resumeOrPause(_ association: StreamAssociation) {
        guard association.state != .opening else { return }
        guard wantsToRead(association) else { return updateInterest(association) }
        if association.hasUnreadEnd {
            association.hasUnreadEnd = false
            guard watch(association) else { return }
        }
        updateInterest(association)
        guard association.reassembly.hasStopped else { return }
        // Not from within the call that goes on.
        if association.timer == nil { makeTimer(association) }
        association.timer?.arm(at: loop.now)
    }

    func updateInterest(_ association: StreamAssociation) {
        association.socket.setInterest(
            read: wantsToRead(association),
            write: association.state == .opening || !association.outgoing.isEmpty)
    }

    /// The host tells of an error or an end of both directions, which it does in every turn until it is read.
    private func endedUnread(_ association: StreamAssociation) {
        guard isPaused else {
            // The peer's end was read; that the connection broke after it is all that can be told.
            let error = association.socket.error
            return end(association, with: .lost(AssociationEnd(connectionError: error == 0 ? ECONNRESET : error)))
        }
        association.hasUnreadEnd = true
        association.socket.stopWatching()
    }

    // MARK: Reading

    private func read(_ association: StreamAssociation) {
        if configuration.idleTimeout != nil { association.lastUse = loop.now }
        for _ in 0..<StreamBackend.readsPerTurn where wantsToRead(association) {
            let count = association.socket.read(into: &buffer)
            if count == -EAGAIN || count == -EINTR { return }
            guard count > 0 else { return count == 0 ? readEnd(association) : broken(association, CInt(-count)) }
            // Out of its place meanwhile: whatever is called from within, nothing is read into it.
            let bytes = buffer
            buffer = []
            withReassembly(of: association) { reassembly in
                unsafe reassembly.take(bytes.span.bytes.extracting(first: count)) { deliver($0, association) }
            }
            buffer = bytes
            if count < bytes.count { return }
        }
    }

    /// Delivers what waited in the process while reading was paused.
    func readOn(_ association: StreamAssociation) {
        guard wantsToRead(association), association.reassembly.hasStopped else { return }
        withReassembly(of: association) { reassembly in reassembly.resume { deliver($0, association) } }
    }

    /// Works on the association's reassembly while it is out of its place: what is called from within may look there.
    private func withReassembly(
        of association: StreamAssociation, _ body: (inout StreamReassembly) -> StreamReassembly.Outcome
    ) {
        var reassembly = StreamReassembly(framing, maximumMessageSize: configuration.maximumMessageSize)
        swap(&reassembly, &association.reassembly)
        let outcome = body(&reassembly)
        swap(&reassembly, &association.reassembly)
        finishReading(association, outcome)
    }

    private func deliver(_ message: RawSpan, _ association: StreamAssociation) -> Bool {
        delegate.backend(didReceive: message, framing.receivedHeader, on: association.identifier)
        return wantsToRead(association)
    }

    private func finishReading(_ association: StreamAssociation, _ outcome: StreamReassembly.Outcome) {
        guard association.state != .ended else { return }
        // What is no message cannot be skipped: nobody knows where the next one begins.
        guard outcome != .broken else { return end(association, with: .lost(.abortedLocally)) }
        guard association.reassembly.hasPartialMessage else { return association.partialSince = nil }
        guard association.partialSince == nil else { return }
        association.partialSince = loop.now
        armTimer(association)
    }

    private func readEnd(_ association: StreamAssociation) {
        // In the midst of a message it is no end in order.
        guard !association.reassembly.hasPartialMessage else { return end(association, with: .lost(.abortedByPeer)) }
        if association.hasSentEnd { return end(association, with: .shutDown) }
        if association.state == .up {
            association.state = .peerClosed
            association.deadline = loop.now + association.timing.timeUntilUnreachable
            armTimer(association)
            delegate.backend(didNotify: .peerIsClosing, of: association.identifier)
        } else {
            association.state = .peerClosed
        }
        guard association.state == .peerClosed else { return }
        updateInterest(association)
        pushOut(association)
    }

    func broken(_ association: StreamAssociation, _ error: CInt, isLater: Bool = false) {
        end(association, with: .lost(AssociationEnd(connectionError: error)), isLater: isLater)
    }

    // MARK: Time

    func makeTimer(_ association: StreamAssociation) {
        association.timer = loop.makeTimer { [weak self, unowned association] in self?.timerFired(association) }
    }

    /// Sets the timer to the earliest of what the association has to be looked after for.
    func armTimer(_ association: StreamAssociation) {
        let instants = [
            association.deadline, association.partialSince.map { $0 + configuration.partialMessageTimeout },
            configuration.idleTimeout.map { association.lastUse + $0 },
        ]
        guard let next = instants.compactMap(\.self).min() else { return }
        if association.timer == nil { makeTimer(association) }
        association.timer?.arm(at: next)
    }

    private func timerFired(_ association: StreamAssociation) {
        readOn(association)
        guard association.state != .ended else { return }
        let now = loop.now
        if let deadline = association.deadline, deadline <= now {
            return end(association, with: association.state == .opening ? .failed(.unreachable) : .lost(.unreachable))
        }
        if let since = association.partialSince, since + configuration.partialMessageTimeout <= now {
            return end(association, with: .lost(.abortedLocally))
        }
        if let idle = configuration.idleTimeout, association.lastUse + idle <= now, association.state == .up {
            beginShutDown(association)
        }
        guard association.state != .ended else { return }
        armTimer(association)
    }
}

extension AssociationEnd {
    /// What an error number of a connection means.
    init(connectionError error: CInt) {
        self =
            switch error {
            case ECONNREFUSED, ECONNRESET, EPIPE: .abortedByPeer
            case ETIMEDOUT, EHOSTUNREACH, ENETUNREACH, ENETDOWN, EHOSTDOWN: .unreachable
            default: .other(error)
            }
    }
}
