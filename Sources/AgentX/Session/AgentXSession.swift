/// A subagent's side of AgentX (RFC 2741 §7): opens a session with the master agent and again whenever it was lost, gets its rows
/// registered, and answers requests from ``ManagedObjects``.
///
/// It is a value that does nothing by itself: ``handle(_:at:)`` takes what happened, ``nextOutput()`` gives what is to be done,
/// ``nextDeadline`` says when `timer` is due. Times count from an origin of the owner's choosing and do not go back.
public struct AgentXSession<Objects: ManagedObjects>: Sendable {
    /// What can happen to a session.
    public enum Input: Hashable, Sendable {
        /// Begins; the first output is ``Output/connect``.
        case start
        /// The connection is there.
        case connected
        /// There is no connection, or no longer: the reason for people.
        case disconnected(String)
        /// Bytes came in, in pieces of any size.
        case received([UInt8])
        /// ``nextDeadline`` has come.
        case timer
        /// ``ManagedObjects/prepare(for:at:)`` may say something else now: the request that waits is looked at again.
        case proceed
        /// Gets a row registered, in this session and in those that come after it.
        case add(SharedRow)
        /// Gives a row up.
        case remove(key: Int)
        /// Ends, for good.
        case stop
    }

    /// What a session does.
    public enum Output: Hashable, Sendable {
        /// A connection is wanted; ``Input/connected`` or ``Input/disconnected(_:)`` is to follow.
        case connect
        /// Bytes for the connection.
        case send([UInt8])
        /// Ends the connection once everything is sent.
        case disconnect
        /// Something to tell.
        case event(Event)
    }

    /// What people may want to know.
    public enum Event: Hashable, Sendable {
        /// The master agent has taken the session.
        case opened(session: UInt32)
        /// The session is over: why, and when the next one is tried.
        case lost(String, retryIn: Duration)
        /// A row has its index, and is registered.
        case rowReady(key: Int, index: UInt32)
        /// A row will not be registered in this session.
        case rowRefused(key: Int, AgentXMessage.Status)
        /// Something that cannot be read; how many there have been in this session.
        case unreadable(AgentXError, count: Int)
    }

    /// The variables.
    public var objects: Objects
    /// Times and limits.
    public let configuration: AgentXSessionConfiguration

    enum State: Hashable {
        case idle
        case connecting
        case opening
        case open(UInt32)
        case stopped
    }

    /// What an answer of the master agent is to.
    enum Purpose: Hashable {
        case open
        case allocate(row: Int)
        case register(row: Int, place: Int)
        case ping
        /// The answer changes nothing.
        case nothing
    }

    var state = State.idle
    var outputs: [Output] = []
    /// Rows by key, in the order in which they were added.
    var rows: [RowState] = []
    /// Requests without an answer, the oldest first.
    private var pending: [(packet: UInt32, purpose: Purpose, deadline: Duration)] = []
    private var lastPacket: UInt32 = 0
    private var nextPing: Duration?
    private var reconnectAt: Duration?
    private var delay: Duration
    private var input: [UInt8] = []
    private var parseErrors = 0
    /// A request waits for ``Input/proceed``, and behind it all that comes after it.
    public private(set) var isHeld = false
    var writer = AgentXWriter()

    /// A session that does nothing before ``Input/start``.
    public init(_ objects: Objects, configuration: AgentXSessionConfiguration = AgentXSessionConfiguration()) {
        self.objects = objects
        self.configuration = configuration
        delay = configuration.reconnectDelay
    }

    /// Whether the master agent has taken the session.
    public var isOpen: Bool {
        if case .open = state { true } else { false }
    }

    /// When ``Input/timer`` is due.
    public var nextDeadline: Duration? {
        [reconnectAt, nextPing, pending.first?.deadline].compactMap { $0 }.min()
    }

    /// What is to be done next, in order; nil where nothing is.
    public mutating func nextOutput() -> Output? {
        outputs.isEmpty ? nil : outputs.removeFirst()
    }

    /// Takes what happened. The outputs are to be taken afterwards.
    public mutating func handle(_ input: Input, at now: Duration) {
        guard state != .stopped else { return }
        switch input {
        case .start:
            guard state == .idle, reconnectAt == nil else { return }
            connect()
        case .connected:
            guard state == .connecting else { return }
            state = .opening
            send(
                .open(
                    timeout: configuration.answerTimeout, identifier: configuration.identifier,
                    description: Array(configuration.description.utf8)), for: .open, at: now)
        case .disconnected(let reason):
            guard state != .idle else { return }
            lose(reason, at: now)
        case .received(let bytes):
            switch state {
            case .opening, .open: self.input += bytes
            case .idle, .connecting, .stopped: return
            }
            if !isHeld { takeInput(at: now) }
        case .proceed:
            guard isHeld else { return }
            isHeld = false
            takeInput(at: now)
        case .timer: actOnDeadlines(at: now)
        case .add(let row): add(row, at: now)
        case .remove(let key): remove(key, at: now)
        case .stop:
            if case .open(let session) = state {
                emit(AgentXMessage(.close(.shutDown), session: session, packet: nextPacket()))
            }
            if state != .idle { outputs.append(.disconnect) }
            state = .stopped
            pending = []
            nextPing = nil
            reconnectAt = nil
        }
    }

    // MARK: Connection

    private mutating func connect() {
        reconnectAt = nil
        state = .connecting
        outputs.append(.connect)
    }

    /// The session is over; what was registered in it the master agent has forgotten.
    private mutating func lose(_ reason: String, at now: Duration) {
        state = .idle
        pending = []
        nextPing = nil
        input = []
        isHeld = false
        parseErrors = 0
        objects.cleanUp()
        for place in rows.indices {
            if let index = rows[place].progress.index { rows[place].formerIndex = index }
            rows[place].progress = .waiting
        }
        reconnectAt = now + delay
        outputs.append(.event(.lost(reason, retryIn: delay)))
        delay = min(delay * 2, configuration.maximumReconnectDelay)
    }

