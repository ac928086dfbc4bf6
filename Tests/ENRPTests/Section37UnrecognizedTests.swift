import ASAP
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@testable import ENRP

@Suite("RFC 5353 §3.7: peers' messages that are not understood, and peers that misbehave")
struct Section37UnrecognizedTests {
    private static let nine = RegistrarIdentifier(rawValue: 9)

    /// A registrar with a stranger that is its peer 9.
    private static func pair(
        _ configuration: RegistrarConfiguration = .standard
    ) throws -> (network: PeerNetwork, peer: Int, association: AssociationIdentifier) {
        var network = PeerNetwork()
        network.addRegistrar(2, configuration)
        let peer = network.addStranger()
        let association = network.connect(peer, to: 0)
        try network.send(.presence(.init(sender: nine)), over: association, from: peer)
        network.run(for: .milliseconds(10))
        network.forgetSent()
        _ = network.takeEvents(0)
        return (network, peer, association)
    }

    private static func element(_ identifier: UInt32, home: UInt32 = 9) -> PoolElementParameter {
        var element = PoolElementParameter.sctp(identifier, at: "10.0.0.201")
        element.homeRegistrar = RegistrarIdentifier(rawValue: home)
        return element
    }

    @Test(
        "An unknown message type is reported where its two high bits ask for it, to the peer by name",
        .requirement("enrp-3.7-R1", "enrp-3.7-R2"))
    func unknownTypes() throws {
        var (network, peer, association) = try Self.pair()
        for (type, isReported) in [(UInt8(0x20), false), (0x60, true)] {
            network.forgetSent()
            network.send(raw: [type, 0, 0, 12, 0, 0, 0, 9, 0, 0, 0, 2], over: association, from: peer)
            network.run(for: .milliseconds(10))
            let errors = network.sent(.error, by: 0)
            #expect(errors.count == (isReported ? 1 : 0))
            if case .error(let report)? = errors.first {
                #expect(report.sender.rawValue == 2)
                #expect(report.receiver == Self.nine)
                #expect(report.causes.map(\.code) == [.unrecognizedMessage])
            }
        }
    }

    @Test("Bytes that are no message are told of once, counted, and change nothing")
    func garbage() throws {
        var (network, peer, association) = try Self.pair()
        var random = SeededRandomNumberGenerator(seed: 5)
        for _ in 0..<50 {
            let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            network.send(raw: bytes, over: association, from: peer)
        }
        network.run(for: .milliseconds(10))
        let snapshot = try #require(network.snapshot(0))
        #expect(snapshot.pools.isEmpty)
        #expect(network.takeEvents(0).count { $0 == .offence(.malformedMessage, Self.nine) } == 1)
        #expect(snapshot.peers[0].offences.first { $0.kind == .malformedMessage }.map { $0.count > 10 } == true)
        #expect(network.nodes[0].allEvents.count { if case .messageDiscarded = $0 { true } else { false } } == 1)
    }

    @Test(
        "A message for another registrar is not taken, nor one from a registrar without an identifier",
        .requirement("enrp-2.1-R7"))
    func receivers() throws {
        var (network, peer, association) = try Self.pair()
        try network.send(
            .handleUpdate(
                .init(
                    sender: Self.nine, receiver: RegistrarIdentifier(rawValue: 77), action: .add, pool: "Pool",
                    element: Self.element(7))),
            over: association, from: peer)
        try network.send(
            .handleUpdate(.init(sender: .undetermined, action: .add, pool: "Pool", element: Self.element(8, home: 0))),
            over: association, from: peer)
        network.run(for: .milliseconds(10))
        #expect(network.table(0).isEmpty)
        #expect(network.takeEvents(0).contains(.offence(.wrongReceiver, Self.nine)))
        #expect(network.peers(0) == [9])
    }

    @Test("100,000 presences within a second are mostly thrown away, and others are served")
    func presenceFlood() throws {
        var (network, peer, association) = try Self.pair()
        let host = network.addElementHost(7)
        let bytes = try ENRPMessage.presence(.init(isReplyRequired: true, sender: Self.nine)).encoded()
        let message = SCTPMessage(bytes, MessageHeader(payloadProtocol: .enrp))
        let accepted = AssociationIdentifier(accepted: 1, channel: .enrp)
        for _ in 0..<100_000 { network.handle(.transport(.message(accepted, message)), at: 0) }
        #expect(network.sent(.presence, by: 0).count == PeerLimits.standard.maximumPresencesPerSecond - 1)
        #expect(network.takeEvents(0).count { $0 == .offence(.flood, Self.nine) } == 1)
        #expect(network.peer(9, of: 0)?.offences.first { $0.kind == .flood }.map { $0.count > 99_000 } == true)
        try network.register(host, at: 0)
        _ = (peer, association)
    }

