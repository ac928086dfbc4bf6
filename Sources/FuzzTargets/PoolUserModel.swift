import ASAP
import RSerPoolParameters
import SCTPTransport

/// What a pool user's program knows: its sessions, its questions, and what became of every message that it sent.
struct PoolUserModel {
    enum Fate { case waiting, sent, handedBack, undelivered }

    struct Session {
        let pool: PoolHandle
        let handling: FailedMessageHandling
        /// The association with the element in use, once up.
        var association: AssociationIdentifier?
        var hasBeenConnected = false
        /// Since when there is no element.
        var withoutElementSince: MonotonicInstant?
        var cookie: [UInt8]?
        var fates: [UInt32: Fate] = [:]
        /// The number of the message sent last on the association; later ones must be greater.
        var lastSent: UInt32?
        var isCookieDue = false
    }

    /// Sessions that have not ended.
    private(set) var sessions: [PoolUserSessionIdentifier: Session] = [:]
    private(set) var order: [PoolUserSessionIdentifier] = []
    private(set) var questions: [ResolutionIdentifier: MonotonicInstant] = [:]
    private(set) var questionOrder: [ResolutionIdentifier] = []
    private var losses = 0
    private var reports = 0
    private var messages: UInt32 = 0

    // MARK: The program's calls

    mutating func opens(_ identifier: PoolUserSessionIdentifier, _ session: Session) {
        sessions[identifier] = session
        order.append(identifier)
    }

    mutating func asks(_ identifier: ResolutionIdentifier, at now: MonotonicInstant) {
        questions[identifier] = now
        questionOrder.append(identifier)
    }

    mutating func withdraws(_ identifier: ResolutionIdentifier) {
        questions[identifier] = nil
        questionOrder.removeAll { $0 == identifier }
    }

