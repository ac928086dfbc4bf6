import ArgumentParser

// The registrar's keys as options: the property is the key's case, everything else is said in ``RegistrarKey``.

/// A group of options whose properties are named as the cases of ``RegistrarKey``.
protocol RegistrarKeyOptions: ParsableArguments {}

extension RegistrarKeyOptions {
    /// What was given on the command line.
    var values: [RegistrarKey: [String]] {
        var values: [RegistrarKey: [String]] = [:]
        for child in Mirror(reflecting: self).children {
            guard let label = child.label, let key = RegistrarKey(rawValue: String(label.dropFirst())) else { continue }
            if let option = child.value as? Option<String?>, let text = option.wrappedValue { values[key] = [text] }
            if let option = child.value as? Option<[String]>, !option.wrappedValue.isEmpty { values[key] = option.wrappedValue }
        }
        return values
    }
}

extension ArgumentHelp {
    /// The help of a key's option.
    static func key(_ key: RegistrarKey) -> ArgumentHelp {
        ArgumentHelp(ArgumentHelp.text(key), valueName: key.form)
    }

    private static func text(_ key: RegistrarKey) -> String {
        let value = (try? RegistrarSettings(RegistrarValues()).text(key)) ?? nil
        guard let value, !value.isEmpty else { return key.explanation }
        return "\(key.explanation) (default: \(value.joined(separator: ", ")))"
    }
}

/// General.
struct RegistrarGeneralOptions: RegistrarKeyOptions {
    @Option(help: .key(.profile)) var profile: String?
    @Option(help: .key(.identifier)) var identifier: String?
    @Option(help: .key(.transport)) var transport: String?
    @Option(help: .key(.timing)) var timing: String?
}

/// Endpoints and announcements.
struct RegistrarEndpointOptions: RegistrarKeyOptions {
    @Option(help: .key(.listen)) var listen: [String] = []
    @Option(help: .key(.listenTcp)) var listenTcp: [String] = []
    @Option(help: .key(.listenPeers)) var listenPeers: [String] = []
    @Option(help: .key(.peer)) var peer: [String] = []
    @Option(help: .key(.announce)) var announce: [String] = []
    @Option(help: .key(.announcePeers)) var announcePeers: [String] = []
    @Option(help: .key(.announceInterface)) var announceInterface: [String] = []
    @Option(help: .key(.announceHopLimit)) var announceHopLimit: String?
}

/// Serving elements and users.
struct RegistrarServiceOptions: RegistrarKeyOptions {
    @Option(help: .key(.keepAliveInterval)) var keepAliveInterval: String?
    @Option(help: .key(.keepAliveTimeout)) var keepAliveTimeout: String?
    @Option(help: .key(.maximumBadReports)) var maximumBadReports: String?
    @Option(help: .key(.defaultResolutionCount)) var defaultResolutionCount: String?
    @Option(help: .key(.checksAddresses)) var checksAddresses: String?
    @Option(help: .key(.minimumUpdateInterval)) var minimumUpdateInterval: String?
}

/// Among registrars.
struct RegistrarPeerOptions: RegistrarKeyOptions {
    @Option(help: .key(.heartbeatCycle)) var heartbeatCycle: String?
    @Option(help: .key(.maximumTimeLastHeard)) var maximumTimeLastHeard: String?
    @Option(help: .key(.maximumTimeNoResponse)) var maximumTimeNoResponse: String?
    @Option(help: .key(.mentorDiscoveryTime)) var mentorDiscoveryTime: String?
    @Option(help: .key(.mentorRetryDelay)) var mentorRetryDelay: String?
    @Option(help: .key(.maximumMentorRounds)) var maximumMentorRounds: String?
    @Option(help: .key(.downloadSessionTime)) var downloadSessionTime: String?
    @Option(help: .key(.takeoverTimeout)) var takeoverTimeout: String?
    @Option(help: .key(.maximumTakeoverAttempts)) var maximumTakeoverAttempts: String?
    @Option(help: .key(.takeoverExpiry)) var takeoverExpiry: String?
    @Option(help: .key(.resynchronisationDelay)) var resynchronisationDelay: String?
    @Option(help: .key(.maximumResynchronisationDelay)) var maximumResynchronisationDelay: String?
    @Option(help: .key(.serverAnnounceTime)) var serverAnnounceTime: String?
    @Option(help: .key(.announcementValidity)) var announcementValidity: String?
    @Option(help: .key(.adoptionsPerSecond)) var adoptionsPerSecond: String?
    @Option(help: .key(.suggestsTakeover)) var suggestsTakeover: String?
}

/// Limits.
struct RegistrarLimitOptions: RegistrarKeyOptions {
    @Option(help: .key(.maximumPools)) var maximumPools: String?
    @Option(help: .key(.maximumElements)) var maximumElements: String?
    @Option(help: .key(.maximumElementsPerPool)) var maximumElementsPerPool: String?
    @Option(help: .key(.maximumAddressesPerElement)) var maximumAddressesPerElement: String?
    @Option(help: .key(.maximumHandleLength)) var maximumHandleLength: String?
    @Option(help: .key(.maximumElementSize)) var maximumElementSize: String?
    @Option(help: .key(.maximumElementsPerResponse)) var maximumElementsPerResponse: String?
    @Option(help: .key(.maximumMessageSize)) var maximumMessageSize: String?
    @Option(help: .key(.maximumAssociations)) var maximumAssociations: String?
    @Option(help: .key(.maximumWatchedPoolsPerAssociation)) var maximumWatchedPoolsPerAssociation: String?
    @Option(help: .key(.maximumSubscribersPerPool)) var maximumSubscribersPerPool: String?
    @Option(help: .key(.maximumReportsPerSecond)) var maximumReportsPerSecond: String?
    @Option(help: .key(.maximumAcknowledgementsPerSecond)) var maximumAcknowledgementsPerSecond: String?
    @Option(help: .key(.maximumErrorsPerSecond)) var maximumErrorsPerSecond: String?
    @Option(help: .key(.maximumPeers)) var maximumPeers: String?
    @Option(help: .key(.maximumPeerAssociations)) var maximumPeerAssociations: String?
    @Option(help: .key(.maximumMessagesPerSecond)) var maximumMessagesPerSecond: String?
    @Option(help: .key(.maximumPresencesPerSecond)) var maximumPresencesPerSecond: String?
    @Option(help: .key(.maximumTableRequestsPerSecond)) var maximumTableRequestsPerSecond: String?
    @Option(help: .key(.maximumAnnouncementsPerSecond)) var maximumAnnouncementsPerSecond: String?
    @Option(help: .key(.maximumDownloads)) var maximumDownloads: String?
    @Option(help: .key(.maximumTableMessages)) var maximumTableMessages: String?
    @Option(help: .key(.maximumTableMessageSize)) var maximumTableMessageSize: String?
}
