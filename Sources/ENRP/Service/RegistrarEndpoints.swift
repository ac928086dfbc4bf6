public import ASAP
public import InternetAddresses
import RSerPoolParameters
public import SCTPTransport

/// Where a registrar serves, and by which multicast groups it makes itself known.
///
///     var endpoints = RegistrarEndpoints(at: IPAddress("192.0.2.1")!)
///     endpoints.asapAnnouncements = [.serverAnnounce()]
///     endpoints.enrpAnnouncements = [.presence()]
///
/// A registrar that announces itself on a host with several addresses should have one of them bound: whoever hears it takes the
/// announcement's source for its address.
public struct RegistrarEndpoints: Sendable {
    /// For pool elements and pool users, over SCTP.
    public var asap: SCTPEndpointConfiguration
    /// For pool users that have no SCTP, over TCP (RFC 5352 §3.3, NR3). Pool elements cannot register there. Nil: none.
    public var asapOverTCP: SCTPEndpointConfiguration?
    /// For other registrars, over SCTP. Nil: none; the registrar is alone then, and no peers may be configured.
    public var enrp: SCTPEndpointConfiguration?
    /// Groups to which the registrar announces itself to elements and users (RFC 5352 §3.6). None: it does not.
    public var asapAnnouncements: [MulticastConfiguration]
    /// Groups in which registrars find each other (RFC 5353 §3.1). None: peers are configured, or find this one.
    public var enrpAnnouncements: [MulticastConfiguration]

    /// Endpoints of one's own; by default ASAP over SCTP alone, at its registered port and every address of the host.
    public init(
        asap: SCTPEndpointConfiguration = .registrar, asapOverTCP: SCTPEndpointConfiguration? = nil,
        enrp: SCTPEndpointConfiguration? = nil, asapAnnouncements: [MulticastConfiguration] = [],
        enrpAnnouncements: [MulticastConfiguration] = []
    ) {
        self.asap = asap
        self.asapOverTCP = asapOverTCP
        self.enrp = enrp
        self.asapAnnouncements = asapAnnouncements
        self.enrpAnnouncements = enrpAnnouncements
    }

    /// ASAP and ENRP at one address, at their registered ports (RFC 5352 §8.2, RFC 5353 §5.3).
    public init(at address: IPAddress) {
        self.init(
            asap: SCTPEndpointConfiguration(localAddresses: [address], port: ASAPProtocol.port),
            enrp: SCTPEndpointConfiguration(localAddresses: [address], port: ENRPProtocol.port))
    }

    /// Each endpoint with its channel, listening, and within the registrar's limits.
    func bounded(by limits: RegistrarLimits, _ peers: PeerLimits) -> RegistrarEndpoints {
        func bounded(
            _ endpoint: SCTPEndpointConfiguration, _ channel: TransportChannel, _ associations: Int
        ) -> SCTPEndpointConfiguration {
            var bounded = endpoint
            bounded.isListening = true
            bounded.channel = channel
            bounded.maximumAssociations = min(endpoint.maximumAssociations, associations)
            return bounded
        }
        return RegistrarEndpoints(
            asap: bounded(asap, .asap, limits.maximumAssociations),
            asapOverTCP: asapOverTCP.map { bounded($0, .asapOverTCP, limits.maximumAssociations) },
            enrp: enrp.map { bounded($0, .enrp, peers.maximumPeerAssociations) },
            asapAnnouncements: asapAnnouncements, enrpAnnouncements: enrpAnnouncements)
    }
}

extension RegistrarAddresses {
    /// What a registrar tells of the endpoints that it has opened. An endpoint bound to every address of the host is not told of:
    /// others take it to be where its messages come from.
    init(asap: SCTPEndpoint, tcp: SCTPEndpoint?, enrp: SCTPEndpoint?) {
        func usable(_ addresses: [SCTPAddress]) -> [SCTPAddress] {
            addresses.contains { $0.ip.isUnspecified } ? [] : addresses
        }
        self.init(enrp: usable(enrp?.localAddresses ?? []))
        if asap.capabilities.contains(.udpEncapsulation), let port = asap.localAddresses.first?.encapsulationPort,
            port != SCTPAddress.defaultEncapsulationPort
        {
            asapEncapsulationPort = port
        }
        let served = usable(asap.localAddresses)
        if let first = served.first {
            self.asap.append(
                .sctp(SCTPTransportParameter(port: first.port, use: .dataPlusControl, addresses: served.map(\.ip))))
        }
        for address in usable(tcp?.localAddresses ?? []) {
            self.asap.append(.tcp(TCPTransportParameter(port: address.port, address: address.ip)))
        }
    }
}

extension SCTPEndpointConfiguration {
    /// ASAP's port, 3863 (RFC 5352 §8.2), at every address of the host.
    public static var registrar: SCTPEndpointConfiguration {
        SCTPEndpointConfiguration(localAddresses: [], port: ASAPProtocol.port)
    }
}

extension MulticastConfiguration {
    /// The group of server announcements: RFC 5352 §8.4 has 224.0.1.185 and ff0X::133, §8.2 the port.
    public static func serverAnnounce(
        group: IPAddress = ASAPProtocol.announceGroupIPv4, port: UInt16 = ASAPProtocol.port
    ) -> MulticastConfiguration {
        MulticastConfiguration(group: group, port: port)
    }

    /// The group of ENRP's presences. RFC 5353 has none: that of server announcements, at ENRP's port (§5.3).
    public static func presence(
        group: IPAddress = ASAPProtocol.announceGroupIPv4, port: UInt16 = ENRPProtocol.port
    ) -> MulticastConfiguration {
        MulticastConfiguration(group: group, port: port)
    }
}
