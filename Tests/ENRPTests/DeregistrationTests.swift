import ASAP
import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@testable import ENRP

@Suite("RFC 5352 §3.2: deregistration")
struct DeregistrationTests {
    private var registrar = RegistrarHarness()

    @Test(
        "The element leaves, with the last one the pool",
        .requirement("asap-2.2.4-R1", "asap-3.2-R13", "asap-3.2-R14", "asap-3.2-R17"))
    mutating func leaving() throws {
        let peer = registrar.connect("192.0.2.1")
        #expect(try registrar.register(.sctp(1, at: "192.0.2.1"), from: peer) == nil)
        #expect(try registrar.register(.sctp(2, at: "192.0.2.1"), from: peer) == nil)
        #expect(try registrar.deregister(1, from: peer) == [])
        #expect(registrar.members() == [2])
        #expect(!registrar.takeEvents().contains(.poolRemoved("Pool")))
        #expect(try registrar.deregister(2, from: peer) == [])
        #expect(
            registrar.takeEvents() == [
                .elementRemoved("Pool", PoolElementIdentifier(rawValue: 2), .deregistered), .poolRemoved("Pool"),
            ])
        #expect(try registrar.resolve(from: peer).causes == [.unknownPoolHandle])
        #expect(registrar.engine.nextDeadline == nil)
        // The pool may come back with another policy.
        #expect(try registrar.register(.tcp(1, at: "192.0.2.1", policy: .leastUsed(load: .idle)), from: peer) == nil)
    }

    @Test("An element that is not registered is granted to leave", .requirement("asap-3.2-R15", "asap-3.2-R17"))
    mutating func unknown() throws {
        let peer = registrar.connect("192.0.2.1")
        #expect(try registrar.deregister(1, in: "Nowhere", from: peer) == [])
        #expect(try registrar.register(.sctp(1, at: "192.0.2.1"), from: peer) == nil)
        #expect(try registrar.deregister(2, from: peer) == [])
        #expect(registrar.members() == [1])
    }

    @Test("§2.2.2: nobody deregisters another", .requirement("asap-2.2.2-R2", "asap-3.2-R16", "asap-3.2-R17", "asap-3.2-R18"))
    mutating func byProxy() throws {
        let (peer, other) = (registrar.connect("192.0.2.1"), registrar.connect("192.0.2.2"))
        let samePort = registrar.connect("192.0.2.1", port: 5_001)
        #expect(try registrar.register(.sctp(1, at: "192.0.2.1"), from: peer) == nil)
        #expect(try registrar.deregister(1, from: other) == [.rejectedForSecurity])
        #expect(try registrar.deregister(1, from: samePort) == [.rejectedForSecurity])
        #expect(registrar.members() == [1])
        let again = registrar.connect("192.0.2.1", port: 5_000)
        #expect(try registrar.deregister(1, from: again) == [])
        #expect(registrar.members() == [])
    }

    @Test("The end of a registration's life removes the element and tells it", .requirement("asap-3.2-R3"))
    mutating func expiry() throws {
        let peer = registrar.connect("192.0.2.1")
        #expect(try registrar.register(.sctp(1, at: "192.0.2.1", life: .seconds(10)), from: peer) == nil)
        registrar.wait(.milliseconds(9_999))
        #expect(registrar.members() == [1])
        #expect(registrar.takeSent() == [])
        registrar.wait(.milliseconds(1))
        #expect(registrar.members() == [])
        let told = registrar.sent
        #expect(told.map(\.association) == [peer])
        #expect(
            registrar.takeSent() == [
                .deregistrationResponse(.init(pool: "Pool", identifier: PoolElementIdentifier(rawValue: 1)))
            ])
        #expect(registrar.takeEvents().contains(.elementRemoved("Pool", PoolElementIdentifier(rawValue: 1), .expired)))
    }

    @Test("Registering again begins a new life, and an infinite one does not end")
    mutating func renewedLife() throws {
        let peer = registrar.connect("192.0.2.1")
        #expect(try registrar.register(.sctp(1, at: "192.0.2.1", life: .seconds(10)), from: peer) == nil)
        registrar.wait(.seconds(9))
        #expect(try registrar.register(.sctp(1, at: "192.0.2.1", life: .seconds(10)), from: peer) == nil)
        registrar.wait(.seconds(9))
        #expect(registrar.members() == [1])
        #expect(try registrar.register(.sctp(1, at: "192.0.2.1", life: .infinite), from: peer) == nil)
        #expect(registrar.engine.snapshot(at: registrar.now).pools[0].elements[0].timeToExpiry == nil)
        #expect(try registrar.register(.sctp(1, at: "192.0.2.1", life: .seconds(1)), from: peer) == nil)
        registrar.wait(.seconds(1))
        #expect(registrar.members() == [])
    }
}
