public import RSerPoolParameters
import SCTPTransport

extension PoolElement {
    // MARK: What the program does

    /// Tells the registrar another policy value, such as a new load; the type must stay.
    public nonisolated func update(_ policy: PolicyParameter) async {
        await setPolicy(policy)
    }

    /// Is registered with other values from now on: the pool, the type of policy or the life of the registration. Nothing happens
    /// before ``run(_:)``. What a registrar refuses is told by ``PoolElementEvent/updateRejected(_:)``, and what held before holds again.
    public func change(_ change: PoolElementChange) {
        driver?.handle(.change(change))
    }

    /// Has `body` called on the loop when a registrar refuses a change.
    package func whenChangeIsRefused(_ body: @escaping @Sendable () -> Void) { changeRefused = body }

    /// The policy with which the element registers now.
    public var currentPolicy: PolicyParameter {
        driver?.engine.registration.map { driver?.engine.move?.policy ?? $0.policy } ?? policy
    }

    /// Recommends elements of the pool to the pool users for the case that this one fails, best first (RFC 5352 §3.9); such as
    /// ``resolve(_:)`` of the own pool finds. None takes the recommendation back.
    public func setFailoverOrder(_ elements: [PoolElementParameter]) {
        driver?.handle(.setFailoverOrder(elements))
    }

    /// What the element shows to pool users; for a program that is a pool user too, whose elements are to know it by
    /// ``PoolUser/present(_:)``. Nil before the element runs.
    public var businessCard: ASAPMessage.BusinessCard? {
        driver?.engine.businessCard
    }

    /// The elements of a pool, this one or another, as the home registrar knows them now (RFC 5352 §3.3). Waits for a home
    /// registrar where there is none.
    /// - Throws: ``ResolutionFailure``; `CancellationError`.
    public func resolve(_ pool: PoolHandle) async throws -> PoolResolution {
        try Task.checkCancellation()
        lastNumber += 1
        let identifier = ResolutionIdentifier(rawValue: lastNumber)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<PoolResolution, any Error>) in
                guard let driver else {
                    return continuation.resume(throwing: ResolutionFailure.noRegistrar(registrars.addresses))
                }
                resolutions[identifier] = continuation
                driver.handle(.resolve(identifier, pool))
            }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.cancel(identifier) } }
        }
    }

    func cancel(_ identifier: ResolutionIdentifier) {
        driver?.handle(.cancelResolution(identifier))
        resolutions.removeValue(forKey: identifier)?.resume(throwing: CancellationError())
    }

    /// The program has sent to another element by its own means and failed (RFC 5352 §6.9.2): the home registrar is told, once for
    /// each time that ``resolve(_:)`` has told of the element. One of which it has not is not reported (§3.5).
    public func reportFailure(of element: PoolElementIdentifier, in pool: PoolHandle) {
        driver?.handle(.transportFailure(pool, element))
    }

    func setPolicy(_ policy: PolicyParameter) {
        self.policy = policy
        driver?.handle(.update(policy))
    }

    func send(_ message: SCTPMessage, in session: AssociationIdentifier) async throws {
        guard message.header.payloadProtocol != .asap else { throw ReservedPayloadProtocolError() }
        guard let endpoint = endpoint(of: session), sessions[session] != nil else {
            throw PoolElementSessionError(.closedLocally)
        }
        try await endpoint.sendWhenReady(message, on: session)
    }

    func sendCookie(_ cookie: [UInt8], in session: AssociationIdentifier) {
        driver?.handle(.sendCookie(session, cookie))
    }

    func cookieEcho(of session: AssociationIdentifier) -> [UInt8]? {
        sessions[session]?.cookieEcho
    }

    func businessCard(of session: AssociationIdentifier) -> ASAPMessage.BusinessCard? {
        sessions[session]?.businessCard
    }

    /// The session's closure has returned, or thrown.
    func end(_ session: AssociationIdentifier, _ error: (any Error)?) {
        guard sessions[session] != nil else { return }
        guard let error, !(error is CancellationError) else {
            driver?.handle(.endSession(session))
            return
        }
        reporter.yield(.sessionClosureFailed(session, "\(error)"))
        driver?.handle(.abortSession(session))
    }

    // MARK: What the engine puts out

    func process(_ output: Engine.Output) {
        switch output {
        case .transport:
            break
        case .event(let event):
            reporter.yield(event)
            switch event {
            case .updateRejected: changeRefused?()
            case .registrationFailed(let failure):
                isStopping = true
                newSessions.finish(throwing: failure)
            case .deregistered, .deregistrationFailed:
                hasDeparted = true
                departure?.resume()
                departure = nil
            default:
                break
            }
        case .session(let session, let occurrence):
            process(occurrence, of: session)
        case .resolved(let identifier, let result):
            resolutions.removeValue(forKey: identifier)?.resume(with: result.mapError { $0 })
        }
    }

    func process(_ occurrence: PoolElementSessionOccurrence, of session: AssociationIdentifier) {
        switch occurrence {
        case .began where isStopping:
            // Its user goes to another element.
            driver?.handle(.abortSession(session))
        case .began(let addresses):
            let mailbox = Mailbox<SCTPMessage>(on: loop) { taken in
                let bytes = taken.reduce(0) { $0 + $1.bytes.count }
                self.assumeIsolated { $0.count(-bytes) }
            }
            sessions[session] = SessionState(mailbox: mailbox)
            newSessions.append(
                PoolElementSession(element: self, association: session, peerAddresses: addresses, mailbox: mailbox))
        case .message(let message):
            deliver(message, to: session)
        case .cookieEcho(let cookie):
            sessions[session]?.cookieEcho = cookie
        case .ended(let end):
            guard let state = sessions.removeValue(forKey: session) else { return }
            if end == .closedLocally {
                count(-state.mailbox.drop().reduce(0) { $0 + $1.bytes.count })
            }
            if case .lost = end {
                state.mailbox.finish(throwing: PoolElementSessionError(end))
            } else {
                state.mailbox.finish()
            }
        case .businessCard(let pool, let elements):
            sessions[session]?.businessCard = ASAPMessage.BusinessCard(pool: pool, elements: elements)
        case .undelivered, .readyToSend:
            break
        }
    }

    func takeData(_ bytes: RawSpan, _ header: MessageHeader, _ association: AssociationIdentifier) -> Bool {
        guard header.payloadProtocol != .asap, sessions[association] != nil else { return false }
        deliver(SCTPMessage(unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }, header), to: association)
        return true
    }

    func deliver(_ message: SCTPMessage, to session: AssociationIdentifier) {
        guard let mailbox = sessions[session]?.mailbox else { return }
        count(message.bytes.count)
        mailbox.append(message)
    }

    /// Counts bytes that a program has yet to take, or has taken.
    func count(_ bytes: Int) {
        let change = bytes >= 0 ? budget.add(bytes) : budget.remove(-bytes)
        if let change { driver?.setReceivingPaused(change) }
    }
}
