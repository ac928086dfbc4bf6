public import InternetAddresses

/// Which SCTP a program uses.
public enum SCTPBackendKind: String, Hashable, Sendable, CaseIterable {
    /// The kernel's SCTP: production, multi-homing.
    case kernel
    /// SCTP in this process over UDP encapsulation (RFC 6951): no privileges, no kernel support, one path per association.
    case userland
    /// Messages over a ``SimulatedNetwork``: no packets, virtual time.
    case simulated
    /// TCP in SCTP's place: for pool users and user data that have no SCTP.
    case tcp
    /// UDP in SCTP's place: user data that may be lost.
    case udp
}

/// How an endpoint is set up. Values are checked when the endpoint opens.
public struct SCTPEndpointConfiguration: Sendable {
    /// Addresses to bind; empty binds every address of the host. More than one needs multi-homing.
    public var localAddresses: [IPAddress] = []
    /// The SCTP port to bind; 0 chooses a free one.
    public var port: UInt16 = 0
    /// Userland: the UDP port to bind; nil takes 9899 and, where another process has it, a free one.
    /// Kernel: ignored, the host's `net.sctp.udp_port` rules.
    public var encapsulationPort: UInt16?
    /// Whether peers may open associations.
    public var isListening = true
    /// The longest message taken or delivered, in bytes, up to 1 MiB. A longer one from a peer ends the association.
    public var maximumMessageSize = 65_536
    /// Associations at a time, opening ones included. One more from a peer is aborted.
    public var maximumAssociations = 65_536
    /// Messages' bytes queued for sending per association before ``SCTPTransportError/Code/sendQueueFull``.
    public var sendQueueLimit = 262_144
    /// Bytes received and not yet taken by the user, per endpoint, before reading pauses and the peers' windows close.
    public var receiveQueueLimit = 1_048_576
    /// Streams to ask for, and to accept, per direction.
    public var streams: UInt16 = 16
    /// What the identifiers of the associations that peers open carry: for engines that live on several endpoints.
    public var channel: TransportChannel = .main
    /// TCP and UDP: an association on which nothing came or went for so long is ended. Nil: TCP's never, UDP's after
    /// ``datagramIdleTimeout``, since UDP has no other end.
    public var idleTimeout: Duration?
    /// TCP: how long a message may take to be complete once it has begun; then the association ends.
    public var partialMessageTimeout: Duration = .seconds(30)
    /// Time-outs and path supervision.
    public var timing = SCTPTiming()

    /// How long a UDP association is kept without use, where ``idleTimeout`` says nothing.
    public static let datagramIdleTimeout: Duration = .seconds(300)

    /// The values as they usually are.
    public init() {}

    /// - Parameters:
    ///   - localAddresses: what to bind to; none is any.
    ///   - port: 0 is a free one.
    public init(localAddresses: [IPAddress], port: UInt16 = 0) {
        self.localAddresses = localAddresses
        self.port = port
    }
}

/// Protocol parameters of RFC 9260 §16.
public struct SCTPTiming: Hashable, Sendable {
    /// RTO.Initial
    public var initialRetransmissionTimeout: Duration = .seconds(1)
    /// RTO.Min: below the peer's SACK delay (200 ms) paths are taken for failed without cause.
    public var minimumRetransmissionTimeout: Duration = .milliseconds(300)
    /// RTO.Max
    public var maximumRetransmissionTimeout: Duration = .seconds(60)
    /// HB.interval; nil sends no heartbeats.
    public var heartbeatInterval: Duration? = .seconds(30)
    /// Association.Max.Retrans
    public var maximumAssociationRetransmissions: UInt16 = 10
    /// Path.Max.Retrans
    public var maximumPathRetransmissions: UInt16 = 5
    /// Max.Init.Retransmits
    public var maximumInitRetransmissions: UInt16 = 8

    /// The values as they usually are.
    public init() {}
}

/// What a backend can do beyond messages on associations.
public struct SCTPCapabilities: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32

    /// - Parameter rawValue: a bit for each capability.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Several addresses per endpoint and several paths per association.
    public static let multiHoming = SCTPCapabilities(rawValue: 1 << 0)
    /// Packets travel in UDP, so peers' addresses have encapsulation ports.
    public static let udpEncapsulation = SCTPCapabilities(rawValue: 1 << 1)
    /// Interoperates with other hosts (the simulated network does not).
    public static let network = SCTPCapabilities(rawValue: 1 << 2)
    /// Reports ``SCTPNotification/path(_:_:)``.
    public static let pathStates = SCTPCapabilities(rawValue: 1 << 3)
    /// Payload protocol identifier, stream and order of a message travel with it; several streams.
    public static let messageHeaders = SCTPCapabilities(rawValue: 1 << 4)
    /// Associations use the endpoint's own port, so that two endpoints have one association at most.
    public static let endpointPorts = SCTPCapabilities(rawValue: 1 << 5)
    /// Associations are agreed on with the peer, and what is sent arrives once and in order, or the association ends.
    public static let reliable = SCTPCapabilities(rawValue: 1 << 6)
    /// Everything that the peer's side did not acknowledge is handed back when an association ends.
    public static let undelivered = SCTPCapabilities(rawValue: 1 << 7)
    /// All of SCTP itself, over whatever it goes.
    static let sctp: SCTPCapabilities = [.pathStates, .messageHeaders, .endpointPorts, .reliable, .undelivered]
}
