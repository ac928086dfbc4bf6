#if UserlandSCTP
    import CUserlandSCTP
    import InternetAddresses

    /// One remote address as seen from one UDP socket: what usrsctp knows under a token.
    final class UserlandPeer {
        /// Place in the table, from 1, in the low half; how often the place was used in the high half.
        let token: UInt64
        let socket: UserlandUDPSocket
        /// The local address where the socket is bound to all of them; nil otherwise.
        let local: IPAddress?
        /// The UDP port is the one of the latest packet (RFC 6951 §5.4).
        fileprivate(set) var remote: userland_address
        /// Associations that use the token. While there is one, the token keeps its meaning.
        fileprivate(set) var associations = 0
        fileprivate var wasUsedLately = true

        fileprivate init(token: UInt64, socket: UserlandUDPSocket, local: IPAddress?, remote: userland_address) {
            self.token = token
            self.socket = socket
            self.local = local
            self.remote = remote
        }

        var ip: IPAddress { IPAddress(remote) }
    }

    /// Tokens for usrsctp, recycled: usrsctp keeps the ones it once saw in its cookies, so a token is not just a place in the
    /// table but also tells its holders apart, and a cookie of a former holder leads nowhere.
    ///
    /// Peers without associations stay for a while, since between INIT ACK and COOKIE ECHO only the token in the cookie knows
    /// the peer. At most ``idleLimit`` of them do, so a flood of INITs from invented ports costs no more than that.
    struct UserlandPeerTable {
        static let idleLimit = 8192

        private struct Key: Hashable {
            var socket: Int
            var local: IPAddress?
            var remote: IPAddress
            var port: UInt16

            init(_ socket: UserlandUDPSocket, _ local: IPAddress?, _ remote: userland_address) {
                self.socket = socket.number
                self.local = local
                self.remote = IPAddress(remote)
                port = remote.port
            }
        }

        private var byAddress: [Key: UserlandPeer] = [:]
        private var places: [UserlandPeer?] = []
        private var generations: [UInt32] = []
        private var freePlaces: [Int] = []
        /// Where the search for an idle peer to evict goes on.
        private var hand = 0
        private(set) var idleCount = 0

        var count: Int { places.count - freePlaces.count }

        subscript(token: UInt64) -> UserlandPeer? {
            let place = Int(token & 0xffff_ffff) - 1
            guard places.indices.contains(place), let peer = places[place], peer.token == token else { return nil }
            return peer
        }

        /// The peer at an address, new if need be.
        mutating func peer(at remote: userland_address, local: IPAddress?, of socket: UserlandUDPSocket) -> UserlandPeer {
            let key = Key(socket, local, remote)
            if let known = byAddress[key] {
                known.wasUsedLately = true
                return known
            }
            if idleCount >= UserlandPeerTable.idleLimit { evictOne() }
            let place = freePlaces.popLast() ?? places.count
            if place == places.count {
                places.append(nil)
                generations.append(0)
            }
            generations[place] &+= 1
            let token = UInt64(generations[place]) << 32 | UInt64(place + 1)
            let peer = UserlandPeer(token: token, socket: socket, local: local, remote: remote)
            places[place] = peer
            byAddress[key] = peer
            idleCount += 1
            setRoute(of: peer)
            return peer
        }

        mutating func retain(_ peer: UserlandPeer) {
            if peer.associations == 0 { idleCount -= 1 }
            peer.associations += 1
        }

        mutating func release(_ peer: UserlandPeer) {
            peer.associations -= 1
            if peer.associations == 0 { idleCount += 1 }
        }

        /// A packet of one of the peer's associations came from another UDP port: answers go there from now on.
        mutating func move(_ peer: UserlandPeer, toPort port: UInt16) {
            forget(peer)
            peer.remote.port = port
            let key = Key(peer.socket, peer.local, peer.remote)
            if byAddress[key] == nil { byAddress[key] = peer }
            setRoute(of: peer)
        }

        /// Forgets every peer of a socket that is about to be closed.
        mutating func removeAll(of socket: UserlandUDPSocket) {
            for case let peer? in places where peer.socket === socket {
                if peer.associations == 0 { idleCount -= 1 }
                remove(peer)
            }
        }

        private mutating func evictOne() {
            while true {
                hand = (hand + 1) % places.count
                guard let peer = places[hand], peer.associations == 0 else { continue }
                guard peer.wasUsedLately else {
                    idleCount -= 1
                    return remove(peer)
                }
                peer.wasUsedLately = false
            }
        }

        private mutating func remove(_ peer: UserlandPeer) {
            let place = Int(peer.token & 0xffff_ffff) - 1
            forget(peer)
            places[place] = nil
            freePlaces.append(place)
            userland_clear_route(peer.token)
        }

        private mutating func forget(_ peer: UserlandPeer) {
            let key = Key(peer.socket, peer.local, peer.remote)
            if byAddress[key] === peer { byAddress[key] = nil }
        }

        private func setRoute(of peer: UserlandPeer) {
            var remote = peer.remote
            if let local = peer.local {
                var source = userland_address(local, port: 0)
                unsafe userland_set_route(peer.token, peer.socket.descriptor, &remote, &source)
            } else {
                unsafe userland_set_route(peer.token, peer.socket.descriptor, &remote, nil)
            }
        }
    }
#endif
