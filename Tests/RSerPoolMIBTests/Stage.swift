import AgentX
import InternetAddresses
import PoolPolicies
import RSerPoolParameters

@testable import RSerPoolMIB

enum Stage {
    static let address = IPAddress("192.0.2.7")!
    static let otherAddress = IPAddress("2001:db8::7")!

    static func element(
        _ identifier: UInt32, policy: PolicyParameter = LeastUsed(load: Load(rawValue: 5)).parameter,
        transport: UserTransport? = nil, life: RegistrationLife = RegistrationLife(rawValue: 30)
    ) -> ManagedElement {
        ManagedElement(
            PoolElementParameter(
                identifier: PoolElementIdentifier(rawValue: identifier), homeRegistrar: RegistrarIdentifier(rawValue: 9),
                registrationLife: life,
                userTransport: transport
                    ?? .sctp(
                        SCTPTransportParameter(
                            port: 7_000, use: .dataPlusControl, addresses: [address, otherAddress])),
                policy: policy,
                asapTransport: SCTPTransportParameter(port: 3_864, use: .dataPlusControl, addresses: [address])))
    }

    /// One registrar (index 4) with two pools and a peer, two elements (2, 3), one user (1).
    static func nodes() -> ManagementView.Nodes {
        var nodes = ManagementView.Nodes()
        var registrar = ManagedRegistrar(identifier: RegistrarIdentifier(rawValue: 9), port: 9_901)
        registrar.description = Array("the first".utf8)
        registrar.uptime = 4_711
        registrar.asapAnnouncement = ManagedRegistrar.AnnouncementGroup(IPAddress("224.0.1.185")!, port: 3_863)
        registrar.addresses = [address]
        registrar.pools = [
            ManagedRegistrar.Pool(index: 1, handle: "A", elements: [(1, element(10)), (3, element(11))]),
            ManagedRegistrar.Pool(
                index: 2, handle: "B",
                elements: [(1, element(20, transport: .opaque(OpaqueTransportParameter([1, 2]))))]),
        ]
        registrar.peers = [
            ManagedRegistrar.Peer(
                index: 5, identifier: RegistrarIdentifier(rawValue: 77), port: 9_902, lastHeard: 120,
                addresses: [address, otherAddress])
        ]
        nodes.registrars = [(4, registrar)]
        nodes.elements = [
            (2, ManagedPoolElement(pool: "A", element: element(10))),
            (
                3,
                ManagedPoolElement(
                    pool: "A",
                    element: element(
                        11, policy: WeightedRoundRobin(weight: 3).parameter, life: .infinite))
            ),
        ]
        nodes.users = [(1, ManagedPoolUser(pool: "A"))]
        return nodes
    }

    static var view: ManagementView { ManagementView(nodes()) }
    static let base = RSerPoolObjects.module
}

extension ManagementView.RowIndex {
    var subidentifiers: [UInt32] { (0..<Int(count)).map { self[$0] } }
}
