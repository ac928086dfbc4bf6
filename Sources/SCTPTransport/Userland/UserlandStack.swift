#if UserlandSCTP
    import CUserlandSCTP
    import Glibc
    import InternetAddresses

    /// The process's one usrsctp, and all that its endpoints share: UDP sockets, tags and the timer.
    ///
    /// usrsctp has one state per process and is used by one thread at a time: that of the event loop whose endpoint came first,
    /// until the last endpoint is gone. Packets come in by batches and are handed to usrsctp; then the endpoints they were for
    /// take their events; what usrsctp puts out is sent at the end of the loop's turn.
    final class UserlandStack {
        /// Milliseconds between looks at usrsctp's timers, while there are associations.
        static let tick = Duration.milliseconds(10)
        /// Batches of packets taken in one turn from one socket before other work gets its turn.
        static let batchesPerTurn = 4
        /// Never bound: packets for SCTP ports without an endpoint are given to usrsctp under it, so that it answers ABORT.
        static let unboundPort: UInt16 = 65535
        /// Fewer than there are internal ports, so that ports rest before they are used again.
        static let maximumEndpoints = 32_768

        private struct Process {
            var isStarted = false
            var stack: UserlandStack?
        }
        private static let process = ThreadLock(Process())

        let loop: EventLoop
        private var localTags = UserlandTagTable()
        private var peerTags = UserlandTagTable()
        private var sockets: [UserlandUDPSocket] = []
        private var socketNumbers = 0
        /// By internal port.
        private var endpoints: [UInt16: UserlandBackend] = [:]
        private var latestInternalPort: UInt16 = 0
        private var ready: [UserlandBackend] = []
        private var isDraining = false
        /// Associations on which something was sent in this turn.
        private var holding: [UserlandAssociation] = []
        /// True where that was one message, and usrsctp has put out a packet for it.
        private var isLoneMessageOut = false
        private var hook: LoopHook?
        private var timer: LoopTimer?
        private var latestTick = MonotonicInstant.origin
        private(set) var associationCount = 0
        /// True while usrsctp's timers are what ends associations: those then ended for want of answers.
        private(set) var isInTimers = false

        // MARK: One loop

        /// The stack, on the loop that has it or, where no endpoint uses it, on `loop`. On `loop` only.
        static func take(on loop: EventLoop) throws(SCTPTransportError) -> UserlandStack {
            guard !loop.hasVirtualClock else {
                throw SCTPTransportError(
                    .unsupported,
                    "userland SCTP sends real packets and cannot run on event loop \(loop.name), whose clock is virtual; "
                        + "use the simulated backend there")
            }
            let stack = process.withLock { process in
                if let stack = process.stack { return stack }
                if !process.isStarted { userland_start() }
                let stack = UserlandStack(on: loop)
                process.isStarted = true
                process.stack = stack
                return stack
            }
            guard stack.loop === loop else {
                throw SCTPTransportError(
                    .unsupported,
                    "userland SCTP runs on event loop \(stack.loop.name) of this process and cannot run on \(loop.name) too; "
                        + "open the endpoint on that loop")
            }
            return stack
        }

        /// The stack while it is in use.
        static var current: UserlandStack? { process.withLock(\.stack) }

        var endpointCount: Int { endpoints.count }

        private init(on loop: EventLoop) {
            self.loop = loop
            hook = loop.addTurnEndHook { [unowned self] in endTurn() }
            timer = loop.makeTimer { [unowned self] in runTimers() }
        }

        private func leaveLoop() {
            hook?.remove()
            timer?.disarm()
            hook = nil
            timer = nil
            UserlandStack.process.withLock { $0.stack = nil }
        }

        // MARK: Endpoints

        /// A port for usrsctp, which knows no addresses to tell equal ports apart. Ports are used in turn, so that one is not
        /// taken again while usrsctp may still remember it.
        func addEndpoint(_ endpoint: UserlandBackend) throws(SCTPTransportError) -> UInt16 {
            guard endpoints.count < UserlandStack.maximumEndpoints else {
                throw SCTPTransportError(
                    .system(EMFILE), "this process has \(endpoints.count) userland SCTP endpoints, its limit; close some")
            }
            repeat {
                latestInternalPort = latestInternalPort % (UserlandStack.unboundPort - 1) + 1
            } while endpoints[latestInternalPort] != nil
            endpoints[latestInternalPort] = endpoint
            return latestInternalPort
        }

        func removeEndpoint(internalPort: UInt16) {
            endpoints[internalPort] = nil
            leaveIfUnused()
        }

        /// After an endpoint could not be opened, or was closed.
        func leaveIfUnused() {
            userland_flush()
            for socket in sockets where socket.endpoints.isEmpty { socket.stopWatching() }
            sockets.removeAll { $0.endpoints.isEmpty }
            if endpoints.isEmpty { leaveLoop() }
        }

        // MARK: UDP sockets

        /// The sockets for an endpoint's addresses: shared with other endpoints where there are some at the same address.
        func sockets(for configuration: SCTPEndpointConfiguration) throws(SCTPTransportError) -> [UserlandUDPSocket] {
            guard configuration.localAddresses.isEmpty else {
                return [try socket(at: configuration.localAddresses[0], port: configuration.encapsulationPort)]
            }
            let first = try socket(at: .anyIPv4, port: configuration.encapsulationPort)
            // One UDP port for both families where that is possible; a host without IPv6 does with IPv4.
            let alike = configuration.encapsulationPort ?? first.port
            guard let second = (try? socket(at: .anyIPv6, port: alike)) ?? (try? socket(at: .anyIPv6, port: nil)) else {
                return [first]
            }
            return [first, second]
        }

        private func socket(at ip: IPAddress, port: UInt16?) throws(SCTPTransportError) -> UserlandUDPSocket {
            if let known = sockets.first(where: { $0.ip == ip && (port == nil || port == $0.port) }) { return known }
            socketNumbers += 1
            let socket = try openSocket(at: ip, port: port)
            try socket.watch(on: loop) { [unowned self, unowned socket] in receive(from: socket) }
            sockets.append(socket)
            return socket
        }

        private func openSocket(at ip: IPAddress, port: UInt16?) throws(SCTPTransportError) -> UserlandUDPSocket {
            if let port { return try UserlandUDPSocket(number: socketNumbers, ip: ip, port: port) }
            // 9899 on every address would keep all other processes from it, so there any port is taken.
            if !ip.isUnspecified {
                do throws(SCTPTransportError) {
                    return try UserlandUDPSocket(
                        number: socketNumbers, ip: ip, port: SCTPAddress.defaultEncapsulationPort)
                } catch  where error.code == .addressInUse {
                    // Another process has it: peers learn the port from this side's packets or from its transport parameter.
                }
            }
            return try UserlandUDPSocket(number: socketNumbers, ip: ip, port: 0)
        }

        // MARK: Associations

        func add(_ association: UserlandAssociation) {
            associationCount += 1
            guard associationCount == 1 else { return }
            latestTick = loop.now
            timer?.arm(at: latestTick + UserlandStack.tick)
        }

        func remove(_ association: UserlandAssociation) {
            setTags(of: association, local: 0, peer: 0)
            associationCount -= 1
        }

        func setTags(of association: UserlandAssociation, local: UInt32, peer: UInt32) {
            if association.localTag != local {
                localTags.remove(association, tag: association.localTag)
                association.localTag = local
                localTags.insert(association, tag: local)
            }
            if association.peerTag != peer {
                peerTags.remove(association, tag: association.peerTag)
                association.peerTag = peer
                peerTags.insert(association, tag: peer)
            }
        }

        // MARK: Packets in

        private func receive(from socket: UserlandUDPSocket) {
            var packet = userland_packet()
            let packetsPerBatch = CInt(userland_batch)
            for _ in 0..<UserlandStack.batchesPerTurn {
                let count = userland_udp_receive(socket.descriptor)
                // Nothing to read and yet called: the error queue has something.
                guard count > 0 else {
                    takeUnreachable(from: socket)
                    break
                }
                for index in 0..<count {
                    guard unsafe userland_udp_packet(index, &packet) else { continue }
                    route(packet, at: index, from: socket)
                }
                guard count == packetsPerBatch else { break }
            }
            drainReady()
        }

        /// Hands the packet at a place of the batch to usrsctp, under the internal ports of endpoint and peer.
        private func route(_ packet: userland_packet, at index: CInt, from socket: UserlandUDPSocket) {
            if let association = localTags[packet.verification_tag], association.peer.socket === socket,
                association.peer.port == packet.source_port, association.endpoint.port == packet.destination_port,
                association.peer.remote.hasSameIP(as: packet.source)
            {
                let endpoint = association.endpoint
                if association.peer.remote.port != packet.source.port {
                    endpoint.peers.move(association.peer, toPort: packet.source.port)
                }
                userland_deliver(index, endpoint.internalPort, association.peer.number)
                if association.refusedLength != nil { endpoint.checkRoom(of: association) }
                return markReady(endpoint)
            }
            let local = socket.ip.isUnspecified ? IPAddress(packet.destination) : nil
            guard let endpoint = socket.endpoints[packet.destination_port] else {
                // For this packet alone, number 1 of the port that no endpoint has stands for its sender.
                UserlandPeerTable.setRoute(
                    from: UserlandStack.unboundPort, to: 1, socket, packet.source, port: packet.source_port, local: local)
                userland_set_external_port(UserlandStack.unboundPort, packet.destination_port)
                return userland_deliver(index, UserlandStack.unboundPort, 1)
            }
            guard
                let peer = endpoint.peers.peer(at: packet.source, port: packet.source_port, local: local, of: socket)
            else { return }
            userland_deliver(index, endpoint.internalPort, peer.number)
            markReady(endpoint)
        }

        /// ICMP says that no process has the peer's UDP port: for the association whose packet that was it is what "protocol
        /// unreachable" is without encapsulation (RFC 6951 §5.5), and ends it (RFC 9260 §10).
        private func takeUnreachable(from socket: UserlandUDPSocket) {
            var remote = userland_address()
            var packet = userland_packet()
            while unsafe userland_udp_unreachable(socket.descriptor, &remote, &packet) {
                let tagged =
                    packet.initiate_tag != 0 ? localTags[packet.initiate_tag] : peerTags[packet.verification_tag]
                guard let association = tagged, association.endpoint.port == packet.source_port,
                    association.peer.port == packet.destination_port, association.peer.socket === socket,
                    association.peer.remote.hasSameIP(as: remote), association.peer.remote.port == remote.port
                else { continue }
                association.endpoint.end(association, because: .unreachable)
            }
        }

        // MARK: Turns and time

        /// Lets an endpoint take its events, soon.
        func markReady(_ endpoint: UserlandBackend) {
            guard !endpoint.isReady else { return }
            endpoint.isReady = true
            ready.append(endpoint)
        }

        private func drainReady() {
            guard !isDraining else { return }
            isDraining = true
            var index = 0
            while index < ready.count {
                let endpoint = ready[index]
                index += 1
                endpoint.isReady = false
                endpoint.drain()
            }
            ready.removeAll(keepingCapacity: true)
            isDraining = false
        }

        static var packetsPutOut: UInt64 { unsafe userland_counts().pointee.put_out }

        /// Short messages gather in usrsctp until the turn ends, to share packets.
        func pushAtTurnEnd(_ association: UserlandAssociation, wasPutOut: Bool) {
            isLoneMessageOut = wasPutOut && holding.isEmpty
            guard !association.isHolding else { return }
            association.isHolding = true
            holding.append(association)
        }

        private func push() {
            for association in holding {
                association.isHolding = false
                let endpoint = association.endpoint
                switch association.state {
                case .up, .closing: break
                // What was sent before an association is up leaves when it comes up. While reading is paused it may be up, untold.
                case .opening: guard endpoint.socket?.isEstablished(association.number) == true else { continue }
                case .ending: continue
                }
                userland_push(endpoint.internalPort, association.peer.number, association.localTag)
            }
            holding.removeAll(keepingCapacity: true)
            isLoneMessageOut = false
        }

        private func endTurn() {
            drainReady()
            // The turn's only message does not wait for the look whether there is more.
            if isLoneMessageOut { userland_flush() }
            if !holding.isEmpty { push() }
            if userland_has_output() { userland_flush() }
        }

        private func runTimers() {
            let now = loop.now
            let elapsed = UInt32(clamping: (now - latestTick).wholeNanoseconds / 1_000_000)
            latestTick += .milliseconds(Int64(elapsed))
            // What packets and calls have caused so far has other reasons than silence.
            drainReady()
            isInTimers = true
            userland_handle_timers(elapsed)
            for endpoint in endpoints.values where endpoint.hasAssociations {
                endpoint.checkAttention()
                markReady(endpoint)
            }
            drainReady()
            isInTimers = false
            if associationCount > 0 { timer?.arm(at: latestTick + UserlandStack.tick) }
        }
    }
#endif
