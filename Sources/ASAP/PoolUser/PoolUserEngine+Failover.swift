import PoolPolicies
import RSerPoolParameters
import RequirementMarks
import SCTPTransport

// RFC 5352 §6.5.1, §6.5.2: how a session gets its element; §3.5, §3.8, §6.9: what happens when it fails.
extension PoolUserEngine {
    /// Chooses among the elements of the pool's latest answer and opens the association.
    mutating func chooseElement(for identifier: PoolUserSessionIdentifier, at now: MonotonicInstant) {
        guard let session = sessions[identifier], session.link == nil, let pool = pools[session.pool],
            let elements = pool.answer?.elements
        else { return }
        let places = elements.indices.filter { ElementPlace(elements[$0]) != nil }
        guard !places.isEmpty else { return end(identifier, .noUsableTransport(session.pool)) }
        func suspicion(_ place: Int) -> MonotonicInstant? {
            self.suspicion(of: elements[place].identifier, in: pool, at: now)
        }
        let sound = places.filter { suspicion($0) == nil }
        if let place = session.preferred.lazy.compactMap({ wanted in
            sound.first { elements[$0].identifier == wanted }
        }).first {
            fulfils("asap-3.9-R8")
            return connect(identifier, to: elements[place])
        }
        if let place = pools[session.pool]?.choice.choose(using: &randomness, where: { sound.contains($0) }) {
            return connect(identifier, to: elements[place])
        }
        // All have failed. The one whose failure is longest ago gets another chance, though not at once.
        let oldest = places.min { (suspicion($0) ?? now) < (suspicion($1) ?? now) }
        if let oldest, let since = suspicion(oldest), now - since >= configuration.failoverRetryInterval {
            return connect(identifier, to: elements[oldest])
        }
        timers.start(.sessionRetry(identifier), at: now + configuration.failoverRetryInterval)
    }

    /// Since when an element counts as failed; nil where it does not, or no more.
    func suspicion(
        of element: PoolElementIdentifier, in pool: Pool, at now: MonotonicInstant
    ) -> MonotonicInstant? {
        pool.suspects.first { $0.identifier == element }
            .flatMap { now - $0.since < configuration.suspicionTime ? $0.since : nil }
    }

    private mutating func connect(_ identifier: PoolUserSessionIdentifier, to element: PoolElementParameter) {
        guard let place = ElementPlace(element) else { return }
        fulfils("asap-6.5.1-R4")
        fulfils("asap-6.5.1-R7")
        let association = numbering.next(place.channel)
        sessions[identifier]?.link = Link(
            association: association, element: element, addresses: place.addresses,
            hasControlChannel: place.hasControlChannel)
        sessions[identifier]?.hasTried = true
        sessionOfAssociation[association] = identifier
        outputs.append(.transport(.open(association, to: place.addresses)))
    }

    mutating func notice(
        _ notification: SCTPNotification, of association: AssociationIdentifier, at now: MonotonicInstant
    ) {
        if let session = sessionOfAssociation[association] {
            noticeOfSession(notification, of: session, at: now)
        } else if let messenger = messengerOfAssociation[association] {
            noticeOfContact(notification, of: association, in: messenger, at: now)
        } else if isRegistrar(association) {
            noticeOfRegistrar(notification, of: association, at: now)
        } else if association.isAccepted {
            // Nobody has a reason to open an association to a pool user.
            if case .up = notification { outputs.append(.transport(.abort(association))) }
        } else if case .up = notification {
            guard let (registrar, actions) = hunt.associationUp(association, at: now) else { return }
            perform(actions)
            found(registrar, association, at: now)
        } else {
            switch notification {
            case .failed, .lost, .shutDown, .peerIsClosing:
                perform(hunt.associationFailed(association, numbering: &numbering) ?? [])
            default: break
            }
        }
    }

