import Glibc
import InternetAddresses

/// Multicast by the host's UDP sockets.
///
/// One socket sends, and hears what comes by unicast. Others, bound to the group's own address, hear the group: what is for other
/// groups, or for the same port of this host, does not get there. All are shared, so that every process of a host can have them.
///
/// The loopback interface carries IPv4 multicast without privileges though it has no MULTICAST flag. IPv6 multicast needs a
/// route there, which only an administrator can give it.
final class SocketMulticast: MulticastBackend {
    var handler: ((RawSpan, SCTPAddress) -> Void)?
    private(set) var statistics = MulticastStatistics()
    private let configuration: MulticastConfiguration
    private let interfaces: [NetworkInterface]
    private var sender: DatagramSocket?
    private var listeners: [DatagramSocket] = []
    private var buffer = [UInt8](repeating: 0, count: 65_536)

    init(_ configuration: MulticastConfiguration, on loop: EventLoop) throws(SCTPTransportError) {
        self.configuration = configuration
        interfaces = try SocketMulticast.interfaces(for: configuration)
        let any: IPAddress = configuration.group.family == .ipv4 ? .anyIPv4 : .anyIPv6
        let sender = try DatagramSocket(
            binding: SCTPAddress(
                configuration.sourceAddress ?? any, port: configuration.isListening ? configuration.port : 0),
            isShared: true)
        let error = sender.setMulticastOptions(hopLimit: configuration.hopLimit, isLoopedBack: configuration.isLoopedBack)
        guard error == 0 else { throw failure("be set up for sending", on: nil, error) }
        self.sender = sender
        guard configuration.isListening else { return }
        try watch(sender, on: loop)
        try join(on: loop)
    }

    /// The interfaces that the configuration means.
    private static func interfaces(
        for configuration: MulticastConfiguration
    ) throws(SCTPTransportError) -> [NetworkInterface] {
        let group = configuration.group
        switch configuration.interfaces {
        case .none: return []
        case .named(let names):
            let all = try NetworkInterface.all()
            var chosen: [NetworkInterface] = []
            for name in names {
                guard let interface = all.first(where: { $0.name == name }) else {
                    throw SCTPTransportError(
                        .addressNotAvailable,
                        "this host has no interface \(name) for the multicast group \(group); it has "
                            + all.map(\.name).joined(separator: ", "))
                }
                chosen.append(interface)
            }
            return chosen
        case .all:
            let isLocal = configuration.sourceAddress?.isLoopback ?? false
            let usable = try NetworkInterface.all().filter { interface in
                interface.isUp && interface.has(group.family)
                    && (interface.isLoopback || interface.hasMulticast && !isLocal)
            }
            guard !usable.isEmpty else {
                throw SCTPTransportError(
                    .addressNotAvailable,
                    "no interface of this host that is up has \(group.family == .ipv4 ? "IPv4" : "IPv6") multicast for \(group); "
                        + "set one up, or use unicast destinations only")
            }
            return usable
        }
    }

    // MARK: Joining

    private func join(on loop: EventLoop) throws(SCTPTransportError) {
        var first: SCTPTransportError?
        if configuration.group.isBoundToLink {
            for interface in interfaces {
                do throws(SCTPTransportError) {
                    try listen(on: [interface], loop)
                } catch {
                    first = first ?? error
                }
            }
        } else if !interfaces.isEmpty {
            do throws(SCTPTransportError) {
                try listen(on: interfaces, loop)
            } catch {
                first = error
            }
        }
        guard let first else { return }
        // Whoever names interfaces means each of them; of all that there are, one is enough.
        if case .named = configuration.interfaces { throw first }
        if listeners.isEmpty { throw first }
    }

    private func listen(on interfaces: [NetworkInterface], _ loop: EventLoop) throws(SCTPTransportError) {
        let socket = try DatagramSocket(
            binding: SCTPAddress(configuration.group, port: configuration.port), interface: interfaces[0].number,
            isShared: true)
        _ = socket.setMulticastOptions(hopLimit: configuration.hopLimit, isLoopedBack: configuration.isLoopedBack)
        var first: SCTPTransportError?
        var hasJoined = false
        for interface in interfaces {
            let error = socket.join(configuration.group, on: interface.number)
            if error == 0 {
                hasJoined = true
            } else {
                first = first ?? failure("be joined", on: interface, error)
            }
        }
        if let first {
            if case .named = configuration.interfaces { throw first }
            if !hasJoined { throw first }
        }
        try watch(socket, on: loop)
        listeners.append(socket)
    }

