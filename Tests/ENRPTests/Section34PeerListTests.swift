import ASAP
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@testable import ENRP

@Suite("RFC 5353 §3.4: the peer list")
struct Section34PeerListTests {
    @Test(
        "§3.4.1: whoever sends any message is a peer, and is asked for its presence at the address it came from",
        .requirement("enrp-3.4-R1", "enrp-3.4.1-R1", "enrp-3.4.1-R2"))
    func anyMessage() throws {
        let target = RegistrarIdentifier(rawValue: 5)
        let messages: [ENRPMessage] = [
            .presence(.init(sender: RegistrarIdentifier(rawValue: 9))),
            .listRequest(.init(sender: RegistrarIdentifier(rawValue: 9))),
            .handleTableRequest(.init(sender: RegistrarIdentifier(rawValue: 9))),
            .initTakeover(.init(sender: RegistrarIdentifier(rawValue: 9), target: target)),
            .takeoverServer(.init(sender: RegistrarIdentifier(rawValue: 9), target: target)),
        ]
        for message in messages {
            var network = PeerNetwork()
            let registrar = network.addRegistrar(1, .standard)
            let stranger = network.addStranger()
            let association = network.connect(stranger, to: registrar)
            try network.send(message, over: association, from: stranger)
            network.run(for: .milliseconds(10))
            #expect(network.peers(registrar) == [9])
            guard case .presence(let presence) = network.sent(.presence, by: registrar).first else {
                Issue.record("no presence after \(message.type)")
                continue
            }
            #expect(presence.isReplyRequired)
            #expect(presence.receiver.rawValue == 9)
            #expect(presence.server?.identifier.rawValue == 1)
        }
    }

    @Test(
        "§2.1: a reply-required presence is answered, with server information and checksum",
        .requirement("enrp-2.1-R3", "enrp-2.1-R4"))
    func reply() throws {
        var network = PeerNetwork()
        let registrar = network.addRegistrar(1, .standard)
        let stranger = network.addStranger()
        let association = network.connect(stranger, to: registrar)
        try network.send(.presence(.init(sender: RegistrarIdentifier(rawValue: 9))), over: association, from: stranger)
        network.run(for: .milliseconds(10))
        network.forgetSent()
        try network.send(.presence(.init(sender: RegistrarIdentifier(rawValue: 9))), over: association, from: stranger)
        network.run(for: .milliseconds(10))
        #expect(network.sent(.presence, by: registrar).isEmpty)
        try network.send(
            .presence(.init(isReplyRequired: true, sender: RegistrarIdentifier(rawValue: 9))), over: association, from: stranger
        )
        network.run(for: .milliseconds(10))
        guard case .presence(let answer) = network.sent(.presence, by: registrar).first else {
            Issue.record("no answer")
            return
        }
        #expect(!answer.isReplyRequired)
        #expect(answer.server?.addresses == [PeerNetwork.address(registrar)])
        #expect(answer.checksum == PEChecksum(rawValue: 0xffff))
    }

    @Test(
        "§3.4.2: a presence to every peer each PEER-HEARTBEAT-CYCLE, none of them asking for a reply",
        .requirement("enrp-3.4.2-R1", "enrp-3.4.2-R2"))
    func heartbeat() throws {
        var network = try Section33HandleUpdateTests.trio()
        network.run(for: .seconds(60))
        for node in 0..<3 {
            let presences = network.sent(.presence, by: node)
            #expect(presences.count == 4)
            #expect(presences.allSatisfy { if case .presence(let presence) = $0 { !presence.isReplyRequired } else { false } })
        }
    }

