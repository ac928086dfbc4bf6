import CSockets
import InternetAddresses

extension socket_place {
    init(_ ip: IPAddress, port: UInt16, interface: UInt32 = 0) {
        switch ip {
        case .v4(let value):
            self.init(high: 0, low: UInt64(value), interface: 0, port: port, is_ipv6: false)
        case .v6(let value):
            self.init(high: value.high, low: value.low, interface: interface, port: port, is_ipv6: true)
        }
    }

    init(_ address: SCTPAddress) {
        self.init(address.ip, port: address.port)
    }

    var ip: IPAddress {
        is_ipv6 ? .v6(IPv6Number(high: high, low: low)) : .v4(UInt32(truncatingIfNeeded: low))
    }

    var address: SCTPAddress { SCTPAddress(ip, port: port) }
}
