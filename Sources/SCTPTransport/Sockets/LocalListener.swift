import CSockets
import Glibc

/// A socket of this host at a path, to which only the own user may connect. One of the few files that call C by pointers.
///
/// It belongs to an event loop.
package actor LocalListener {
    package nonisolated let loop: EventLoop
    package nonisolated let path: String
    private let socket: StreamSocket
    private var file: socket_file
    private let handler: @Sendable (LocalConnection) -> Void
    private var pause: LoopTimer?
    private var isOpen = true

    /// Connections that wait in the host to be taken.
    static let backlog = 16
    /// Connections taken in one turn of the loop.
    private static let connectionsPerTurn = 16
    /// How long no connection is taken where the host has no descriptor for it.
    private static let pauseAfterError = Duration.seconds(1)

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    private init(
        _ path: String, _ socket: StreamSocket, _ file: socket_file, on loop: EventLoop,
        _ handler: @escaping @Sendable (LocalConnection) -> Void
    ) {
        self.path = path
        self.socket = socket
        self.file = file
        self.loop = loop
        self.handler = handler
    }

    isolated deinit {
        close()
    }

    /// Listens at a path. A socket file that an earlier program has left there is replaced.
    /// - Parameter handler: is given each connection, on the loop.
    /// - Throws: `addressInUse` where another program listens there, `system`.
    package static func open(
        at path: String, on loop: EventLoop, _ handler: @escaping @Sendable (LocalConnection) -> Void
    ) async throws(SCTPTransportError) -> LocalListener {
        var bytes = path.utf8.map { CChar(bitPattern: $0) }
        var file = socket_file()
        let descriptor = unsafe bytes.withUnsafeMutableBufferPointer { bytes in
            unsafe socket_open_local(bytes.baseAddress, bytes.count, CInt(backlog), &file)
        }
        guard descriptor >= 0 else { throw .listening(path, -descriptor) }
        let listener = LocalListener(path, StreamSocket(descriptor), file, on: loop, handler)
        try await listener.start()
        return listener
    }

    private func start() throws(SCTPTransportError) {
        try socket.watch(on: loop) { [weak self] _, _ in self?.assumeIsolated { $0.takeConnections() } }
    }

    private func takeConnections() {
        for _ in 0..<Self.connectionsPerTurn {
            let descriptor = socket_accept_local(socket.descriptor)
            switch -descriptor {
            case EAGAIN: return
            case ECONNABORTED, EINTR: continue
            case let error where error > 0: return rest()
            default: handler(LocalConnection(StreamSocket(descriptor), path, on: loop))
            }
        }
    }

    /// Without descriptors the host would tell of the same connection in every turn.
    private func rest() {
        socket.setInterest(read: false, write: false)
        let timer = pause ?? loop.makeTimer { [weak self] in self?.assumeIsolated { $0.goOn() } }
        pause = timer
        timer.arm(at: loop.now + Self.pauseAfterError)
    }

    private func goOn() {
        guard isOpen else { return }
        socket.setInterest(read: true, write: false)
    }

    /// Takes no more connections, and removes the file.
    package func close() {
        guard isOpen else { return }
        isOpen = false
        pause?.disarm()
        socket.close()
        var bytes = path.utf8.map { CChar(bitPattern: $0) }
        unsafe bytes.withUnsafeMutableBufferPointer { bytes in
            unsafe socket_remove_local(bytes.baseAddress, bytes.count, &file)
        }
    }
}

extension SCTPTransportError {
    fileprivate static func listening(_ path: String, _ number: CInt) -> SCTPTransportError {
        switch number {
        case EADDRINUSE:
            SCTPTransportError(.addressInUse, "another program listens at \(path); choose another path")
        case EEXIST:
            SCTPTransportError(.addressInUse, "\(path) is a file and no socket; choose another path, or remove it")
        case ENAMETOOLONG:
            SCTPTransportError(.system(number), "\(path) is too long for a socket; the host allows 107 bytes")
        case ENOENT, ENOTDIR:
            SCTPTransportError(.system(number), "no socket can be at \(path): its directory does not exist; make it first")
        default:
            SCTPTransportError(.system(number), "no socket can be at \(path): \(text(of: number))")
        }
    }
}
