import InternetAddresses

extension SCTPEndpointConfiguration {
    /// The most that ``maximumMessageSize`` may be, in bytes.
    public static let messageSizeLimit = 1_048_576
    /// The most addresses of one endpoint, and of one peer that is to be connected to.
    public static let addressLimit = 64

    /// - Throws: ``SCTPTransportError/Code/invalidConfiguration`` for a value out of its range, `unsupported` for several
    ///   addresses without multi-homing.
    func check(for kind: SCTPBackendKind) throws(SCTPTransportError) {
        func require(_ condition: Bool, _ message: @autoclosure () -> String) throws(SCTPTransportError) {
            guard condition else { throw SCTPTransportError(.invalidConfiguration, message()) }
        }
        try require(
            (1...SCTPEndpointConfiguration.messageSizeLimit).contains(maximumMessageSize),
            "maximumMessageSize is \(maximumMessageSize); it may be 1 to \(SCTPEndpointConfiguration.messageSizeLimit) bytes")
        try require(maximumAssociations >= 1, "maximumAssociations is \(maximumAssociations); it must be at least 1")
        try require(streams >= 1, "streams is 0; an association has at least one stream")
        try require(
            sendQueueLimit >= maximumMessageSize,
            "sendQueueLimit is \(sendQueueLimit) bytes; it must hold one message of \(maximumMessageSize) bytes")
        try require(
            receiveQueueLimit >= maximumMessageSize,
            "receiveQueueLimit is \(receiveQueueLimit) bytes; it must hold one message of \(maximumMessageSize) bytes")
        try require(
            localAddresses.count <= SCTPEndpointConfiguration.addressLimit,
            "\(localAddresses.count) local addresses are too many; \(SCTPEndpointConfiguration.addressLimit) is the limit")
        for (index, address) in localAddresses.enumerated() {
            try require(!address.isMulticast, "\(address) is a multicast address and cannot be bound")
            try require(!localAddresses[..<index].contains(address), "the local address \(address) is given twice")
        }
        try timing.check()
        try require(
            partialMessageTimeout > .zero && idleTimeout ?? .seconds(1) > .zero,
            "partialMessageTimeout and idleTimeout must be above zero; nil lets TCP associations be idle for ever")
        try require(
            kind != .udp || maximumMessageSize <= MulticastConfiguration.datagramLimit || maximumMessageSize == 65_536,
            "maximumMessageSize is \(maximumMessageSize); UDP carries at most \(MulticastConfiguration.datagramLimit) bytes")
        guard localAddresses.count <= 1 || kind.capabilities.contains(.multiHoming) || kind == .tcp else {
            throw SCTPTransportError(
                .unsupported,
                "\(kind.name) has no multi-homing: bind one address instead of \(localAddresses.count), or use kernel SCTP"
            )
        }
    }
}

extension SCTPTiming {
    /// - Throws: ``SCTPTransportError/Code/invalidConfiguration`` for a value out of its range.
    func check() throws(SCTPTransportError) {
        guard minimumRetransmissionTimeout > .zero, minimumRetransmissionTimeout <= initialRetransmissionTimeout,
            initialRetransmissionTimeout <= maximumRetransmissionTimeout
        else {
            throw SCTPTransportError(
                .invalidConfiguration,
                "retransmission time-outs must be above zero, the minimum (\(minimumRetransmissionTimeout)) at most the initial "
                    + "(\(initialRetransmissionTimeout)) and that at most the maximum (\(maximumRetransmissionTimeout))")
        }
        guard maximumRetransmissionTimeout <= .seconds(86_400) else {
            throw SCTPTransportError(
                .invalidConfiguration,
                "the maximum retransmission time-out is \(maximumRetransmissionTimeout); a day is the limit")
        }
        if let heartbeatInterval, heartbeatInterval <= .zero || heartbeatInterval > .seconds(86_400) {
            throw SCTPTransportError(
                .invalidConfiguration,
                "the heartbeat interval is \(heartbeatInterval); it must be above zero and at most a day, nil for no heartbeats"
            )
        }
        guard maximumAssociationRetransmissions >= 1, maximumPathRetransmissions >= 1, maximumInitRetransmissions >= 1 else {
            throw SCTPTransportError(.invalidConfiguration, "the numbers of retransmissions must be at least 1")
        }
    }
}

extension SCTPBackendKind {
    /// What each kind can do, known before an endpoint is open.
    public var capabilities: SCTPCapabilities {
        switch self {
        case .kernel: [.multiHoming, .network, .sctp]
        case .userland: [.udpEncapsulation, .network, .sctp]
        case .simulated: [.multiHoming, .sctp]
        case .tcp: [.network, .reliable]
        case .udp: [.network, .endpointPorts]
        }
    }

    /// As sentences have it.
    var name: String {
        switch self {
        case .kernel, .userland, .simulated: "\(rawValue) SCTP"
        case .tcp: "TCP"
        case .udp: "UDP"
        }
    }
}
