public import SCTPTransport

extension EngineDriver {
    /// True where a message of the engine's waits for room; another must not overtake it.
    public func hasBacklog(_ association: AssociationIdentifier) -> Bool {
        !backlog.isEmpty && backlog[association] != nil
    }

    /// Sends a message past the engine, not before what the engine has sent.
    /// - Throws: as `LoopEndpoint.send(_:_:on:)`.
    public func send(_ message: SCTPMessage, on association: AssociationIdentifier) throws(SCTPTransportError) {
        guard !hasBacklog(association) else {
            throw SCTPTransportError(.sendQueueFull, "Other messages wait for room on association \(association).")
        }
        try core(of: association).send(message, on: association)
    }

    func perform(_ action: SCTPAction) {
        do throws(SCTPTransportError) {
            switch action {
            case .open(let association, let addresses):
                try open(association, to: addresses)
            case .send(let association, let message):
                if hasBacklog(association) || isWaitingToOpen(association) {
                    append(message, toBacklogOf: association)
                } else {
                    try core(of: association).send(message, on: association)
                }
            case .shutDown(let association), .abort(let association):
                if isWaitingToOpen(association) {
                    waitingOpens.removeAll { $0.association == association }
                    backlog[association] = nil
                    return
                }
                try core(of: association).perform(action)
            }
        } catch {
            failed(action, error)
        }
    }

    func failed(_ action: SCTPAction, _ error: SCTPTransportError) {
        switch action {
        case .send(let association, let message) where error.code == .sendQueueFull:
            return append(message, toBacklogOf: association)
        case .send(let association, let message):
            handBack(message, association)
        case .open(let association, _):
            for message in backlog.removeValue(forKey: association)?.messages ?? [] { handBack(message, association) }
            let end: AssociationEnd = error.code == .noRoute ? .unreachable : .other(0)
            engine.handle(.transport(.notification(association, .failed(end))), at: now)
        case .shutDown, .abort:
            // The association has ended by itself.
            return
        }
        actionFailed?(action, error)
    }

    func handBack(_ message: SCTPMessage, _ association: AssociationIdentifier) {
        let undelivered = UndeliveredMessage(message: message, mayHaveArrived: false)
        engine.handle(.transport(.notification(association, .sendFailed(undelivered))), at: now)
    }

    private func append(_ message: SCTPMessage, toBacklogOf association: AssociationIdentifier) {
        let bytes = (backlog[association]?.bytes ?? 0) + message.bytes.count
        backlog[association, default: ([], 0)].messages.append(message)
        backlog[association]?.bytes = bytes
        guard bytes > backlogLimit else { return }
        if isWaitingToOpen(association) {
            waitingOpens.removeAll { $0.association == association }
            return failed(
                .open(association, to: []),
                SCTPTransportError(.sendQueueFull, "Too much was sent on association \(association) before it was open."))
        }
        // The end of the association is told by a notification, which hands back what waits.
        try? core(of: association).abort(association)
    }

    /// True while the association has no endpoint yet; what is sent on it waits.
    private func isWaitingToOpen(_ association: AssociationIdentifier) -> Bool {
        !waitingOpens.isEmpty && waitingOpens.contains { $0.association == association }
    }

    func retryBacklog(of association: AssociationIdentifier) {
        guard let waiting = backlog.removeValue(forKey: association)?.messages else { return }
        for (index, message) in waiting.enumerated() {
            do throws(SCTPTransportError) {
                try core(of: association).send(message, on: association)
            } catch {
                if error.code == .sendQueueFull {
                    for message in waiting[index...] { append(message, toBacklogOf: association) }
                    return
                }
                handBack(message, association)
                actionFailed?(.send(association, message), error)
            }
        }
        drain()
    }
}
