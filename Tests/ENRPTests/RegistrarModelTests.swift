import ASAP
import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import SCTPTransport
import Testing

@testable import ENRP

/// A registrar as simple as can be: a list of elements, looked through for everything.
private struct SlowRegistrar {
    struct Element: Equatable {
        var pool: PoolHandle
        var identifier: UInt32
        var policy: PolicyParameter
        var use: TransportUse
        var peer: Int
        var expiry: MonotonicInstant
        var reports = 0
    }

    /// In the order in which they have their turn.
    var elements: [Element] = []
    let limits: RegistrarLimits
    let maximumBadReports: Int

    private func members(of pool: PoolHandle) -> [Element] { elements.filter { $0.pool == pool } }

    private func index(_ pool: PoolHandle, _ identifier: UInt32) -> Int? {
        elements.firstIndex { $0.pool == pool && $0.identifier == identifier }
    }

    mutating func register(_ element: Element) -> [CauseCode] {
        let (members, known) = (members(of: element.pool), index(element.pool, element.identifier))
        var causes: [CauseCode] = []
        if let first = members.first {
            if first.policy.type != element.policy.type { causes.append(.inconsistentPoolPolicy) }
            if first.use != element.use { causes.append(.inconsistentDataControlConfiguration) }
        }
        if let known, elements[known].peer != element.peer { causes.append(.nonUniquePoolElementIdentifier) }
        let lacks =
            known == nil
            && (elements.count >= limits.maximumElements || members.count >= limits.maximumElementsPerPool
                || members.isEmpty && Set(elements.map(\.pool)).count >= limits.maximumPools)
        if lacks { causes.append(.lackOfResources) }
        guard causes.isEmpty else { return causes }
        if let known {
            // With another load its turn among its new equals is the last.
            if elements[known].policy == element.policy {
                elements[known] = element
            } else {
                elements.remove(at: known)
                elements.append(element)
            }
        } else {
            elements.append(element)
        }
        return []
    }

    mutating func deregister(_ pool: PoolHandle, _ identifier: UInt32, by peer: Int) -> [CauseCode] {
        guard let known = index(pool, identifier) else { return [] }
        guard elements[known].peer == peer else { return [.rejectedForSecurity] }
        elements.remove(at: known)
        return []
    }

    mutating func resolve(_ pool: PoolHandle, _ wanted: Int) -> [UInt32] {
        func load(_ element: Element) -> UInt32 { (try? LeastUsed(element.policy))?.load.rawValue ?? 0 }
        let answer = members(of: pool).sorted { load($0) < load($1) }.prefix(min(wanted, limits.maximumElementsPerResponse))
        var moved: Set<UInt32> = []
        for element in answer where moved.insert(load(element)).inserted {
            elements.remove(at: elements.firstIndex(of: element)!)
            elements.append(element)
        }
        return answer.map(\.identifier)
    }

    mutating func report(_ pool: PoolHandle, _ identifier: UInt32) {
        guard let known = index(pool, identifier) else { return }
        elements[known].reports += 1
        if elements[known].reports > maximumBadReports { elements.remove(at: known) }
    }

    mutating func lose(_ peer: Int) {
        elements.removeAll { $0.peer == peer }
    }

    mutating func expire(at now: MonotonicInstant) {
        elements.removeAll { $0.expiry <= now }
    }
}

