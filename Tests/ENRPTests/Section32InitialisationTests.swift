import ASAP
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@testable import ENRP

@Suite("RFC 5353 §3.2: initialisation")
struct Section32InitialisationTests {
    @Test(
        "§3.2.2.1: with no peer to ask, the registrar serves at once",
        .requirement("enrp-3.2.2.1-R4", "enrp-3.2.2.1-R5", "enrp-3.2.2.1-R6"))
    func aloneAtOnce() throws {
        var network = PeerNetwork()
        let alone = network.addRegistrar(1, .standard)
        #expect(network.snapshot(alone)?.isServing == true)
        let host = network.addElementHost(7)
        try network.register(host, at: alone)
        #expect(network.table(alone) == ["Pool/7@1"])
        #expect(network.nodes[alone].sent.isEmpty)
    }

    @Test(
        "§3.2.2, §3.2.3: takes list and handlespace from its mentor, then serves",
        .requirement("enrp-3.2.2.1-R1", "enrp-3.2.2.2-R1", "enrp-3.2.3-R1", "enrp-3.2.3-R2", "enrp-3.2.3-R16"))
    func downloads() throws {
        var network = PeerNetwork()
        let first = network.addRegistrar(1, .standard)
        let host = network.addElementHost(7)
        try network.register(host, at: first)
        let second = network.addRegistrar(2, try .among(first))
        #expect(network.snapshot(second)?.isServing == false)
        network.run(for: .seconds(1))
        #expect(network.snapshot(second)?.isServing == true)
        #expect(network.table(second) == ["Pool/7@1"])
        #expect(network.peers(first) == [2])
        #expect(network.peers(second) == [1])
        #expect(network.peer(1, of: second)?.status == .active)
        #expect(network.takeEvents(second).contains(.serviceBegun(mentor: RegistrarIdentifier(rawValue: 1), elements: 1)))
        #expect(network.sent(.listRequest, by: second).count == 1)
        guard case .handleTableRequest(let request) = network.sent(.handleTableRequest, by: second).first else {
            Issue.record("no handle table was asked for")
            return
        }
        #expect(!request.ownChildrenOnly)
    }

    @Test("§3.2.2.2: everybody in the mentor's list becomes a peer", .requirement("enrp-3.2.2.2-R4", "enrp-3.2.2.2-R5"))
    func takesTheList() throws {
        var network = PeerNetwork()
        let first = network.addRegistrar(1, .standard)
        network.addRegistrar(2, try .among(first))
        network.run(for: .seconds(1))
        let third = network.addRegistrar(3, try .among(first))
        network.run(for: .seconds(1))
        #expect(network.peers(third) == [1, 2])
        #expect(network.peers(1) == [1, 3])
        #expect(network.peer(3, of: 1)?.status == .active)
    }

    @Test("Who is not serving yet turns elements and users away")
    func noServiceBefore() throws {
        var network = PeerNetwork()
        let mentor = network.addStranger()
        let second = network.addRegistrar(2, try .among(mentor))
        let host = network.addElementHost(7)
        network.run(for: .milliseconds(100))
        _ = network.connect(host, to: second, port: 3863)
        network.run(for: .milliseconds(100))
        #expect(network.nodes[second].allEvents.contains { if case .associationRefused = $0 { true } else { false } })
        #expect(network.snapshot(second)?.associations == 0)
    }

    @Test(
        "§3.2.2.2: a mentor that does not answer is left for its backup after MAX-TIME-NO-RESPONSE",
        .requirement("enrp-3.2.2.1-R2", "enrp-3.2.2.1-R3", "enrp-3.2.2.2-R2", "enrp-3.2.2.2-R3"))
    func silentMentor() throws {
        var network = PeerNetwork()
        let silent = network.addStranger()
        let first = network.addRegistrar(1, .standard)
        let second = network.addRegistrar(2, try .among(silent, first))
        network.run(for: .milliseconds(4_900))
        #expect(network.snapshot(second)?.isServing == false)
        #expect(network.nodes[second].sent.map(\.to) == [silent])
        #expect(network.sent(.listRequest, by: second).count == 1)
        network.run(for: .milliseconds(200))
        #expect(network.snapshot(second)?.isServing == true)
        #expect(network.peers(second).contains(1))
        #expect(network.sent(.listRequest, by: second).count == 2)
        #expect(network.takeEvents(second).contains(.mentorFailed(nil, [PeerNetwork.address(silent)], .noResponse)))
    }

