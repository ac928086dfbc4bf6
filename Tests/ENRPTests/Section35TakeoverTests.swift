import ASAP
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@testable import ENRP

@Suite("RFC 5353 §3.5: takeover")
struct Section35TakeoverTests {
    private static let (one, two, three) = (
        RegistrarIdentifier(rawValue: 1), RegistrarIdentifier(rawValue: 2), RegistrarIdentifier(rawValue: 3)
    )

    /// Three registrars; the element of the last host is the third's.
    private static func withElement(_ profile: PeerConfiguration = .standard) throws -> PeerNetwork {
        var network = try Section33HandleUpdateTests.trio(profile)
        let host = network.addElementHost(7)
        try network.register(host, at: 2)
        for node in 0..<3 { #expect(network.table(node) == ["Pool/7@3"]) }
        network.nodes[host].received = []
        network.forgetSent()
        return network
    }

    /// A stranger that is a peer of a registrar.
    private static func peer(
        _ identifier: UInt32, of registrar: Int, in network: inout PeerNetwork
    ) throws -> (node: Int, association: AssociationIdentifier) {
        let node = network.addStranger()
        let association = network.connect(node, to: registrar)
        try network.send(
            .presence(.init(sender: RegistrarIdentifier(rawValue: identifier))), over: association, from: node)
        network.run(for: .milliseconds(10))
        return (node, association)
    }

    @Test(
        "§3.5: the greatest of the others takes a dead registrar over, and its elements with the H flag",
        .requirement("enrp-3.4.3-R6", "enrp-3.5.2-R4", "enrp-3.5.2-R5"))
    func takeover() throws {
        var network = try Self.withElement()
        network.kill(2)
        network.run(for: .seconds(1))
        #expect(network.table(0) == ["Pool/7@2"])
        #expect(network.table(1) == ["Pool/7@2"])
        #expect(network.peers(0) == [2])
        #expect(network.peers(1) == [1])
        #expect(network.nodes[1].events.contains(.takeoverWon(Self.three, elements: 1, unheard: [])))
        #expect(network.nodes[0].events.contains(.takeoverYielded(Self.three, to: Self.two)))
        #expect(network.nodes[0].events.contains(.takenOver(Self.three, by: Self.two, elements: 1)))
        let keepAlives = network.nodes[3].received.filter { $0.from == 1 }
        guard case .endpointKeepAlive(let keepAlive) = keepAlives.first?.message else {
            Issue.record("the element was not asked")
            return
        }
        #expect(keepAlive.claimsHome)
        #expect(keepAlive.server == Self.two)
        #expect(network.nodes[1].events.contains(.elementAdopted("Pool", PoolElementIdentifier(rawValue: 7))))
    }

    @Test("An element that deregisters at the home that came to it is answered before the association is closed")
    func adoptedElementLeaves() throws {
        var network = try Self.withElement()
        network.kill(2)
        network.run(for: .seconds(1))
        let seven = PoolElementIdentifier(rawValue: 7)
        let association = network.connect(3, to: 1, port: 3863)
        try network.send(.deregistration(.init(pool: "Pool", identifier: seven)), over: association, from: 3)
        network.run(for: .seconds(1))
        #expect(network.nodes[3].received.last?.message == .deregistrationResponse(.init(pool: "Pool", identifier: seven)))
        for node in 0..<2 { #expect(network.table(node).isEmpty) }
    }

    @Test("§3.5.2: an element that does not answer its new home is removed everywhere")
    func deadElement() throws {
        var network = try Self.withElement()
        network.kill(3)
        network.kill(2)
        network.run(for: .seconds(10))
        #expect(network.table(0).isEmpty)
        #expect(network.table(1).isEmpty)
    }

    @Test(
        "§3.5.1, rule 1: the target lives and says so, and the takeover stops", .requirement("enrp-3.5.1-R4", "enrp-3.5.1-R5"))
    func falseAlarm() throws {
        var network = try Self.withElement()
        let (stranger, association) = try Self.peer(9, of: 2, in: &network)
        network.forgetSent()
        try network.send(
            .initTakeover(.init(sender: RegistrarIdentifier(rawValue: 9), target: Self.three)), over: association,
            from: stranger)
        network.run(for: .milliseconds(10))
        // To all its peers.
        #expect(network.nodes[2].sent.filter { $0.message.type == .presence }.map(\.to).sorted() == [0, 1, stranger])
        #expect(network.sent(.initTakeoverAcknowledgement, by: 2).isEmpty)
        #expect(network.nodes[2].events.contains(.takeoverOfSelf(by: RegistrarIdentifier(rawValue: 9))))
    }

    @Test("§3.5.1: the initiator stops when it hears the target", .requirement("enrp-3.5.1-R6", "enrp-3.5.1-R16"))
    func targetHeard() throws {
        var network = try Self.withElement()
        network.nodes[2].isFrozen = true
        network.run(for: .seconds(35))
        // The second begins, and the first cannot acknowledge.
        network.nodes[0].isFrozen = true
        network.run(for: .seconds(33))
        #expect(network.nodes[1].events.contains(.takeoverBegun(Self.three)))
        network.nodes[2].isFrozen = false
        network.run(for: .milliseconds(100))
        #expect(network.nodes[1].events.contains(.takeoverStopped(Self.three)))
        #expect(network.peer(3, of: 1)?.status == .active)
        network.nodes[0].isFrozen = false
        network.run(for: .seconds(60))
        for node in 0..<3 { #expect(network.table(node) == ["Pool/7@3"]) }
    }

    @Test(
        "§3.5.1, rule 2: the smaller initiator yields and acknowledges, the greater goes on",
        .requirement("enrp-3.5.1-R7", "enrp-3.5.1-R8", "enrp-3.5.1-R9", "enrp-3.5.1-R10", "enrp-3.5.1-R11"))
    func arbitration() throws {
        for (other, yields) in [(UInt32(9), true), (UInt32(1), false)] {
            var network = PeerNetwork()
            // The second is to take over the third; the stranger is another initiator.
            network.addRegistrar(2, .standard)
            let (target, targetAssociation) = try Self.peer(3, of: 0, in: &network)
            let (stranger, association) = try Self.peer(other, of: 0, in: &network)
            try network.send(Self.addition(home: 3), over: targetAssociation, from: target)
            network.run(for: .milliseconds(10))
            network.kill(target)
            network.run(for: .milliseconds(10))
            #expect(network.nodes[0].events.contains(.takeoverBegun(Self.three)))
            network.forgetSent()
            try network.send(
                .initTakeover(.init(sender: RegistrarIdentifier(rawValue: other), target: Self.three)), over: association,
                from: stranger)
            network.run(for: .milliseconds(10))
            #expect(network.sent(.initTakeoverAcknowledgement, by: 0).count == (yields ? 1 : 0))
            #expect(
                network.peer(3, of: 0)?.status == (yields ? .inactive(by: RegistrarIdentifier(rawValue: other)) : .takenOver))
        }
    }

    /// A registrar, 2, with an element of its peer 3's, and a further peer, 9.
    private static func withTarget() throws -> (
        network: PeerNetwork, target: Int, stranger: Int, association: AssociationIdentifier
    ) {
        var network = PeerNetwork()
        network.addRegistrar(2, .standard)
        let (target, targetAssociation) = try peer(3, of: 0, in: &network)
        let (stranger, association) = try peer(9, of: 0, in: &network)
        try network.send(addition(home: 3), over: targetAssociation, from: target)
        network.run(for: .milliseconds(10))
        return (network, target, stranger, association)
    }

    private static func addition(home: UInt32) -> ENRPMessage {
        var element = PoolElementParameter.sctp(7, at: "10.0.0.201")
        element.homeRegistrar = RegistrarIdentifier(rawValue: home)
        return .handleUpdate(.init(sender: element.homeRegistrar, action: .add, pool: "Pool", element: element))
    }

    @Test(
        "§3.5.1, rule 3: whoever is not concerned acknowledges and does not monitor the target any more",
        .requirement("enrp-3.5.1-R12", "enrp-3.5.1-R13"))
    func bystander() throws {
        var network = PeerNetwork()
        network.addRegistrar(2, .standard)
        _ = try Self.peer(3, of: 0, in: &network)
        let (stranger, association) = try Self.peer(9, of: 0, in: &network)
        try network.send(
            .initTakeover(.init(sender: RegistrarIdentifier(rawValue: 9), target: Self.three)), over: association,
            from: stranger)
        network.run(for: .milliseconds(10))
        #expect(network.peer(3, of: 0)?.status == .inactive(by: RegistrarIdentifier(rawValue: 9)))
        guard case .initTakeoverAcknowledgement(let answer) = network.sent(.initTakeoverAcknowledgement, by: 0).first else {
            Issue.record("no acknowledgement")
            return
        }
        #expect(answer.target == Self.three)
        #expect(answer.receiver.rawValue == 9)
        #expect(!network.nodes[0].events.contains(.suspected(Self.three)))
        // Also of one that it does not know.
        try network.send(
            .initTakeover(.init(sender: RegistrarIdentifier(rawValue: 9), target: RegistrarIdentifier(rawValue: 44))),
            over: association, from: stranger)
        network.run(for: .milliseconds(10))
        #expect(network.sent(.initTakeoverAcknowledgement, by: 0).count == 2)
    }

    @Test("An initiator that fails itself does not leave the target without anybody to take it over")
    func initiatorFails() throws {
        var (network, target, stranger, association) = try Self.withTarget()
        try network.send(
            .initTakeover(.init(sender: RegistrarIdentifier(rawValue: 9), target: Self.three)), over: association,
            from: stranger)
        network.run(for: .milliseconds(10))
        network.kill(stranger)
        network.kill(target)
        network.run(for: .seconds(29))
        #expect(network.peer(3, of: 0)?.status == .inactive(by: RegistrarIdentifier(rawValue: 9)))
        network.run(for: .seconds(2))
        #expect(network.nodes[0].events.contains(.takeoverWon(Self.three, elements: 1, unheard: [])))
    }

    @Test("A peer that never acknowledges is asked twice and gone without", .requirement("enrp-3.5.1-R3"))
    func missingAcknowledgement() throws {
        var (network, target, stranger, _) = try Self.withTarget()
        network.kill(target)
        network.run(for: .seconds(9))
        #expect(network.nodes[0].sent.filter { $0.to == stranger && $0.message.type == .initTakeover }.count == 2)
        #expect(network.sent(.takeoverServer, by: 0).isEmpty)
        network.run(for: .seconds(2))
        #expect(
            network.nodes[0].events.contains(
                .takeoverWon(Self.three, elements: 1, unheard: [RegistrarIdentifier(rawValue: 9)])))
        #expect(network.sent(.takeoverServer, by: 0).count == 1)
    }

    @Test("§3.5.1: who begins a takeover that another has won is told so, until the target is heard or time has passed")
    func takeoverWonBefore() throws {
        var (network, target, stranger, association) = try Self.withTarget()
        network.kill(target)
        network.run(for: .seconds(11))
        #expect(network.nodes[0].events.contains { if case .takeoverWon(Self.three, _, _) = $0 { true } else { false } })

        func answers() throws -> [ENRPMessageType] {
            network.forgetSent()
            try network.send(
                .initTakeover(.init(sender: RegistrarIdentifier(rawValue: 9), target: Self.three)), over: association,
                from: stranger)
            network.run(for: .milliseconds(10))
            return network.nodes[0].sent.filter { $0.to == stranger }.map(\.message.type)
        }
        #expect(try answers() == [.takeoverServer, .initTakeoverAcknowledgement])
        network.run(for: .seconds(30))
        #expect(try answers() == [.takeoverServer, .initTakeoverAcknowledgement])
        network.run(for: .seconds(35))
        #expect(try answers() == [.initTakeoverAcknowledgement])
    }

    @Test("§3.5.1: who has won a takeover says nothing of it once the target is heard again")
    func targetBack() throws {
        var (network, target, stranger, association) = try Self.withTarget()
        network.kill(target)
        network.run(for: .seconds(11))
        #expect(network.sent(.takeoverServer, by: 0).count == 1)
        _ = try Self.peer(3, of: 0, in: &network)
        network.forgetSent()
        try network.send(
            .initTakeover(.init(sender: RegistrarIdentifier(rawValue: 9), target: Self.three)), over: association,
            from: stranger)
        network.run(for: .milliseconds(10))
        #expect(network.nodes[0].sent.filter { $0.to == stranger }.map(\.message.type) == [.initTakeoverAcknowledgement])
    }

    @Test(
        "§3.5.2: who hears of a takeover forgets the target and gives its elements the new home",
        .requirement("enrp-3.5.2-R6", "enrp-3.5.2-R7"))
    func takeoverServer() throws {
        var (network, _, stranger, association) = try Self.withTarget()
        try network.send(
            .initTakeover(.init(sender: RegistrarIdentifier(rawValue: 9), target: Self.three)), over: association,
            from: stranger)
        try network.send(
            .takeoverServer(.init(sender: RegistrarIdentifier(rawValue: 9), target: Self.three)), over: association,
            from: stranger)
        network.run(for: .milliseconds(10))
        #expect(network.table(0) == ["Pool/7@9"])
        #expect(network.peers(0) == [9])
    }

    @Test("A registrar that is taken over alive keeps its elements, or leaves them to the greater identifier; none is lost")
    func takeoverOfTheLiving() throws {
        var network = try Self.withElement()
        // The third lives, cut off from the others for a while.
        network.cut(0, 2)
        network.cut(1, 2)
        network.run(for: .seconds(120))
        #expect(network.table(1) == network.table(0))
        #expect(network.table(1) != ["Pool/7@3"])
        #expect(network.table(2) == ["Pool/7@3"])
        network.heal()
        network.run(for: .seconds(120))
        let table = network.table(0)
        #expect(table.count == 1)
        for node in 0..<3 {
            #expect(network.table(node) == table)
            #expect(network.peers(node).count == 2)
        }
    }

    @Test("A takeover is over within seconds under the profile for local networks")
    func fast() throws {
        var network = try Self.withElement(.lan)
        network.nodes[2].isFrozen = true
        network.run(for: .seconds(10))
        #expect(network.table(0) == network.table(1))
        #expect(network.table(0) == ["Pool/7@1"] || network.table(0) == ["Pool/7@2"])
    }
}
