import Glibc
import InternetAddresses

/// Asks the host's routing table by which of its own addresses a peer is reached: the address a UDP socket gets when it is
/// connected there. No packet is sent. One of the few files that call C by pointers.
enum LocalRoute {
    /// The own address towards `peer`; nil where there is no route.
    static func address(towards peer: IPAddress) -> IPAddress? {
        switch peer {
        case .v4(let value):
            var remote = sockaddr_in()
            remote.sin_family = sa_family_t(AF_INET)
            remote.sin_port = in_port_t(discardPort.bigEndian)
            remote.sin_addr.s_addr = value.bigEndian
            guard let local = connected(family: AF_INET, to: &remote) else { return nil }
            return .v4(UInt32(bigEndian: local.sin_addr.s_addr))
        case .v6(let value):
            var remote = sockaddr_in6()
            remote.sin6_family = sa_family_t(AF_INET6)
            remote.sin6_port = in_port_t(discardPort.bigEndian)
            unsafe withUnsafeMutableBytes(of: &remote.sin6_addr) {
                unsafe $0.storeBytes(of: value.number.bigEndian, as: UInt128.self)
            }
            guard let local = connected(family: AF_INET6, to: &remote) else { return nil }
            return unsafe withUnsafeBytes(of: local.sin6_addr) {
                .v6(IPv6Number(UInt128(bigEndian: unsafe $0.loadUnaligned(as: UInt128.self))))
            }
        }
    }

    /// Any port does, for nothing is sent.
    private static let discardPort: UInt16 = 9

    /// The local address of a UDP socket connected to `remote`, which is a socket address of the family.
    private static func connected<Address>(family: CInt, to remote: inout Address) -> Address? {
        let descriptor = socket(family, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var length = socklen_t(MemoryLayout<Address>.size)
        let isConnected = unsafe withUnsafePointer(to: &remote) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe connect(descriptor, $0, length) == 0 }
        }
        guard isConnected else { return nil }
        var local = remote
        let isKnown = unsafe withUnsafeMutablePointer(to: &local) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &length) == 0
            }
        }
        return isKnown ? local : nil
    }
}
