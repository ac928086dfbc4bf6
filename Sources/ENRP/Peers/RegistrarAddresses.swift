public import ASAP
import RSerPoolParameters
public import SCTPTransport

/// Where a registrar is reached, as it tells others. Addresses that stand for any, or for none, have no place here.
public struct RegistrarAddresses: Hashable, Sendable {
    /// Its ENRP endpoint, all with one port: for its Server Information (RFC 5354 §3.11). With none, peers take it to be where its
    /// messages come from.
    public var enrp: [SCTPAddress]
    /// Where it serves ASAP, for ASAP_SERVER_ANNOUNCE (RFC 5352 §2.2.10). With none, elements and users take it to be at the
    /// announcement's source and ASAP's port (§3.6).
    public var asap: [ASAPMessage.ServerAnnounce.Transport]

    /// The UDP port of ASAP's SCTP over UDP (RFC 6951); nil where that is 9899, which needs no telling, or SCTP is the host's.
    public var asapEncapsulationPort: UInt16?

    /// Without addresses the registrar tells of none.
    public init(
        enrp: [SCTPAddress] = [], asap: [ASAPMessage.ServerAnnounce.Transport] = [], asapEncapsulationPort: UInt16? = nil
    ) {
        self.enrp = enrp
        self.asap = asap
        self.asapEncapsulationPort = asapEncapsulationPort
    }

    /// No addresses: the registrar tells of none.
    public static let none = RegistrarAddresses()

    /// The Server Information parameter; nil without addresses.
    func information(_ identifier: RegistrarIdentifier) -> ServerInformationParameter? {
        guard let first = enrp.first else { return nil }
        return ServerInformationParameter(
            identifier: identifier, transport: SCTPTransportParameter(port: first.port, addresses: enrp.map(\.ip)),
            encapsulationPort: first.unusualEncapsulationPort)
    }
}

extension ServerInformationParameter {
    /// The ENRP endpoint of the registrar.
    var addresses: [SCTPAddress] {
        transport.addresses.map { SCTPAddress($0, port: transport.port, encapsulationPort: encapsulationPort) }
    }
}
