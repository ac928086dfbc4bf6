import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@testable import ASAP

@Suite("RFC 5352 §3.4: keep-alives")
struct Section34KeepAliveTests {
    let home = RegistrarIdentifier(rawValue: 0x11)
    let other = RegistrarIdentifier(rawValue: 0x22)

    func acknowledgement(_ element: ElementUnderTest) -> ASAPMessage {
        .endpointKeepAliveAcknowledgement(.init(pool: Sample.pool, identifier: element.identifier))
    }

    @Test(
        "KA2: a keep-alive is acknowledged to its sender, with handle and identifier",
        .requirement("asap-2.2.7-R1", "asap-3.4-R3", "asap-3.4-R4", "asap-3.4-R5", "asap-3.4-R6"))
    func acknowledged() throws {
        var element = ElementUnderTest()
        let association = try element.becomeMember()
        try element.receive(.endpointKeepAlive(.init(server: home, pool: Sample.pool)), from: association)
        #expect(element.deeds.messages == [acknowledgement(element)])
        #expect(element.deeds.sent[0].to == association)
    }

    @Test(
        "KA1: one for another pool, or for another element, is thrown away in silence",
        .requirement("asap-3.4-R1", "asap-3.4-R2"))
    func otherPool() throws {
        var element = ElementUnderTest()
        let association = try element.becomeMember()
        try element.receive(.endpointKeepAlive(.init(server: home, pool: "OtherPool")), from: association)
        try element.receive(
            .endpointKeepAlive(
                .init(server: home, pool: Sample.pool, identifier: PoolElementIdentifier(rawValue: 1))), from: association)
        #expect(element.deeds.order.isEmpty)
        #expect(element.events.isEmpty)
    }

    @Test("Nor is one answered before the element registers, or after it left")
    func notRegistered() throws {
        var element = ElementUnderTest()
        element.notify(accepted(1), up())
        try element.receive(.endpointKeepAlive(.init(server: home, pool: Sample.pool)), from: accepted(1))
        #expect(element.deeds.order.isEmpty)
    }

    @Test(
        "KA2.4: with the H flag a registrar that is not the home registrar becomes it; re-registrations go there",
        .requirement("enrp-1.1-R1", "enrp-1.1-R2", "asap-1.1-R1", "asap-2.2.7-R1", "asap-3.4-R7"))
    func adoption() throws {
        var element = ElementUnderTest()
        let old = try element.becomeMember()
        let address = Registrars.address(9)
        element.notify(accepted(1), up(address))
        try element.receive(
            .endpointKeepAlive(.init(claimsHome: true, server: other, pool: Sample.pool)), from: accepted(1))
        #expect(element.deeds.messages == [acknowledgement(element)])
        #expect(element.deeds.sent[0].to == accepted(1))
        #expect(element.events.contains(.registrarAdopted(other, address)))
        #expect(element.deeds.shutDown == [old])
        element.clear()
        element.notify(old, .shutDown)
        element.wait(.seconds(280))
        #expect(element.deeds.sent.map(\.to) == [accepted(1)])
        #expect(element.registration?.element.homeRegistrar == other)
    }

    @Test("Without the H flag the home registrar stays")
    func noAdoption() throws {
        var element = ElementUnderTest()
        let association = try element.becomeMember()
        element.notify(accepted(1), up())
        try element.receive(.endpointKeepAlive(.init(server: other, pool: Sample.pool)), from: accepted(1))
        #expect(element.deeds.sent.map(\.to) == [accepted(1)])
        element.clear()
        element.wait(.seconds(280))
        #expect(element.deeds.sent.map(\.to) == [association])
    }

    @Test("The home registrar's own H flag changes nothing, over whichever association it comes")
    func ownHome() throws {
        var element = ElementUnderTest()
        let association = try element.becomeMember()
        try element.receive(
            .endpointKeepAlive(.init(claimsHome: true, server: home, pool: Sample.pool)), from: association)
        element.notify(accepted(1), up())
        try element.receive(
            .endpointKeepAlive(.init(claimsHome: true, server: home, pool: Sample.pool)), from: accepted(1))
        #expect(element.deeds.messages.count == 2)
        #expect(!element.events.contains { if case .registrarAdopted = $0 { true } else { false } })
    }

    @Test("An element that searches adopts a registrar that claims it, and registers there")
    func adoptionWhileSearching() throws {
        var element = ElementUnderTest()
        let old = try element.becomeMember()
        element.notify(old, .lost(.unreachable))
        let attempt = element.deeds.opened[0].association
        element.clear()
        element.notify(accepted(1), up())
        try element.receive(
            .endpointKeepAlive(.init(claimsHome: true, server: other, pool: Sample.pool)), from: accepted(1))
        #expect(element.deeds.aborted == [attempt])
        #expect(element.deeds.messages.map(\.type) == [.endpointKeepAliveAcknowledgement, .registration])
        #expect(element.deeds.sent.map(\.to) == [accepted(1), accepted(1)])
    }

    @Test("A search takes a registrar that keeps an association with the element already")
    func knownRegistrar() throws {
        var element = ElementUnderTest(registrars: 2)
        let old = try element.becomeMember()
        element.notify(accepted(1), up(Registrars.address(2)))
        try element.receive(.endpointKeepAlive(.init(server: other, pool: Sample.pool)), from: accepted(1))
        element.clear()
        element.notify(old, .lost(.unreachable))
        #expect(element.deeds.opened.isEmpty)
        #expect(element.deeds.sent.map(\.to) == [accepted(1)])
        #expect(element.registration != nil)
    }

    @Test("A registrar's association is no session")
    func noSession() throws {
        var element = ElementUnderTest()
        _ = try element.becomeMember()
        element.notify(accepted(1), up())
        try element.receive(.endpointKeepAlive(.init(server: other, pool: Sample.pool)), from: accepted(1))
        element.give(.transport(.message(accepted(1), SCTPMessage([1]))))
        element.notify(accepted(1), .shutDown)
        #expect(element.sessions.isEmpty)
    }

    @Test("§9: keep-alives of one source are limited by the second, and the others' are answered")
    func flood() throws {
        var element = ElementUnderTest()
        let association = try element.becomeMember()
        element.notify(accepted(1), up())
        for _ in 0..<10 * RateBudget.maximumKeepAlivesPerSecond {
            try element.receive(.endpointKeepAlive(.init(server: other, pool: Sample.pool)), from: accepted(1))
        }
        #expect(element.deeds.sent.count == RateBudget.maximumKeepAlivesPerSecond)
        element.clear()
        try element.receive(.endpointKeepAlive(.init(server: home, pool: Sample.pool)), from: association)
        #expect(element.deeds.sent.map(\.to) == [association])
        element.clear()
        for _ in 0..<10 * RateBudget.maximumKeepAlivesPerSecond {
            try element.receive(.endpointKeepAlive(.init(server: home, pool: Sample.pool)), from: association)
        }
        #expect(element.deeds.sent.count == RateBudget.maximumKeepAlivesPerSecond - 1)
        element.clear()
        element.wait(.seconds(1))
        try element.receive(.endpointKeepAlive(.init(server: other, pool: Sample.pool)), from: accepted(1))
        try element.receive(.endpointKeepAlive(.init(server: home, pool: Sample.pool)), from: association)
        #expect(element.deeds.sent.map(\.to) == [accepted(1), association])
    }
}
