import ASAP
import PoolPolicies
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@testable import ENRP

@Suite("The distance of elements, draft-dreibholz-rserpool-delay")
struct DistanceTests {
    private var registrar = RegistrarHarness()

    private static let factor = DistancePenaltyFactor(fraction: 0.001)
    private static func policy(_ load: Double, distance: UInt32 = 0) -> PolicyParameter {
        .leastUsed(load: Load(fraction: load), factor: factor, distance: distance)
    }

    private mutating func distances(_ association: AssociationIdentifier) throws -> [UInt32: UInt32] {
        let elements = try registrar.resolve(from: association).elements
        return Dictionary(
            uniqueKeysWithValues: try elements.map { element in
                (element.identifier.rawValue, try LeastUsedWithDistancePenalty(element.policy).distance)
            })
    }

    @Test("Half the round-trip time, to the nearest 50 ms")
    func rounding() {
        let cases: [(Int, UInt32)] = [
            (0, 0), (49, 0), (50, 50), (99, 50), (100, 50), (149, 50), (150, 100), (400, 200), (449, 200), (450, 250),
            (2_000, 1_000),
        ]
        for (milliseconds, distance) in cases {
            #expect(PolicyDistance.milliseconds(roundTripTime: .milliseconds(milliseconds)) == distance)
        }
        #expect(PolicyDistance.milliseconds(roundTripTime: .seconds(-1)) == 0)
        #expect(PolicyDistance.milliseconds(roundTripTime: .seconds(Int64.max)) == 302_400_000)
    }

    @Test(
        "A registration makes the registrar ask for the round-trip time; until it knows it the distance is 0",
        .requirement("extensions-3.1-R1"))
    mutating func asked() throws {
        let peer = registrar.connect("192.0.2.1")
        #expect(try registrar.register(.sctp(1, at: "192.0.2.1", policy: Self.policy(0, distance: 7_000)), from: peer) == nil)
        #expect(registrar.takeMeasurements() == [peer])
        #expect(try distances(peer) == [1: 0])
        registrar.handle(.roundTripTime(peer, .milliseconds(210)))
        #expect(try distances(peer) == [1: 100])
        // What the element says of its distance does not count, and the next element of the association has it at once.
        #expect(try registrar.register(.sctp(2, at: "192.0.2.1", policy: Self.policy(0, distance: 9)), from: peer) == nil)
        #expect(try distances(peer) == [1: 100, 2: 100])
    }

    @Test("No other policy asks for it, or has its parameter changed")
    mutating func otherPolicies() throws {
        let peer = registrar.connect("192.0.2.1")
        for (identifier, policy) in [(1, .roundRobin), (2, .leastUsed(load: .full))] as [(UInt32, PolicyParameter)] {
            let pool = PoolHandle("\(identifier)")
            #expect(try registrar.register(.sctp(identifier, at: "192.0.2.1", policy: policy), in: pool, from: peer) == nil)
            registrar.handle(.roundTripTime(peer, .milliseconds(400)))
            #expect(try registrar.resolve(pool, from: peer).elements.map(\.policy) == [policy])
        }
        #expect(registrar.takeMeasurements() == [])
    }

    @Test(
        "The order follows: a distant idle element comes after a near one that is a little busy",
        .requirement("extensions-3.1-R1"))
    mutating func order() throws {
        let far = registrar.connect("192.0.2.1")
        let near = registrar.connect("192.0.2.2")
        #expect(try registrar.register(.sctp(1, at: "192.0.2.1", policy: Self.policy(0)), from: far) == nil)
        #expect(try registrar.register(.sctp(2, at: "192.0.2.2", policy: Self.policy(0.05)), from: near) == nil)
        #expect(try registrar.resolve(from: near).identifiers == [1, 2])
        // 100 ms at a thousandth each are 10 %.
        registrar.handle(.roundTripTime(far, .milliseconds(200)))
        registrar.handle(.roundTripTime(near, .milliseconds(1)))
        #expect(try registrar.resolve(from: near).identifiers == [2, 1])
        #expect(try distances(near) == [1: 100, 2: 0])
        // Measured again, it counts again; a measurement of an association that has ended does not.
        registrar.handle(.roundTripTime(far, .milliseconds(60)))
        #expect(try distances(near) == [1: 50, 2: 0])
        registrar.notify(far, .lost(.unreachable))
        registrar.handle(.roundTripTime(far, .milliseconds(900)))
        #expect(try distances(near) == [2: 0])
    }

    /// The network takes 200 ms there and back, so 100 ms are the distance from the element's host and between registrars.
    @Test("A registrar adds its distance from the peer to that in the peer's message", .requirement("extensions-3.1-R2"))
    func learntFromPeer() throws {
        var network = try Section33HandleUpdateTests.trio()
        let host = network.addElementHost(7)
        try network.register(host, at: 0, policy: Self.policy(0.5, distance: 9_000))
        network.run(for: .seconds(1))
        // What is known of the way to the peer counts from the next update on.
        try network.register(host, at: 0, policy: Self.policy(0.25, distance: 9_000))
        network.run(for: .seconds(1))
        let snapshots = (0..<3).map { network.snapshot($0) }
        let policies = snapshots.map { $0?.pools.first?.elements.first?.parameter.policy }
        #expect(policies == [Self.policy(0.25, distance: 100)] + Array(repeating: Self.policy(0.25, distance: 200), count: 2))
    }

    @Test("Learnt from a peer, an element is further by the way to the peer", .requirement("extensions-3.1-R3"))
    func further() {
        #expect(Self.policy(0.5, distance: 100).further(by: 50) == Self.policy(0.5, distance: 150))
        #expect(Self.policy(0.5, distance: .max - 1).further(by: 50) == Self.policy(0.5, distance: .max))
        #expect(PolicyParameter.roundRobin.further(by: 50) == .roundRobin)
        let malformed = PolicyParameter(type: Self.policy(0).type, data: PolicyData([1, 2, 3]))
        #expect(malformed.further(by: 50) == malformed)
        #expect(!malformed.isDistanceSensitive)
        #expect(
            PolicyParameter.weightedRandom(weight: 3, factor: Self.factor).at(distance: 50)
                == .weightedRandom(weight: 3, factor: Self.factor, distance: 50))
    }
}
