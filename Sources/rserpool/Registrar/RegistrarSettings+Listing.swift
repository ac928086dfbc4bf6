import ASAP
import ENRP
import SCTPTransport

// What is in effect, for --check-config; and every key there is, for --list-keys and the documentation.
extension RegistrarSettings {
    /// The effective value of a key as a file would have it; empty for a list of none, nil where it is drawn or found at the start.
    func text(_ key: RegistrarKey) -> [String]? {
        let limits = configuration.limits
        let peers = configuration.peers
        func seconds(_ duration: Duration) -> [String] {
            let milliseconds = duration.components.seconds * 1_000 + duration.components.attoseconds / 1_000_000_000_000_000
            let (whole, rest) = milliseconds.quotientAndRemainder(dividingBy: 1_000)
            guard rest != 0 else { return ["\(whole)"] }
            var decimals = String("\(1_000 + rest)".dropFirst())
            while decimals.last == "0" { decimals.removeLast() }
            return ["\(whole).\(decimals)"]
        }
        func endpoint(_ configuration: SCTPEndpointConfiguration?) -> [String] {
            (configuration?.localAddresses ?? []).map { address in
                SCTPAddress(
                    address, port: configuration?.port ?? 0, encapsulationPort: configuration?.encapsulationPort
                ).description
            }
        }
        func groups(_ groups: [MulticastConfiguration]) -> [String] {
            groups.map { SCTPAddress($0.group, port: $0.port).description }
        }
        switch key {
        case .profile: return [profile.rawValue]
        case .identifier: return identifier.map { ["\($0)"] }
        case .transport: return [transport.rawValue]
        case .timing: return [timing.rawValue]
        case .listen: return endpoint(endpoints.asap)
        case .listenTcp: return endpoint(endpoints.asapOverTCP)
        case .listenPeers: return endpoint(endpoints.enrp)
        case .peer: return peers.peers.flatMap { $0.map(\.description) }
        case .announce: return groups(endpoints.asapAnnouncements)
        case .announcePeers: return groups(endpoints.enrpAnnouncements)
        case .announceInterface: return values.values[key]?.texts
        case .announceHopLimit: return values.values[key]?.texts ?? ["\(MulticastConfiguration.serverAnnounce().hopLimit)"]
        case .keepAliveInterval: return seconds(configuration.keepAliveInterval)
        case .keepAliveTimeout: return seconds(configuration.keepAliveTimeout)
        case .maximumBadReports: return ["\(configuration.maximumBadReports)"]
        case .defaultResolutionCount: return ["\(configuration.defaultResolutionCount)"]
        case .checksAddresses: return ["\(configuration.checksAddresses)"]
        case .minimumUpdateInterval: return seconds(configuration.minimumUpdateInterval)
        case .heartbeatCycle: return seconds(peers.heartbeatCycle)
        case .maximumTimeLastHeard: return seconds(peers.maximumTimeLastHeard)
        case .maximumTimeNoResponse: return seconds(peers.maximumTimeNoResponse)
        case .mentorDiscoveryTime: return seconds(peers.mentorDiscoveryTime)
        case .mentorRetryDelay: return seconds(peers.mentorRetryDelay)
        case .maximumMentorRounds: return ["\(peers.maximumMentorRounds)"]
        case .downloadSessionTime: return seconds(peers.downloadSessionTime)
        case .takeoverTimeout: return seconds(peers.takeoverTimeout)
        case .maximumTakeoverAttempts: return ["\(peers.maximumTakeoverAttempts)"]
        case .takeoverExpiry: return seconds(peers.takeoverExpiry)
        case .resynchronisationDelay: return seconds(peers.resynchronisationDelay)
        case .maximumResynchronisationDelay: return seconds(peers.maximumResynchronisationDelay)
        case .serverAnnounceTime: return seconds(peers.serverAnnounceTime)
        case .announcementValidity: return seconds(peers.announcementValidity)
        case .adoptionsPerSecond: return ["\(peers.adoptionsPerSecond)"]
        case .suggestsTakeover: return ["\(peers.suggestsTakeover)"]
        case .maximumPools: return ["\(limits.maximumPools)"]
        case .maximumElements: return ["\(limits.maximumElements)"]
        case .maximumElementsPerPool: return ["\(limits.maximumElementsPerPool)"]
        case .maximumAddressesPerElement: return ["\(limits.maximumAddressesPerElement)"]
        case .maximumHandleLength: return ["\(limits.maximumHandleLength)"]
        case .maximumElementSize: return ["\(limits.maximumElementSize)"]
        case .maximumElementsPerResponse: return ["\(limits.maximumElementsPerResponse)"]
        case .maximumMessageSize: return ["\(limits.maximumMessageSize)"]
        case .maximumAssociations: return ["\(limits.maximumAssociations)"]
        case .maximumWatchedPoolsPerAssociation: return ["\(limits.maximumWatchedPoolsPerAssociation)"]
        case .maximumSubscribersPerPool: return ["\(limits.maximumSubscribersPerPool)"]
        case .maximumReportsPerSecond: return ["\(limits.maximumReportsPerSecond)"]
        case .maximumAcknowledgementsPerSecond: return ["\(limits.maximumAcknowledgementsPerSecond)"]
        case .maximumErrorsPerSecond: return ["\(limits.maximumErrorsPerSecond)"]
        case .maximumPeers: return ["\(peers.limits.maximumPeers)"]
        case .maximumPeerAssociations: return ["\(peers.limits.maximumPeerAssociations)"]
        case .maximumMessagesPerSecond: return ["\(peers.limits.maximumMessagesPerSecond)"]
        case .maximumPresencesPerSecond: return ["\(peers.limits.maximumPresencesPerSecond)"]
        case .maximumTableRequestsPerSecond: return ["\(peers.limits.maximumTableRequestsPerSecond)"]
        case .maximumAnnouncementsPerSecond: return ["\(peers.limits.maximumAnnouncementsPerSecond)"]
        case .maximumDownloads: return ["\(peers.limits.maximumDownloads)"]
        case .maximumTableMessages: return ["\(peers.limits.maximumTableMessages)"]
        case .maximumTableMessageSize: return ["\(peers.limits.maximumTableMessageSize)"]
        }
    }

