import ASAP
import ENRP
import InternetAddresses
import RSerPoolParameters
import SCTPTransport

/// What `rserpool registrar` is to do: the operator's values with the library's defaults for the others.
struct RegistrarSettings: Sendable {
    var profile: RegistrarProfile
    var identifier: RegistrarIdentifier?
    var transport: TransportChoice
    var timing: TimingChoice
    var configuration: RegistrarConfiguration
    var endpoints: RegistrarEndpoints
    let values: RegistrarValues

    /// - Throws: `ToolFailure` that names the option, variable or key, and what is allowed there.
    init(_ values: RegistrarValues) throws {
        self.values = values
        profile = try values.choice(.profile, RegistrarProfile.self) ?? .rfc
        transport = try values.choice(.transport, TransportChoice.self) ?? .auto
        timing = try values.choice(.timing, TimingChoice.self) ?? .standard
        identifier = try values.one(.identifier) { text in
            RegistrarIdentifier(rawValue: try AddressArguments.number(text, in: 1...UInt32.max, of: "registrar identifier"))
        }
        do {
            configuration = try Self.configuration(values, profile)
        } catch let error as ConfigurationError {
            let key = RegistrarKey(rawValue: error.property)
            throw ToolFailure(.usage, "\(key.map { "\(values.name($0)): " } ?? "")\(error.description)")
        }
        endpoints = try Self.endpoints(values, timing, hasPeers: !configuration.peers.peers.isEmpty)
    }

    // MARK: Timers and limits

    private static func configuration(_ values: RegistrarValues, _ profile: RegistrarProfile) throws -> RegistrarConfiguration {
        let base: RegistrarConfiguration = profile == .lan ? .lan : .standard
        let limits = try RegistrarLimits(
            maximumPools: values.number(.maximumPools) ?? base.limits.maximumPools,
            maximumElements: values.number(.maximumElements) ?? base.limits.maximumElements,
            maximumElementsPerPool: values.number(.maximumElementsPerPool) ?? base.limits.maximumElementsPerPool,
            maximumAddressesPerElement: values.number(.maximumAddressesPerElement) ?? base.limits.maximumAddressesPerElement,
            maximumHandleLength: values.number(.maximumHandleLength) ?? base.limits.maximumHandleLength,
            maximumElementSize: values.number(.maximumElementSize) ?? base.limits.maximumElementSize,
            maximumElementsPerResponse: values.number(.maximumElementsPerResponse) ?? base.limits.maximumElementsPerResponse,
            maximumMessageSize: values.number(.maximumMessageSize) ?? base.limits.maximumMessageSize,
            maximumAssociations: values.number(.maximumAssociations) ?? base.limits.maximumAssociations,
            maximumWatchedPoolsPerAssociation: values.number(.maximumWatchedPoolsPerAssociation)
                ?? base.limits.maximumWatchedPoolsPerAssociation,
            maximumSubscribersPerPool: values.number(.maximumSubscribersPerPool) ?? base.limits.maximumSubscribersPerPool,
            maximumReportsPerSecond: values.number(.maximumReportsPerSecond) ?? base.limits.maximumReportsPerSecond,
            maximumAcknowledgementsPerSecond: values.number(.maximumAcknowledgementsPerSecond)
                ?? base.limits.maximumAcknowledgementsPerSecond,
            maximumErrorsPerSecond: values.number(.maximumErrorsPerSecond) ?? base.limits.maximumErrorsPerSecond)
        return try RegistrarConfiguration(
            keepAliveInterval: values.duration(.keepAliveInterval) ?? base.keepAliveInterval,
            keepAliveTimeout: values.duration(.keepAliveTimeout) ?? base.keepAliveTimeout,
            maximumBadReports: values.number(.maximumBadReports) ?? base.maximumBadReports,
            defaultResolutionCount: values.number(.defaultResolutionCount),
            checksAddresses: values.flag(.checksAddresses) ?? base.checksAddresses,
            peers: peers(values, base.peers),
            minimumUpdateInterval: values.duration(.minimumUpdateInterval) ?? base.minimumUpdateInterval, limits: limits)
    }

