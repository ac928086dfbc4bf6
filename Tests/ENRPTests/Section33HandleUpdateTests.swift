import ASAP
import PoolPolicies
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@testable import ENRP

@Suite("RFC 5353 §3.3: handle updates")
struct Section33HandleUpdateTests {
    private static let two = RegistrarIdentifier(rawValue: 2)

    /// Three registrars in service that know each other.
    static func trio(_ profile: PeerConfiguration = .standard, suggestsTakeover: Bool = false) throws -> PeerNetwork {
        var network = PeerNetwork()
        for node in 0..<3 {
            network.addRegistrar(
                UInt32(node + 1), try .among(0, 1, 2, profile: profile, suggestsTakeover: suggestsTakeover))
            network.run(for: .seconds(1))
        }
        for node in 0..<3 { #expect(network.peers(node).count == 2) }
        network.forgetSent()
        for node in 0..<3 { _ = network.takeEvents(node) }
        return network
    }

    @Test(
        "§3.3.1: a registration is told to every peer, the same bytes to all, and enters their handlespaces",
        .requirement("enrp-3.3.1-R1", "enrp-3.3.1-R3", "enrp-3.3.1-R4", "enrp-3.3.1-R5", "enrp-3.3.1-R6", "asap-3.1-R40"))
    func addition() throws {
        var network = try Self.trio()
        let host = network.addElementHost(7)
        try network.register(host, at: 0)
        for node in 0..<3 { #expect(network.table(node) == ["Pool/7@1"]) }
        let updates = network.sent(.handleUpdate, by: 0)
        #expect(updates.count == 2)
        guard case .handleUpdate(let update) = updates[0] else { return }
        #expect(updates[0] == updates[1])
        #expect(update.action == .add)
        #expect(update.sender.rawValue == 1)
        #expect(update.receiver == .undetermined)
        #expect(update.element.asapTransport != nil)
        #expect(
            network.takeEvents(2).contains(
                .elementAdded("Pool", PoolElementIdentifier(rawValue: 7), home: RegistrarIdentifier(rawValue: 1))))
    }

    @Test("§3.3.1, rule 3: a re-registration replaces the attributes everywhere", .requirement("enrp-3.3.1-R10"))
    func replacement() throws {
        var network = try Self.trio()
        let host = network.addElementHost(7)
        try network.register(host, at: 0, policy: .leastUsed(load: Load(rawValue: 1)))
        try network.register(host, at: 0, policy: .leastUsed(load: Load(rawValue: 2)))
        for node in 0..<3 {
            let element = network.snapshot(node)?.pools[0].elements[0]
            #expect(element?.parameter.policy == .leastUsed(load: Load(rawValue: 2)))
        }
        #expect(network.sent(.handleUpdate, by: 0).count == 4)
    }

    @Test(
        "§3.3.2: a deregistration is told with the whole element, and the last element takes its pool with it",
        .requirement(
            "enrp-3.3.2-R1", "enrp-3.3.2-R2", "enrp-3.3.2-R3", "enrp-3.3.2-R4", "enrp-3.3.2-R5", "enrp-3.3.2-R6",
            "enrp-3.3.2-R7", "asap-3.2-R19"))
    func removal() throws {
        var network = try Self.trio()
        let host = network.addElementHost(7)
        try network.register(host, at: 0)
        let registered = network.snapshot(0)?.pools[0].elements[0].parameter
        network.forgetSent()
        let association = network.connect(host, to: 0, port: 3863)
        try network.send(
            .deregistration(.init(pool: "Pool", identifier: PoolElementIdentifier(rawValue: 7))), over: association, from: host)
        network.run(for: .milliseconds(20))
        for node in 0..<3 { #expect(network.snapshot(node)?.pools.isEmpty == true) }
        guard case .handleUpdate(let update) = network.sent(.handleUpdate, by: 0).first else {
            Issue.record("no update")
            return
        }
        #expect(network.sent(.handleUpdate, by: 0).count == 2)
        #expect(update.action == .delete)
        #expect(update.sender.rawValue == 1)
        #expect(update.receiver == .undetermined)
        #expect(update.pool == "Pool")
        #expect(update.element == registered)
    }

    @Test(
        "RFC 5352 §3.1, rule 4: an element that registers with another registrar has that for its home everywhere",
        .requirement("enrp-1.1-R3", "asap-3.1-R33"))
    func move() throws {
        var network = try Self.trio()
        let host = network.addElementHost(7)
        try network.register(host, at: 0)
        try network.register(host, at: 1)
        for node in 0..<3 { #expect(network.table(node) == ["Pool/7@2"]) }
        // The old home does not ask it for signs of life any more.
        let count = network.nodes[host].received.count { $0.from == 0 }
        network.run(for: .seconds(100))
        #expect(network.nodes[host].received.count { $0.from == 0 } == count)
        #expect(
            network.takeEvents(0).contains(
                .elementReleased("Pool", PoolElementIdentifier(rawValue: 7), home: RegistrarIdentifier(rawValue: 2))))
    }

    @Test("An update for an element that is not the sender's is not taken; a removal by a former home neither")
    func foreignElements() throws {
        var network = try Self.trio()
        let host = network.addElementHost(7)
        try network.register(host, at: 0)
        let stranger = network.addStranger()
        let association = network.connect(stranger, to: 0)
        network.run(for: .milliseconds(10))
        let parameter = try #require(network.snapshot(0)?.pools[0].elements[0].parameter)
        func update(_ action: ENRPMessage.HandleUpdate.Action, home: UInt32, _ element: UInt32) -> ENRPMessage {
            var other = parameter
            other.homeRegistrar = RegistrarIdentifier(rawValue: home)
            other.identifier = PoolElementIdentifier(rawValue: element)
            return .handleUpdate(
                .init(sender: RegistrarIdentifier(rawValue: 9), action: action, pool: "Pool", element: other))
        }
        try network.send(update(.add, home: 2, 8), over: association, from: stranger)
        try network.send(update(.delete, home: 9, 7), over: association, from: stranger)
        network.run(for: .milliseconds(10))
        #expect(network.table(0) == ["Pool/7@1"])
        #expect(network.takeEvents(0).contains(.offence(.foreignElement, RegistrarIdentifier(rawValue: 9))))
        // Its own it may add and remove.
        try network.send(update(.add, home: 9, 8), over: association, from: stranger)
        network.run(for: .milliseconds(10))
        #expect(network.table(0) == ["Pool/7@1", "Pool/8@9"])
        try network.send(update(.delete, home: 9, 8), over: association, from: stranger)
        network.run(for: .milliseconds(10))
        #expect(network.table(0) == ["Pool/7@1"])
    }

    @Test("Another registrar's removal of an own element makes it be asked, and told of again where it lives")
    func removalOfOwn() throws {
        var network = try Self.trio()
        let host = network.addElementHost(7)
        try network.register(host, at: 0)
        network.forgetSent()
        let parameter = try #require(network.snapshot(0)?.pools[0].elements[0].parameter)
        let stranger = network.addStranger()
        let association = network.connect(stranger, to: 0)
        network.run(for: .milliseconds(10))
        try network.send(
            .handleUpdate(.init(sender: RegistrarIdentifier(rawValue: 9), action: .delete, pool: "Pool", element: parameter)),
            over: association, from: stranger)
        network.run(for: .milliseconds(50))
        #expect(network.table(0) == ["Pool/7@1"])
        #expect(
            network.nodes[host].received.contains {
                if case .endpointKeepAlive(let keepAlive) = $0.message { keepAlive.claimsHome } else { false }
            })
        #expect(
            network.sent(.handleUpdate, by: 0).contains {
                if case .handleUpdate(let u) = $0 { u.action == .add } else { false }
            })
        // One that does not answer is out.
        network.nodes[host].element = nil
        try network.send(
            .handleUpdate(.init(sender: RegistrarIdentifier(rawValue: 9), action: .delete, pool: "Pool", element: parameter)),
            over: association, from: stranger)
        network.run(for: .seconds(6))
        for node in 0..<3 { #expect(network.table(node).isEmpty) }
    }

    @Test("An element that does not fit the pool's policy is copied all the same, so that checksums agree")
    func inconsistentPolicies() throws {
        var network = try Self.trio()
        let (one, other) = (network.addElementHost(7), network.addElementHost(8))
        network.cut(0, 1)
        try network.register(one, at: 0, policy: .roundRobin)
        try network.register(other, at: 1, policy: .leastUsed(load: .idle))
        network.heal()
        network.run(for: .seconds(200))
        for node in 0..<3 { #expect(network.table(node) == ["Pool/7@1", "Pool/8@2"]) }
        for node in 0..<3 {
            #expect(network.snapshot(node)?.peers.allSatisfy { $0.checksum == $0.toldChecksum } == true)
        }
    }

    @Test(
        "§3.3.1: where the updates of two homes of one element cross, the greater identifier keeps it, and all agree",
        .requirement("enrp-3.3.1-R11", "enrp-3.3.1-R12", "enrp-3.3.1-R13"))
    func crossing() throws {
        var network = try Self.trio()
        let host = network.addElementHost(7)
        let associations = [0, 1].map { network.connect(host, to: $0, port: 3863) }
        network.run(for: .milliseconds(10))
        for association in associations {
            try network.send(try network.registration(of: host), over: association, from: host)
        }
        network.run(for: .seconds(1))
        for node in 0..<3 { #expect(network.table(node) == ["Pool/7@2"]) }
        #expect(network.nodes[0].events.contains(.elementReleased("Pool", PoolElementIdentifier(rawValue: 7), home: Self.two)))
        #expect(
            network.nodes[host].received.contains {
                if case .endpointKeepAlive(let keepAlive) = $0.message { $0.from == 1 && keepAlive.claimsHome } else { false }
            })
        // Told when it registered, and again when it had answered.
        #expect(network.nodes[1].sent.count { $0.message.type == .handleUpdate && $0.to == 2 } == 2)
        #expect(network.nodes[1].events.contains(.elementAdopted("Pool", PoolElementIdentifier(rawValue: 7))))
    }

    @Test("§3.3.1: an element that registers with another registrar later has moved there")
    func moving() throws {
        var network = try Self.trio()
        let host = network.addElementHost(7)
        try network.register(host, at: 1)
        network.run(for: .seconds(6))
        try network.register(host, at: 0)
        network.run(for: .seconds(100))
        for node in 0..<3 { #expect(network.table(node) == ["Pool/7@1"]) }
    }

    @Test(
        "draft-dreibholz-rserpool-enrp-takeover: the better home is told so, takes the element, and tells all",
        .requirement("extensions-4-R1", "extensions-4-R2", "extensions-4-R3", "extensions-4-R4"))
    func takeoverSuggestion() throws {
        var network = try Self.trio(suggestsTakeover: true)
        let host = network.addElementHost(0x8000_0002)
        // 3 differs most from the element's 0x80000002? 1 xor does by 0x80000003, 2 by 0x80000000, 3 by 0x80000001.
        try network.register(host, at: 1)
        network.run(for: .seconds(1))
        for node in 0..<3 { #expect(network.table(node) == ["Pool/\(0x8000_0002)@1"]) }
        let updates = network.sent(.handleUpdate, by: 1).compactMap {
            if case .handleUpdate(let update) = $0 { update } else { nil }
        }
        // To both peers without the bit, then to one with it
        #expect(updates.map(\.suggestsTakeover) == [false, false, true])
        #expect(updates.last?.receiver.rawValue == 1)
        #expect(
            network.nodes[host].received.contains {
                if case .endpointKeepAlive(let keepAlive) = $0.message { $0.from == 0 && keepAlive.claimsHome } else { false }
            })
        // The new home tells all of it, and suggests nothing: none is better. Nor does the end of the element.
        let association = network.connect(host, to: 0, port: 3863)
        try network.send(
            .deregistration(.init(pool: "Pool", identifier: PoolElementIdentifier(rawValue: 0x8000_0002))), over: association,
            from: host)
        network.run(for: .seconds(1))
        let others = network.sent(.handleUpdate, by: 0).compactMap {
            if case .handleUpdate(let update) = $0 { update } else { nil }
        }
        #expect(others.map(\.action) == [.add, .add, .delete, .delete])
        #expect(others.allSatisfy { !$0.suggestsTakeover })
    }

    @Test("Without the extension no takeover is suggested, and a suggestion is passed over")
    func noTakeoverSuggestion() throws {
        var network = try Self.trio()
        let host = network.addElementHost(0x8000_0002)
        try network.register(host, at: 1)
        network.run(for: .seconds(1))
        for node in 0..<3 { #expect(network.table(node) == ["Pool/\(0x8000_0002)@2"]) }
    }

    @Test(
        "§3.3.1: the whole element is told and copied, with its policy for a new pool's; another one joins the pool",
        .requirement("enrp-3.3.1-R2", "enrp-3.3.1-R7", "enrp-3.3.1-R8", "enrp-3.3.1-R9"))
    func attributes() throws {
        var network = try Self.trio()
        for number in [UInt32(7), 8] {
            try network.register(network.addElementHost(number), at: 0, policy: .leastUsed(load: Load(rawValue: number)))
        }
        let own = try #require(network.snapshot(0)?.pools.first)
        #expect(own.elements.map(\.parameter.policy) == [7, 8].map { .leastUsed(load: Load(rawValue: $0)) })
        for node in 1..<3 {
            let copy = try #require(network.snapshot(node)?.pools.first)
            #expect(copy.handle == "Pool")
            #expect(copy.policy == own.policy)
            #expect(copy.elements.map(\.parameter) == own.elements.map(\.parameter))
        }
    }

    @Test("§3.3.2: the removal of an element, or of a pool, that is not there is passed over", .requirement("enrp-3.3.2-R8"))
    func removalOfNothing() throws {
        var network = try Self.trio()
        try network.register(network.addElementHost(7), at: 0)
        let stranger = network.addStranger()
        let association = network.connect(stranger, to: 0)
        try network.send(
            .presence(.init(sender: RegistrarIdentifier(rawValue: 9))), over: association, from: stranger)
        network.run(for: .milliseconds(10))
        _ = network.takeEvents(0)
        network.forgetSent()
        for (pool, number) in [(PoolHandle("Pool"), UInt32(8)), ("Other", 7)] {
            var element = PoolElementParameter.sctp(number, at: "10.0.0.201")
            element.homeRegistrar = RegistrarIdentifier(rawValue: 9)
            try network.send(
                .handleUpdate(.init(sender: element.homeRegistrar, action: .delete, pool: pool, element: element)),
                over: association, from: stranger)
        }
        network.run(for: .milliseconds(10))
        #expect(network.table(0) == ["Pool/7@1"])
        #expect(network.nodes[0].sent.isEmpty)
        #expect(network.takeEvents(0).isEmpty)
    }
}
