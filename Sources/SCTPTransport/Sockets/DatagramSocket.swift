import CSockets
import Glibc
import InternetAddresses

/// A UDP socket. Used on its loop only. One of the few files that call C by pointers.
final class DatagramSocket {
    /// Datagrams taken in one turn of the loop, so that one busy socket does not keep the loop from its other work.
    static let datagramsPerTurn = 64

    let descriptor: CInt
    /// Where it is bound, with the port in use.
    let address: SCTPAddress
    private var watch: LoopDescriptor?

    /// - Parameters:
    ///   - interface: for IPv6 link-local addresses.
    ///   - isShared: whether other sockets may be bound to the same place, by other processes too.
    ///   - tellsErrors: whether ``takeError()`` is to have what became of what was sent.
    /// - Throws: `addressInUse`, `addressNotAvailable`, `system`.
    init(
        binding address: SCTPAddress, interface: UInt32 = 0, isShared: Bool, tellsErrors: Bool = false
    ) throws(SCTPTransportError) {
        var place = socket_place(address.ip, port: address.port, interface: interface)
        descriptor = unsafe socket_open_datagram(&place, isShared, tellsErrors)
        self.address = place.address
        guard descriptor >= 0 else { throw .binding("UDP port \(address.port) of \(address.ip)", -descriptor) }
    }

    deinit {
        watch?.unregister()
        if descriptor >= 0 { Glibc.close(descriptor) }
    }

    /// Calls `handler` while there is something to read.
    func watch(on loop: EventLoop, _ handler: @escaping () -> Void) throws(SCTPTransportError) {
        watch = try loop.register(descriptor: descriptor) { _, _ in handler() }
    }

    /// What the handler is to be called for, beside errors.
    func setInterest(read: Bool, write: Bool) {
        watch?.setInterest(read: read, write: write)
    }

    func stopWatching() {
        watch?.unregister()
        watch = nil
    }

    /// Sends one datagram; returns 0 or the system's error number.
    func send(_ bytes: RawSpan, to address: SCTPAddress, interface: UInt32 = 0) -> CInt {
        var place = socket_place(address.ip, port: address.port, interface: interface)
        let sent = unsafe bytes.withUnsafeBytes {
            unsafe socket_send_to(descriptor, $0.baseAddress, $0.count, &place)
        }
        return sent < 0 ? CInt(-sent) : 0
    }

    enum Received {
        case nothing
        case datagram(length: Int, source: SCTPAddress)
        /// The socket tells of an error, such as that a peer's port is closed.
        case error(CInt)
    }

    /// Takes one datagram into `buffer`; a longer one is cut, and its whole length returned.
    func receive(into buffer: inout [UInt8]) -> Received {
        var place = socket_place()
        let received = unsafe buffer.withUnsafeMutableBytes {
            unsafe socket_receive_from(descriptor, $0.baseAddress, $0.count, &place)
        }
        guard received < 0 else { return .datagram(length: received, source: place.address) }
        let error = CInt(-received)
        return error == EAGAIN || error == EINTR ? .nothing : .error(error)
    }

    /// What became of a datagram that was sent: where it was to go, and the error's number.
    func takeError() -> (destination: SCTPAddress, error: CInt)? {
        var place = socket_place()
        var error: CInt = 0
        guard unsafe socket_take_error(descriptor, &place, &error) == 1 else { return nil }
        return (place.address, error)
    }

    // MARK: Multicast

    /// Returns 0 or the system's error number.
    func join(_ group: IPAddress, on interface: UInt32) -> CInt {
        var place = socket_place(group, port: 0)
        return -(unsafe socket_join(descriptor, &place, interface))
    }

    /// How far multicast goes, and whether this host hears it too.
    func setMulticastOptions(hopLimit: UInt8, isLoopedBack: Bool) -> CInt {
        -socket_set_multicast_options(descriptor, address.ip.family == .ipv6, hopLimit, isLoopedBack)
    }

    /// By which interface the next multicast datagrams leave, and from which address.
    func setMulticastInterface(_ interface: UInt32, source: IPAddress?) -> CInt {
        let ipv4: UInt32 = if case .v4(let value) = source { value } else { 0 }
        return -socket_set_multicast_interface(descriptor, address.ip.family == .ipv6, interface, ipv4)
    }
}