    private mutating func noticeOfSession(
        _ notification: SCTPNotification, of session: PoolUserSessionIdentifier, at now: MonotonicInstant
    ) {
        switch notification {
        case .up(let details): connected(session, details)
        case .restarted: restarted(session, at: now)
        case .failed(let end): elementLost(session, .unreachable(end), at: now)
        case .lost(let end): elementLost(session, .lost(end), at: now)
        case .shutDown: elementLost(session, .closed, at: now)
        case .peerIsClosing: sessions[session]?.link?.isClosing = true
        case .sendFailed(let undelivered):
            guard undelivered.message.header.payloadProtocol != .asap, let handling = sessions[session]?.handling
            else { return }
            let isException = sessions[session]?.link?.exceptions.take(undelivered.message) ?? false
            if (isException ? handling.opposite : handling) == .resend {
                // The association's end follows, and with it the next element.
                fulfils("asap-6.5.5-R1")
                sessions[session]?.handedBack.append(undelivered.message)
                if isException { sessions[session]?.queueExceptions.note(undelivered.message) }
            } else {
                fulfils("asap-6.5.5-R2")
                fulfils("asap-6.5.5-R3")
                fulfils("asap-6.7-R1")
                fulfils("asap-6.7-R2")
                outputs.append(.session(session, .undelivered(undelivered)))
            }
        case .readyToSend: outputs.append(.session(session, .readyToSend))
        case .path: break
        }
    }

    private mutating func connected(_ identifier: PoolUserSessionIdentifier, _ details: AssociationDetails) {
        guard var session = sessions[identifier], let link = session.link, !link.isUp else { return }
        let element = link.element.identifier
        session.link?.isUp = true
        session.link?.outboundStreams = details.outboundStreams
        timers.stop(.sessionLimit(identifier))
        timers.stop(.sessionRetry(identifier))
        pools[session.pool]?.suspects.removeAll { $0.identifier == element }
        let isFailover = session.hasBeenConnected
        var exceptions = session.queueExceptions
        session.queueExceptions = MessageExceptions()
        session.hasBeenConnected = true
        let resent = session.handedBack
        let waiting = session.queue
        session.handedBack = []
        session.queue = []
        session.queuedBytes = 0
        session.hasSent = !(resent.isEmpty && waiting.isEmpty)
        sessions[identifier] = session
        report(.sessionConnected(identifier, session.pool, element, link.addresses, isFailover: isFailover))
        // §3.8: the cookie is the first message on the control channel, and before all data.
        if isFailover, link.hasControlChannel, let cookie = session.cookie {
            fulfils("asap-3.8-R3")
            fulfils("asap-3.8-R6")
            send(.cookieEcho(ASAPMessage.CookieEcho(cookie: cookie)), to: link.association)
            report(.cookieEchoed(identifier, element, cookie.bytes.count))
        }
        if link.hasControlChannel {
            sendCard(to: link.association)
        } else {
            fulfils("asap-3.9-R4")
        }
        outputs.append(.session(identifier, .connected(element, link.addresses, isFailover: isFailover)))
        if !resent.isEmpty { report(.messagesResent(identifier, resent.count)) }
        for message in resent + waiting {
            let isException = exceptions.take(message)
            if message.header.stream < details.outboundStreams {
                if isException { sessions[identifier]?.link?.exceptions.note(message) }
                fulfils("asap-6.5.1-R8")
                outputs.append(.transport(.send(link.association, message)))
            } else {
                let undelivered = UndeliveredMessage(message: message, mayHaveArrived: false)
                outputs.append(.session(identifier, .undelivered(undelivered)))
            }
        }
        outputs.append(.session(identifier, .readyToSend))
    }

    private mutating func restarted(_ identifier: PoolUserSessionIdentifier, at now: MonotonicInstant) {
        guard let link = sessions[identifier]?.link else { return }
        // Another process has the element's address now; it knows nothing of the session.
        outputs.append(.transport(.abort(link.association)))
        elementLost(identifier, .restarted, at: now)
    }

