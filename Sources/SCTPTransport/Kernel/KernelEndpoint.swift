import CKernelSCTP
import Glibc
import InternetAddresses

/// An endpoint over the kernel's SCTP: one one-to-many socket.
///
/// Sending is in `KernelEndpoint+Sending.swift`, reading in `+Receiving` and `+Notifications`, the end in `+Closing`.
final class KernelEndpoint: SCTPBackend {
    enum Life {
        case open
        case closing(deadline: MonotonicInstant, completion: () -> Void)
        case closed
    }

    let configuration: SCTPEndpointConfiguration
    let socket: KernelSocket
    let loop: EventLoop
    weak var delegate: (any SCTPBackendDelegate)?
    let localAddresses: [SCTPAddress]
    /// Where this host takes SCTP in UDP; nil where it does not, and then it does not send any either.
    let encapsulationPort: UInt16?
    var life = Life.open
    /// Time-outs of associations to come.
    private(set) var timing: SCTPTiming

    private(set) var byIdentifier: [AssociationIdentifier: KernelAssociation] = [:]
    private var byNumber: [kernel_sctp_number: KernelAssociation] = [:]

    private var registration: LoopDescriptor?
    private var hook: LoopHook?
    private var deadlineTimer: LoopTimer?
    private(set) var roomTimer: LoopTimer?

    // MARK: Receiving

    var isPaused = false
    /// A call-back is under way, so the batch must not be read over.
    var isReading = false
    /// The batch that was read last: how many items it has and which comes next.
    var itemCount = 0
    var nextItem = 0
    /// The parts of a notification that did not fit into one item.
    var partialNotification: [UInt8] = []
    /// The association whose end waits for the messages that the kernel hands back.
    var ending: KernelAssociation?

    // MARK: Sending

    /// The kernel's memory for sending is used up.
    var isSocketFull = false
    /// The loop is to tell when it is not.
    var isWatchingForRoom = false
    /// Bytes of kernel memory that the socket may use for sending.
    let sendMemoryLimit: Int
    /// Those whose queues wait for room in the kernel, in the order in which they are served.
    var waiting: [KernelAssociation] = []
    /// Those that have messages which the kernel refused.
    var refusing: [KernelAssociation] = []

    init(
        _ configuration: SCTPEndpointConfiguration, socket: KernelSocket, on loop: EventLoop,
        delegate: any SCTPBackendDelegate
    ) throws(SCTPTransportError) {
        self.configuration = configuration
        self.socket = socket
        self.loop = loop
        self.delegate = delegate
        timing = configuration.timing
        sendMemoryLimit = socket.sendMemory.limit
        let udpPort = UInt16(clamping: kernel_sctp_udp_port())
        let encapsulationPort = udpPort == 0 ? nil : udpPort
        self.encapsulationPort = encapsulationPort
        localAddresses = socket.localAddresses.filter { !$0.ip.isLinkLocal }.map {
            SCTPAddress($0.ip, port: $0.port, encapsulationPort: encapsulationPort)
        }.sorted()
        registration = try loop.register(descriptor: socket.descriptor) { [weak self] readable, writable in
            guard let self else { return }
            if writable { self.socketHasRoom() }
            if readable { self.read() }
        }
        hook = loop.addTurnEndHook { [weak self] in self?.finishTurn() }
        deadlineTimer = loop.makeTimer { [weak self] in self?.closeNow() }
        roomTimer = loop.makeTimer { [weak self] in self?.lookForRoom() }
    }

    deinit {
        release()
    }

    /// Gives back what the endpoint has of the loop; the socket goes with the last reference to it.
    func release() {
        registration?.unregister()
        registration = nil
        hook?.remove()
        deadlineTimer?.disarm()
        roomTimer?.disarm()
    }

    func updateInterest() {
        registration?.setInterest(read: !isPaused, write: isWatchingForRoom)
    }

    func armDeadline(_ deadline: MonotonicInstant) {
        deadlineTimer?.arm(at: deadline)
    }

    /// Once a turn, before the loop waits.
    private func finishTurn() {
        flush()
        tellRefused()
        if nextItem < itemCount || ending != nil, !isPaused { read() }
    }

    // MARK: Associations

    var capabilities: SCTPCapabilities {
        let always = SCTPBackendKind.kernel.capabilities
        return encapsulationPort == nil ? always : always.union(.udpEncapsulation)
    }

    func association(number: kernel_sctp_number) -> KernelAssociation? {
        byNumber[number]
    }

    func insert(_ association: KernelAssociation) {
        byIdentifier[association.identifier] = association
        byNumber[association.number] = association
    }

    func remove(_ association: KernelAssociation) {
        byIdentifier[association.identifier] = nil
        if byNumber[association.number] === association { byNumber[association.number] = nil }
        waiting.removeAll { $0 === association }
    }

    /// The association, unless its end is known.
    func current(_ identifier: AssociationIdentifier) throws(SCTPTransportError) -> KernelAssociation {
        guard let association = byIdentifier[identifier], association.end == nil, !association.isAborting else {
            throw SCTPTransportError(
                .unknownAssociation, "there is no association \(identifier), or it has ended; open a new one")
        }
        return association
    }