    @Test("Tables and lists that nobody asked for are passed over")
    func unsolicited() throws {
        var (network, peer, association) = try Self.pair()
        let entries = [ENRPMessage.PoolEntry(pool: "Pool", elements: [Self.element(7)])]
        try network.send(.handleTableResponse(.init(sender: Self.nine, entries: entries)), over: association, from: peer)
        let server = ServerInformationParameter(
            identifier: RegistrarIdentifier(rawValue: 55),
            transport: SCTPTransportParameter(port: 9901, addresses: [PeerNetwork.address(100).ip]))
        try network.send(.listResponse(.init(sender: Self.nine, servers: [server])), over: association, from: peer)
        network.run(for: .milliseconds(10))
        #expect(network.table(0).isEmpty)
        #expect(network.peers(0) == [9])
        #expect(network.takeEvents(0).contains(.offence(.unsolicitedResponse, Self.nine)))
    }

    @Test("A table of somebody else's elements is not taken")
    func foreignTable() throws {
        var (network, peer, association) = try Self.pair()
        try network.send(
            .presence(.init(sender: Self.nine, checksum: PEChecksum(rawValue: 1))), over: association, from: peer)
        network.run(for: .milliseconds(10))
        let entries = [ENRPMessage.PoolEntry(pool: "Pool", elements: [Self.element(7, home: 4), Self.element(8)])]
        try network.send(.handleTableResponse(.init(sender: Self.nine, entries: entries)), over: association, from: peer)
        network.run(for: .milliseconds(10))
        #expect(network.table(0) == ["Pool/8@9"])
        #expect(network.takeEvents(0).contains(.offence(.foreignElement, Self.nine)))
    }

    @Test("A table without an end is given up")
    func endlessTable() throws {
        var (network, peer, association) = try Self.pair(.among(limits: PeerLimits(maximumTableMessages: 10)))
        try network.send(
            .presence(.init(sender: Self.nine, checksum: PEChecksum(rawValue: 1))), over: association, from: peer)
        network.run(for: .milliseconds(10))
        for _ in 0..<20 {
            try network.send(.handleTableResponse(.init(hasMore: true, sender: Self.nine)), over: association, from: peer)
            network.run(for: .milliseconds(5))
        }
        #expect(network.sent(.handleTableRequest, by: 0).count == 10)
        let events = network.takeEvents(0)
        #expect(events.contains(.resynchronisationFailed(Self.nine, .endless)))
        #expect(events.contains(.offence(.endlessTable, Self.nine)))
    }

