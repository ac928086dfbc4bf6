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

    @Test("§2.1: where an association begins anew with the same registrar, it is the same peer, and keeps its elements")
    func restartOfAnAssociation() throws {
        var network = try Section33HandleUpdateTests.trio()
        try network.register(network.addElementHost(7), at: 0)
        network.run(for: .seconds(1))
        let tables = (0..<3).map(network.table)
        for node in 0..<3 { _ = network.takeEvents(node) }
        network.restartAssociations(of: 0, and: 1)
        network.run(for: .seconds(1))
        #expect((0..<3).map(network.table) == tables)
        #expect((0..<3).map(network.peers) == [[2, 3], [1, 3], [1, 2]])
        #expect(network.takeEvents(1).contains(.recovered(RegistrarIdentifier(rawValue: 1))))
        #expect(network.takeEvents(0).contains(.recovered(RegistrarIdentifier(rawValue: 2))))
        // They hear each other as before.
        try network.register(network.addElementHost(8), at: 0)
        network.run(for: .seconds(1))
        #expect(network.table(1) == network.table(0))
    }

    @Test("§2.1: where it begins anew with another registrar, that one says so, and the peer is no more")
    func restartOfAPeer() throws {
        var network = PeerNetwork()
        let registrar = network.addRegistrar(1, .standard)
        let stranger = network.addStranger()
        let association = network.connect(stranger, to: registrar)
        try network.send(.presence(.init(sender: RegistrarIdentifier(rawValue: 9))), over: association, from: stranger)
        network.run(for: .milliseconds(10))
        network.forgetSent()
        _ = network.takeEvents(registrar)
        network.restartAssociations(of: registrar, and: stranger)
        network.run(for: .milliseconds(10))
        guard case .presence(let question)? = network.sent(.presence, by: registrar).first else {
            Issue.record("the other end is not asked who it is")
            return
        }
        #expect(question.isReplyRequired && question.receiver == .undetermined)
        #expect(network.takeEvents(registrar) == [.suspected(RegistrarIdentifier(rawValue: 9))])
        try network.send(.presence(.init(sender: RegistrarIdentifier(rawValue: 10))), over: association, from: stranger)
        network.run(for: .milliseconds(10))
        #expect(network.peers(registrar) == [10])
        #expect(network.takeEvents(registrar).contains(.lost(RegistrarIdentifier(rawValue: 9))))
    }

    @Test("§3.1: over an association with a configured registrar that has not spoken it is asked again and again")
    func silentAssociation() throws {
        var network = PeerNetwork()
        let registrar = network.addRegistrar(1, try .among(1))
        let stranger = network.addStranger()
        network.run(for: .seconds(70))
        network.forgetSent()
        network.run(for: .seconds(65))
        let asked = network.nodes[registrar].sent.filter { $0.to == stranger }
        #expect(asked.count >= 2)
    }
}
