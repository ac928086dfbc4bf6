/// Every value of a registrar that an operator can set: by an option, by the environment, or in a file. The one home of its name, its
/// kind and its explanation; its default is what the library has.
///
/// The case is the property's name in the library and the option's in the tool.
enum RegistrarKey: String, CaseIterable, Sendable {
    // General
    case profile, identifier, transport, timing
    // Endpoints
    case listen, listenTcp, listenPeers, peer
    case announce, announcePeers, announceInterface, announceHopLimit
    // ASAP
    case keepAliveInterval, keepAliveTimeout, maximumBadReports, defaultResolutionCount, checksAddresses, minimumUpdateInterval
    // ENRP
    case heartbeatCycle, maximumTimeLastHeard, maximumTimeNoResponse, mentorDiscoveryTime, mentorRetryDelay, maximumMentorRounds
    case downloadSessionTime, takeoverTimeout, maximumTakeoverAttempts, takeoverExpiry, resynchronisationDelay
    case maximumResynchronisationDelay, serverAnnounceTime, announcementValidity, adoptionsPerSecond, suggestsTakeover
    // Limits
    case maximumPools, maximumElements, maximumElementsPerPool, maximumAddressesPerElement, maximumHandleLength
    case maximumElementSize, maximumElementsPerResponse, maximumMessageSize, maximumAssociations
    case maximumWatchedPoolsPerAssociation, maximumSubscribersPerPool, maximumReportsPerSecond
    case maximumAcknowledgementsPerSecond, maximumErrorsPerSecond
    case maximumPeers, maximumPeerAssociations, maximumMessagesPerSecond, maximumPresencesPerSecond
    case maximumTableRequestsPerSecond, maximumAnnouncementsPerSecond, maximumDownloads, maximumTableMessages
    case maximumTableMessageSize

    /// As options and files write it: `keep-alive-interval`.
    var name: String {
        rawValue.reduce(into: "") { name, character in
            if character.isUppercase { name += "-" }
            name += character.lowercased()
        }
    }

    /// As the environment writes it: `RSERPOOL_REGISTRAR_KEEP_ALIVE_INTERVAL`.
    var variable: String {
        RegistrarKey.variablePrefix + name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
    }

    static let variablePrefix = "RSERPOOL_REGISTRAR_"

    /// What may stand there.
    enum Kind: Sendable {
        /// Seconds, decimals allowed.
        case seconds
        case number
        case flag
        case choice([String])
        case text(String)
        /// Several, in a file as a list, elsewhere with commas between them.
        case list(String)
    }

    var kind: Kind {
        switch self {
        case .profile: .choice(RegistrarProfile.allCases.map(\.rawValue))
        case .transport: .choice(TransportChoice.allCases.map(\.rawValue))
        case .timing: .choice(TimingChoice.allCases.map(\.rawValue))
        case .identifier: .text("number")
        case .listen, .listenTcp, .listenPeers: .list("address[:port][/udp-port]")
        case .peer: .list("address[:port][/udp-port]")
        case .announce, .announcePeers: .list("group[:port]")
        case .announceInterface: .list("interface")
        case .checksAddresses, .suggestsTakeover: .flag
        case .keepAliveInterval, .keepAliveTimeout, .minimumUpdateInterval, .heartbeatCycle, .maximumTimeLastHeard,
            .maximumTimeNoResponse, .mentorDiscoveryTime, .mentorRetryDelay, .downloadSessionTime, .takeoverTimeout,
            .takeoverExpiry, .resynchronisationDelay, .maximumResynchronisationDelay, .serverAnnounceTime,
            .announcementValidity:
            .seconds
        default: .number
        }
    }

    /// What may stand there, in words.
    var allowed: String {
        switch kind {
        case .seconds: "seconds, such as 30 or 2.4"
        case .number: "a whole number"
        case .flag: "true or false"
        case .choice(let names): names.joined(separator: " or ")
        case .text(let form): form
        case .list(let form): form + ", one or several"
        }
    }

    /// For help texts: what a value looks like.
    var form: String {
        switch kind {
        case .seconds: "seconds"
        case .number: "number"
        case .flag: "true|false"
        case .choice(let names): names.joined(separator: "|")
        case .text(let form), .list(let form): form
        }
    }

