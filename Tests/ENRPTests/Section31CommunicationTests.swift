import ASAP
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@testable import ENRP

@Suite("RFC 5353 §3.1: messages for one peer, and announcements")
struct Section31CommunicationTests {
    @Test(
        "§2.1, §3.1: what is announced goes to every peer, once to each, and names no receiver",
        .requirement("enrp-2.1-R1", "enrp-3.1-R2"))
    func announcements() throws {
        var network = try Section33HandleUpdateTests.trio()
        let host = network.addElementHost(7)
        try network.register(host, at: 0)
        network.run(for: .seconds(31))
        for type in [ENRPMessageType.handleUpdate, .presence] {
            let copies = network.nodes[0].sent.filter { $0.message.type == type }
            #expect(copies.map(\.to).sorted() == [1, 2])
            #expect(copies.allSatisfy { $0.message.receiver == .undetermined })
        }
    }

    @Test("§2.1: nor does what is announced by multicast", .requirement("enrp-2.1-R3"))
    func multicast() throws {
        var network = PeerNetwork()
        let registrar = network.addRegistrar(1, try .among(announces: true))
        network.run(for: .seconds(60))
        let announced = try network.nodes[registrar].announced.map { try ENRPMessage.decode($0.bytes).message }
        #expect(announced.count >= 3)
        for message in announced {
            guard case .presence(let presence) = message else {
                Issue.record("announced \(message)")
                return
            }
            #expect(presence.receiver == .undetermined)
            #expect(presence.checksum == PEChecksum(rawValue: 0xffff))
        }
    }

    @Test("§3.1: a message for one peer opens an association with it, and goes to nobody else", .requirement("enrp-3.1-R1"))
    func pointToPoint() throws {
        var network = PeerNetwork()
        let registrar = network.addRegistrar(1, .standard)
        let (stranger, other) = (network.addStranger(), network.addStranger())
        let association = network.connect(other, to: registrar)
        try network.send(.presence(.init(sender: RegistrarIdentifier(rawValue: 9))), over: association, from: other)
        network.run(for: .milliseconds(10))
        #expect(network.peers(registrar) == [9])
        network.forgetSent()
        let bytes = try ENRPMessage.presence(
            .init(
                sender: RegistrarIdentifier(rawValue: 77),
                server: ServerInformationParameter(
                    identifier: RegistrarIdentifier(rawValue: 77),
                    transport: SCTPTransportParameter(port: 9901, addresses: [PeerNetwork.address(stranger).ip])))
        ).encoded()
        network.handle(
            .announcement(Announcement(channel: .enrp, bytes: bytes, source: PeerNetwork.address(stranger))), at: registrar)
        network.run(for: .milliseconds(10))
        #expect(network.nodes[registrar].sent.map(\.to) == [stranger])
        #expect(network.nodes[registrar].sent.map(\.message.receiver.rawValue) == [77])
        #expect(network.peer(77, of: registrar)?.association != nil)
    }

    @Test(
        "§2.1: a registrar that is known by its address alone is asked without a name, and who asks so is answered",
        .requirement("enrp-2.1-R2"))
    func nameless() throws {
        var network = PeerNetwork()
        let registrar = network.addRegistrar(1, try .among(1))
        network.run(for: .seconds(1))
        let stranger = network.addStranger()
        #expect(stranger == 1)
        network.run(for: .seconds(31))
        let asked = network.nodes[registrar].sent.filter { $0.to == stranger }.map(\.message)
        guard case .presence(let presence) = asked.first else {
            Issue.record("sent \(asked)")
            return
        }
        #expect(presence.receiver == .undetermined)
        #expect(presence.isReplyRequired)
        let association = AssociationIdentifier(accepted: 1, channel: .enrp)
        try network.send(
            .listRequest(.init(sender: RegistrarIdentifier(rawValue: 9))), over: association, from: stranger)
        network.run(for: .milliseconds(10))
        #expect(network.sent(.listResponse, by: registrar).count == 1)
    }
}