    @Test("A table whose parts come as late as they may is given up too, before service and after")
    func slowTable() throws {
        var (network, peer, association) = try Self.pair()
        try network.send(
            .presence(.init(sender: Self.nine, checksum: PEChecksum(rawValue: 1))), over: association, from: peer)
        network.run(for: .milliseconds(10))
        for _ in 0..<200 {
            network.run(for: .milliseconds(4_900))
            try network.send(.handleTableResponse(.init(hasMore: true, sender: Self.nine)), over: association, from: peer)
            network.run(for: .milliseconds(10))
        }
        #expect(network.takeEvents(0).contains(.resynchronisationFailed(Self.nine, .endless)))

        network = PeerNetwork()
        network.addRegistrar(2, try .among(1))
        let mentor = network.addStranger()
        network.run(for: .milliseconds(10))
        let link = network.connect(mentor, to: 0)
        try network.send(.listResponse(.init(sender: Self.nine)), over: link, from: mentor)
        for _ in 0..<200 {
            try network.send(.handleTableResponse(.init(hasMore: true, sender: Self.nine)), over: link, from: mentor)
            network.run(for: .milliseconds(4_900))
        }
        #expect(
            network.nodes[0].events.contains {
                if case .mentorFailed(_, _, .endless) = $0 { true } else { false }
            })
        #expect(network.snapshot(0)?.isServing == true)
    }

    @Test(
        "§6.1: a peer that goes on removing or claiming an element has it asked about once a second",
        .requirement("enrp-6.1-R1"))
    func contestedElement() throws {
        for action in [ENRPMessage.HandleUpdate.Action.delete, .add] {
            var (network, peer, association) = try Self.pair(.among())
            network.nodes[0].engine?.identifier = RegistrarIdentifier(rawValue: 20)
            let host = network.addElementHost(7)
            try network.register(host, at: 0)
            var element = try #require(network.snapshot(0)?.pools[0].elements[0].parameter)
            if action == .add { element.homeRegistrar = Self.nine }
            for _ in 0..<4_000 {
                try network.send(
                    .handleUpdate(.init(sender: Self.nine, action: action, pool: "Pool", element: element)),
                    over: association, from: peer)
                network.run(for: .milliseconds(1))
            }
            let asked = network.nodes[host].received.count {
                if case .endpointKeepAlive = $0.message { true } else { false }
            }
            #expect((1...5).contains(asked))
            if action == .delete { #expect(network.table(0) == ["Pool/7@20"]) }
        }
    }

    @Test("Forged announcements of checksums that never match make as few")
    func forgedChecksums() throws {
        var (network, peer, association) = try Self.pair(.among(announces: true))
        let bytes = try ENRPMessage.presence(.init(sender: Self.nine, checksum: PEChecksum(rawValue: 1))).encoded()
        for number in 0..<1_000 {
            network.handle(
                .announcement(Announcement(channel: .enrp, bytes: bytes, source: PeerNetwork.address(number))), at: 0)
            network.run(for: .milliseconds(50))
            if network.snapshot(0)?.peers[0].isResynchronising == true {
                try network.send(.handleTableResponse(.init(sender: Self.nine)), over: association, from: peer)
            }
            network.run(for: .milliseconds(50))
        }
        #expect((1...8).contains(network.sent(.handleTableRequest, by: 0).count))
    }

    @Test(
        "Takeovers of the living: few are taken, the others are counted, and other registrars hear little of them",
        .requirement("enrp-3.5.1-R17"))
    func takeoversOfTheLiving() throws {
        for isComplete in [false, true] {
            for target in [UInt32(1), 2] {
                var network = try Section33HandleUpdateTests.trio()
                try network.register(network.addElementHost(7), at: 1)
                let peer = network.addStranger()
                let association = network.connect(peer, to: 0)
                try network.send(.presence(.init(sender: Self.nine)), over: association, from: peer)
                network.run(for: .milliseconds(20))
                network.forgetSent()
                _ = network.takeEvents(0)
                let identifier = RegistrarIdentifier(rawValue: target)
                let two = RegistrarIdentifier(rawValue: 2)
                let accepted = try #require(network.nodes[0].engine?.peers[two]?.association)
                for _ in 0..<100 {
                    try network.send(
                        isComplete
                            ? .takeoverServer(.init(sender: Self.nine, target: identifier))
                            : .initTakeover(.init(sender: Self.nine, target: identifier)), over: association, from: peer)
                    network.run(for: .milliseconds(10))
                    // The target is heard again each time.
                    try network.send(.presence(.init(sender: Self.nine)), over: association, from: peer)
                    let presence = ENRPMessage.presence(.init(sender: two))
                    network.handle(
                        .transport(
                            .message(accepted, SCTPMessage(try presence.encoded(), MessageHeader(payloadProtocol: .enrp)))),
                        at: 0)
                    network.run(for: .milliseconds(10))
                }
                let limit = PeerNetwork.Engine.maximumTakeoversOfTheLiving
                // The protests go to three peers; a target that is forgotten and found again is asked for its presence.
                #expect(network.sent(.presence, by: 0).count <= 3 * limit + 50)
                let events = network.takeEvents(0)
                #expect(events.count { $0 == .offence(.takeoverOfTheLiving, Self.nine) } == 1)
                // A target that is taken over is found again, and its elements are fetched.
                #expect(events.count <= 7 * limit)
                let offences = try #require(network.peer(9, of: 0)?.offences)
                #expect(offences.contains { $0.kind == .takeoverOfTheLiving && $0.count >= 70 })
                network.run(for: .seconds(100))
                for node in 0..<3 { #expect(network.table(node) == ["Pool/7@2"]) }
            }
        }
    }

    @Test("Checksums that never match make ever fewer resynchronisations")
    func persistentMismatch() throws {
        var (network, peer, association) = try Self.pair()
        for _ in 0..<1_000 {
            try network.send(
                .presence(.init(sender: Self.nine, checksum: PEChecksum(rawValue: 1))), over: association, from: peer)
            network.run(for: .milliseconds(50))
            if network.snapshot(0)?.peers[0].isResynchronising == true {
                try network.send(.handleTableResponse(.init(sender: Self.nine)), over: association, from: peer)
            }
            network.run(for: .milliseconds(50))
        }
        // 1, 2, 4, 8, … seconds apart.
        #expect((6...8).contains(network.sent(.handleTableRequest, by: 0).count))
        #expect(network.takeEvents(0).contains(.offence(.persistentMismatch, Self.nine)))
    }

    @Test("No more peers than there may be; those known by hearsay only make room")
    func manyPeers() throws {
        var (network, peer, association) = try Self.pair(
            .among(limits: PeerLimits(maximumPeers: 4, maximumPeerAssociations: 8)))
        for number in 0..<100 {
            let bytes = try ENRPMessage.presence(.init(sender: RegistrarIdentifier(rawValue: 1_000 + UInt32(number)))).encoded()
            network.handle(
                .announcement(Announcement(channel: .enrp, bytes: bytes, source: PeerNetwork.address(100 + number))), at: 0)
            #expect(network.peers(0).count <= 4)
        }
        let other = network.addStranger()
        let second = network.connect(other, to: 0)
        try network.send(.presence(.init(sender: RegistrarIdentifier(rawValue: 10))), over: second, from: other)
        network.run(for: .milliseconds(10))
        #expect(network.peers(0).contains(10))
        #expect(network.peers(0).contains(9))
        _ = (peer, association)
    }

    @Test("An association whose other end shows ever new identifiers is aborted")
    func renaming() throws {
        var (network, peer, association) = try Self.pair()
        for number in 0..<20 {
            try network.send(
                .presence(.init(sender: RegistrarIdentifier(rawValue: 100 + UInt32(number)))), over: association, from: peer)
            network.run(for: .milliseconds(5))
        }
        network.run(for: .seconds(10))
        #expect(network.peers(0).isEmpty)
        #expect(network.nodes[0].allEvents.contains { if case .associationRefused = $0 { true } else { false } })
    }

    @Test("A process that takes a registrar's place at its address ends that one, and is a peer itself")
    func replacement() throws {
        var network = try Section33HandleUpdateTests.trio()
        let host = network.addElementHost(7)
        try network.register(host, at: 2)
        network.kill(2)
        network.startRegistrar(2, 33, try .among(0, 1, 2))
        network.run(for: .seconds(20))
        for node in 0..<3 { #expect(network.table(node) == network.table(0)) }
        #expect(network.table(0).count == 1)
        #expect(network.peers(0) == [2, 33])
        #expect(network.peers(2) == [1, 2])
    }

    @Test("A registrar that comes back under its old identifier has its elements again")
    func sameIdentifierAgain() throws {
        var network = try Section33HandleUpdateTests.trio()
        let host = network.addElementHost(7)
        try network.register(host, at: 2)
        network.kill(2)
        network.startRegistrar(2, 3, try .among(0, 1, 2))
        network.run(for: .seconds(100))
        let table = network.table(0)
        #expect(table.count == 1)
        for node in 0..<3 {
            #expect(network.table(node) == table)
            #expect(network.peers(node).count == 2)
        }
    }

    @Test(
        "§2.1: who asks for a sign of life of a process that was here before is told who is here now",
        .requirement("enrp-2.1-R8"))
    func wrongReceiverAsked() throws {
        var (network, peer, association) = try Self.pair()
        network.forgetSent()
        for isReplyRequired in [false, true] {
            let presence = ENRPMessage.Presence(
                isReplyRequired: isReplyRequired, sender: Self.nine, receiver: RegistrarIdentifier(rawValue: 77))
            try network.send(.presence(presence), over: association, from: peer)
            network.run(for: .milliseconds(10))
            #expect(network.sent(.presence, by: 0).count == (isReplyRequired ? 1 : 0))
        }
        guard case .presence(let answer) = network.sent(.presence, by: 0).first else { return }
        #expect(answer.receiver == Self.nine)
        #expect(!answer.isReplyRequired)
    }
}
