/// An endpoint that announces to a multicast group, and hears what others announce there.
///
/// Datagrams may be lost, doubled (a host with several interfaces hears itself by each) and forged; whoever takes them must cope.
/// It belongs to an event loop; ``send(_:)`` and ``setHandler(_:)`` are for code on that loop.
public actor MulticastEndpoint {
    /// The event loop that it belongs to.
    public nonisolated let loop: EventLoop
    /// How it was opened.
    public nonisolated let configuration: MulticastConfiguration
    /// Touched on the loop only, which every access checks.
    private nonisolated(unsafe) let core: any MulticastBackend

    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    private init(_ core: any MulticastBackend, _ configuration: MulticastConfiguration, on loop: EventLoop) {
        unsafe self.core = core
        self.configuration = configuration
        self.loop = loop
    }

    isolated deinit {
        unsafe core.close()
    }

    /// Opens an endpoint and joins its group.
    /// - Parameter backend: the simulated network where one is given; else the host's UDP sockets, whichever SCTP is meant.
    /// - Throws: `invalidConfiguration`; `addressInUse`, `addressNotAvailable`, `system`, with the group and the interface.
    public static func open(
        _ configuration: MulticastConfiguration, backend: SCTPBackendChoice = .automatic, on loop: EventLoop = .shared
    ) async throws(SCTPTransportError) -> MulticastEndpoint {
        let result: Result<MulticastEndpoint, SCTPTransportError> = await loop.run {
            Result { () throws(SCTPTransportError) in
                try configuration.check()
                let core: any MulticastBackend =
                    if case .simulated(let network) = backend {
                        try network.makeMulticast(configuration, on: loop)
                    } else {
                        try SocketMulticast(configuration, on: loop)
                    }
                return MulticastEndpoint(core, configuration, on: loop)
            }
        }
        return try result.get()
    }

    /// Calls `handler` on the loop for every datagram; the bytes are valid during the call. Nil lets them fall. On the loop
    /// only.
    public nonisolated func setHandler(_ handler: ((_ bytes: RawSpan, _ source: SCTPAddress) -> Void)?) {
        loop.checkIsolated()
        unsafe core.handler = handler
    }

    /// Sends a datagram to the group by every interface, and to the unicast destinations. On the loop only.
    /// - Throws: where none of them could be sent to, the first one's error; `messageSize`, `endpointClosed`.
    public nonisolated func send(_ bytes: [UInt8]) throws(SCTPTransportError) {
        loop.checkIsolated()
        guard (1...MulticastConfiguration.datagramLimit).contains(bytes.count) else {
            throw SCTPTransportError(
                .messageSize,
                "an announcement of \(bytes.count) bytes cannot be sent: 1 to \(MulticastConfiguration.datagramLimit) are allowed"
            )
        }
        try unsafe core.send(bytes)
    }

    /// Datagrams since it was opened.
    public var statistics: MulticastStatistics { unsafe core.statistics }

    /// Leaves the group and frees the port; nothing is heard after.
    public func close() {
        unsafe core.close()
    }
}

/// What a ``MulticastEndpoint`` drives. On the loop only.
protocol MulticastBackend: AnyObject {
    var handler: ((RawSpan, SCTPAddress) -> Void)? { get set }
    var statistics: MulticastStatistics { get }
    func send(_ bytes: [UInt8]) throws(SCTPTransportError)
    func close()
}
