import RSerPoolParameters
import RequirementMarks
public import SCTPTransport

// RFC 5352 §6.5: sessions with the elements of a pool; §3.8, §3.9: their control channel.
extension PoolUserEngine {
    struct Link: Sendable {
        var association: AssociationIdentifier
        var element: PoolElementParameter
        var addresses: [SCTPAddress]
        var hasControlChannel: Bool
        var isUp = false
        /// The element takes nothing more.
        var isClosing = false
        var outboundStreams: UInt16 = .max
        /// Messages whose option differs from the session's handling.
        var exceptions = MessageExceptions()
    }

    struct Session: Sendable {
        var pool: PoolHandle
        var handling: FailedMessageHandling
        var link: Link?
        /// Messages that wait for an element.
        var queue: [SCTPMessage] = []
        var queuedBytes = 0
        /// Of the messages that wait, those whose option differs from the session's handling.
        var queueExceptions = MessageExceptions()
        /// Messages that the transport handed back, in the order in which they were sent.
        var handedBack: [SCTPMessage] = []
        /// The latest cookie of any element.
        var cookie: Cookie?
        /// Elements to prefer when this one fails, by its business card.
        var preferred: [PoolElementIdentifier] = []
        /// True once the program has sent something to the element, or tried to (§3.5).
        var hasSent = false
        /// True once an element was tried: from then on failures are waited out.
        var hasTried = false
        var hasBeenConnected = false
    }

    mutating func open(
        _ identifier: PoolUserSessionIdentifier, _ pool: PoolHandle, _ handling: FailedMessageHandling, at now: MonotonicInstant
    ) {
        guard sessions[identifier] == nil else { return }
        guard sessions.count < configuration.maximumSessions else {
            outputs.append(.session(identifier, .ended(.tooManySessions(configuration.maximumSessions))))
            return
        }
        sessions[identifier] = Session(pool: pool, handling: handling)
        timers.start(.sessionLimit(identifier), at: now + configuration.failoverTimeLimit)
        resolve(pool, for: .session(identifier), at: now)
    }

    /// The association over which a message may be sent at once, past the engine; nil where the engine has to take it.
    public mutating func directAssociation(of identifier: PoolUserSessionIdentifier) -> AssociationIdentifier? {
        guard let link = sessions[identifier]?.link, link.isUp, !link.isClosing else { return nil }
        sessions[identifier]?.hasSent = true
        return link.association
    }

    /// Says how a message that passes the engine by is to be treated should it be handed back. To be called when it has
    /// just been sent.
    public mutating func note(_ message: SCTPMessage, _ options: SendOptions, in identifier: PoolUserSessionIdentifier) {
        guard let handling = options.handling, handling != sessions[identifier]?.handling else { return }
        sessions[identifier]?.link?.exceptions.note(message)
    }

    /// True where a message of this size may be sent now, over the association or into the session's queue.
    public func hasRoom(for bytes: Int, in identifier: PoolUserSessionIdentifier) -> Bool {
        guard let session = sessions[identifier] else { return false }
        if let link = session.link, link.isUp, !link.isClosing { return true }
        return session.queue.isEmpty || session.queuedBytes + bytes <= configuration.sessionQueueLimit
    }

    mutating func send(_ message: SCTPMessage, _ options: SendOptions, in identifier: PoolUserSessionIdentifier) {
        let message = options.applied(to: message)
        guard sessions[identifier] != nil else { return }
        if message.header.payloadProtocol == .asap { fulfils("asap-5-R3") }
        guard message.header.payloadProtocol != .asap, hasRoom(for: message.bytes.count, in: identifier) else {
            outputs.append(
                .session(identifier, .undelivered(UndeliveredMessage(message: message, mayHaveArrived: false))))
            return
        }
        if let association = directAssociation(of: identifier) {
            note(message, options, in: identifier)
            outputs.append(.transport(.send(association, message)))
            return
        }
        keep(message, options, for: identifier)
    }

    mutating func keep(_ message: SCTPMessage, _ options: SendOptions, for identifier: PoolUserSessionIdentifier) {
        if let handling = options.handling, handling != sessions[identifier]?.handling {
            sessions[identifier]?.queueExceptions.note(message)
        }
        sessions[identifier]?.hasSent = true
        fulfils("asap-6.5.1-R2")
        sessions[identifier]?.queue.append(message)
        sessions[identifier]?.queuedBytes += message.bytes.count
    }