    /// The session's element failed: it is reported, at most once, and another is looked for.
    mutating func elementLost(_ identifier: PoolUserSessionIdentifier, _ loss: ElementLoss, at now: MonotonicInstant) {
        guard let session = sessions[identifier], let link = session.link else { return }
        let element = link.element.identifier
        sessionOfAssociation[link.association] = nil
        sessions[identifier]?.link = nil
        // A message that was handed back goes before those that were never sent.
        sessions[identifier]?.queue = session.handedBack + session.queue
        sessions[identifier]?.handedBack = []
        sessions[identifier]?.queuedBytes += session.handedBack.reduce(0) { $0 + $1.bytes.count }
        report(.elementLost(identifier, session.pool, element, loss))
        fulfils("threats-2.9.3-R1")
        outputs.append(.session(identifier, .elementLost(element, loss)))
        let isNews = suspect(element, of: session.pool, at: now)
        if !isNews {
            fulfils("asap-3.5-R4")
            fulfils("asap-9.2-R20")
        }
        if loss.isUnreachable, isNews, session.hasSent { reportUnreachable(session.pool, element, at: now) }
        if timers.deadline(of: .sessionLimit(identifier)) == nil {
            timers.start(.sessionLimit(identifier), at: now + configuration.failoverTimeLimit)
        }
        forgetAnswerWithoutSoundElements(of: session.pool, at: now)
        fulfils("requirements-2.2-R3")
        resolve(session.pool, for: .session(identifier), at: now)
    }

    /// A cached answer whose elements have all failed is of no use; the registrar may know others by now.
    mutating func forgetAnswerWithoutSoundElements(of pool: PoolHandle, at now: MonotonicInstant) {
        guard let known = pools[pool], let answer = known.answer else { return }
        let hasSound = answer.elements.contains {
            ElementPlace($0) != nil && suspicion(of: $0.identifier, in: known, at: now) == nil
        }
        if !hasSound { pools[pool]?.answer = nil }
    }

    /// Remembers that an element failed. False where it has just been remembered, by another session.
    mutating func suspect(
        _ identifier: PoolElementIdentifier, of pool: PoolHandle, at now: MonotonicInstant
    ) -> Bool {
        guard var suspects = pools[pool]?.suspects else { return true }
        let known = suspects.first { $0.identifier == identifier }
        suspects.removeAll { $0.identifier == identifier || now - $0.since >= configuration.suspicionTime }
        if suspects.count >= Self.maximumSuspects { suspects.removeFirst() }
        suspects.append(Suspect(identifier: identifier, since: now))
        pools[pool]?.suspects = suspects
        fulfils("threats-2.13.3-R1")
        return known.map { now - $0.since >= configuration.failoverRetryInterval } ?? true
    }

    mutating func resolutionFailed(
        _ failure: ResolutionFailure, for identifier: PoolUserSessionIdentifier, at now: MonotonicInstant
    ) {
        guard let session = sessions[identifier], session.link == nil else { return }
        // A new session fails at once; one that is failing over waits for the pool to come back.
        guard session.hasTried else { return end(identifier, .resolution(failure)) }
        timers.start(.sessionRetry(identifier), at: now + configuration.failoverRetryInterval)
    }

    mutating func retry(_ identifier: PoolUserSessionIdentifier, at now: MonotonicInstant) {
        guard let session = sessions[identifier], session.link == nil else { return }
        // What the cache has did not help.
        pools[session.pool]?.answer = nil
        resolve(session.pool, for: .session(identifier), at: now)
    }

    mutating func sessionTimeIsUp(_ identifier: PoolUserSessionIdentifier) {
        guard let session = sessions[identifier] else { return }
        if let link = session.link { outputs.append(.transport(.abort(link.association))) }
        guard !session.hasTried else { return end(identifier, .noElementReachable(session.pool)) }
        let attempts = pools[session.pool]?.request?.attempts ?? 0
        end(
            identifier,
            .resolution(home == nil ? .noRegistrar(hunt.list) : .noAnswer(session.pool, attempts: attempts)))
    }
}
