import ASAP
import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import SCTPTransport
import Testing

@testable import ENRP

@Suite("A registrar under hostile bytes")
struct HostileBytesTests {
    /// Everything that bytes can change but the counts of reports.
    private struct State: Equatable {
        var elements: [PoolHandle: [PoolElementParameter]]
        var associations: Int
        var deadlines: Int
        var checksum: PEChecksum

        init(_ registrar: RegistrarHarness) {
            let snapshot = registrar.engine.snapshot(at: registrar.now)
            elements = [:]
            for pool in snapshot.pools { elements[pool.handle] = pool.elements.map(\.parameter) }
            associations = snapshot.associations
            deadlines = registrar.engine.deadlines.count
            checksum = snapshot.checksum
        }
    }

    private func populated() throws -> (RegistrarHarness, AssociationIdentifier) {
        var registrar = RegistrarHarness(
            try RegistrarConfiguration(
                maximumBadReports: 1_000_000, limits: RegistrarLimits(maximumPools: 20, maximumElements: 40)))
        let peer = registrar.connect("192.0.2.1")
        for identifier in 1...3 as ClosedRange<UInt32> {
            #expect(try registrar.register(.sctp(identifier, at: "192.0.2.1"), from: peer) == nil)
        }
        let attacker = registrar.connect("192.0.2.66")
        registrar.events = []
        return (registrar, attacker)
    }

    @Test("50,000 messages of random bytes change nothing")
    func randomBytes() throws {
        var (registrar, attacker) = try populated()
        let before = State(registrar)
        var generator = SeededRandomNumberGenerator(seed: 1)
        for index in 0..<50_000 {
            var bytes = (0..<Int.random(in: 0...96, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator)
            }
            // Half of them get past the message's header.
            if index % 2 == 0, bytes.count >= 4 {
                bytes[0] = UInt8.random(in: 0...15, using: &generator)
                (bytes[2], bytes[3]) = (0, UInt8(bytes.count))
            }
            registrar.receive(bytes, from: attacker)
            if index % 100 == 0 { registrar.now += .seconds(1) }
            registrar.sent = []
            let isHarmless = registrar.takeEvents().allSatisfy { event in
                if case .messageDiscarded = event { true } else { false }
            }
            #expect(isHarmless, "message \(index): \(bytes)")
        }
        #expect(State(registrar) == before)
    }

    @Test("50,000 messages a few bytes off change nothing but what they validly ask for", arguments: 0..<5)
    func mutatedBytes(seed: UInt64) throws {
        var (registrar, attacker) = try populated()
        var generator = SeededRandomNumberGenerator(seed: seed)
        let identifier = PoolElementIdentifier(rawValue: 2)
        let samples: [[UInt8]] = try [
            ASAPMessage.registration(.init(pool: "Pool", element: .sctp(2, at: "192.0.2.1"))),
            .registration(.init(pool: "Pool", element: .sctp(9, at: "192.0.2.66", policy: .leastUsed(load: .full)))),
            .registration(.init(pool: "New", element: .tcp(9, at: "192.0.2.66", policy: .leastUsed(load: .full)))),
            .deregistration(.init(pool: "Pool", identifier: identifier)),
            .handleResolution(.init(pool: "Pool", option: HandleResolutionOption(items: 2))),
            .endpointKeepAliveAcknowledgement(.init(pool: "Pool", identifier: identifier)),
            .endpointUnreachable(.init(pool: "Pool", identifier: identifier)),
            .error(.init(causes: [.invalidValues([1, 2, 3, 4])])),
        ].map { try $0.encoded() }
        var before = State(registrar)
        for index in 0..<10_000 {
            var bytes = samples[index % samples.count]
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<8, using: &generator) {
                case 0: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
                case 1 where bytes.count > 1: bytes.remove(at: place)
                case 2: bytes += bytes[place...]
                default: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                }
            }
            registrar.receive(bytes, from: attacker)
            // Time passes, but not so much that anything is due.
            if index % 100 == 0 { registrar.now += .milliseconds(100) }
            registrar.sent = []
            var hasChanged = false
            for event in registrar.takeEvents() {
                switch event {
                case .elementRegistered, .elementRenewed: hasChanged = true
                case .elementRemoved(_, _, let removal):
                    #expect(removal == .deregistered)
                    hasChanged = true
                default: break
                }
            }
            if hasChanged {
                let after = State(registrar)
                // Nobody touches the elements of another.
                #expect(
                    after.elements["Pool"]?.filter { $0.identifier.rawValue <= 3 }
                        == before.elements["Pool"]?.prefix(3).map { $0 })
                #expect(after.elements.count <= 20)
                before = after
            } else if index % 50 == 0 {
                #expect(State(registrar) == before)
            }
            #expect(registrar.engine.deadlines.count == registrar.engine.handlespace.elementCount)
        }
        #expect(State(registrar) == before)
        registrar.notify(attacker, .lost(.abortedByPeer))
        #expect(registrar.members() == [1, 2, 3])
        #expect(registrar.engine.snapshot(at: registrar.now).pools.count == 1)
    }

    @Test("Registering and leaving for ever takes no more memory than once")
    func churn() throws {
        var (registrar, attacker) = try populated()
        func storage() -> [Int] {
            [registrar.engine.deadlines.capacity, registrar.engine.handlespace.capacity]
        }
        var first: [Int] = []
        for round in 0..<200 {
            for identifier in 1...10 as ClosedRange<UInt32> {
                let pool = PoolHandle("\(round)-\(identifier % 3)")
                #expect(try registrar.register(.sctp(identifier, at: "192.0.2.66"), in: pool, from: attacker) == nil)
            }
            for identifier in 1...10 as ClosedRange<UInt32> {
                let pool = PoolHandle("\(round)-\(identifier % 3)")
                #expect(try registrar.deregister(identifier, in: pool, from: attacker) == [])
            }
            if round == 0 { first = storage() }
        }
        #expect(storage() == first)
    }
}
