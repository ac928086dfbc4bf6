import ASAP
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@testable import ENRP

@Suite("RFC 5353 §3.6: audit and resynchronisation")
struct Section36AuditTests {
    private static let nine = RegistrarIdentifier(rawValue: 9)

    private static func element(_ identifier: UInt32, home: UInt32 = 9) -> PoolElementParameter {
        var element = PoolElementParameter.sctp(identifier, at: "10.0.0.201")
        element.homeRegistrar = RegistrarIdentifier(rawValue: home)
        element.asapTransport = SCTPTransportParameter(port: 5_000, addresses: [PeerNetwork.address(200).ip])
        return element
    }

    /// A registrar and a stranger that is its peer 9, with one element in its copy.
    private static func pair(
        _ configuration: RegistrarConfiguration = .standard
    ) throws -> (network: PeerNetwork, peer: Int, association: AssociationIdentifier) {
        var network = PeerNetwork()
        network.addRegistrar(2, configuration)
        let peer = network.addStranger()
        let association = network.connect(peer, to: 0)
        try network.send(
            .handleUpdate(.init(sender: nine, action: .add, pool: "Pool", element: element(7))), over: association, from: peer)
        network.run(for: .milliseconds(10))
        network.forgetSent()
        return (network, peer, association)
    }

    private static func checksum(_ elements: UInt32...) -> PEChecksum {
        var sum = HandlespaceChecksum()
        for element in elements { sum.add("Pool", PoolElementIdentifier(rawValue: element)) }
        return sum.value
    }

    private static func presence(_ checksum: PEChecksum) -> ENRPMessage {
        .presence(.init(sender: nine, checksum: checksum))
    }

    @Test(
        "§3.6.1, rule 2: every presence has the checksum over the own elements, as it is then",
        .requirement("enrp-3.6.1-R2", "enrp-3.6.1-R4"))
    func ownChecksum() throws {
        var network = try Section33HandleUpdateTests.trio()
        let host = network.addElementHost(7)
        try network.register(host, at: 0)
        network.run(for: .seconds(31))
        guard case .presence(let presence) = network.sent(.presence, by: 0).last else { return }
        #expect(presence.checksum == Self.checksum(7))
        for node in 0..<3 {
            #expect(network.snapshot(node)?.peers.allSatisfy { $0.isInStep == true } == true)
            #expect(network.sent(.handleTableRequest, by: node).isEmpty)
        }
    }

    @Test(
        "§3.6.1, rules 4 and 5: another checksum, and only that, makes the registrar ask for the peer's own elements",
        .requirement("enrp-3.6.1-R3", "enrp-3.6.1-R5", "enrp-3.6.1-R6", "enrp-3.6.2-R1", "enrp-3.6.3-R1", "enrp-3.6.3-R3"))
    func mismatch() throws {
        var (network, peer, association) = try Self.pair()
        // The complement of 506f + 6f6c + 0000 + 0007, "Pool" and 7.
        #expect(network.peer(9, of: 0)?.checksum == PEChecksum(rawValue: 0x401d))
        try network.send(Self.presence(Self.checksum(7)), over: association, from: peer)
        network.run(for: .milliseconds(10))
        #expect(network.sent(.handleTableRequest, by: 0).isEmpty)
        try network.send(Self.presence(Self.checksum(8)), over: association, from: peer)
        network.run(for: .milliseconds(10))
        guard case .handleTableRequest(let request) = network.sent(.handleTableRequest, by: 0).first else {
            Issue.record("no request")
            return
        }
        #expect(request.ownChildrenOnly)
        #expect(network.nodes[0].events.contains(.checksumMismatch(Self.nine, told: Self.checksum(8), own: Self.checksum(7))))
    }