    /// Ends a connection that is of no more use.
    mutating func drop(_ reason: String, _ close: AgentXMessage.CloseReason, at now: Duration) {
        if case .open(let session) = state {
            emit(AgentXMessage(.close(close), session: session, packet: nextPacket()))
        }
        outputs.append(.disconnect)
        lose(reason, at: now)
    }

    private mutating func actOnDeadlines(at now: Duration) {
        if let reconnectAt, reconnectAt <= now { return connect() }
        if let first = pending.first, first.deadline <= now {
            return drop(
                "the master agent has not answered for \(configuration.requestTimeout)", .timeouts, at: now)
        }
        if let nextPing, nextPing <= now {
            self.nextPing = now + configuration.pingInterval
            send(.ping, for: .ping, at: now)
        }
    }

    // MARK: Requests of ours

    private mutating func nextPacket() -> UInt32 {
        lastPacket &+= 1
        return lastPacket
    }

    mutating func emit(_ message: AgentXMessage) {
        writer.reset()
        message.write(to: &writer)
        outputs.append(.send(writer.bytes))
    }

    mutating func send(_ body: AgentXMessage.Body, for purpose: Purpose, at now: Duration) {
        var message = AgentXMessage(body, packet: nextPacket(), context: configuration.context)
        if case .open(let session) = state { message.session = session }
        pending.append((message.packet, purpose, now + configuration.requestTimeout))
        emit(message)
    }

    private mutating func take(_ response: AgentXMessage.Response, to packet: UInt32, session: UInt32, at now: Duration) {
        guard let place = pending.firstIndex(where: { $0.packet == packet }) else { return }
        let purpose = pending.remove(at: place).purpose
        switch purpose {
        case .open:
            guard response.status == .noError else {
                return drop("the master agent refused the session (\(response.status.rawValue))", .other, at: now)
            }
            state = .open(session)
            delay = configuration.reconnectDelay
            nextPing = now + configuration.pingInterval
            outputs.append(.event(.opened(session: session)))
            for row in rows { advance(key: row.row.key, at: now) }
        case .allocate(let key): allocated(response, key: key, at: now)
        case .register(let key, let region): registered(response, key: key, region: region, at: now)
        case .ping where response.status != .noError:
            drop("the master agent no longer knows the session (\(response.status.rawValue))", .other, at: now)
        case .ping, .nothing: break
        }
    }

    // MARK: What arrives

    private mutating func takeInput(at now: Duration) {
        var taken = 0
        while input.count - taken >= AgentXHeader.length {
            let prefix: AgentXHeader.Prefix
            do throws(AgentXError) {
                prefix = try AgentXHeader.readPrefix(
                    input[taken..<taken + AgentXHeader.length], payloadLimit: configuration.payloadLimit)
            } catch {
                // Where the next message begins cannot be told any more.
                return drop("the master agent sent what is no AgentX message: \(error)", .parseErrors, at: now)
            }
            let end = taken + AgentXHeader.length + prefix.payloadLength
            guard input.count >= end else { break }
            do throws(AgentXError) {
                let message = try AgentXMessage.decode(input[taken..<end], payloadLimit: configuration.payloadLimit)
                guard isPrepared(for: message, at: now) else {
                    isHeld = true
                    break
                }
                taken = end
                take(message, at: now)
            } catch {
                taken = end
                unreadable(error, prefix, at: now)
            }
            // The session may have ended with this message, and with it what was received.
            guard !input.isEmpty else { return }
        }
        input.removeFirst(taken)
    }

    private mutating func unreadable(_ error: AgentXError, _ prefix: AgentXHeader.Prefix, at now: Duration) {
        parseErrors += 1
        outputs.append(.event(.unreadable(error, count: parseErrors)))
        guard parseErrors < configuration.maximumParseErrors else {
            return drop("the master agent sent too much that cannot be read: \(error)", .parseErrors, at: now)
        }
        // §7.2.2: responses are dropped without a word, everything else is answered where the header could be read.
        guard let header = prefix.header, header.type != .response else { return }
        answer(.parseError, to: header)
    }

    private mutating func answer(_ status: AgentXMessage.Status, to header: AgentXHeader) {
        var response = AgentXMessage(
            .response(AgentXMessage.Response(status)), session: header.session, transaction: header.transaction,
            packet: header.packet)
        response.isNetworkByteOrder = header.flags.contains(.networkByteOrder)
        emit(response)
    }

    /// Whether the message can be worked on now. Only requests for variables may have to wait.
    private mutating func isPrepared(for message: AgentXMessage, at now: Duration) -> Bool {
        guard case .open(let session) = state, message.session == session, message.context == configuration.context else {
            return true
        }
        switch message.body {
        case .get, .testSet: return objects.prepare(for: .variables, at: now)
        case .getNext(let ranges), .getBulk(let ranges, _, _):
            guard let first = ranges.first else { return true }
            return objects.prepare(for: .search(first), at: now)
        default: return true
        }
    }

    private mutating func take(_ message: AgentXMessage, at now: Duration) {
        if case .response(let response) = message.body {
            return take(response, to: message.packet, session: message.session, at: now)
        }
        guard case .open(let session) = state, message.session == session else {
            guard message.body != .cleanupSet else { return }
            return respond(AgentXMessage.Response(.notOpen), to: message)
        }
        if case .close(let reason) = message.body {
            outputs.append(.disconnect)
            return lose("the master agent closed the session (\(reason))", at: now)
        }
        serve(message)
    }
}