    @Test("Mentors that cannot be reached leave the registrar alone, and it finds them when they come")
    func mentorComesLater() throws {
        var network = PeerNetwork()
        let first = network.addRegistrar(1, try .among(1))
        network.run(for: .seconds(1))
        #expect(network.snapshot(first)?.isServing == true)
        let host = network.addElementHost(7)
        #expect(host == 1)
        network.kill(host)
        network.startRegistrar(1, 2, try .among(0))
        network.run(for: .seconds(1))
        #expect(network.peers(0) == [2])
        #expect(network.peers(1) == [1])
    }

    @Test(
        "§3.2.2.2: registrars that start together refuse each other, try again, and find each other",
        .requirement("enrp-2.6-R1", "enrp-2.6-R2", "enrp-3.2.2.2-R6"))
    func startTogether() throws {
        var network = PeerNetwork()
        for node in 0..<3 { network.addRegistrar(UInt32(node + 1), try .among(0, 1, 2)) }
        network.run(for: .milliseconds(500))
        #expect(
            network.sent(.listResponse, by: 0).contains {
                if case .listResponse(let list) = $0 { list.isRejected && list.servers.isEmpty } else { false }
            })
        network.run(for: .seconds(40))
        for node in 0..<3 {
            #expect(network.snapshot(node)?.isServing == true)
            #expect(network.peers(node).count == 2)
        }
    }

    @Test("§3.2.2.2: while it is refused, the registrar waits and asks again", .requirement("enrp-3.2.2.2-R7"))
    func waitsAfterRejection() throws {
        var network = PeerNetwork()
        let mentor = network.addStranger()
        let second = network.addRegistrar(2, try .among(mentor))
        network.run(for: .milliseconds(10))
        // The stranger plays a mentor that initialises itself.
        let association = AssociationIdentifier(accepted: 1, channel: .enrp)
        func refuse(_ network: inout PeerNetwork) throws {
            try network.send(
                .listResponse(.init(isRejected: true, sender: RegistrarIdentifier(rawValue: 9))), over: association,
                from: mentor)
        }
        try refuse(&network)
        network.run(for: .milliseconds(1_400))
        #expect(network.sent(.listRequest, by: second).count == 1)
        network.run(for: .milliseconds(3_200))
        #expect(network.sent(.listRequest, by: second).count == 2)
        #expect(network.snapshot(second)?.isServing == false)
        try refuse(&network)
        network.run(for: .milliseconds(4_600))
        try refuse(&network)
        network.run(for: .milliseconds(10))
        // After three rounds it serves without.
        #expect(network.snapshot(second)?.isServing == true)
    }

    @Test("§3.2.2.2: finds its mentor by multicast, or that there is none")
    func discovery() throws {
        var network = PeerNetwork()
        let first = network.addRegistrar(1, try .among(announces: true))
        network.run(for: .milliseconds(4_900))
        #expect(network.snapshot(first)?.isServing == false)
        network.run(for: .milliseconds(200))
        #expect(network.snapshot(first)?.isServing == true)
        let host = network.addElementHost(7)
        try network.register(host, at: first)
        let second = network.addRegistrar(2, try .among(announces: true))
        network.run(for: .seconds(1))
        #expect(network.snapshot(second)?.isServing == true)
        #expect(network.table(second) == ["Pool/7@1"])
        #expect(network.peers(first) == [2])
    }

    @Test("§3.2.1: an identifier that is announced by another is drawn anew before service, and told of after")
    func announcedCollision() throws {
        var network = PeerNetwork()
        let first = network.addRegistrar(1, try .among(announces: true))
        network.run(for: .seconds(6))
        network.forgetSent()
        let second = network.addRegistrar(1, try .among(announces: true))
        network.run(for: .seconds(1))
        // The first hears the second ask; the second has to hear the first before it serves.
        #expect(network.takeEvents(first).contains(.identifierShared(RegistrarIdentifier(rawValue: 1))))
        let bytes = try ENRPMessage.presence(try #require(network.nodes[first].engine).presence()).encoded()
        network.handle(
            .announcement(Announcement(channel: .enrp, bytes: bytes, source: PeerNetwork.address(first))), at: second)
        #expect(network.nodes[second].engine?.identifier.rawValue != 1)
        network.run(for: .seconds(6))
        #expect(network.snapshot(second)?.isServing == true)
        #expect(network.peers(first).count == 1)
    }

    @Test("§3.2.1: of two that serve under one identifier one begins anew under another, and takes its elements along")
    func sharedInService() throws {
        var network = PeerNetwork()
        let first = network.addRegistrar(5, try .among(1, 2))
        let second = network.addRegistrar(5, try .among(0, 2))
        network.addRegistrar(9, try .among(0, 1))
        // They begin without seeing each other.
        network.cut(0, 1)
        network.cut(1, 2)
        network.run(for: .seconds(30))
        for (element, home) in [(UInt32(7), first), (8, second)] {
            let host = network.addElementHost(element)
            try network.register(host, at: home)
        }
        network.heal()
        network.run(for: .seconds(300))
        #expect(network.nodes[first].engine?.identifier.rawValue == 5)
        let drawn = try #require(network.nodes[second].engine?.identifier)
        #expect(network.nodes[first].events.contains(.identifierShared(RegistrarIdentifier(rawValue: 5))))
        #expect(
            network.nodes[second].events.contains(.identifierChanged(from: RegistrarIdentifier(rawValue: 5), to: drawn)))
        for node in 0..<3 {
            #expect(network.table(node) == ["Pool/7@5", "Pool/8@\(drawn.rawValue)"])
            #expect(network.peers(node).count == 2)
            #expect(network.snapshot(node)?.peers.allSatisfy { $0.checksum == $0.toldChecksum } == true)
        }
    }

    @Test("§3.2.1: somebody who has each identifier that this registrar draws has it begin anew a few times only")
    func impostor() throws {
        var network = PeerNetwork()
        // The stranger's address is the smaller one.
        let stranger = network.addStranger()
        let registrar = network.addRegistrar(5, .standard)
        network.run(for: .seconds(1))
        let association = network.connect(stranger, to: registrar)
        for _ in 0..<100 {
            let identifier = try #require(network.nodes[registrar].engine?.identifier)
            try network.send(.presence(.init(sender: identifier)), over: association, from: stranger)
            network.run(for: .seconds(6))
        }
        let changes = network.nodes[registrar].events.count { if case .identifierChanged = $0 { true } else { false } }
        #expect((1...8).contains(changes))
    }

    @Test("§3.2.1: an identifier that another registrar has is drawn anew", .requirement("enrp-2.1-R6", "enrp-3.2.1-R2"))
    func identifierCollision() throws {
        var network = PeerNetwork()
        let first = network.addRegistrar(1, .standard)
        network.addRegistrar(2, try .among(first))
        network.run(for: .seconds(1))
        // Like the one in its mentor's list.
        let third = network.addRegistrar(2, try .among(first))
        network.run(for: .seconds(1))
        let identifier = try #require(network.nodes[third].engine?.identifier)
        #expect(identifier.rawValue != 2)
        #expect(network.snapshot(third)?.isServing == true)
        // Who has it is still found where it is, by everybody.
        for node in [first, third] { #expect(network.peer(2, of: node)?.addresses == [PeerNetwork.address(1)]) }
        #expect(!network.takeEvents(third).contains(.identifierShared(identifier)))
        // Like the mentor's own.
        let fourth = network.addRegistrar(1, try .among(first))
        network.run(for: .seconds(1))
        #expect(network.nodes[fourth].engine?.identifier.rawValue != 1)
        #expect(network.nodes[first].engine?.identifier.rawValue == 1)
        #expect(network.takeEvents(first).contains(.identifierShared(RegistrarIdentifier(rawValue: 1))))
    }

    @Test("§3.2.1: an identifier may be any number but 0, and is a random one", .requirement("enrp-2.1-R5", "enrp-3.2.1-R1"))
    func identifiers() {
        /// Gives these numbers in turn, and then the last for ever.
        struct Script: RandomNumberGenerator {
            var numbers: [UInt64]
            mutating func next() -> UInt64 { numbers.count > 1 ? numbers.removeFirst() : numbers[0] }
        }
        // 0 is drawn first, which is no identifier.
        var (least, greatest) = (Script(numbers: [0, 1]), Script(numbers: [.max]))
        #expect(RegistrarIdentifier.random(using: &least).rawValue == 1)
        #expect(RegistrarIdentifier.random(using: &greatest).rawValue == .max)
        var random = SeededRandomNumberGenerator(seed: 1)
        #expect(Set((0..<1_000).map { _ in RegistrarIdentifier.random(using: &random) }).count == 1_000)
    }
}
