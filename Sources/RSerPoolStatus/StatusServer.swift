public import SCTPTransport

/// What can be asked how it stands.
public protocol StatusSource: Sendable {
    /// Tells how things stand, part by part; the next part is made when the last one has been taken.
    /// - Parameter receive: takes a part; see ``StatusDocument`` for how parts make a whole. Where it throws there is nobody to tell
    ///   any more, and the error is passed on.
    func tellStatus(to receive: @Sendable ([StatusValue]) async throws -> Void) async throws
}

/// Tells whoever connects to a socket of this host how things stand.
///
/// A status is a line of JSON for each part (``StatusDocument``), and the connection's end. Nothing is read, so nothing that a client
/// sends does anything; one that takes nothing is given up. The socket is the own user's alone.
///
///     let status = try await StatusServer.start(at: "/run/user/1000/registrar.sock", of: registrar)
public actor StatusServer {
    /// Where it listens.
    public nonisolated let path: String
    /// The event loop that it belongs to.
    public nonisolated let loop: EventLoop
    private let source: any StatusSource
    private let limits: StatusLimits
    private var listener: LocalListener?
    private var connections: [Int: LocalConnection] = [:]
    private var lastConnection = 0

    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    private init(_ path: String, _ source: any StatusSource, _ limits: StatusLimits, on loop: EventLoop) {
        self.path = path
        self.source = source
        self.limits = limits
        self.loop = loop
    }

    /// Begins to listen. The file that an earlier program has left at the path is replaced.
    /// - Parameters:
    ///   - path: at most 107 bytes, in a directory that exists.
    ///   - source: what the status is of.
    /// - Throws: `addressInUse` where another program listens there or where the file is no socket; `system`.
    public static func start(
        at path: String, of source: some StatusSource, limits: StatusLimits = StatusLimits(), on loop: EventLoop = .shared
    ) async throws(SCTPTransportError) -> StatusServer {
        let server = StatusServer(path, source, limits, on: loop)
        try await server.listen()
        return server
    }

    private func listen() async throws(SCTPTransportError) {
        listener = try await LocalListener.open(at: path, on: loop) { [weak self] connection in
            guard let self else { return connection.assumeIsolated { $0.close() } }
            assumeIsolated { $0.take(connection) }
        }
    }

    /// Listens no more, ends the answers under way, and removes the file.
    public func stop() async {
        await listener?.close()
        listener = nil
        for connection in connections.values { await connection.close() }
        connections = [:]
    }

    private func take(_ connection: LocalConnection) {
        guard listener != nil, connections.count < limits.maximumConnections else {
            return connection.assumeIsolated { $0.close() }
        }
        lastConnection += 1
        let number = lastConnection
        connections[number] = connection
        // Not on the loop: making JSON of a large handlespace must not keep it from its work.
        let answer = StatusAnswer(connection: connection, patience: limits.patience, end: loop.now + limits.answerTimeLimit)
        Task { [source] in
            // Who asked has gone, or takes nothing: there is nobody to tell.
            try? await answer.give(source)
            await self.forget(number)
        }
    }

    private func forget(_ number: Int) async {
        await connections.removeValue(forKey: number)?.close()
    }
}

/// An answer under way.
private struct StatusAnswer: Sendable {
    let connection: LocalConnection
    let patience: Duration
    let end: MonotonicInstant

    // Not inlined: swift-frontend 6.3.1 crashes when it optimises these two as one coroutine.
    @inline(never) @Sendable func write(_ parts: [StatusValue]) async throws {
        var bytes: [UInt8] = []
        for part in parts {
            part.write(to: &bytes)
            bytes.append(UInt8(ascii: "\n"))
        }
        guard connection.loop.now < end else { throw CancellationError() }
        try await connection.write(bytes, patience: patience)
    }

    @inline(never) func give(_ source: any StatusSource) async throws {
        try await source.tellStatus(to: write)
        try await write([StatusDocument.end])
    }
}

/// What a status server allows.
public struct StatusLimits: Hashable, Sendable {
    /// Answers given at a time; further connections are closed at once. At least 1.
    public var maximumConnections = 8
    /// How long a client may take nothing before it is given up.
    public var patience = Duration.seconds(10)
    /// How long an answer may take, however steadily it is taken.
    public var answerTimeLimit = Duration.seconds(60)

    /// The limits as they usually are.
    public init() {}
}