    @Test(
        "§3.6.3: elements that the table lists stay or come, those still marked at its end are swept away",
        .requirement("enrp-3.6.3-R2", "enrp-3.6.3-R5", "enrp-3.6.3-R8", "enrp-3.6.3-R9"))
    func markAndSweep() throws {
        var (network, peer, association) = try Self.pair()
        try network.send(Self.presence(Self.checksum(8, 10)), over: association, from: peer)
        network.run(for: .milliseconds(10))
        // In two parts; nothing is swept before the last.
        try network.send(
            .handleTableResponse(
                .init(hasMore: true, sender: Self.nine, entries: [.init(pool: "Pool", elements: [Self.element(8)])])),
            over: association, from: peer)
        network.run(for: .milliseconds(10))
        #expect(network.table(0) == ["Pool/7@9", "Pool/8@9"])
        #expect(network.sent(.handleTableRequest, by: 0).count == 2)
        // An element that registers meanwhile is not marked.
        try network.send(
            .handleUpdate(.init(sender: Self.nine, action: .add, pool: "Pool", element: Self.element(10))), over: association,
            from: peer)
        try network.send(.handleTableResponse(.init(sender: Self.nine)), over: association, from: peer)
        network.run(for: .milliseconds(10))
        #expect(network.table(0) == ["Pool/8@9", "Pool/10@9"].sorted { $0.count < $1.count })
        #expect(network.nodes[0].events.contains(.resynchronised(Self.nine, elements: 1, removed: 1)))
        #expect(network.nodes[0].events.contains(.inStep(Self.nine)))
    }

    @Test(
        "§3.6.3: the table answered with has the own elements only, in as many parts as are needed",
        .requirement("enrp-3.6.3-R4", "enrp-3.6.3-R10"))
    func givesOwnOnly() throws {
        let limits = try PeerLimits(maximumTableMessageSize: 10_240)
        var (network, peer, association) = try Self.pair(.among(limits: limits))
        let hosts = (0..<300).map { network.addElementHost(1_000 + UInt32($0)) }
        for host in hosts { try network.register(host, at: 0) }
        network.forgetSent()
        var received: [UInt32] = []
        while true {
            network.forgetSent()
            try network.send(
                .handleTableRequest(.init(ownChildrenOnly: true, sender: Self.nine)), over: association, from: peer)
            network.run(for: .milliseconds(10))
            guard case .handleTableResponse(let part) = network.sent(.handleTableResponse, by: 0).first else {
                Issue.record("no table")
                return
            }
            received += part.entries.flatMap(\.elements).map(\.identifier.rawValue)
            #expect(part.entries.allSatisfy { $0.elements.allSatisfy { $0.homeRegistrar.rawValue == 2 } })
            guard part.hasMore else { break }
        }
        #expect(received == (1_000..<1_300).map { UInt32($0) })
        #expect(network.sent(.handleTableResponse, by: 0).count == 1)
    }

    @Test("A table under way survives changes: elements that go before they are met, and those that come")
    func cursorSurvivesChanges() throws {
        let limits = try PeerLimits(maximumTableMessageSize: 10_240)
        for ownChildrenOnly in [true, false] {
            var (network, peer, association) = try Self.pair(.among(limits: limits))
            let hosts = (0..<300).map { network.addElementHost(1_000 + UInt32($0)) }
            for host in hosts { try network.register(host, at: 0) }
            var received: [UInt32] = []
            var goes = 1_299
            while true {
                network.forgetSent()
                try network.send(
                    .handleTableRequest(.init(ownChildrenOnly: ownChildrenOnly, sender: Self.nine)), over: association,
                    from: peer)
                network.run(for: .milliseconds(10))
                guard case .handleTableResponse(let part) = network.sent(.handleTableResponse, by: 0).first else {
                    Issue.record("no table")
                    return
                }
                received += part.entries.flatMap(\.elements).map(\.identifier.rawValue)
                guard part.hasMore else { break }
                // The next one to be sent, and the last.
                let next = received.filter { $0 >= 1_000 }.max().map { Int($0) + 1 } ?? 1_000
                for element in Set([next, goes]) where element < 1_300 {
                    let host = hosts[element - 1_000]
                    let link = network.connect(host, to: 0, port: 3863)
                    try network.send(
                        .deregistration(.init(pool: "Pool", identifier: PoolElementIdentifier(rawValue: UInt32(element)))),
                        over: link, from: host)
                }
                goes -= 1
                network.run(for: .milliseconds(10))
            }
            let left = network.table(0).compactMap { UInt32($0.dropFirst(5).prefix { $0 != "@" }) }.filter { $0 >= 1_000 }
            #expect(Set(received).isSuperset(of: left))
            #expect(Set(received).count == received.count)
            #expect(left.count < 300)
        }
    }

