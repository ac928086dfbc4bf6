#if UserlandSCTP
    import CUserlandSCTP
    import Glibc
    import InternetAddresses

    /// A UDP socket that carries SCTP (RFC 6951). The endpoints of a process that are bound to one address share it and are told
    /// apart by SCTP port.
    final class UserlandUDPSocket {
        /// Tells sockets apart for as long as the process lives.
        let number: Int
        let descriptor: CInt
        let ip: IPAddress
        let port: UInt16
        /// By SCTP port on the wire.
        private(set) var endpoints: [UInt16: UserlandBackend] = [:]
        private var watch: LoopDescriptor?

        init(number: Int, ip: IPAddress, port: UInt16) throws(SCTPTransportError) {
            var address = userland_address(ip, port: port)
            descriptor = unsafe userland_udp_open(&address)
            guard descriptor >= 0 else { throw UserlandUDPSocket.error(errno, ip: ip, port: port) }
            self.number = number
            self.ip = ip
            self.port = address.port
        }

        deinit {
            if descriptor >= 0 { close(descriptor) }
        }

        func watch(on loop: EventLoop, _ handler: @escaping () -> Void) throws(SCTPTransportError) {
            watch = try loop.register(descriptor: descriptor) { _, _ in handler() }
        }

        func stopWatching() {
            watch?.unregister()
            watch = nil
        }

        func add(_ endpoint: UserlandBackend, port: UInt16) {
            endpoints[port] = endpoint
        }

        func remove(port: UInt16) {
            endpoints[port] = nil
        }

        static func error(_ number: CInt, ip: IPAddress, port: UInt16) -> SCTPTransportError {
            let place = "UDP port \(port) of \(ip)"
            switch number {
            case EADDRINUSE:
                return SCTPTransportError(
                    .addressInUse, "\(place) is in use by another process; choose another address or encapsulation port")
            case EADDRNOTAVAIL:
                return SCTPTransportError(
                    .addressNotAvailable, "\(ip) is not an address of this host; choose one that `ip address` lists")
            case EAFNOSUPPORT:
                return SCTPTransportError(
                    .addressNotAvailable, "this host has no \(ip.family == .ipv6 ? "IPv6" : "IPv4"), so \(ip) cannot be used")
            case EACCES:
                return SCTPTransportError(
                    .system(number), "\(place) may not be bound without privileges; choose one above 1023")
            default:
                return SCTPTransportError(.system(number), "\(place) cannot be bound: system error \(number)")
            }
        }
    }
#endif