    var explanation: String {
        switch self {
        case .profile: "The timers not named: rfc for those of the RFCs, lan for fast ones, near rsplib's, in one network."
        case .identifier: "The registrar's identifier; by default drawn at random at each start."
        case .transport: "Which SCTP: auto takes the kernel's where it has one, else userland."
        case .timing: "SCTP's time-outs: standard as RFC 9260 has them, fast to notice a dead peer within 2 seconds."
        case .listen: "Where elements and users are served over SCTP. Several addresses are one endpoint with several paths."
        case .listenTcp: "Where users are served over TCP; by default nowhere."
        case .listenPeers:
            "Where other registrars are met; by default listen's addresses where there are peers or groups of them."
        case .peer: "Another registrar, at its address for registrars."
        case .announce: "Multicast groups for elements and users (ASAP_SERVER_ANNOUNCE)."
        case .announcePeers: "Multicast groups in which registrars find each other (ENRP_PRESENCE)."
        case .announceInterface:
            "The interfaces that announcements go out by and come in by; by default all that have multicast."
        case .announceHopLimit: "How many routers pass announcements on, less one; 1 stays on the link."
        case .keepAliveInterval: "How often each element is asked whether it is alive, varied by half of it (RFC 5352 §3.5)."
        case .keepAliveTimeout: "How long an element may take to answer."
        case .maximumBadReports: "MAX-BAD-PE-REPORT: so often may users report an element that still answers."
        case .defaultResolutionCount: "Elements in an answer to who does not say how many he wants."
        case .checksAddresses: "Whether an element's addresses must be its association's (RFC 5352 §2.2.1)."
        case .minimumUpdateInterval:
            "The least time between two updates of a pool to the users that asked for them (RFC 5352 §2.2.5)."
        case .heartbeatCycle: "PEER-HEARTBEAT-CYCLE: the time between two presences (RFC 5353 §3.4.2)."
        case .maximumTimeLastHeard: "MAX-TIME-LAST-HEARD: how long a peer may be silent before it is asked (RFC 5353 §3.4.3)."
        case .maximumTimeNoResponse: "MAX-TIME-NO-RESPONSE: how long to wait for a peer's answer (RFC 5353 §4.2)."
        case .mentorDiscoveryTime: "How long to listen for a mentor before the registrar takes itself to be alone."
        case .mentorRetryDelay: "How long to wait where every mentor refuses, varied by half of it."
        case .maximumMentorRounds: "How often to go through all mentors before serving without."
        case .downloadSessionTime: "How long to wait for the request for the next part of a handle table (RFC 5353 §3.2.3)."
        case .takeoverTimeout: "How long to wait for the acknowledgements of a takeover (RFC 5353 §3.5.1)."
        case .maximumTakeoverAttempts: "How often peers are asked to acknowledge a takeover."
        case .takeoverExpiry: "How long a peer that another one takes over is left unmonitored."
        case .resynchronisationDelay:
            "The least time between two resynchronisations with a peer, doubled while they do not help."
        case .maximumResynchronisationDelay: "Where that doubling ends."
        case .serverAnnounceTime: "T6-Serverannounce: the time between two announcements to elements and users (RFC 5352 §7.1)."
        case .announcementValidity: "T7-ENRPoutdate: how long another registrar's announcement counts (RFC 5352 §7.1)."
        case .adoptionsPerSecond: "Elements taken over that are asked within a second whether they follow."
        case .suggestsTakeover:
            "Whether peers are told to take over elements that are nearer to them (Takeover Suggestion Flag)."
        case .maximumPools: "Pools; more: Lack of Resources."
        case .maximumElements: "Elements of all pools; more: Lack of Resources."
        case .maximumElementsPerPool: "Elements of one pool; more: Lack of Resources."
        case .maximumAddressesPerElement: "Addresses of an element; more: Lack of Resources."
        case .maximumHandleLength: "Bytes of a pool handle; more: Lack of Resources."
        case .maximumElementSize: "Bytes of an element's parameter; more: Lack of Resources."
        case .maximumElementsPerResponse: "Elements in an answer, whatever was asked for."
        case .maximumMessageSize: "Bytes of a message sent to elements and users."
        case .maximumAssociations: "Associations with elements and users; one more is aborted."
        case .maximumWatchedPoolsPerAssociation: "Pools of whose changes one user is told; for more the A flag stays 0."
        case .maximumSubscribersPerPool: "Users that are told of one pool's changes; for more the A flag stays 0."
        case .maximumReportsPerSecond: "Reports of unreachable elements taken from one association; more are thrown away."
        case .maximumAcknowledgementsPerSecond: "Acknowledgements taken from one association; more are thrown away."
        case .maximumErrorsPerSecond: "Error messages sent over one association; the rest goes unanswered."
        case .maximumPeers: "Registrars in the peer list; messages of more are thrown away."
        case .maximumPeerAssociations: "Associations with registrars; one more is aborted."
        case .maximumMessagesPerSecond: "Messages taken from one registrar; more are thrown away."
        case .maximumPresencesPerSecond: "Presences and requests taken from one registrar; more are thrown away."
        case .maximumTableRequestsPerSecond: "Requests for handle tables taken from one registrar; more are thrown away."
        case .maximumAnnouncementsPerSecond: "Announcements taken from all senders together; more are thrown away."
        case .maximumDownloads: "Handle tables given out at a time; more are rejected."
        case .maximumTableMessages: "Messages of one handle table asked for; with more it is given up."
        case .maximumTableMessageSize: "Bytes of one handle table message sent."
        }
    }
}

/// `profile`.
enum RegistrarProfile: String, CaseIterable, Sendable {
    case rfc
    case lan
}