@Suite("A registrar against a simple one")
struct RegistrarModelTests {
    @Test("Every sequence of requests, losses and waiting gives what the simple one gives", arguments: 0..<60)
    func sequences(seed: UInt64) throws {
        var generator = SeededRandomNumberGenerator(seed: seed)
        let limits = try RegistrarLimits(
            maximumPools: 3, maximumElements: 14, maximumElementsPerPool: 8, maximumElementsPerResponse: 6)
        // Keep-alives are acknowledged in the test's own time; nothing else than what the test does removes an element.
        let configuration = try RegistrarConfiguration(
            keepAliveInterval: .seconds(300), keepAliveTimeout: .seconds(300), maximumBadReports: 2, limits: limits)
        var registrar = RegistrarHarness(configuration, seed: seed)
        var slow = SlowRegistrar(limits: limits, maximumBadReports: 2)
        let pools: [PoolHandle] = ["A", "B", "C", "D"]
        var peers = (0..<4).map { registrar.connect("192.0.2.\($0 + 1)") }

        for step in 0..<300 {
            let peer = Int.random(in: 0..<peers.count, using: &generator)
            let pool = pools[Int.random(in: 0..<pools.count, using: &generator)]
            let identifier = UInt32.random(in: 1...10, using: &generator)
            switch Int.random(in: 0..<12, using: &generator) {
            case 0...4:
                let load = Load(rawValue: UInt32.random(in: 0..<3, using: &generator))
                // Mostly what the pool has, for otherwise pools would stay small.
                let isOdd = Int.random(in: 0..<8, using: &generator) == 0
                let policy = (pool == "A") != isOdd ? PolicyParameter.roundRobin : .leastUsed(load: load)
                let use = Int.random(in: 0..<10, using: &generator) == 0 ? TransportUse.dataOnly : .dataPlusControl
                let life = Int32.random(in: 1...60, using: &generator)
                let element = PoolElementParameter.sctp(
                    identifier, at: "192.0.2.\(peer + 1)", use: use, life: .seconds(life), policy: policy)
                let causes = try registrar.register(element, in: pool, from: peers[peer])?.map(\.code) ?? []
                let expected = slow.register(
                    SlowRegistrar.Element(
                        pool: pool, identifier: identifier, policy: policy, use: use, peer: peer,
                        expiry: registrar.now + .seconds(life)))
                #expect(causes == expected, "seed \(seed), step \(step)")
            case 5:
                let causes = try registrar.deregister(identifier, in: pool, from: peers[peer]).map(\.code)
                #expect(causes == slow.deregister(pool, identifier, by: peer), "seed \(seed), step \(step)")
            case 6...8:
                let items = UInt32.random(in: 1...9, using: &generator)
                let answer = try registrar.resolve(pool, items: items, from: peers[peer])
                #expect(answer.identifiers == slow.resolve(pool, Int(items)), "seed \(seed), step \(step)")
                #expect(answer.causes.isEmpty == !answer.elements.isEmpty)
            case 9:
                try registrar.receive(
                    .endpointUnreachable(.init(pool: pool, identifier: PoolElementIdentifier(rawValue: identifier))),
                    from: peers[peer])
                slow.report(pool, identifier)
                // Whoever is asked answers.
                for (association, message) in registrar.sent {
                    guard case .endpointKeepAlive = message else { continue }
                    try registrar.receive(
                        .endpointKeepAliveAcknowledgement(
                            .init(pool: pool, identifier: PoolElementIdentifier(rawValue: identifier))), from: association)
                }
                _ = registrar.takeSent()
            case 10:
                registrar.wait(.milliseconds(Int.random(in: 0...9_000, using: &generator)))
                slow.expire(at: registrar.now)
            default:
                registrar.notify(peers[peer], .lost(.unreachable))
                slow.lose(peer)
                peers[peer] = registrar.connect("192.0.2.\(peer + 1)")
            }

            let snapshot = registrar.engine.snapshot(at: registrar.now)
            for pool in pools {
                let expected = slow.elements.filter { $0.pool == pool }.map(\.identifier).sorted()
                #expect(registrar.members(of: pool) == expected, "seed \(seed), step \(step)")
            }
            var checksum = HandlespaceChecksum()
            for element in slow.elements { checksum.add(element.pool, PoolElementIdentifier(rawValue: element.identifier)) }
            #expect(snapshot.checksum == checksum.value)
            #expect((registrar.engine.nextDeadline == nil) == slow.elements.isEmpty)
        }
        // With the associations everything goes.
        for peer in peers { registrar.notify(peer, .lost(.unreachable)) }
        #expect(registrar.engine.snapshot(at: registrar.now).pools.isEmpty)
        #expect(registrar.engine.nextDeadline == nil)
    }

    @Test("Two registrars with the same inputs do the same")
    func repeatable() throws {
        func run() throws -> [RegistrarEvent] {
            var registrar = RegistrarHarness(seed: 7)
            let peer = registrar.connect("192.0.2.1")
            for identifier in 1...50 as ClosedRange<UInt32> {
                _ = try registrar.register(
                    .sctp(identifier, at: "192.0.2.1", policy: .leastUsed(load: Load(rawValue: identifier % 5))), from: peer)
            }
            registrar.wait(.seconds(100))
            return registrar.takeEvents()
        }
        #expect(try run() == run())
    }
}