    /// A message with a number of its own, which its program gives the engine next.
    mutating func makeMessage(in identifier: PoolUserSessionIdentifier, padding: Int, stream: UInt16) -> SCTPMessage {
        messages += 1
        sessions[identifier]?.fates[messages] = .waiting
        let number = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: messages >> $0) }
        return SCTPMessage(number + [UInt8](repeating: 0, count: padding), MessageHeader(stream: stream))
    }

    static func number(of message: SCTPMessage) -> UInt32 {
        message.bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    func session(of association: AssociationIdentifier) -> PoolUserSessionIdentifier? {
        order.first { sessions[$0]?.association == association }
    }

    // MARK: What comes from the peers

    mutating func cookieCame(_ cookie: [UInt8], on association: AssociationIdentifier) {
        if let session = session(of: association) { sessions[session]?.cookie = cookie }
    }

    mutating func handedBack(_ message: SCTPMessage, on association: AssociationIdentifier) {
        if message.header.payloadProtocol == .asap {
            // A report that did not reach its registrar goes to the next one.
            if case .endpointUnreachable? = try? ASAPMessage.decode(message.bytes).message { reports -= 1 }
            return
        }
        guard let session = session(of: association) else { return }
        sessions[session]?.fates[Self.number(of: message)] = .handedBack
    }

    // MARK: What the engine does

    mutating func sent(_ message: SCTPMessage, on association: AssociationIdentifier) throws(Fault) {
        if message.header.payloadProtocol == .asap {
            return try sentControl(message, on: association)
        }
        guard let identifier = session(of: association), let session = sessions[identifier] else {
            throw Fault("data are sent on association \(association), which no session has")
        }
        try require(!session.isCookieDue, "session \(identifier.rawValue): data go before the cookie (RFC 5352 §3.8)")
        let number = Self.number(of: message)
        let fate = session.fates[number]
        try require(
            fate == .waiting || (fate == .handedBack && session.handling == .resend),
            "session \(identifier.rawValue): message \(number) is sent, but it is \(fate.map { "\($0)" } ?? "unknown")")
        try require(
            session.lastSent.map { $0 < number } ?? true,
            "session \(identifier.rawValue): message \(number) is sent after message \(session.lastSent ?? 0)")
        sessions[identifier]?.fates[number] = .sent
        sessions[identifier]?.lastSent = number
    }

    private mutating func sentControl(_ message: SCTPMessage, on association: AssociationIdentifier) throws(Fault) {
        guard let decoded = try? ASAPMessage.decode(message.bytes).message else {
            throw Fault("a control message is sent that is none")
        }
        switch decoded {
        case .cookieEcho(let echo):
            guard let identifier = session(of: association), let session = sessions[identifier] else {
                throw Fault("a cookie is echoed on association \(association), which no session has")
            }
            try require(session.isCookieDue, "session \(identifier.rawValue): a cookie is echoed without a failover")
            try require(echo.cookie.bytes == session.cookie, "session \(identifier.rawValue): not the latest cookie is echoed")
            sessions[identifier]?.isCookieDue = false
        case .endpointUnreachable:
            // RFC 5352 §3.5: one report for each failure at most.
            reports += 1
            try require(reports <= losses, "\(reports) reports of unreachable elements after \(losses) failures")
        default: break
        }
    }

    /// The association over which a session has just been connected: the one whose coming up the engine was told of.
    mutating func connected(
        _ identifier: PoolUserSessionIdentifier, isFailover: Bool, over association: AssociationIdentifier?
    ) throws(Fault) {
        guard let session = sessions[identifier], session.association == nil, let association else {
            throw Fault("session \(identifier.rawValue) is connected, and was or has ended, or nothing came up")
        }
        try require(isFailover == session.hasBeenConnected, "session \(identifier.rawValue): failover is \(isFailover)")
        sessions[identifier]?.association = association
        sessions[identifier]?.hasBeenConnected = true
        sessions[identifier]?.withoutElementSince = nil
        sessions[identifier]?.lastSent = nil
        // Elements that are reached otherwise than over SCTP have no control channel.
        sessions[identifier]?.isCookieDue = isFailover && session.cookie != nil && association.channel == .main
    }

    /// To be called when the engine has done all that an input led to.
    func checkCookies() throws(Fault) {
        for identifier in order {
            try require(
                sessions[identifier]?.isCookieDue == false, "session \(identifier.rawValue): the cookie is not echoed")
        }
    }

    mutating func occurred(
        _ occurrence: PoolUserSessionOccurrence, in identifier: PoolUserSessionIdentifier, at now: MonotonicInstant
    ) throws(Fault) {
        guard let session = sessions[identifier] else {
            throw Fault("session \(identifier.rawValue) has ended, and \(occurrence) occurs in it")
        }
        switch occurrence {
        case .elementLost:
            losses += 1
            sessions[identifier]?.association = nil
            if session.withoutElementSince == nil { sessions[identifier]?.withoutElementSince = now }
        case .message:
            try require(session.association != nil, "session \(identifier.rawValue): a message comes without an element")
        case .undelivered(let undelivered):
            let number = Self.number(of: undelivered.message)
            let fate = session.fates[number]
            try require(
                fate == .waiting || fate == .handedBack,
                "session \(identifier.rawValue): message \(number) is undelivered, but it is \(fate.map { "\($0)" } ?? "unknown")"
            )
            sessions[identifier]?.fates[number] = .undelivered
        case .ended:
            let lost = session.fates.filter { $0.value == .waiting || $0.value == .handedBack }.keys.sorted()
            try require(lost.isEmpty, "session \(identifier.rawValue) ends, and nothing tells of its messages \(lost)")
            sessions[identifier] = nil
            order.removeAll { $0 == identifier }
        default: break
        }
    }

    mutating func answered(_ identifier: ResolutionIdentifier) throws(Fault) {
        try require(questions[identifier] != nil, "question \(identifier.rawValue) is answered, and was or is not asked")
        withdraws(identifier)
    }
}