    private func failure(_ what: String, on interface: NetworkInterface?, _ number: CInt) -> SCTPTransportError {
        let place = interface.map { " on interface \($0.name)" } ?? ""
        let advice =
            switch number {
            case ENOBUFS: "the host's limit is reached (net.ipv4.igmp_max_memberships); leave other groups or raise it"
            case ENODEV, EADDRNOTAVAIL: "choose an interface that is up and has an address of that family"
            case ENETUNREACH, EHOSTUNREACH, EINVAL:
                "the host has no route for it there; add one (ip route add \(configuration.group.multicastNetwork) dev "
                    + "\(interface?.name ?? "INTERFACE")), choose another interface, or use unicast destinations"
            default: "choose another interface, or use unicast destinations"
            }
        return SCTPTransportError(
            number == ENETUNREACH ? .noRoute : .system(number),
            "the multicast group \(configuration.group) port \(configuration.port) cannot \(what)\(place): "
                + "\(SCTPTransportError.text(of: number)); \(advice)")
    }

    // MARK: Receiving

    private func watch(_ socket: DatagramSocket, on loop: EventLoop) throws(SCTPTransportError) {
        try socket.watch(on: loop) { [weak self, unowned socket] in self?.receive(from: socket) }
    }

    private func receive(from socket: DatagramSocket) {
        for _ in 0..<DatagramSocket.datagramsPerTurn {
            switch socket.receive(into: &buffer) {
            case .nothing: return
            // A unicast destination that is not there: it may come later.
            case .error: continue
            case .datagram(let length, let source):
                guard (1...MulticastConfiguration.datagramLimit).contains(length) else { continue }
                statistics.datagramsReceived &+= 1
                unsafe handler?(buffer.span.bytes.extracting(first: length), source)
            }
            if sender == nil { return }
        }
    }

    // MARK: Sending

    func send(_ bytes: [UInt8]) throws(SCTPTransportError) {
        guard let sender else {
            throw SCTPTransportError(
                .endpointClosed, "the multicast endpoint of \(configuration.group) is closed; open a new one")
        }
        var first: SCTPTransportError?
        var hasSent = false
        let destination = SCTPAddress(configuration.group, port: configuration.port)
        for interface in interfaces {
            let source = configuration.sourceAddress ?? interface.ipv4
            var error = sender.setMulticastInterface(interface.number, source: source)
            if error == 0 {
                error = unsafe sender.send(bytes.span.bytes, to: destination, interface: interface.number)
            }
            count(error == 0, &hasSent)
            if error != 0 { first = first ?? failure("be sent to", on: interface, error) }
        }
        for peer in configuration.unicastDestinations {
            var error = unsafe sender.send(bytes.span.bytes, to: peer)
            // What the host has learnt of an earlier datagram, not of this one.
            if error == ECONNREFUSED { error = unsafe sender.send(bytes.span.bytes, to: peer) }
            count(error == 0, &hasSent)
            if error != 0 { first = first ?? .reaching("\(peer)", error) }
        }
        if let first, !hasSent { throw first }
    }

    private func count(_ isSent: Bool, _ hasSent: inout Bool) {
        if isSent {
            hasSent = true
            statistics.datagramsSent &+= 1
        } else {
            statistics.datagramsNotSent &+= 1
        }
    }

    func close() {
        sender?.stopWatching()
        for listener in listeners { listener.stopWatching() }
        sender = nil
        listeners = []
        handler = nil
    }
}

extension IPAddress {
    /// True for IPv6 groups of interface and link scope (RFC 4291 §2.7): a socket is bound to them on one interface.
    fileprivate var isBoundToLink: Bool {
        guard case .v6(let value) = self else { return false }
        let scope = value.high >> 48 & 0xf
        return scope <= 2
    }

    fileprivate var multicastNetwork: String { family == .ipv4 ? "224.0.0.0/4" : "ff00::/8" }
}