    mutating func close(_ identifier: PoolUserSessionIdentifier) {
        guard let session = sessions[identifier] else { return }
        if let link = session.link {
            outputs.append(.transport(link.isUp ? .shutDown(link.association) : .abort(link.association)))
        }
        end(identifier, nil)
    }

    mutating func end(_ identifier: PoolUserSessionIdentifier, _ failure: PoolUserSessionFailure?) {
        guard let session = sessions.removeValue(forKey: identifier) else { return }
        if let link = session.link { sessionOfAssociation[link.association] = nil }
        timers.stop(.sessionLimit(identifier))
        timers.stop(.sessionRetry(identifier))
        if pools[session.pool]?.request != nil {
            pools[session.pool]?.request?.waiters.removeAll { $0 == .session(identifier) }
        }
        for message in session.handedBack {
            outputs.append(.session(identifier, .undelivered(UndeliveredMessage(message: message, mayHaveArrived: true))))
        }
        for message in session.queue {
            outputs.append(.session(identifier, .undelivered(UndeliveredMessage(message: message, mayHaveArrived: false))))
        }
        outputs.append(.session(identifier, .ended(failure)))
        report(.sessionEnded(identifier, failure))
    }

    mutating func receive(_ message: SCTPMessage, from association: AssociationIdentifier, at now: MonotonicInstant) {
        let session = sessionOfAssociation[association]
        guard message.header.payloadProtocol == .asap else {
            if let messenger = messengerOfAssociation[association] {
                return receive(message, from: association, in: messenger)
            }
            if let session {
                fulfils("asap-6.6-R1")
                outputs.append(.session(session, .message(message)))
            }
            return
        }
        guard session != nil || isRegistrar(association) || messengerOfAssociation[association] != nil else { return }
        let decoded: ASAPMessage.Decoded
        do throws(WireError) {
            decoded = try ASAPMessage.decode(message.bytes)
        } catch {
            report(.invalidMessage(error, from: association))
            // §2.2.14
            fulfils("asap-2.2.14-R1")
            if let answer = ASAPMessage.answer(to: error), errorBudget.take(at: now) {
                fulfils("asap-2.2.14-R2")
                send(answer, to: association)
            }
            return
        }
        if !decoded.report.isEmpty, errorBudget.take(at: now) {
            send(.error(ASAPMessage.ErrorReport(causes: decoded.report)), to: association)
        }
        switch (decoded.message, session) {
        case (.handleResolutionResponse(let response), nil) where isRegistrar(association):
            receive(response, from: association, at: now)
        case (.cookie(let message), let session?):
            // §3.8: the latest cookie counts.
            guard message.cookie.bytes.count <= configuration.maximumCookieSize else { return }
            fulfils("asap-3.8-R2")
            fulfils("asap-4-R3")
            sessions[session]?.cookie = message.cookie
            report(.cookieStored(session, message.cookie.bytes.count))
        case (.businessCard(let card), let session?) where card.pool == sessions[session]?.pool:
            // BC2
            fulfils("asap-3.9-R7")
            sessions[session]?.preferred = card.elements.prefix(Self.maximumPreferredElements).map(\.identifier)
            report(.businessCardReceived(session, card.elements.map(\.identifier)))
            // BC1: what the card names is no use where the cache has nothing of the pool.
            if pools[card.pool]?.answer == nil, pools[card.pool]?.request == nil {
                fulfils("asap-3.9-R6")
                refresh(card.pool, at: now)
            }
        case (.error(let error), _):
            fulfils("asap-4-R2")
            report(.errorReceived(error.causes, from: association))
        default:
            report(.unexpectedMessage(decoded.message.type, from: association))
        }
    }

    /// The card of the element that this pool user is part of has changed: the elements of its sessions get the new one (§3.9).
    mutating func present(_ card: ASAPMessage.BusinessCard?) {
        guard self.card != card else { return }
        self.card = card
        for identifier in sessions.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
            guard let link = sessions[identifier]?.link, link.isUp, !link.isClosing, link.hasControlChannel else { continue }
            sendCard(to: link.association)
        }
    }

    mutating func sendCard(to association: AssociationIdentifier) {
        guard let card else { return fulfils("asap-3.9-R3") }
        fulfils("asap-3.9-R2")
        fulfils("requirements-2.3-R1")
        send(.businessCard(card), to: association)
    }
}
