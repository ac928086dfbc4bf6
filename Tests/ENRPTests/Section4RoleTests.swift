import ASAP
import PoolPolicies
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@testable import ENRP

@Suite("RFC 5352 §4: the messages that a registrar handles")
struct Section4RoleTests {
    private var registrar = RegistrarHarness()

    @Test(
        "It answers registrations and deregistrations, asks elements that are reported, takes what they answer and what went wrong",
        .requirement("asap-4-R9", "asap-4-R10"))
    mutating func roles() throws {
        let identifier = PoolElementIdentifier(rawValue: 1)
        let peer = registrar.connect("192.0.2.1")
        try registrar.receive(.registration(.init(pool: "Pool", element: .sctp(1, at: "192.0.2.1"))), from: peer)
        try registrar.receive(.endpointUnreachable(.init(pool: "Pool", identifier: identifier)), from: peer)
        try registrar.receive(.endpointKeepAliveAcknowledgement(.init(pool: "Pool", identifier: identifier)), from: peer)
        try registrar.receive(.error(.init(causes: [.unspecified])), from: peer)
        registrar.receive([0x4f, 0, 0, 4], from: peer)
        try registrar.receive(.deregistration(.init(pool: "Pool", identifier: identifier)), from: peer)
        #expect(
            registrar.takeSent().map(\.type) == [.registrationResponse, .endpointKeepAlive, .error, .deregistrationResponse])
        let events = registrar.takeEvents()
        #expect(events.contains(.keepAliveAcknowledged("Pool", identifier)))
        #expect(events.contains(.messageDiscarded(.errorReported([.unspecified]), peer)))
    }
}

@Suite("RFC 5352 §3.1, §3.2: what a registrar's peers are not told of")
struct UntoldChangeTests {
    @Test(
        "A rejected registration, a rejected deregistration and that of an element nobody knows",
        .requirement("asap-3.1-R41", "asap-3.2-R20"))
    func untold() throws {
        var network = try Section33HandleUpdateTests.trio()
        let (host, other) = (network.addElementHost(7), network.addElementHost(8))
        try network.register(host, at: 0)
        #expect(network.sent(.handleUpdate, by: 0).count == 2)
        network.forgetSent()
        let association = network.connect(other, to: 0, port: 3_863)
        let address = PeerNetwork.address(other).ip
        let element = PoolElementParameter(
            identifier: PoolElementIdentifier(rawValue: 8), registrationLife: .seconds(300),
            userTransport: .sctp(SCTPTransportParameter(port: 7, use: .dataOnly, addresses: [address])), policy: .roundRobin)
        try network.send(.registration(.init(pool: "Pool", element: element)), over: association, from: other)
        for identifier in [7, 9] as [UInt32] {
            try network.send(
                .deregistration(.init(pool: "Pool", identifier: PoolElementIdentifier(rawValue: identifier))),
                over: association, from: other)
        }
        network.run(for: .milliseconds(20))
        #expect(
            network.nodes[other].received.map(\.message.type) == [
                .registrationResponse, .deregistrationResponse, .deregistrationResponse,
            ])
        #expect(network.sent(.handleUpdate, by: 0).isEmpty)
        #expect(network.table(0) == ["Pool/7@1"])
    }
}