    private static func peers(_ values: RegistrarValues, _ base: PeerConfiguration) throws -> PeerConfiguration {
        let standard = PeerLimits.standard
        let limits = try PeerLimits(
            maximumPeers: values.number(.maximumPeers) ?? standard.maximumPeers,
            maximumPeerAssociations: values.number(.maximumPeerAssociations) ?? standard.maximumPeerAssociations,
            maximumMessagesPerSecond: values.number(.maximumMessagesPerSecond) ?? standard.maximumMessagesPerSecond,
            maximumPresencesPerSecond: values.number(.maximumPresencesPerSecond) ?? standard.maximumPresencesPerSecond,
            maximumTableRequestsPerSecond: values.number(.maximumTableRequestsPerSecond)
                ?? standard.maximumTableRequestsPerSecond,
            maximumAnnouncementsPerSecond: values.number(.maximumAnnouncementsPerSecond)
                ?? standard.maximumAnnouncementsPerSecond,
            maximumDownloads: values.number(.maximumDownloads) ?? standard.maximumDownloads,
            maximumTableMessages: values.number(.maximumTableMessages) ?? standard.maximumTableMessages,
            maximumTableMessageSize: values.number(.maximumTableMessageSize) ?? standard.maximumTableMessageSize)
        let peers = try values.list(.peer) { text in
            [try AddressArguments.registrar(text, defaultPort: ENRPProtocol.port)]
        }
        return try PeerConfiguration(
            profile: base, peers: peers, suggestsTakeover: values.flag(.suggestsTakeover),
            heartbeatCycle: values.duration(.heartbeatCycle), maximumTimeLastHeard: values.duration(.maximumTimeLastHeard),
            maximumTimeNoResponse: values.duration(.maximumTimeNoResponse),
            mentorDiscoveryTime: values.duration(.mentorDiscoveryTime), mentorRetryDelay: values.duration(.mentorRetryDelay),
            maximumMentorRounds: values.number(.maximumMentorRounds),
            downloadSessionTime: values.duration(.downloadSessionTime),
            takeoverTimeout: values.duration(.takeoverTimeout),
            maximumTakeoverAttempts: values.number(.maximumTakeoverAttempts), takeoverExpiry: values.duration(.takeoverExpiry),
            resynchronisationDelay: values.duration(.resynchronisationDelay),
            maximumResynchronisationDelay: values.duration(.maximumResynchronisationDelay),
            serverAnnounceTime: values.duration(.serverAnnounceTime),
            announcementValidity: values.duration(.announcementValidity),
            adoptionsPerSecond: values.number(.adoptionsPerSecond), limits: limits)
    }

    // MARK: Endpoints

    private static func endpoints(
        _ values: RegistrarValues, _ timing: TimingChoice, hasPeers: Bool
    ) throws -> RegistrarEndpoints {
        let loopback = SCTPAddress(.loopbackIPv4, port: ASAPProtocol.port)
        let listen = try endpoint(.listen, values, ASAPProtocol.port, timing) ?? endpoint([loopback], timing)
        var endpoints = RegistrarEndpoints(
            asap: listen, asapOverTCP: try endpoint(.listenTcp, values, ASAPProtocol.port, timing),
            enrp: try endpoint(.listenPeers, values, ENRPProtocol.port, timing))
        endpoints.asapAnnouncements = try groups(.announce, values, listen, ASAPProtocol.port)
        endpoints.enrpAnnouncements = try groups(.announcePeers, values, endpoints.enrp ?? listen, ENRPProtocol.port)
        if endpoints.enrp == nil, hasPeers || !endpoints.enrpAnnouncements.isEmpty {
            var beside = listen
            beside.port = ENRPProtocol.port
            beside.encapsulationPort = nil
            endpoints.enrp = beside
        }
        return endpoints
    }

    private static func endpoint(
        _ key: RegistrarKey, _ values: RegistrarValues, _ port: UInt16, _ timing: TimingChoice
    ) throws -> SCTPEndpointConfiguration? {
        guard let addresses = try values.list(key, { try AddressArguments.endpoint($0, defaultPort: port) }) else { return nil }
        guard let first = addresses.first, addresses.allSatisfy({ $0.port == first.port }) else {
            throw ToolFailure(.usage, "\(values.name(key)): the addresses of one endpoint have one port.")
        }
        return endpoint(addresses, timing)
    }

    private static func endpoint(_ addresses: [SCTPAddress], _ timing: TimingChoice) -> SCTPEndpointConfiguration {
        var configuration = SCTPEndpointConfiguration(localAddresses: addresses.map(\.ip), port: addresses.first?.port ?? 0)
        configuration.encapsulationPort = addresses.first?.encapsulationPort
        configuration.timing = timing.timing
        return configuration
    }

    private static func groups(
        _ key: RegistrarKey, _ values: RegistrarValues, _ endpoint: SCTPEndpointConfiguration, _ port: UInt16
    ) throws -> [MulticastConfiguration] {
        let interfaces = try values.list(.announceInterface) { $0 }
        let hopLimit = try values.number(.announceHopLimit, in: 1...255) ?? 1
        return try (values.list(key) { try AddressArguments.group($0, defaultPort: port) } ?? []).map { address in
            var group = MulticastConfiguration(group: address.ip, port: address.port)
            if let interfaces { group.interfaces = .named(interfaces) }
            group.hopLimit = UInt8(hopLimit)
            // Whoever hears an announcement takes its source for the registrar's address.
            group.sourceAddress = endpoint.localAddresses.first { $0.family == address.ip.family && !$0.isUnspecified }
            return group
        }
    }
}
