#if UserlandSCTP
    import CUserlandSCTP
    import InternetAddresses

    /// One peer of one endpoint: what usrsctp knows as a port.
    final class UserlandPeer {
        /// The internal port that stands for the peer, from 1.
        let number: UInt16
        let socket: UserlandUDPSocket
        /// The local address where the socket is bound to all of them; nil otherwise.
        let local: IPAddress?
        /// The peer's SCTP port on the wire.
        let port: UInt16
        /// The UDP port is the one of the latest packet (RFC 6951 §5.4).
        fileprivate(set) var remote: userland_address
        /// While it has an association, the peer keeps its number.
        fileprivate(set) var hasAssociation = false
        fileprivate var wasUsedLately = true

        fileprivate init(
            number: UInt16, socket: UserlandUDPSocket, local: IPAddress?, remote: userland_address, port: UInt16
        ) {
            self.number = number
            self.socket = socket
            self.local = local
            self.remote = remote
            self.port = port
        }

        var ip: IPAddress { IPAddress(remote) }
        var address: SCTPAddress { SCTPAddress(ip, port: port, encapsulationPort: remote.port) }
    }

    /// The peers of one endpoint, by address and by number. Numbers are recycled.
    ///
    /// usrsctp has no state of a peer between INIT ACK and COOKIE ECHO, but its cookie is good for that peer's number only. So
    /// peers without associations stay for a while. At most ``idleLimit`` of them do: a flood of INITs from invented ports costs
    /// no more than that.
    struct UserlandPeerTable {
        static let idleLimit = 4096
        /// Peers at a time: there are no more ports.
        static let limit = 65_535

        private struct Key: Hashable {
            var socket: Int
            var local: IPAddress?
            var remote: IPAddress
            var encapsulationPort: UInt16
            var port: UInt16

            init(_ socket: UserlandUDPSocket, _ local: IPAddress?, _ remote: userland_address, _ port: UInt16) {
                self.socket = socket.number
                self.local = local
                self.remote = IPAddress(remote)
                encapsulationPort = remote.port
                self.port = port
            }

            init(_ peer: UserlandPeer) {
                self.init(peer.socket, peer.local, peer.remote, peer.port)
            }
        }

        private let internalPort: UInt16
        private var byAddress: [Key: UserlandPeer] = [:]
        /// By number less 1.
        private var places: [UserlandPeer?] = []
        private var freePlaces: [Int] = []
        /// Where the search for an idle peer to evict goes on.
        private var hand = 0
        private(set) var idleCount = 0

        init(internalPort: UInt16) {
            self.internalPort = internalPort
        }

        var count: Int { places.count - freePlaces.count }

        subscript(number: UInt16) -> UserlandPeer? {
            let place = Int(number) - 1
            return places.indices.contains(place) ? places[place] : nil
        }

        /// The peer at an address, new if need be; nil where all numbers are taken.
        mutating func peer(
            at remote: userland_address, port: UInt16, local: IPAddress?, of socket: UserlandUDPSocket
        ) -> UserlandPeer? {
            let key = Key(socket, local, remote, port)
            if let known = byAddress[key] {
                known.wasUsedLately = true
                return known
            }
            if idleCount >= UserlandPeerTable.idleLimit || (count == UserlandPeerTable.limit && idleCount > 0) { evictOne() }
            let place = freePlaces.popLast() ?? places.count
            guard place < UserlandPeerTable.limit else { return nil }
            if place == places.count { places.append(nil) }
            let peer = UserlandPeer(number: UInt16(place + 1), socket: socket, local: local, remote: remote, port: port)
            places[place] = peer
            byAddress[key] = peer
            idleCount += 1
            setRoute(of: peer)
            return peer
        }

        mutating func setHasAssociation(_ hasAssociation: Bool, _ peer: UserlandPeer) {
            guard peer.hasAssociation != hasAssociation else { return }
            peer.hasAssociation = hasAssociation
            idleCount += hasAssociation ? -1 : 1
        }

        /// A packet of the peer's association came from another UDP port: answers go there from now on.
        mutating func move(_ peer: UserlandPeer, toPort port: UInt16) {
            forget(peer)
            peer.remote.port = port
            let key = Key(peer)
            if byAddress[key] == nil { byAddress[key] = peer }
            setRoute(of: peer)
        }

        private mutating func evictOne() {
            while true {
                hand = (hand + 1) % places.count
                guard let peer = places[hand], !peer.hasAssociation else { continue }
                guard !peer.wasUsedLately else {
                    peer.wasUsedLately = false
                    continue
                }
                forget(peer)
                idleCount -= 1
                places[hand] = nil
                freePlaces.append(hand)
                return userland_clear_route(internalPort, peer.number)
            }
        }

        private mutating func forget(_ peer: UserlandPeer) {
            let key = Key(peer)
            if byAddress[key] === peer { byAddress[key] = nil }
        }

        private func setRoute(of peer: UserlandPeer) {
            UserlandPeerTable.setRoute(
                from: internalPort, to: peer.number, peer.socket, peer.remote, port: peer.port, local: peer.local)
        }

        /// Tells where packets from an internal port to a peer's number go.
        static func setRoute(
            from internalPort: UInt16, to number: UInt16, _ socket: UserlandUDPSocket, _ remote: userland_address,
            port: UInt16, local: IPAddress?
        ) {
            var remote = remote
            if let local {
                var source = userland_address(local, port: 0)
                unsafe userland_set_route(internalPort, number, socket.descriptor, &remote, port, &source)
            } else {
                unsafe userland_set_route(internalPort, number, socket.descriptor, &remote, port, nil)
            }
        }
    }
#endif
