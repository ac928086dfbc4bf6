public import RSerPoolParameters
import RequirementMarks
public import SCTPTransport

/// What happens in a pool user's session with a pool element.
public enum PoolElementSessionOccurrence: Hashable, Sendable {
    /// The session's first message has come; it follows.
    case began([SCTPAddress])
    /// A data message.
    case message(SCTPMessage)
    /// The cookie that another element of the pool had given to the pool user (RFC 5352 §3.8).
    case cookieEcho([UInt8])
    /// The pool user is an element of the named pool itself, and recommends these elements, best first (RFC 5352 §3.9).
    case businessCard(PoolHandle, [PoolElementParameter])
    /// A message that was sent and not delivered.
    case undelivered(UndeliveredMessage)
    /// Sending is possible again.
    case readyToSend
    /// The last of a session, and why it ended.
    case ended(SessionEnd)
}

// Associations that others open: those of pool users are sessions, with data and control channel (RFC 5352 §3.8, §3.9, §5);
// registrars show by a keep-alive what they are.
extension PoolElementEngine {
    enum PeerRole: Sendable { case unknown, user, registrar }

    struct Peer: Sendable {
        var addresses: [SCTPAddress]
        var role = PeerRole.unknown
        /// True once a message of a session has come.
        var hasSpoken = false
        var keepAlives = RateBudget(RateBudget.maximumKeepAlivesPerSecond)
    }

    mutating func notice(
        _ notification: SCTPNotification, of association: AssociationIdentifier, at now: MonotonicInstant
    ) {
        if association == home?.association {
            return noticeOfHome(notification, at: now)
        }
        if !association.isAccepted {
            noticeOfSearch(notification, of: association, at: now)
            return
        }
        switch notification {
        case .up(let details):
            peers[association] = Peer(addresses: details.peerAddresses)
            if configuration.sessionStart == .association { beginSession(association) }
        case .restarted:
            // The peer has lost its side of the session; it starts a new one by its next message.
            if let peer = peers[association], peer.role == .user {
                endSession(association, .lost(.other(0)))
                peers[association] = Peer(addresses: peer.addresses)
            }
        case .failed(let end), .lost(let end):
            endSession(association, .lost(end))
        case .shutDown:
            endSession(association, .closedByPeer)
        case .sendFailed(let undelivered):
            guard undelivered.message.header.payloadProtocol != .asap, peers[association]?.role == .user else { return }
            outputs.append(.session(association, .undelivered(undelivered)))
        case .readyToSend:
            guard peers[association]?.role == .user else { return }
            outputs.append(.session(association, .readyToSend))
        case .peerIsClosing, .path:
            break
        }
    }

    private mutating func noticeOfHome(_ notification: SCTPNotification, at now: MonotonicInstant) {
        switch notification {
        case .failed(let end), .lost(let end): lostHome(.associationLost(end), at: now)
        case .peerIsClosing, .shutDown: lostHome(.closed, at: now)
        case .sendFailed:
            if phase == .registering { fulfils("asap-3.1-R11") }
            if phase == .deregistering { fulfils("asap-3.2-R9") }
            abandonHome(.sendFailed, at: now)
        case .restarted:
            // The registrar started anew and knows nothing of this element.
            if goal != .none, phase != .deregistering { proceed(at: now) }
        case .up, .path, .readyToSend: break
        }
    }

    private mutating func noticeOfSearch(
        _ notification: SCTPNotification, of association: AssociationIdentifier, at now: MonotonicInstant
    ) {
        switch notification {
        case .up:
            guard let (registrar, actions) = hunt.associationUp(association, at: now) else { return }
            perform(actions)
            found(registrar, association, at: now)
        case .failed, .lost, .shutDown, .peerIsClosing:
            perform(hunt.associationFailed(association, numbering: &numbering) ?? [])
        case .restarted, .sendFailed, .path, .readyToSend:
            break
        }
    }

