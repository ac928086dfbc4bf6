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
                if hasBacklog(association) {
                    append(message, toBacklogOf: association)
                } else {
                    try core(of: association).send(message, on: association)
                }
            case .shutDown(let association), .abort(let association):
                waitingOpens.removeAll { $0.association == association }
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
        // The end of the association is told by a notification, which hands back what waits.
        if bytes > backlogLimit { try? core(of: association).abort(association) }
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
