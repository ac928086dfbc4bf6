import ASAP
import PoolPolicies
import RSerPoolParameters
import SCTPTransport
import Testing

@testable import ENRP

@Suite("RFC 5353 §3.3: handle updates")
struct Section33HandleUpdateTests {
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

    @Test("§3.3.1: a registration is told to every peer, the same bytes to all, and enters their handlespaces")
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

    @Test("§3.3.1, rule 3: a re-registration replaces the attributes everywhere")
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

    @Test("§3.3.2: a deregistration is told with the whole element, and the last element takes its pool with it")
    func removal() throws {
        var network = try Self.trio()
        let host = network.addElementHost(7)
        try network.register(host, at: 0)
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
        #expect(update.action == .delete)
        #expect(update.element.homeRegistrar.rawValue == 1)
    }

    @Test("RFC 5352 §3.1, rule 4: an element that registers with another registrar has that for its home everywhere")
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

    @Test("§3.3.1: where the updates of two homes of one element cross, the greater identifier keeps it, and all agree")
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

    @Test("draft-dreibholz-rserpool-enrp-takeover: the better home is told so, takes the element, and tells all")
    func takeoverSuggestion() throws {
        var network = try Self.trio(suggestsTakeover: true)
        let host = network.addElementHost(0x8000_0002)
        // 3 differs most from the element's 0x80000002? 1 xor does by 0x80000003, 2 by 0x80000000, 3 by 0x80000001.
        try network.register(host, at: 1)
        network.run(for: .seconds(1))
        for node in 0..<3 { #expect(network.table(node) == ["Pool/\(0x8000_0002)@1"]) }
        let suggestions = network.sent(.handleUpdate, by: 1).filter {
            if case .handleUpdate(let update) = $0 { update.suggestsTakeover } else { false }
        }
        #expect(suggestions.count == 1)
        #expect(suggestions.first?.receiver.rawValue == 1)
    }

    @Test("Without the extension no takeover is suggested, and a suggestion is passed over")
    func noTakeoverSuggestion() throws {
        var network = try Self.trio()
        let host = network.addElementHost(0x8000_0002)
        try network.register(host, at: 1)
        network.run(for: .seconds(1))
        for node in 0..<3 { #expect(network.table(node) == ["Pool/\(0x8000_0002)@2"]) }
    }
}
