import Glibc
import InternetAddresses

/// A connection to another program of bytes without messages: a control connection, beside the associations. On its loop only.
package final class ByteStream {
    /// Where the other program listens.
    package enum Place: Hashable, Sendable {
        /// A socket of this host, by its path.
        case local(path: String)
        /// TCP.
        case tcp(SCTPAddress)
    }

    /// What happens to a connection.
    package enum Event: Sendable {
        case opened
        case received([UInt8])
        /// It is over, which is told last; the sentence says why.
        case ended(String)
    }

    /// Bytes that wait to be sent before nothing more is read: who does not take answers gets none.
    package static let pauseLimit = 262_144
    /// Bytes that wait to be sent before the connection is given up.
    package static let sendQueueLimit = 8_388_608
    /// How long opening may take.
    package static let openingTimeLimit = Duration.seconds(10)
    /// How long the last bytes are tried to be sent.
    package static let closingTimeLimit = Duration.seconds(2)
    /// Reads in one turn of the loop.
    private static let readsPerTurn = 4

    private enum State { case opening, open, closing, ended }

    private let place: Place
    private let socket: StreamSocket
    private let loop: EventLoop
    private let handler: (Event) -> Void
    private var state = State.opening
    /// Bytes to be sent, and how many of them are.
    private var outgoing: [UInt8] = []
    private var written = 0
    private var isReadingPaused = false
    private var buffer = [UInt8](repeating: 0, count: 65_536)
    private var timer: LoopTimer?

    /// Begins to connect; the handler is called later, on the loop, and keeps the connection alive until it has ended or ``close()``
    /// is called.
    /// - Throws: where it is clear at once that it cannot be.
    package init(to place: Place, on loop: EventLoop, _ handler: @escaping (Event) -> Void) throws(SCTPTransportError) {
        self.place = place
        self.loop = loop
        self.handler = handler
        switch place {
        case .local(let path): socket = try StreamSocket.connected(to: path)
        case .tcp(let address):
            socket = try StreamSocket.connecting(from: nil, to: address, sendBuffer: 65_536, receiveBuffer: 65_536)
        }
        try socket.watch(on: loop) { [self] readable, writable in ready(readable: readable, writable: writable) }
        timer = loop.makeTimer { [self] in timeIsUp() }
        timer?.arm(at: loop.now + Self.openingTimeLimit)
        updateInterest()
    }

    /// Queues bytes. Where too many wait, the connection ends.
    package func send(_ bytes: [UInt8]) {
        guard state == .opening || state == .open else { return }
        outgoing += bytes
        guard state == .open else { return }
        pushOut()
        if outgoing.count - written > Self.sendQueueLimit { end("\(name) does not take what is sent to it") }
    }

    /// Whether to read; while it is not read, the other program waits once the host's buffers are full.
    package func setReadingPaused(_ isPaused: Bool) {
        isReadingPaused = isPaused
        updateInterest()
    }

    /// Ends it once everything is sent. The handler is not called any more.
    package func close() {
        guard state == .opening || state == .open else { return }
        state = .closing
        timer?.arm(at: loop.now + Self.closingTimeLimit)
        pushOut()
    }

    private var name: String {
        switch place {
        case .local(let path): path
        case .tcp(let address): "\(address)"
        }
    }

    private var queuedBytes: Int { outgoing.count - written }

    private func updateInterest() {
        guard state != .ended else { return }
        socket.setInterest(
            read: state == .open && !isReadingPaused && queuedBytes < Self.pauseLimit,
            write: state == .opening || queuedBytes > 0)
    }

    private func ready(readable: Bool, writable: Bool) {
        if state == .opening {
            let error = socket.error
            guard error == 0 else { return end(SCTPTransportError.reaching(name, error).message) }
            state = .open
            timer?.disarm()
            handler(.opened)
            return pushOut()
        }
        if writable { pushOut() }
        if readable { read() }
    }

    /// Reads; while that is paused only ends are told of, and what came before them is taken too.
    private func read() {
        // Nobody wants to know what becomes of a connection that is being closed.
        guard state == .open else { return end("") }
        for _ in 0..<Self.readsPerTurn where state == .open {
            let count = socket.read(into: &buffer)
            if count == -EAGAIN || count == -EINTR { return }
            guard count > 0 else {
                return end(
                    count == 0 ? "\(name) has closed the connection" : "\(name): \(SCTPTransportError.text(of: CInt(-count)))")
            }
            handler(.received(Array(buffer.prefix(count))))
            if count < buffer.count || isReadingPaused { return }
        }
    }

    private func pushOut() {
        guard state == .open || state == .closing else { return }
        while queuedBytes > 0 {
            let count = unsafe socket.write(outgoing.span.bytes.extracting(written..<outgoing.count))
            if count == -EAGAIN { break }
            if count == -EINTR { continue }
            guard count > 0 else { return end("\(name): \(SCTPTransportError.text(of: CInt(-count)))") }
            written += count
        }
        if queuedBytes == 0 {
            outgoing.removeAll(keepingCapacity: outgoing.count <= 65_536)
            written = 0
            if state == .closing { return end("") }
        } else if written > 65_536 {
            outgoing.removeFirst(written)
            written = 0
        }
        updateInterest()
    }

    private func timeIsUp() {
        end("\(name) does not answer")
    }

    private func end(_ reason: String) {
        guard state != .ended else { return }
        let isTold = state != .closing
        state = .ended
        timer?.disarm()
        timer = nil
        socket.close()
        if isTold { handler(.ended(reason)) }
    }
}
