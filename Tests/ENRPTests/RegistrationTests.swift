import ASAP
import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@testable import ENRP

@Suite("RFC 5352 §3.1: registration")
struct RegistrationTests {
    private var registrar = RegistrarHarness()

    @Test("Rule 1: the first element creates the pool and sets its policy", .requirement("asap-3.1-R22", "asap-3.1-R23"))
    mutating func firstElement() throws {
        let peer = registrar.connect("192.0.2.1")
        #expect(try registrar.register(.sctp(7, at: "192.0.2.1", policy: .leastUsed(load: .full)), from: peer) == nil)
        let snapshot = registrar.engine.snapshot(at: registrar.now)
        #expect(snapshot.pools.map(\.handle) == ["Pool"])
        #expect(snapshot.pools[0].policy == .leastUsed(load: .idle))
        #expect(registrar.members() == [7])
        let events = registrar.takeEvents()
        #expect(events.contains(.poolCreated("Pool", .leastUsed)))
        #expect(
            events.contains(.elementRegistered("Pool", PoolElementIdentifier(rawValue: 7), .leastUsed(load: .full))))
    }

    @Test(
        "Rule 2: another element joins the pool; another pool is another pool",
        .requirement("requirements-2.7-R3", "asap-2.2.3-R1", "asap-3.1-R26", "asap-3.1-R36", "asap-3.1-R37"))
    mutating func joining() throws {
        let (first, second) = (registrar.connect("192.0.2.1"), registrar.connect("192.0.2.2"))
        #expect(try registrar.register(.sctp(7, at: "192.0.2.1"), from: first) == nil)
        #expect(try registrar.register(.sctp(3, at: "192.0.2.2"), from: second) == nil)
        #expect(try registrar.register(.tcp(3, at: "192.0.2.2"), in: "Other", from: second) == nil)
        #expect(registrar.members() == [3, 7])
        #expect(registrar.members(of: "Other") == [3])
    }

    @Test(
        "Rules 2, 3: policy, transport type and use must be the pool's; each cause tells what is",
        .requirement(
            "asap-3.1-R9", "asap-3.1-R24", "asap-3.1-R25", "asap-3.1-R27", "asap-3.1-R28", "asap-3.1-R30", "asap-3.1-R36",
            "asap-3.1-R38", "asap-3.1-R39"))
    mutating func inconsistent() throws {
        let peer = registrar.connect("192.0.2.1")
        #expect(try registrar.register(.sctp(7, at: "192.0.2.1"), from: peer) == nil)
        #expect(
            try registrar.register(.sctp(8, at: "192.0.2.1", policy: .leastUsed(load: .idle)), from: peer)
                == [.inconsistentPoolPolicy(.roundRobin)])
        #expect(
            try registrar.register(.sctp(8, at: "192.0.2.1", use: .dataOnly), from: peer)
                == [.inconsistentDataControlConfiguration])
        let transport = PoolElementParameter.sctp(7, at: "192.0.2.1").userTransport
        #expect(
            try registrar.register(.tcp(8, at: "192.0.2.1", policy: .leastUsed(load: .idle)), from: peer)
                == [
                    .inconsistentPoolPolicy(.roundRobin), .inconsistentTransportType(transport),
                    .inconsistentDataControlConfiguration,
                ])
        #expect(registrar.members() == [7])
        // The pool's only element is held to it as well.
        #expect(
            try registrar.register(.sctp(7, at: "192.0.2.1", use: .dataOnly), from: peer)
                == [.inconsistentDataControlConfiguration])
        #expect(try registrar.resolve(from: peer).elements[0].userTransport == transport)
    }

    @Test("Rule 3: a member that registers replaces its attributes", .requirement("asap-3.1-R29", "asap-3.1-R31"))
    mutating func reregistration() throws {
        let peer = registrar.connect("192.0.2.1", "192.0.2.9")
        #expect(try registrar.register(.sctp(7, at: "192.0.2.1", policy: .leastUsed(load: .full)), from: peer) == nil)
        registrar.wait(.seconds(20))
        let renewed = PoolElementParameter.sctp(
            7, at: "192.0.2.9", port: 8, life: .seconds(60), policy: .leastUsed(load: .idle))
        #expect(try registrar.register(renewed, from: peer) == nil)
        let snapshot = registrar.engine.snapshot(at: registrar.now + .seconds(1))
        let element = try #require(snapshot.pools[0].elements.first)
        #expect(snapshot.elements == 1)
        #expect(element.parameter.userTransport == renewed.userTransport)
        #expect(element.parameter.policy == .leastUsed(load: .idle))
        #expect(element.parameter.registrationLife == .seconds(60))
        #expect(element.age == .seconds(21))
        #expect(element.timeSinceRenewal == .seconds(1))
        #expect(element.timeToExpiry == .seconds(59))
        #expect(
            registrar.takeEvents().contains(
                .elementRenewed("Pool", PoolElementIdentifier(rawValue: 7), .leastUsed(load: .idle))))
    }

    @Test(
        "Rule 4: the registrar becomes the owner and records where the registration came from",
        .requirement("asap-1.1-R3", "asap-3.1-R32", "asap-3.1-R34"))
    mutating func ownership() throws {
        let peer = registrar.connect("192.0.2.1", "2001:db8::1", port: 40_001)
        var element = PoolElementParameter.sctp(7, at: "192.0.2.1")
        element.homeRegistrar = RegistrarIdentifier(rawValue: 99)
        element.asapTransport = SCTPTransportParameter(port: 1, addresses: [.loopbackIPv4])
        #expect(try registrar.register(element, from: peer) == nil)
        let stored = try registrar.resolve(from: peer).elements[0]
        #expect(stored.homeRegistrar == RegistrarHarness.registrar)
        #expect(
            stored.asapTransport
                == SCTPTransportParameter(port: 40_001, addresses: [IPAddress("192.0.2.1")!, IPAddress("2001:db8::1")!]))
        #expect(stored.userTransport == element.userTransport)
    }

    @Test("The UDP port that the element tells is passed on as it is", arguments: [nil, 20_000] as [UInt16?])
    mutating func encapsulationPort(port: UInt16?) throws {
        let peer = AssociationIdentifier(accepted: 9)
        var details = RegistrarHarness.details(["127.0.0.1"])
        details.peerAddresses[0].encapsulationPort = 31_000
        registrar.notify(peer, .up(details))
        var element = PoolElementParameter.sctp(7, at: "127.0.0.1")
        element.encapsulationPort = port
        #expect(try registrar.register(element, from: peer) == nil)
        #expect(try registrar.resolve(from: peer).elements[0].encapsulationPort == port)
    }

    // MARK: Identifiers

    @Test("Another element with an identifier in use is rejected while the first one lives")
    mutating func nonUniqueIdentifier() throws {
        let (first, second) = (registrar.connect("192.0.2.1"), registrar.connect("192.0.2.2"))
        #expect(try registrar.register(.sctp(7, at: "192.0.2.1"), from: first) == nil)
        #expect(try registrar.register(.sctp(7, at: "192.0.2.2"), from: second) == [.nonUniquePoolElementIdentifier])
        #expect(try registrar.resolve(from: second).elements[0].userTransport.addresses == [IPAddress("192.0.2.1")!])
        // In another pool it is another identifier.
        #expect(try registrar.register(.sctp(7, at: "192.0.2.2"), in: "Other", from: second) == nil)
    }

    @Test("The same endpoint over another association is the same element")
    mutating func sameEndpoint() throws {
        let first = registrar.connect("192.0.2.1", "192.0.2.9", port: 5_000)
        #expect(try registrar.register(.sctp(7, at: "192.0.2.1"), from: first) == nil)
        let second = registrar.connect("192.0.2.9", port: 5_000)
        #expect(try registrar.register(.sctp(7, at: "192.0.2.9"), from: second) == nil)
        // The element now belongs to the second association: the end of the first does not touch it.
        registrar.notify(first, .lost(.unreachable))
        #expect(registrar.members() == [7])
        registrar.notify(second, .lost(.unreachable))
        #expect(registrar.members() == [])
    }

    @Test("Two programs at one address with different UDP ports are two endpoints")
    mutating func encapsulatedNeighbours() throws {
        var details = RegistrarHarness.details(["127.0.0.1"])
        let (first, second) = (AssociationIdentifier(accepted: 1), AssociationIdentifier(accepted: 2))
        details.peerAddresses[0].encapsulationPort = 20_000
        registrar.notify(first, .up(details))
        details.peerAddresses[0].encapsulationPort = 20_001
        registrar.notify(second, .up(details))
        #expect(try registrar.register(.sctp(7, at: "127.0.0.1"), from: first) == nil)
        #expect(try registrar.register(.sctp(7, at: "127.0.0.1"), from: second) == [.nonUniquePoolElementIdentifier])
        #expect(try registrar.deregister(7, from: second) == [.rejectedForSecurity])
    }

    // MARK: Rule 5

    @Test("Rule 5: invalid values", .requirement("asap-3.1-R35"), arguments: [0, -2, -300] as [Int32])
    mutating func invalidLife(life: Int32) throws {
        let peer = registrar.connect("192.0.2.1")
        let element = PoolElementParameter.sctp(7, at: "192.0.2.1", life: RegistrationLife(rawValue: life))
        let causes = try #require(try registrar.register(element, from: peer))
        #expect(causes.map(\.code) == [.invalidValues])
        #expect(registrar.engine.snapshot(at: registrar.now).pools.isEmpty)
    }

    @Test("Rule 5: a pool without a name")
    mutating func emptyHandle() throws {
        let peer = registrar.connect("192.0.2.1")
        #expect(try registrar.register(.sctp(7, at: "192.0.2.1"), in: "", from: peer) == [.invalidValues([0, 9, 0, 4])])
    }

    @Test("Rule 5: a policy that is reserved, not served, or malformed; private ones are carried")
    mutating func policies() throws {
        let peer = registrar.connect("192.0.2.1")
        for type: UInt32 in [0, 6, 0x4000_0000, 0x4000_0005] {
            let policy = PolicyParameter(type: PolicyType(rawValue: type))
            let causes = try registrar.register(.sctp(7, at: "192.0.2.1", policy: policy), from: peer)
            let word = (0..<4).map { UInt8(truncatingIfNeeded: type >> (24 - 8 * $0)) }
            #expect(causes == [.invalidValues([0, 8, 0, 8] + word)])
        }
        let short = PolicyParameter(type: .leastUsed, data: [1, 2, 3])
        #expect(try registrar.register(.sctp(7, at: "192.0.2.1", policy: short), from: peer)?.map(\.code) == [.invalidValues])
        let own = PolicyParameter(type: PolicyType(rawValue: 0xb000_0001), data: [1, 2, 3, 4, 5])
        #expect(try registrar.register(.sctp(7, at: "192.0.2.1", policy: own), from: peer) == nil)
        let answer = try registrar.resolve(from: peer)
        #expect(answer.policy == own)
        #expect(answer.elements[0].policy == own)
    }

    @Test("A registration that is broken behind the identifier is rejected by the response")
    mutating func brokenRegistration() throws {
        let peer = registrar.connect("192.0.2.1")
        var bytes = try ASAPMessage.registration(.init(pool: "Pool", element: .sctp(7, at: "192.0.2.1"))).encoded()
        // Behind the headers of message, handle and element, the handle, and the element's fixed fields stands the transport.
        let transport = 4 + 4 + 4 + 4 + 12
        #expect(bytes[transport..<transport + 8] == [0, 4, 0, 16, 0, 7, 0, 1])
        // A transport use that there is not.
        bytes[transport + 7] = 9
        registrar.receive(bytes, from: peer)
        let answers = registrar.takeSent()
        guard answers.count == 1, case .registrationResponse(let response) = answers[0] else {
            Issue.record("answered with \(answers)")
            return
        }
        #expect(response.isRejected)
        #expect(response.pool == "Pool")
        #expect(response.identifier.rawValue == 7)
        #expect(response.causes.map(\.code) == [.invalidValues])
        #expect(registrar.engine.snapshot(at: registrar.now).pools.isEmpty)
    }
}