    func open(_ identifier: AssociationIdentifier, to addresses: [SCTPAddress]) throws(SCTPTransportError) {
        guard case .open = life else {
            throw SCTPTransportError(.endpointClosed, "the endpoint is closed; open a new one")
        }
        try checkEncapsulation(addresses)
        try checkRoutes(addresses)
        // The kernel takes a peer's UDP port from the socket when the association begins.
        let port = addresses[0].encapsulationPort ?? 0
        if port != 0 { try check(socket.setEncapsulationPort(port, of: nil, 0), "the UDP port of \(addresses[0])") }
        var number: kernel_sctp_number = 0
        let result = socket.connect(to: addresses, &number)
        if port != 0 { try check(socket.setEncapsulationPort(0, of: nil, 0), "the UDP port of later peers") }
        guard result == 0 else {
            guard result != -EISCONN, result != -EALREADY else {
                throw SCTPTransportError(
                    .alreadyConnected,
                    "this endpoint has an association with \(addresses[0]) already; use that one or close it first")
            }
            throw .reaching(addresses.map(\.description).joined(separator: ", "), -result)
        }
        let association = KernelAssociation(
            identifier, number: number, openedAt: loop.now, outboundStreams: configuration.streams)
        association.timing = timing
        association.initiationTime = timing.initiationTime(paths: addresses.count)
        insert(association)
        for address in addresses.dropFirst() where (address.encapsulationPort ?? 0) != port {
            // Only an address that the kernel has dropped as a duplicate can fail.
            _ = socket.setEncapsulationPort(address.encapsulationPort ?? 0, of: address, number)
        }
    }

    private func checkEncapsulation(_ addresses: [SCTPAddress]) throws(SCTPTransportError) {
        guard encapsulationPort == nil, let address = addresses.first(where: { $0.encapsulationPort != nil }) else { return }
        throw SCTPTransportError(
            .unsupported,
            "\(address) takes SCTP in UDP, which this host's kernel does not send: set net.sctp.udp_port to 9899 or use userland "
                + "SCTP")
    }

    private func checkRoutes(_ addresses: [SCTPAddress]) throws(SCTPTransportError) {
        var failure: SCTPTransportError?
        for address in addresses {
            let result = address.routeCheck
            guard result != 0 else { return }
            failure = failure ?? .reaching("\(address)", -result)
        }
        if let failure { throw failure }
    }

    func peerAddresses(of identifier: AssociationIdentifier) throws(SCTPTransportError) -> [SCTPAddress] {
        peerAddresses(of: try current(identifier))
    }

    func peerAddresses(of association: KernelAssociation) -> [SCTPAddress] {
        var addresses = socket.peerAddresses(of: association.number)
        if encapsulationPort == nil {
            for index in addresses.indices { addresses[index].encapsulationPort = nil }
        }
        return addresses
    }

    func setTiming(_ timing: SCTPTiming, of identifier: AssociationIdentifier?) throws(SCTPTransportError) {
        guard let identifier else {
            try check(
                socket.setTiming(timing, associationRetransmissions: timing.maximumAssociationRetransmissions, of: 0),
                "time-outs")
            try check(
                KernelBackend.setInitiation(timing, streams: configuration.streams, of: socket), "retransmissions of INIT")
            self.timing = timing
            return
        }
        let association = try current(identifier)
        // The kernel does not take more than what all paths together may have.
        let paths = socket.peerAddresses(of: association.number).count
        let allPaths = paths > 1 ? paths * Int(timing.maximumPathRetransmissions) : .max
        let retransmissions = UInt16(clamping: min(Int(timing.maximumAssociationRetransmissions), allPaths))
        try check(
            socket.setTiming(timing, associationRetransmissions: retransmissions, of: association.number),
            "time-outs of association \(identifier)")
        association.timing = timing
    }

    func roundTripTime(of identifier: AssociationIdentifier) throws(SCTPTransportError) -> Duration? {
        let association = try current(identifier)
        guard association.isUp, let measured = socket.roundTrip(of: association.number) else { return nil }
        // The kernel counts milliseconds, and a short time as none; before the first measurement the time-out is still the
        // initial one.
        let initial = timing.initialRetransmissionTimeout.wholeMillisecondsRoundedUp
        guard measured.smoothed > 0 || Int64(measured.timeout) != initial else { return nil }
        return .milliseconds(max(1, measured.smoothed))
    }

    func check(_ result: CInt, _ what: String) throws(SCTPTransportError) {
        guard result < 0 else { return }
        throw SCTPTransportError(
            .system(-result), "the kernel does not take \(what): \(SCTPTransportError.text(of: -result))")
    }
}

extension SCTPTiming {
    /// The least time between the first time-out and the loss of an association: all paths share the retransmissions, and on
    /// each of them the time-out doubles.
    func lossTime(paths: Int) -> Duration {
        var total = Duration.zero
        var timeout = minimumRetransmissionTimeout
        for _ in stride(from: 1, to: Int(maximumAssociationRetransmissions) / paths, by: 1) {
            timeout = min(timeout * 2, maximumRetransmissionTimeout)
            total += timeout
        }
        return total
    }

    /// The time until an association that nobody answers fails: the time-out doubles when all addresses have been tried.
    fileprivate func initiationTime(paths: Int) -> Duration {
        var total = Duration.zero
        var timeout = initialRetransmissionTimeout
        for attempt in 0...Int(maximumInitRetransmissions) {
            if attempt > 0, attempt.isMultiple(of: paths) { timeout = min(timeout * 2, maximumRetransmissionTimeout) }
            total += timeout
        }
        return total
    }
}
