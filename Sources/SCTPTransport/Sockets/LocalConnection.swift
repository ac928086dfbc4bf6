import Glibc

/// A connection with another program of this host. Who writes or reads waits until the other program does its part, but not for
/// long. It belongs to an event loop.
package actor LocalConnection {
    package nonisolated let loop: EventLoop
    private let path: String
    private let socket: StreamSocket
    /// Given whether the other program has let the time pass.
    private var waiter: CheckedContinuation<Result<Bool, SCTPTransportError>, Never>?
    private var timer: LoopTimer?
    private var isClosed = false

    /// Bytes read at once.
    private static let readLimit = 65_536

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    init(_ socket: StreamSocket, _ path: String, on loop: EventLoop) {
        self.socket = socket
        self.path = path
        self.loop = loop
    }

    /// Connects to a program that listens at a path.
    /// - Throws: `noRoute` where nobody listens there, `system`.
    package static func open(to path: String, on loop: EventLoop) throws(SCTPTransportError) -> LocalConnection {
        do throws(SCTPTransportError) {
            return LocalConnection(try StreamSocket.connected(to: path), path, on: loop)
        } catch {
            guard case .system(let number) = error.code else { throw error }
            switch number {
            case ENOENT: throw SCTPTransportError(.noRoute, "there is nothing at \(path)")
            case ECONNREFUSED: throw SCTPTransportError(.noRoute, "nobody listens at \(path)")
            case ENOTSOCK: throw SCTPTransportError(.noRoute, "\(path) is no socket")
            case EAGAIN: throw SCTPTransportError(.noRoute, "too many wait for an answer at \(path)")
            case ENAMETOOLONG: throw SCTPTransportError(.noRoute, "\(path) is too long for a socket")
            default: throw error
            }
        }
    }

    /// Writes all of it.
    /// - Parameter patience: how long the other program may take nothing.
    /// - Throws: `endpointClosed` where the connection has ended or the other program takes nothing.
    package func write(_ bytes: [UInt8], patience: Duration) async throws(SCTPTransportError) {
        var written = 0
        while written < bytes.count {
            guard !isClosed else { throw ended("it is closed") }
            let count = unsafe socket.write(bytes.span.bytes.extracting(written..<bytes.count))
            switch count {
            case -Int(EAGAIN): try await wait(forWriting: true, patience)
            case -Int(EINTR): continue
            case ..<0: throw ended(SCTPTransportError.text(of: CInt(-count)))
            default: written += count
            }
        }
    }

    /// The next bytes; none at the end.
    /// - Parameter patience: how long the other program may send nothing.
    /// - Throws: `endpointClosed` where the connection broke or the other program sends nothing.
    package func read(patience: Duration) async throws(SCTPTransportError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: Self.readLimit)
        while true {
            guard !isClosed else { throw ended("it is closed") }
            let count = socket.read(into: &buffer)
            switch count {
            case -Int(EAGAIN): try await wait(forWriting: false, patience)
            case -Int(EINTR): continue
            case ..<0: throw ended(SCTPTransportError.text(of: CInt(-count)))
            default: return Array(buffer.prefix(count))
            }
        }
    }

    private func ended(_ reason: String) -> SCTPTransportError {
        SCTPTransportError(.endpointClosed, "the connection at \(path) has ended: \(reason)")
    }

    /// The host is asked only while somebody waits: else it would tell of a connection's end in every turn of the loop.
    private func wait(forWriting: Bool, _ patience: Duration) async throws(SCTPTransportError) {
        let wasLate: Result<Bool, SCTPTransportError> = await withCheckedContinuation { continuation in
            guard !isClosed else { return continuation.resume(returning: .success(false)) }
            precondition(waiter == nil, "one at a time writes or reads")
            do throws(SCTPTransportError) {
                try socket.watch(on: loop) { [weak self] _, _ in self?.assumeIsolated { $0.wake() } }
            } catch {
                return continuation.resume(returning: .failure(error))
            }
            socket.setInterest(read: !forWriting, write: forWriting)
            let timer = timer ?? loop.makeTimer { [weak self] in self?.assumeIsolated { $0.wake(isLate: true) } }
            self.timer = timer
            timer.arm(at: loop.now + patience)
            waiter = continuation
        }
        guard try !wasLate.get() else { throw ended("the other side does not do its part") }
    }

    private func wake(isLate: Bool = false) {
        guard let waiter else { return }
        self.waiter = nil
        timer?.disarm()
        socket.stopWatching()
        waiter.resume(returning: .success(isLate))
    }

    /// Ends the connection, and lets go who waits.
    package func close() {
        isClosed = true
        wake()
        timer?.disarm()
        socket.close()
    }
}
