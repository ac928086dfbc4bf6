import CSockets
import InternetAddresses

/// A network interface of this host.
struct NetworkInterface: Hashable {
    /// The most interfaces that are looked at.
    static let limit = 256

    var number: UInt32
    var name: String
    var isUp: Bool
    var isLoopback: Bool
    var hasMulticast: Bool
    var hasIPv4: Bool
    var hasIPv6: Bool
    /// The first IPv4 address; nil where there is none.
    var ipv4: IPAddress?

    func has(_ family: IPAddress.Family) -> Bool {
        family == .ipv4 ? hasIPv4 : hasIPv6
    }

    /// The host's interfaces, by number.
    /// - Throws: ``SCTPTransportError/Code/system(_:)``.
    static func all() throws(SCTPTransportError) -> [NetworkInterface] {
        let result: Result<[NetworkInterface], SCTPTransportError> =
            unsafe withUnsafeTemporaryAllocation(of: socket_interface.self, capacity: limit) { list in
                let count = unsafe socket_list_interfaces(list.baseAddress!, CInt(limit))
                guard count >= 0 else {
                    return .failure(
                        SCTPTransportError(
                            .system(-count),
                            "this host's network interfaces cannot be listed: \(SCTPTransportError.text(of: -count))"))
                }
                return .success((0..<Int(count)).map { unsafe NetworkInterface(list[$0]) })
            }
        return try result.get()
    }

    private init(_ interface: socket_interface) {
        number = interface.number
        name = unsafe withUnsafeBytes(of: interface.name) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        isUp = interface.is_up
        isLoopback = interface.is_loopback
        hasMulticast = interface.has_multicast
        hasIPv4 = interface.has_ipv4
        hasIPv6 = interface.has_ipv6
        ipv4 = interface.has_ipv4 ? .v4(interface.ipv4) : nil
    }
}
