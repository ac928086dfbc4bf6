public import RSerPoolParameters
public import SCTPTransport

// RFC 5352 §6.5: sessions with a pool.
extension PoolUser {
    /// Opens a session with some element of a pool, calls `body` with it, and closes it.
    /// - Parameter handling: what becomes of messages whose element failed before it acknowledged them.
    /// - Throws: ``PoolUserSessionFailure`` where no element is to be had; what `body` throws.
    public nonisolated func withSession<Result>(
        pool: PoolHandle, handling: FailedMessageHandling = .resend, _ body: (PoolUserSession) async throws -> Result
    ) async throws -> Result {
        let session = try await openSession(pool, handling)
        do {
            let result = try await body(session)
            await close(session.identifier)
            return result
        } catch {
            await close(session.identifier)
            throw error
        }
    }

    /// A session with a pool user of its own; see ``withSession(pool:handling:_:)`` and
    /// ``open(registrars:configuration:endpoint:backend:on:)``.
    public static func withSession<Result>(
        pool: PoolHandle, registrars: RegistrarList, handling: FailedMessageHandling = .resend,
        configuration: PoolUserConfiguration = .standard,
        endpoint: SCTPEndpointConfiguration = SCTPEndpointConfiguration(), backend: SCTPBackendChoice = .automatic,
        on loop: EventLoop = .shared, _ body: (PoolUserSession) async throws -> Result
    ) async throws -> Result {
        let user = try await open(
            registrars: registrars, configuration: configuration, endpoint: endpoint, backend: backend, on: loop)
        do {
            let result = try await user.withSession(pool: pool, handling: handling, body)
            await user.close()
            return result
        } catch {
            await user.close()
            throw error
        }
    }

    /// Makes the pool user known to its elements as a pool element itself (RFC 5352 §3.9): they are shown its card, now and in
    /// sessions to come, and messages to all of its own pool leave its element out. The card's first element is the user's own.
    /// Nil takes it back.
    public func present(_ card: ASAPMessage.BusinessCard?) {
        driver?.handle(.present(card))
    }

    func openSession(_ pool: PoolHandle, _ handling: FailedMessageHandling) async throws -> PoolUserSession {
        try Task.checkCancellation()
        lastNumber += 1
        let identifier = PoolUserSessionIdentifier(rawValue: lastNumber)
        let mailbox = Mailbox<PoolUserSession.Occurrence>(on: loop) { taken in
            let bytes = taken.reduce(0) { $0 + $1.size }
            self.assumeIsolated { $0.count(-bytes) }
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                guard let driver else { return continuation.resume(throwing: PoolUserSessionFailure.closed) }
                sessions[identifier] = SessionState(mailbox: mailbox, opening: continuation)
                driver.handle(.open(identifier, pool, handling))
            }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.close(identifier) } }
        }
        return PoolUserSession(user: self, identifier: identifier, pool: pool, mailbox: mailbox)
    }

    func close(_ session: PoolUserSessionIdentifier) {
        driver?.handle(.close(session))
    }

    func failOver(_ session: PoolUserSessionIdentifier) {
        driver?.handle(.failOver(session))
    }

    func element(of session: PoolUserSessionIdentifier) -> PoolElementIdentifier? {
        driver?.engine.sessions[session]?.link?.element.identifier
    }

    func checkSize(of message: SCTPMessage) throws(SCTPTransportError) {
        let limit = endpoint.configuration.maximumMessageSize
        guard !message.bytes.isEmpty, message.bytes.count <= limit else {
            throw SCTPTransportError(
                .messageSize, "A message has \(message.bytes.count) bytes; it must have 1 to \(limit).")
        }
    }

    /// - Returns: the element that the message was sent to; nil where it waits for one.
    func send(
        _ message: SCTPMessage, _ options: SendOptions, in session: PoolUserSessionIdentifier
    ) async throws -> PoolElementIdentifier? {
        guard message.header.payloadProtocol != .asap else { throw ReservedPayloadProtocolError() }
        try checkSize(of: message)
        let message = options.applied(to: message)
        while true {
            try Task.checkCancellation()
            guard let driver, sessions[session] != nil else { throw PoolUserSessionFailure.closed }
            if let association = driver.engine.directAssociation(of: session) {
                do throws(SCTPTransportError) {
                    try driver.send(message, on: association)
                    driver.engine.note(message, options, in: session)
                    return element(of: session)
                } catch {
                    switch error.code {
                    case .sendQueueFull: break
                    // The element is going; the session's next one gets the message.
                    case .closing, .unknownAssociation:
                        driver.handle(.keep(session, message, options))
                        return nil
                    default: throw error
                    }
                }
            } else if driver.engine.hasRoom(for: message.bytes.count, in: session) {
                driver.handle(.send(session, message, options))
                return nil
            }
            await waitToSend(in: session)
        }
    }

    func waitToSend(in session: PoolUserSessionIdentifier) async {
        lastNumber += 1
        let number = lastNumber
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled || sessions[session] == nil {
                    continuation.resume()
                } else {
                    sessions[session]?.senders.append((number, continuation))
                }
            }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.wakeSender(number, in: session) } }
        }
    }

    func wakeSender(_ number: UInt64, in session: PoolUserSessionIdentifier) {
        guard let place = sessions[session]?.senders.firstIndex(where: { $0.number == number }) else { return }
        sessions[session]?.senders.remove(at: place).continuation.resume()
    }

    func wakeSenders(of session: PoolUserSessionIdentifier) {
        guard let senders = sessions[session]?.senders, !senders.isEmpty else { return }
        sessions[session]?.senders = []
        for sender in senders { sender.continuation.resume() }
    }

    // MARK: What the engine puts out

    func process(_ occurrence: PoolUserSessionOccurrence, of session: PoolUserSessionIdentifier) {
        guard let state = sessions[session] else { return }
        switch occurrence {
        case .connected(let element, _, let isFailover):
            if isFailover { state.mailbox.append(.failedOver(to: element)) }
            sessions[session]?.hasBeenConnected = true
            sessions[session]?.opening = nil
            state.opening?.resume()
            wakeSenders(of: session)
        case .message(let message):
            deliver(.message(message), to: state.mailbox)
        case .elementLost(let element, let loss):
            if state.hasBeenConnected { state.mailbox.append(.elementLost(element, loss)) }
            wakeSenders(of: session)
        case .undelivered(let undelivered):
            deliver(.undelivered(undelivered), to: state.mailbox)
        case .readyToSend:
            wakeSenders(of: session)
        case .ended(let failure):
            wakeSenders(of: session)
            sessions[session] = nil
            state.mailbox.finish(throwing: failure)
            state.opening?.resume(throwing: failure.map { $0 } ?? CancellationError())
        }
    }

    func takeData(_ bytes: RawSpan, _ header: MessageHeader, _ association: AssociationIdentifier) -> Bool {
        guard header.payloadProtocol != .asap, let session = driver?.engine.sessionOfAssociation[association],
            let mailbox = sessions[session]?.mailbox
        else { return false }
        deliver(.message(SCTPMessage(unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }, header)), to: mailbox)
        return true
    }

    func deliver(_ occurrence: PoolUserSession.Occurrence, to mailbox: Mailbox<PoolUserSession.Occurrence>) {
        count(occurrence.size)
        mailbox.append(occurrence)
    }

    /// Counts bytes that a program has yet to take, or has taken.
    func count(_ bytes: Int) {
        let change = bytes >= 0 ? budget.add(bytes) : budget.remove(-bytes)
        if let change { driver?.setReceivingPaused(change) }
    }
}
