import InternetAddresses

/// What an IP packet carries, and between whom.
struct InternetPacket: Equatable, Sendable {
    var source: IPAddress
    var destination: IPAddress
    /// The protocol's number: 6 TCP, 17 UDP, 132 SCTP.
    var transport: UInt8
    var payload: [UInt8]
}

/// Why nothing was found in a packet. Most packets of most captures are none of ours, which is not worth a word.
enum PacketProblem: Error, Equatable {
    case otherProtocol
    case damaged(String)
}

extension InternetPacket {
    /// The IP packet in a captured one.
    static func find(in packet: CapturedPacket) throws(PacketProblem) -> InternetPacket {
        var cursor = ByteCursor(packet.bytes)
        try skipLinkHeader(packet.link, &cursor)
        var ahead = cursor
        switch ahead.number(UInt8.self).map({ $0 >> 4 }) {
        case 4?: return try ipv4(&cursor)
        case 6?: return try ipv6(&cursor)
        case nil: throw .damaged("the packet ends before its IP header")
        default: throw .otherProtocol
        }
    }

    private static func skipLinkHeader(_ link: LinkType, _ cursor: inout ByteCursor) throws(PacketProblem) {
        switch link {
        case .raw, .ipv4, .ipv6, LinkType(rawValue: 12), LinkType(rawValue: 14):
            return
        case .null, .loop:
            // An address family, whose number differs from system to system; the IP version tells as much.
            guard cursor.skip(4) else { throw .damaged("the packet ends within its loopback header") }
        case .ethernet:
            try skipEthernetHeader(addresses: 12, &cursor)
        case .linuxCooked:
            try skipEthernetHeader(addresses: 14, &cursor)
        case .linuxCooked2:
            guard let type = cursor.number(UInt16.self), cursor.skip(18) else {
                throw .damaged("the packet ends within its Linux cooked header")
            }
            guard isInternet(type) else { throw .otherProtocol }
        default:
            throw .damaged("link type \(link.rawValue) is not known here; capture on Ethernet, or on 'any' under Linux")
        }
    }

    private static func skipEthernetHeader(addresses: Int, _ cursor: inout ByteCursor) throws(PacketProblem) {
        guard cursor.skip(addresses), var type = cursor.number(UInt16.self) else {
            throw .damaged("the packet ends within its link-layer header")
        }
        // Tags of virtual networks stand before the type.
        while type == 0x8100 || type == 0x88a8 {
            guard cursor.skip(2), let next = cursor.number(UInt16.self) else {
                throw .damaged("the packet ends within a VLAN tag")
            }
            type = next
        }
        guard isInternet(type) else { throw .otherProtocol }
    }

    private static func isInternet(_ type: UInt16) -> Bool {
        type == 0x0800 || type == 0x86dd
    }

    private static func ipv4(_ cursor: inout ByteCursor) throws(PacketProblem) -> InternetPacket {
        guard let first = cursor.number(UInt8.self), cursor.skip(1), let length = cursor.number(UInt16.self), cursor.skip(2),
            let fragment = cursor.number(UInt16.self), cursor.skip(1), let transport = cursor.number(UInt8.self),
            cursor.skip(2),
            let source = cursor.number(UInt32.self), let destination = cursor.number(UInt32.self)
        else { throw .damaged("the packet ends within its IPv4 header") }
        let headerLength = Int(first & 0x0f) * 4
        // 0 stands for a length that the network card fills in.
        guard headerLength >= 20, length == 0 || Int(length) >= headerLength, cursor.skip(headerLength - 20) else {
            throw .damaged("the IPv4 header has an impossible length")
        }
        guard fragment & 0x3fff == 0 else { throw fragmentProblem(transport) }
        let rest = cursor.takeRest()
        return InternetPacket(
            source: .v4(source), destination: .v4(destination), transport: transport,
            payload: Array(length == 0 ? rest : rest.prefix(Int(length) - headerLength)))
    }

    private static func ipv6(_ cursor: inout ByteCursor) throws(PacketProblem) -> InternetPacket {
        guard cursor.skip(4), let length = cursor.number(UInt16.self), var next = cursor.number(UInt8.self), cursor.skip(1),
            let source = cursor.number(UInt128.self), let destination = cursor.number(UInt128.self)
        else { throw .damaged("the packet ends within its IPv6 header") }
        var rest = ByteCursor(length == 0 ? cursor.takeRest() : cursor.takeRest().prefix(Int(length)))
        // Hop-by-hop options, routing, fragment, destination options (RFC 8200 §4).
        while [0, 43, 44, 60].contains(next) {
            guard let following = rest.number(UInt8.self), let size = rest.number(UInt8.self) else {
                throw .damaged("the packet ends within an IPv6 extension header")
            }
            if next == 44 {
                guard let fragment = rest.number(UInt16.self), rest.skip(4) else {
                    throw .damaged("the packet ends within an IPv6 fragment header")
                }
                guard fragment & 0xfff9 == 0 else { throw fragmentProblem(following) }
            } else if !rest.skip(Int(size) * 8 + 6) {
                throw .damaged("the packet ends within an IPv6 extension header")
            }
            next = following
        }
        return InternetPacket(
            source: .v6(IPv6Number(source)), destination: .v6(IPv6Number(destination)), transport: next,
            payload: Array(rest.takeRest()))
    }

    private static func fragmentProblem(_ transport: UInt8) -> PacketProblem {
        [6, 17, 132].contains(transport)
            ? .damaged("a fragment of an IP packet; fragments are not put together here") : .otherProtocol
    }
}