    @Test("A rejected, silent or broken resynchronisation removes nothing")
    func failures() throws {
        for failure in [MentorFailure.rejected, .noResponse] {
            var (network, peer, association) = try Self.pair()
            try network.send(Self.presence(Self.checksum(8)), over: association, from: peer)
            network.run(for: .milliseconds(10))
            if failure == .rejected {
                try network.send(
                    .handleTableResponse(.init(isRejected: true, sender: Self.nine)), over: association, from: peer)
            }
            network.run(for: .seconds(6))
            #expect(network.table(0) == ["Pool/7@9"])
            #expect(network.nodes[0].events.contains(.resynchronisationFailed(Self.nine, failure)))
        }
    }

    @Test("Two registrars that each take themselves for an element's home: the greater identifier keeps it, and it is not lost")
    func twoHomes() throws {
        for (peerIdentifier, isKept) in [(UInt32(9), false), (UInt32(1), true)] {
            var network = PeerNetwork()
            network.addRegistrar(2, .standard)
            let host = network.addElementHost(7)
            try network.register(host, at: 0)
            let peer = network.addStranger()
            let association = network.connect(peer, to: 0)
            let sender = RegistrarIdentifier(rawValue: peerIdentifier)
            try network.send(.presence(.init(sender: sender, checksum: Self.checksum(7))), over: association, from: peer)
            network.run(for: .milliseconds(10))
            network.forgetSent()
            try network.send(
                .handleTableResponse(
                    .init(
                        sender: sender, entries: [.init(pool: "Pool", elements: [Self.element(7, home: peerIdentifier)])])),
                over: association, from: peer)
            network.run(for: .milliseconds(50))
            #expect(network.table(0) == (isKept ? ["Pool/7@2"] : ["Pool/7@9"]))
            #expect(network.sent(.handleUpdate, by: 0).isEmpty == !isKept)
        }
    }

    @Test(
        "Lost updates are made good by the next presence, under the greatest load of differences", .requirement("enrp-3.6-R1"))
    func convergence() throws {
        var network = try Section33HandleUpdateTests.trio()
        let hosts = (0..<30).map { network.addElementHost(100 + UInt32($0)) }
        network.cut(0, 1)
        for (number, host) in hosts.enumerated() { try network.register(host, at: number % 3) }
        network.heal()
        network.run(for: .seconds(100))
        #expect(network.table(0).count == 30)
        for node in 1..<3 { #expect(network.table(node) == network.table(0)) }
        for node in 0..<3 { #expect(network.snapshot(node)?.peers.allSatisfy { $0.isInStep == true } == true) }
    }

    @Test("§3.6.1: a checksum for each peer and for itself, each over that registrar's elements", .requirement("enrp-3.6.1-R1"))
    func separateChecksums() throws {
        var network = try Section33HandleUpdateTests.trio()
        for node in 0..<3 { try network.register(network.addElementHost(7 + UInt32(node)), at: node) }
        for node in 0..<3 {
            let snapshot = try #require(network.snapshot(node))
            #expect(snapshot.checksum == Self.checksum(7 + UInt32(node)))
            #expect(snapshot.peers.map(\.checksum) == snapshot.peers.map { Self.checksum(6 + $0.registrar.rawValue) })
        }
    }

    @Test(
        "§3.6.3, step 4: what the table says takes the place of what was known, and is not swept away",
        .requirement("enrp-3.6.3-R6", "enrp-3.6.3-R7"))
    func replacement() throws {
        var (network, peer, association) = try Self.pair()
        try network.send(Self.presence(Self.checksum(7, 8)), over: association, from: peer)
        network.run(for: .milliseconds(10))
        var changed = Self.element(7)
        changed.registrationLife = .seconds(77)
        try network.send(
            .handleTableResponse(
                .init(sender: Self.nine, entries: [.init(pool: "Pool", elements: [changed, Self.element(8)])])),
            over: association, from: peer)
        network.run(for: .milliseconds(10))
        #expect(network.table(0) == ["Pool/7@9", "Pool/8@9"])
        #expect(network.snapshot(0)?.pools[0].elements[0].parameter == changed)
    }
}
