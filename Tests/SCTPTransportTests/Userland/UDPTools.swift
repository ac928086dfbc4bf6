#if UserlandSCTP
    import CUserlandSCTP
    import Glibc
    import InternetAddresses
    import Testing

    @testable import SCTPTransport

    /// A plain UDP socket, to be silent or to send what no SCTP would.
    final class UDPSocket: Sendable {
        let descriptor: CInt
        let ip: IPAddress
        let port: UInt16

        init(at ip: IPAddress, port: UInt16 = 0) throws {
            var address = userland_address(ip, port: port)
            descriptor = unsafe userland_udp_open(&address)
            try #require(descriptor >= 0)
            self.ip = ip
            self.port = address.port
        }

        deinit { close(descriptor) }

        /// The next datagram and the UDP port that it came from; nil where there is none.
        func receive() -> (bytes: [UInt8], port: UInt16)? {
            var bytes = [UInt8](repeating: 0, count: 65_536)
            var name = sockaddr_in()
            var nameLength = socklen_t(MemoryLayout<sockaddr_in>.size)
            let length = unsafe withUnsafeMutablePointer(to: &name) { name in
                unsafe name.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                    unsafe recvfrom(descriptor, &bytes, bytes.count, CInt(MSG_DONTWAIT), name, &nameLength)
                }
            }
            return length < 0 ? nil : (Array(bytes[..<length]), UInt16(bigEndian: name.sin_port))
        }

        func send(_ bytes: [UInt8], to address: SCTPAddress) {
            guard case .v4(let ip) = address.ip, let port = address.encapsulationPort else { return }
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_port = port.bigEndian
            name.sin_addr.s_addr = ip.bigEndian
            unsafe withUnsafePointer(to: &name) { name in
                unsafe name.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                    _ = unsafe sendto(descriptor, bytes, bytes.count, 0, name, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
    }

    /// Stands between a client and a server, as a network address translator does, and can take another port towards the server.
    final class UDPRelay: Sendable {
        private struct Ends {
            var far: UDPSocket
            var client: SCTPAddress?
            /// What the client sent.
            var packets: [[UInt8]] = []
        }

        private let server: SCTPAddress
        private let near: UDPSocket
        private let ends: ThreadLock<Ends>

        init(to server: SCTPAddress) throws {
            self.server = server
            near = try UDPSocket(at: .v4(0x7f00_6305))
            ends = ThreadLock(Ends(far: try UDPSocket(at: .v4(0x7f00_6305))))
        }

        /// Where the client finds the server.
        var address: SCTPAddress { SCTPAddress(near.ip, port: server.port, encapsulationPort: near.port) }

        var packets: [[UInt8]] { ends.withLock { $0.packets } }

        func changePort() throws {
            let far = try UDPSocket(at: .v4(0x7f00_6305))
            ends.withLock { $0.far = far }
        }

        /// Loses what has come.
        func drop() {
            ends.withLock { ends in
                while near.receive() != nil || ends.far.receive() != nil {}
            }
        }

        /// Keeps what the client sent from the server.
        func hold() {
            ends.withLock { ends in
                while let (bytes, _) = near.receive() { ends.packets.append(bytes) }
            }
        }

        /// Passes on what has come, both ways.
        func pump() {
            ends.withLock { ends in
                while let (bytes, port) = near.receive() {
                    ends.client = SCTPAddress(.v4(0x7f00_6302), port: 0, encapsulationPort: port)
                    ends.packets.append(bytes)
                    ends.far.send(bytes, to: server)
                }
                while let (bytes, _) = ends.far.receive() {
                    if let client = ends.client { near.send(bytes, to: client) }
                }
            }
        }
    }
#endif