    /// The effective values as a file that says the same, each with where it comes from.
    var listing: String {
        RegistrarKey.allCases.map { key in
            let source: String? =
                switch values.values[key]?.source {
                case .option: "option"
                case .environment: "environment"
                case .file: "file"
                case nil: nil
                }
            let texts = text(key) ?? []
            guard !texts.isEmpty else { return "# \(key.name):" }
            var value = texts.first ?? ""
            if case .list = key.kind { value = "[" + texts.map { "\"\($0)\"" }.joined(separator: ", ") + "]" }
            return "\(key.name): \(value)" + (source.map { "  # \($0)" } ?? "")
        }.joined(separator: "\n")
    }

    /// Every key with its defaults, as a table in Markdown.
    static func table() throws -> String {
        let standard = try RegistrarSettings(RegistrarValues())
        let lan = try RegistrarSettings(RegistrarValues(profile: .lan))
        let rows = RegistrarKey.allCases.map { key in
            let (usual, fast) = (standard.text(key) ?? [], lan.text(key) ?? [])
            var value = usual.isEmpty ? "none" : usual.joined(separator: ", ")
            if key != .profile, fast != usual { value += " (lan: \(fast.joined(separator: ", ")))" }
            return "| `\(key.name)` | \(key.allowed.replacing("|", with: "\\|")) | \(value) | \(key.explanation) |"
        }
        return "| key | value | default | |\n| --- | --- | --- | --- |\n" + rows.joined(separator: "\n")
    }
}