    @Test(
        "§3.4.3: a peer silent for MAX-TIME-LAST-HEARD is asked; without an answer in MAX-TIME-NO-RESPONSE it is dead",
        .requirement("enrp-3.4.3-R1", "enrp-3.4.3-R3", "enrp-3.4.3-R5", "requirements-2.2-R2"))
    func silence() throws {
        var network = try Section33HandleUpdateTests.trio()
        network.run(for: .seconds(31))
        for node in 0..<3 { _ = network.takeEvents(node) }
        network.forgetSent()
        network.nodes[2].isFrozen = true
        network.run(for: .seconds(55))
        let third = RegistrarIdentifier(rawValue: 3)
        #expect(!network.takeEvents(0).contains(.suspected(third)))
        network.run(for: .seconds(7))
        #expect(network.nodes[0].events.contains(.suspected(third)))
        #expect(!network.nodes[0].events.contains(.lost(third)))
        #expect(
            network.sent(.presence, by: 0).contains {
                if case .presence(let presence) = $0 { presence.isReplyRequired && presence.receiver == third } else { false }
            })
        network.run(for: .seconds(5))
        #expect(network.takeEvents(0).contains(.lost(third)))
        #expect(network.peers(0) == [2])
        // It is heard again: a new peer.
        network.nodes[2].isFrozen = false
        network.run(for: .seconds(31))
        #expect(network.peers(0) == [2, 3])
        #expect(network.peer(3, of: 0)?.status == .active)
    }

    @Test("§3.4.3: a peer whose answer comes in time is active again")
    func answersInTime() throws {
        var network = try Section33HandleUpdateTests.trio()
        network.nodes[2].isFrozen = true
        network.run(for: .seconds(63))
        network.nodes[2].isFrozen = false
        network.run(for: .seconds(1))
        let events = network.takeEvents(0)
        #expect(events.contains(.suspected(RegistrarIdentifier(rawValue: 3))))
        #expect(events.contains(.recovered(RegistrarIdentifier(rawValue: 3))))
        #expect(!events.contains(.lost(RegistrarIdentifier(rawValue: 3))))
    }

    @Test("§3.4.3: a peer whose process has ended is noticed at once", .requirement("enrp-3.4.3-R4"))
    func deathByAssociation() throws {
        var network = try Section33HandleUpdateTests.trio()
        network.kill(2)
        network.run(for: .milliseconds(100))
        #expect(network.peers(0) == [2])
        #expect(network.peers(1) == [1])
    }

    @Test("An announcement makes nobody more than a rumour until it is heard over an association", .requirement("enrp-6.2-R22"))
    func rumour() throws {
        var network = PeerNetwork()
        let registrar = network.addRegistrar(1, .standard)
        let bytes = try ENRPMessage.presence(
            .init(
                sender: RegistrarIdentifier(rawValue: 77),
                server: ServerInformationParameter(
                    identifier: RegistrarIdentifier(rawValue: 77),
                    transport: SCTPTransportParameter(port: 9901, addresses: [PeerNetwork.address(200).ip])))
        ).encoded()
        network.handle(
            .announcement(Announcement(channel: .enrp, bytes: bytes, source: PeerNetwork.address(200))), at: registrar)
        #expect(network.peer(77, of: registrar)?.status == .rumoured)
        network.run(for: .seconds(1))
        #expect(network.peers(registrar).isEmpty)
        #expect(network.takeEvents(registrar).contains(.forgotten(RegistrarIdentifier(rawValue: 77))))
    }

    @Test("Both find each other by their announcements")
    func announcements() throws {
        var network = PeerNetwork()
        let first = network.addRegistrar(1, try .among(announces: true))
        network.isMulticastLost = true
        let second = network.addRegistrar(2, try .among(announces: true))
        network.run(for: .seconds(6))
        #expect(network.peers(first).isEmpty)
        network.isMulticastLost = false
        network.run(for: .seconds(31))
        #expect(network.peers(first) == [2])
        #expect(network.peers(second) == [1])
        #expect(network.peer(2, of: first)?.status == .active)
    }

    @Test("§3.4.3: a message of any type, or an announcement, shows that a peer is there", .requirement("enrp-3.4.3-R2"))
    func signsOfLife() throws {
        let nine = RegistrarIdentifier(rawValue: 9)
        var network = PeerNetwork()
        let registrar = network.addRegistrar(1, .standard)
        let stranger = network.addStranger()
        let association = network.connect(stranger, to: registrar)
        let messages: [ENRPMessage] = [
            .presence(.init(sender: nine)), .listRequest(.init(sender: nine)), .handleTableRequest(.init(sender: nine)),
            .initTakeoverAcknowledgement(.init(sender: nine, target: RegistrarIdentifier(rawValue: 5))),
            .error(.init(sender: nine, causes: [.unspecified])),
        ]
        for message in messages {
            try network.send(message, over: association, from: stranger)
            network.run(for: .seconds(50))
            #expect(network.peer(9, of: registrar).map { $0.silence > .seconds(49) && $0.silence <= .seconds(50) } == true)
        }
        let bytes = try ENRPMessage.presence(.init(sender: nine)).encoded()
        network.handle(
            .announcement(Announcement(channel: .enrp, bytes: bytes, source: PeerNetwork.address(stranger))), at: registrar)
        network.run(for: .seconds(50))
        #expect(!network.takeEvents(registrar).contains(.suspected(nine)))
        network.run(for: .seconds(20))
        #expect(network.takeEvents(registrar).contains(.suspected(nine)))
    }

    @Test("§6.2: a flood of announcements is thrown away but for a part, and peers are served", .requirement("enrp-6.2-R23"))
    func announcementFlood() throws {
        var network = PeerNetwork()
        let registrar = network.addRegistrar(1, try .among(announces: true))
        network.run(for: .seconds(6))
        for number in UInt32(0)..<20_000 {
            let sender = RegistrarIdentifier(rawValue: 1_000 + number)
            let bytes = try ENRPMessage.presence(.init(isReplyRequired: true, sender: sender)).encoded()
            let source = PeerNetwork.address(1_000 + Int(number))
            network.handle(.announcement(Announcement(channel: .enrp, bytes: bytes, source: source)), at: registrar)
        }
        let events = network.takeEvents(registrar)
        let found = events.count { if case .found = $0 { true } else { false } }
        #expect(found == PeerNetwork.Engine.maximumRumoursPerSecond)
        #expect(events.count { $0 == .announcementsDiscarded(.flood) } == 1)
        let offences = try #require(network.snapshot(registrar)?.announcementOffences)
        #expect(offences.map(\.kind) == [.flood])
        #expect(offences.map(\.count) == [20_000 - UInt64(found)])
        #expect(network.peers(registrar).count <= PeerLimits.standard.maximumPeers)
        #expect(network.table(registrar).isEmpty)
        let stranger = network.addStranger()
        let association = network.connect(stranger, to: registrar)
        try network.send(.listRequest(.init(sender: RegistrarIdentifier(rawValue: 9))), over: association, from: stranger)
        network.run(for: .milliseconds(20))
        #expect(network.sent(.listResponse, by: registrar).count == 1)
    }

    @Test("Announcements that are no messages are told of once, and counted")
    func garbageAnnounced() throws {
        var network = PeerNetwork()
        let registrar = network.addRegistrar(1, try .among(announces: true))
        network.run(for: .seconds(6))
        _ = network.takeEvents(registrar)
        for number in UInt8(0)..<50 {
            network.handle(
                .announcement(Announcement(channel: .enrp, bytes: [number, 0, 0, 4], source: PeerNetwork.address(99))),
                at: registrar)
        }
        #expect(network.takeEvents(registrar) == [.announcementsDiscarded(.malformedMessage)])
        let offences = try #require(network.snapshot(registrar)?.announcementOffences)
        #expect(offences.map(\.kind) == [.malformedMessage])
        #expect(offences.map(\.count) == [50])
    }

    @Test("An association that restarts between two that live parts them for a moment only, with elements and without")
    func restart() throws {
        for hasElement in [false, true] {
            var network = try Section33HandleUpdateTests.trio()
            if hasElement { try network.register(network.addElementHost(7), at: 0) }
            network.restartAssociations(0, 1)
            network.run(for: .seconds(1))
            for (node, other) in [(0, UInt32(2)), (1, 1)] {
                #expect(network.peer(other, of: node)?.status == .active)
                #expect(!network.nodes[node].events.contains(.lost(RegistrarIdentifier(rawValue: other))))
            }
            try network.register(network.addElementHost(8), in: "Other", at: 1)
            network.run(for: .seconds(1))
            for node in 0..<3 { #expect(network.table(node) == network.table(2)) }
            #expect(network.table(2).count == (hasElement ? 2 : 1))
        }
    }

    @Test("§3.4.3: a new process at the other end of a restarted association ends the former one")
    func restartByNewProcess() throws {
        var network = PeerNetwork()
        network.addRegistrar(1, .standard)
        let peer = network.addStranger()
        let association = network.connect(peer, to: 0)
        try network.send(.presence(.init(sender: RegistrarIdentifier(rawValue: 9))), over: association, from: peer)
        network.run(for: .milliseconds(10))
        network.forgetSent()
        network.restartAssociations(0, peer)
        network.run(for: .milliseconds(10))
        // It is asked who it is.
        let presences = network.sent(.presence, by: 0).compactMap {
            if case .presence(let presence) = $0 { presence } else { nil }
        }
        #expect(presences.map(\.isReplyRequired) == [true])
        #expect(presences.map(\.receiver) == [.undetermined])
        try network.send(.presence(.init(sender: RegistrarIdentifier(rawValue: 10))), over: association, from: peer)
        network.run(for: .milliseconds(10))
        #expect(network.peers(0) == [10])
        #expect(network.takeEvents(0).contains(.lost(RegistrarIdentifier(rawValue: 9))))
    }

    @Test(
        "§3.4.2: two that have given each other up while their association was up find each other again",
        .requirement("enrp-3.4.2-R3"))
    func strangers() throws {
        var network = PeerNetwork()
        for node in 0..<2 { network.addRegistrar(UInt32(node + 1), try .among(node == 1 ? 0 : 1)) }
        network.run(for: .seconds(40))
        for node in 0..<2 {
            #expect(network.peers(node).count == 1)
            // As after a minute's silence of both at once.
            network.nodes[node].engine?.forget(RegistrarIdentifier(rawValue: UInt32(2 - node)))
        }
        network.run(for: .seconds(31))
        for node in 0..<2 { #expect(network.peers(node) == [UInt32(2 - node)]) }
    }

    @Test("§3.4.1: a peer is sent to over the association over which it has spoken, not to where a rumour had it")
    func rumouredElsewhere() throws {
        var network = PeerNetwork()
        network.addRegistrar(1, try .among(announces: true))
        network.run(for: .seconds(6))
        let (wrong, right) = (network.addStranger(), network.addStranger())
        let nine = RegistrarIdentifier(rawValue: 9)
        let rumour = ENRPMessage.Presence(
            sender: nine, server: RegistrarAddresses(enrp: [PeerNetwork.address(wrong)]).information(nine))
        let bytes = try ENRPMessage.presence(rumour).encoded()
        network.handle(.announcement(Announcement(channel: .enrp, bytes: bytes, source: PeerNetwork.address(wrong))), at: 0)
        // The next heartbeat opens an association there, and it is up.
        network.run(for: .seconds(40))
        #expect(network.nodes[0].sent.contains { $0.to == wrong })
        let association = network.connect(right, to: 0)
        try network.send(.presence(.init(sender: nine)), over: association, from: right)
        network.run(for: .milliseconds(10))
        network.forgetSent()
        try network.register(network.addElementHost(7), at: 0)
        #expect(network.nodes[0].sent.filter { $0.message.type == .handleUpdate }.map(\.to) == [right])
    }

    @Test("§4.2: timers that do not go together are refused, by name")
    func timersThatDoNotFit() {
        func complaint(_ make: () throws -> PeerConfiguration) -> String {
            do {
                _ = try make()
                return "none"
            } catch {
                return "\(error)"
            }
        }
        #expect(
            complaint { try PeerConfiguration(heartbeatCycle: .seconds(62)) }.contains("less than heartbeatCycle"))
        #expect(
            complaint { try PeerConfiguration(maximumResynchronisationDelay: .milliseconds(1)) }
                .contains("less than resynchronisationDelay"))
        #expect(complaint { try PeerConfiguration(takeoverExpiry: .seconds(4)) }.contains("less than takeoverTimeout"))
        #expect(
            complaint { try PeerConfiguration(serverAnnounceTime: .seconds(6)) }.contains("less than serverAnnounceTime"))
        #expect(complaint { try PeerConfiguration(heartbeatCycle: .seconds(61)) } == "none")
    }
}
