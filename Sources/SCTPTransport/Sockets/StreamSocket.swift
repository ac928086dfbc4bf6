import CSockets
import Glibc
import InternetAddresses

/// A TCP socket: a bound one, or a connection. Used on its loop only. One of the few files that call C by pointers.
final class StreamSocket {
    let descriptor: CInt
    private var isOpen = true
    private var watch: LoopDescriptor?

    init(_ descriptor: CInt) {
        self.descriptor = descriptor
    }

    deinit {
        close()
    }

    /// A bound socket, which does not listen yet.
    /// - Throws: `addressInUse`, `addressNotAvailable`, `system`.
    static func bound(
        to address: SCTPAddress, sendBuffer: Int, receiveBuffer: Int
    ) throws(SCTPTransportError) -> (socket: StreamSocket, address: SCTPAddress) {
        var place = socket_place(address)
        let descriptor = unsafe socket_open_stream(&place, CInt(clamping: sendBuffer), CInt(clamping: receiveBuffer))
        guard descriptor >= 0 else { throw .binding("TCP port \(address.port) of \(address.ip)", -descriptor) }
        return (StreamSocket(descriptor), place.address)
    }

    /// A connection that is being opened; the socket gets writable when that has an outcome.
    /// - Throws: `noRoute`, `system`.
    static func connecting(
        from local: IPAddress?, to peer: SCTPAddress, sendBuffer: Int, receiveBuffer: Int
    ) throws(SCTPTransportError) -> StreamSocket {
        var remote = socket_place(peer)
        let buffers = (CInt(clamping: sendBuffer), CInt(clamping: receiveBuffer))
        let descriptor: CInt
        if let local {
            var source = socket_place(local, port: 0)
            descriptor = unsafe socket_connect(&source, &remote, buffers.0, buffers.1)
        } else {
            descriptor = unsafe socket_connect(nil, &remote, buffers.0, buffers.1)
        }
        guard descriptor >= 0 else { throw .reaching("\(peer)", -descriptor) }
        return StreamSocket(descriptor)
    }

    /// A connection to a socket of this host, by its path.
    /// - Throws: `system`.
    static func connected(to path: String) throws(SCTPTransportError) -> StreamSocket {
        var bytes = path.utf8.map { CChar(bitPattern: $0) }
        let descriptor = unsafe bytes.withUnsafeMutableBufferPointer { unsafe socket_connect_local($0.baseAddress, $0.count) }
        guard descriptor >= 0 else { throw .reaching(path, -descriptor) }
        return StreamSocket(descriptor)
    }

    /// - Throws: ``SCTPTransportError/Code/addressInUse``: the host lets two sockets be bound to a port, but not listen there.
    func listen(at address: SCTPAddress, backlog: Int) throws(SCTPTransportError) {
        let error = socket_listen(descriptor, CInt(clamping: backlog))
        guard error == 0 else { throw .binding("TCP port \(address.port) of \(address.ip)", -error) }
    }

    enum Accepted {
        case nothing
        case connection(StreamSocket, SCTPAddress)
        case error(CInt)
    }

    func accept() -> Accepted {
        var place = socket_place()
        let accepted = unsafe socket_accept(descriptor, &place)
        switch -accepted {
        case EAGAIN: return .nothing
        // Connections that ended before they were taken.
        case ECONNABORTED, EPROTO, EINTR: return .error(0)
        case let error where error > 0: return .error(error)
        default: return .connection(StreamSocket(accepted), place.address)
        }
    }

    // MARK: Watching

    func watch(
        on loop: EventLoop, _ handler: @escaping (_ readable: Bool, _ writable: Bool) -> Void
    ) throws(SCTPTransportError) {
        watch = try loop.register(descriptor: descriptor, handler)
    }

    func setInterest(read: Bool, write: Bool) {
        watch?.setInterest(read: read, write: write)
    }

    func stopWatching() {
        watch?.unregister()
        watch = nil
    }

    var isWatched: Bool { watch != nil }

    // MARK: Bytes

    /// The number of bytes, 0 at the end of the stream; below 0 a negated error number.
    func read(into buffer: inout [UInt8]) -> Int {
        unsafe buffer.withUnsafeMutableBytes { unsafe socket_read(descriptor, $0.baseAddress, $0.count) }
    }

    /// The number of bytes; below 0 a negated error number.
    func write(_ bytes: RawSpan) -> Int {
        unsafe bytes.withUnsafeBytes { unsafe socket_write(descriptor, $0.baseAddress, $0.count) }
    }

    /// What broke the connection, or kept it from coming up; 0 for nothing.
    var error: CInt { socket_error(descriptor) }

    func endSending() {
        // A connection that is broken tells of it when it is read.
        _ = socket_end_sending(descriptor)
    }

    func supervise(_ timing: SCTPTiming) {
        func milliseconds(_ duration: Duration) -> CInt { CInt(clamping: max(1, duration.wholeMillisecondsRoundedUp)) }
        // A host that knows no such option keeps its own time limits.
        _ = socket_set_supervision(
            descriptor, timing.heartbeatInterval.map(milliseconds) ?? 0, milliseconds(timing.initialRetransmissionTimeout),
            CInt(timing.maximumPathRetransmissions), milliseconds(timing.timeUntilUnreachable))
    }

    var roundTripTime: Duration? {
        var microseconds: UInt32 = 0
        guard unsafe socket_round_trip_time(descriptor, &microseconds) == 0, microseconds > 0 else { return nil }
        return .microseconds(Int64(microseconds))
    }

    // MARK: Ending

    func close() {
        guard isOpen else { return }
        isOpen = false
        stopWatching()
        Glibc.close(descriptor)
    }

    /// Closes, and lets the peer know that it was not in order.
    func reset() {
        guard isOpen else { return }
        isOpen = false
        stopWatching()
        socket_reset(descriptor)
    }
}

extension SCTPTiming {
    /// How long SCTP with these time-outs tries before it takes a peer for unreachable: each one doubled up to the greatest
    /// (RFC 9260 §6.3.3, §8.1).
    var timeUntilUnreachable: Duration { time(of: maximumAssociationRetransmissions) }

    /// The same for an association that is being opened (RFC 9260 §5.1.3).
    var timeUntilFailed: Duration { time(of: maximumInitRetransmissions) }

    private func time(of retransmissions: UInt16) -> Duration {
        var total = Duration.zero
        var timeout = initialRetransmissionTimeout
        for _ in 0...retransmissions {
            total += timeout
            timeout = min(timeout * 2, maximumRetransmissionTimeout)
        }
        return total
    }
}