    mutating func receive(_ message: SCTPMessage, from association: AssociationIdentifier, at now: MonotonicInstant) {
        guard message.header.payloadProtocol == .asap else {
            guard beginSession(association) else { return }
            peers[association]?.hasSpoken = true
            fulfils("asap-6.6-R1")
            fulfils("asap-6.6-R3")
            outputs.append(.session(association, .message(message)))
            return
        }
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
        receive(decoded.message, from: association, at: now)
    }

    private mutating func receive(
        _ message: ASAPMessage, from association: AssociationIdentifier, at now: MonotonicInstant
    ) {
        switch message {
        case .registrationResponse(let response):
            receive(response, from: association, at: now)
        case .deregistrationResponse(let response):
            receive(response, from: association, at: now)
        case .endpointKeepAlive(let keepAlive):
            receive(keepAlive, from: association, at: now)
        case .cookieEcho(let echo):
            guard echo.cookie.bytes.count <= configuration.maximumCookieSize, beginSession(association) else { return }
            peers[association]?.hasSpoken = true
            fulfils("asap-4-R7")
            outputs.append(.session(association, .cookieEcho(echo.cookie.bytes)))
        case .businessCard(let card):
            guard beginSession(association) else { return }
            peers[association]?.hasSpoken = true
            report(.businessCardReceived(association, card.pool, card.elements.map(\.identifier)))
            outputs.append(.session(association, .businessCard(card.pool, card.elements)))
        case .error(let error):
            fulfils("asap-4-R6")
            report(.errorReceived(error.causes, from: association))
        case .handleResolutionResponse(let response):
            receive(response, from: association)
        case .registration, .deregistration, .handleResolution, .endpointKeepAliveAcknowledgement,
            .endpointUnreachable, .serverAnnounce, .cookie:
            report(.unexpectedMessage(message.type, from: association))
        }
    }

    /// True where the association is a session now.
    @discardableResult
    private mutating func beginSession(_ association: AssociationIdentifier) -> Bool {
        guard let peer = peers[association] else { return false }
        switch peer.role {
        case .user: return true
        case .registrar: return false
        case .unknown:
            guard sessionCount < configuration.maximumSessions else {
                peers[association] = nil
                outputs.append(.transport(.abort(association)))
                report(.sessionRefused(association))
                return false
            }
            sessionCount += 1
            peers[association]?.role = .user
            outputs.append(.session(association, .began(peer.addresses)))
            report(.sessionBegan(association, peer.addresses))
            sendCard(to: association)
            return true
        }
    }

    mutating func endSession(_ association: AssociationIdentifier, _ end: SessionEnd) {
        let role = peers[association]?.role
        forgetPeer(association)
        guard role == .user else { return }
        sessionCount -= 1
        outputs.append(.session(association, .ended(end)))
        report(.sessionEnded(association, end))
    }

    mutating func forgetPeer(_ association: AssociationIdentifier) {
        peers[association] = nil
        acceptedRegistrars.removeAll { $0 == association }
    }

    mutating func markRegistrar(_ association: AssociationIdentifier) {
        if let peer = peers[association], peer.role == .user, !peer.hasSpoken {
            // It was taken for a pool user that waits for the element to speak first.
            endSession(association, .closedLocally)
            peers[association] = Peer(addresses: peer.addresses)
        }
        guard peers[association]?.role == .unknown, acceptedRegistrars.count < RegistrarList.maximumCount else { return }
        peers[association]?.role = .registrar
        acceptedRegistrars.append(association)
    }

    mutating func sendCookie(_ cookie: [UInt8], to association: AssociationIdentifier) {
        guard peers[association]?.role == .user, hasControlChannel(association), cookie.count <= configuration.maximumCookieSize
        else { return }
        fulfils("asap-3.8-R1")
        fulfils("asap-1.4-R2")
        send(.cookie(ASAPMessage.StateCookie(cookie: Cookie(cookie))), to: association)
    }
}
