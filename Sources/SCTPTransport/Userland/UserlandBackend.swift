#if UserlandSCTP
    import CUserlandSCTP
    import Glibc
    import InternetAddresses

    /// One endpoint over usrsctp: a one-to-many socket of its own, packets in UDP (RFC 6951), one path per association.
    final class UserlandBackend: SCTPBackend {
        let stack: UserlandStack
        let configuration: SCTPEndpointConfiguration
        unowned let delegate: any SCTPBackendDelegate
        private(set) var socket: UserlandSocket?
        /// The SCTP port on the wire, and the one that usrsctp knows.
        private(set) var port: UInt16 = 0
        private(set) var internalPort: UInt16 = 0
        private(set) var udpSockets: [UserlandUDPSocket] = []
        var peers = UserlandPeerTable(internalPort: 0)
        var associations: [AssociationIdentifier: UserlandAssociation] = [:]
        var byNumber: [UInt32: UserlandAssociation] = [:]
        /// Associations that the timer has to look after.
        var attention: [UserlandAssociation] = []
        /// Associations with failed messages that are not told yet.
        var failing: [UserlandAssociation] = []
        /// True while the stack has it on its list of endpoints with events.
        var isReady = false
        private(set) var isPaused = false
        private(set) var isClosing = false
        private var completion: (() -> Void)?
        private var deadlineTimer: LoopTimer?

        static func make(
            _ configuration: SCTPEndpointConfiguration, on loop: EventLoop, delegate: any SCTPBackendDelegate
        ) throws(SCTPTransportError) -> UserlandBackend {
            guard configuration.localAddresses.count <= 1 else {
                throw SCTPTransportError(
                    .unsupported,
                    "userland SCTP has no multi-homing and binds one address, not \(configuration.localAddresses.count); "
                        + "give one address, or none for all of the host's")
            }
            let stack = try UserlandStack.take(on: loop)
            let backend = UserlandBackend(on: stack, configuration, delegate)
            do throws(SCTPTransportError) {
                try backend.bind()
            } catch {
                backend.release()
                throw error
            }
            return backend
        }

        private init(
            on stack: UserlandStack, _ configuration: SCTPEndpointConfiguration, _ delegate: any SCTPBackendDelegate
        ) {
            self.stack = stack
            self.configuration = configuration
            self.delegate = delegate
        }

        // MARK: Set-up and release

        private func bind() throws(SCTPTransportError) {
            udpSockets = try stack.sockets(for: configuration)
            port = try choosePort()
            internalPort = try stack.addEndpoint(self)
            userland_set_external_port(internalPort, port)
            peers = UserlandPeerTable(internalPort: internalPort)
            for socket in udpSockets { socket.add(self, port: port) }
            let options = userland_options(
                internal_port: internalPort, is_listening: configuration.isListening, streams: configuration.streams,
                receive_buffer: receiveBuffer, send_buffer: sendBuffer, timing: userland_timing(configuration.timing))
            socket = UserlandSocket(options)
            guard socket == nil else { return }
            throw SCTPTransportError(
                errno == EINVAL || errno == EDOM ? .invalidConfiguration : .system(errno),
                "userland SCTP refuses the endpoint's time-outs, streams or buffers: system error \(errno)")
        }

        /// Bytes queued per association, a message of the greatest length at least.
        private var sendBuffer: UInt32 {
            UInt32(clamping: max(configuration.sendQueueLimit, configuration.maximumMessageSize))
        }

        /// The window of each association. It also has to hold what an association hands back when it ends, message by message
        /// with a header each.
        private var receiveBuffer: UInt32 {
            UInt32(
                clamping: max(
                    min(configuration.receiveQueueLimit, 262_144), 2 * configuration.maximumMessageSize, 2 * Int(sendBuffer)))
        }

        private func choosePort() throws(SCTPTransportError) -> UInt16 {
            func isFree(_ port: UInt16) -> Bool { udpSockets.allSatisfy { $0.endpoints[port] == nil } }
            if configuration.port != 0 {
                guard isFree(configuration.port) else {
                    throw SCTPTransportError(
                        .addressInUse,
                        "SCTP port \(configuration.port) of \(udpSockets[0].ip) is in use by another endpoint of this process; "
                            + "choose another port or address")
                }
                return configuration.port
            }
            // The ports that RFC 6335 §6 leaves for this.
            let range: ClosedRange<UInt16> = 49152...65535
            let start = UInt16.random(in: range)
            for offset in 0..<UInt16(range.count) {
                let port = range.lowerBound + (start - range.lowerBound + offset) % UInt16(range.count)
                if isFree(port) { return port }
            }
            throw SCTPTransportError(.addressInUse, "all dynamic SCTP ports of \(udpSockets[0].ip) are in use")
        }

        private func release() {
            userland_flush()
            for shared in udpSockets where shared.endpoints[port] === self { shared.remove(port: port) }
            udpSockets = []
            socket?.close()
            socket = nil
            if internalPort != 0 { userland_clear_routes(internalPort) }
            internalPort == 0 ? stack.leaveIfUnused() : stack.removeEndpoint(internalPort: internalPort)
        }

        // MARK: What an endpoint tells of itself

        let capabilities = SCTPBackendKind.userland.capabilities

        var localAddresses: [SCTPAddress] {
            udpSockets.map { SCTPAddress($0.ip, port: port, encapsulationPort: $0.port) }
        }

        var hasAssociations: Bool { !associations.isEmpty }

        func peerAddresses(of association: AssociationIdentifier) throws(SCTPTransportError) -> [SCTPAddress] {
            [try find(association).peer.address]
        }

        func roundTripTime(of association: AssociationIdentifier) throws(SCTPTransportError) -> Duration? {
            let number = try find(association).number
            return socket?.roundTripTime(of: number)
        }

        func setTiming(_ timing: SCTPTiming, of association: AssociationIdentifier?) throws(SCTPTransportError) {
            var number: UInt32 = 0
            if let association { number = try find(association).number }
            guard let error = socket?.setTiming(timing, of: number), error != 0 else { return }
            throw SCTPTransportError(
                .invalidConfiguration,
                "userland SCTP refuses these time-outs: system error \(error); RTO.Min, RTO.Initial and RTO.Max must not decrease"
            )
        }

        func find(_ identifier: AssociationIdentifier) throws(SCTPTransportError) -> UserlandAssociation {
            guard let association = associations[identifier], association.state != .ending else {
                throw SCTPTransportError(.unknownAssociation, "there is no association \(identifier), or it has ended")
            }
            return association
        }

        // MARK: Receiving and closing

        func setReceivingPaused(_ isPaused: Bool) {
            guard self.isPaused != isPaused else { return }
            self.isPaused = isPaused && !isClosing
            if !isPaused { stack.markReady(self) }
        }

        func close(deadline: MonotonicInstant, completion: @escaping () -> Void) {
            guard !isClosing else { return completion() }
            isClosing = true
            isPaused = false
            self.completion = completion
            if deadline > stack.loop.now {
                for association in associations.values where association.state == .opening || association.state == .up {
                    beginShutDown(association)
                }
                deadlineTimer = stack.loop.makeTimer { [unowned self] in abortAll() }
                deadlineTimer?.arm(at: deadline)
            } else {
                // Without time there is no closing in order, not even for a peer that would be quick enough.
                abortAll()
            }
            // Closes even where there is nothing to wait for.
            stack.markReady(self)
        }

        private func abortAll() {
            for association in associations.values { end(association, because: .abortedLocally) }
            stack.markReady(self)
        }

        /// After the events are taken: ends the endpoint when it is closing and no association is left.
        func finishIfClosed() {
            guard isClosing, associations.isEmpty, let completion else { return }
            self.completion = nil
            deadlineTimer?.disarm()
            deadlineTimer = nil
            release()
            completion()
        }
    }
#endif
