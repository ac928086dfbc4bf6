public import ENRP
import InternetAddresses
public import RSerPoolParameters
import SCTPTransport

/// A registrar's status: itself, its peers, what it has counted, and its pools with their elements.
public struct RegistrarStatus: StatusSource {
    private let registrar: Registrar
    private let policyName: @Sendable (PolicyType) -> String
    private let policyText: @Sendable (PolicyParameter) -> String

    /// - Parameters:
    ///   - policyName: how a policy is called.
    ///   - policyText: how a policy with its values is written.
    public init(
        _ registrar: Registrar, policyName: @escaping @Sendable (PolicyType) -> String = { $0.description },
        policyText: @escaping @Sendable (PolicyParameter) -> String = { $0.description }
    ) {
        self.registrar = registrar
        self.policyName = policyName
        self.policyText = policyText
    }

    public func tellStatus(to receive: @Sendable ([StatusValue]) async throws -> Void) async throws {
        let start = await registrar.snapshotStart()
        try await receive([value(start.snapshot), pools(start.snapshot.pools)])
        var next = start.next
        while let place = next {
            let slice = await registrar.poolSlice(place)
            try await receive([pools(slice.pools)])
            next = slice.next
        }
    }

    private func value(_ snapshot: RegistrarSnapshot) -> StatusValue {
        [
            "role": "registrar",
            "identifier": .text("\(snapshot.registrar)"),
            "serving": .bool(snapshot.isServing),
            "uptime": StatusValue(snapshot.uptime),
            "transport": .text(registrar.backendKind.rawValue),
            "asap": StatusValue(registrar.localAddresses),
            "asapOverTCP": StatusValue(registrar.tcpAddresses),
            "enrp": StatusValue(registrar.peerAddresses),
            "asapAnnouncements": .list(snapshot.asapAnnouncements.map(StatusValue.init)),
            "enrpAnnouncements": .list(snapshot.enrpAnnouncements.map(StatusValue.init)),
            "associations": StatusValue(snapshot.associations),
            "checksum": .text("\(snapshot.checksum)"),
            "counters": .object(
                RegistrarCounter.allCases.map {
                    StatusValue.Member($0.name, .integer(Int64(clamping: snapshot.counters[$0])))
                }),
            "announcementOffences": Self.value(snapshot.announcementOffences),
            "peers": .list(snapshot.peers.map(value)),
            "pools": [],
        ]
    }

    private func value(_ peer: RegistrarSnapshot.Peer) -> StatusValue {
        [
            "identifier": .text("\(peer.registrar)"),
            "state": .text(Self.name(of: peer.status)),
            "addresses": StatusValue(peer.addresses),
            "lastHeard": StatusValue(peer.silence),
            "elements": StatusValue(peer.elements),
            "checksum": .text("\(peer.checksum)"),
            "toldChecksum": peer.toldChecksum.map { .text("\($0)") } ?? .null,
            "inStep": peer.isInStep.map(StatusValue.bool) ?? .null,
            "resynchronising": .bool(peer.isResynchronising),
            "distance": peer.distance.map { StatusValue(Duration.milliseconds(Int64($0))) } ?? .null,
            "offences": Self.value(peer.offences),
        ]
    }

    private static func value(_ offences: [RegistrarSnapshot.Offence]) -> StatusValue {
        .object(offences.map { StatusValue.Member(String(describing: $0.kind), .integer(Int64(clamping: $0.count))) })
    }

    private static func name(of status: RegistrarSnapshot.Peer.Status) -> String {
        switch status {
        case .rumoured: "rumoured"
        case .active: "active"
        case .suspected: "suspected"
        case .inactive(let other): "being taken over by \(other)"
        case .takenOver: "being taken over"
        }
    }

    private func pools(_ pools: [RegistrarSnapshot.Pool]) -> StatusValue {
        [
            "pools": .list(
                pools.map { pool in
                    [
                        "handle": .text("\(pool.handle)"),
                        "index": StatusValue(pool.index),
                        "policy": .text(policyName(pool.policy.type)),
                        "elements": .list(pool.elements.map(value)),
                    ]
                })
        ]
    }

    private func value(_ element: RegistrarSnapshot.Element) -> StatusValue {
        let parameter = element.parameter
        return .object(
            StatusValue.members(of: parameter, policyText) + [
                StatusValue.Member("index", StatusValue(element.index)),
                StatusValue.Member("age", StatusValue(element.age)),
                StatusValue.Member("renewed", StatusValue(element.timeSinceRenewal)),
                StatusValue.Member("expires", StatusValue(element.timeToExpiry)),
                StatusValue.Member("reports", StatusValue(element.reports)),
            ])
    }
}
