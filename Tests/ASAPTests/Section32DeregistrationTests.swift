import ASAP
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@Suite("RFC 5352 §3.2: deregistration")
struct Section32DeregistrationTests {
    @Test(
        "D1 to D3: handle and identifier of the registration, over the same association",
        .requirement("asap-2.2.2-R1", "asap-3.2-R1", "asap-3.2-R4", "asap-3.2-R5", "asap-3.2-R6", "asap-3.2-R7", "asap-3.2-R11")
    )
    func contents() throws {
        var element = ElementUnderTest()
        let home = try element.becomeMember()
        element.give(.deregister(within: .seconds(30)))
        #expect(element.deeds.messages == [.deregistration(.init(pool: Sample.pool, identifier: element.identifier))])
        #expect(element.deeds.sent[0].to == home)
        try element.receive(
            .deregistrationResponse(.init(pool: Sample.pool, identifier: element.identifier)), from: home)
        #expect(element.events == [.deregistered])
        #expect(element.deeds.shutDown == [home])
        #expect(element.engine.nextDeadline == nil)
    }

    @Test(
        "D4: when T3 expires another registrar is found and asked", .requirement("asap-3.2-R8", "asap-3.2-R9", "asap-3.2-R10"))
    func deregistrationTimer() throws {
        var element = ElementUnderTest(registrars: 2, try .init(deregistrationTimeout: .seconds(5)))
        let home = try element.becomeMember()
        element.give(.deregister(within: .seconds(30)))
        element.wait(.seconds(5))
        #expect(element.deeds.aborted.first == home)
        #expect(element.deeds.openedAddresses.first == Registrars.address(2))
        let next = element.deeds.opened[0].association
        element.notify(next, up(Registrars.address(2)))
        #expect(element.deeds.sent.last?.to == next)
        #expect(element.deeds.messages.last == .deregistration(.init(pool: Sample.pool, identifier: element.identifier)))
        try element.receive(
            .deregistrationResponse(.init(pool: Sample.pool, identifier: element.identifier)), from: next)
        #expect(element.events.last == .deregistered)
    }

    @Test("The time given for it is the end of it")
    func limit() throws {
        var element = ElementUnderTest()
        let home = try element.becomeMember()
        element.give(.deregister(within: .seconds(8)))
        element.wait(.seconds(8))
        #expect(element.events.last == .deregistrationFailed(.noAnswer(attempts: 1)))
        #expect(element.deeds.shutDown == [home])
        #expect(element.engine.nextDeadline == nil)
    }

    @Test("A refusal is surfaced with its causes")
    func refusal() throws {
        var element = ElementUnderTest()
        let home = try element.becomeMember()
        element.give(.deregister(within: .seconds(30)))
        try element.receive(
            .deregistrationResponse(
                .init(pool: Sample.pool, identifier: element.identifier, causes: [.rejectedForSecurity])), from: home)
        #expect(element.events.last == .deregistrationFailed(.rejected([.rejectedForSecurity])))
    }

    @Test("Without a registration there is nothing to do")
    func notRegistered() {
        var element = ElementUnderTest()
        element.give(.deregister(within: .seconds(30)))
        #expect(element.events == [.deregistered])
        var searching = ElementUnderTest()
        searching.give(.register(ElementUnderTest.registration))
        let attempt = searching.deeds.opened[0].association
        searching.give(.deregister(within: .seconds(30)))
        #expect(searching.events.last == .deregistered)
        #expect(searching.deeds.aborted == [attempt])
        #expect(searching.deeds.order.isEmpty)
    }

    @Test("A registration that has not been answered yet is taken back")
    func unanswered() {
        var element = ElementUnderTest()
        element.give(.register(ElementUnderTest.registration))
        element.notify(element.deeds.opened[0].association, up())
        element.give(.deregister(within: .seconds(30)))
        #expect(element.deeds.messages.last?.type == .deregistration)
    }

    @Test("When the registration's life has ended at the registrar, the element that goes on registers again")
    func expiry() throws {
        var element = ElementUnderTest()
        let home = try element.becomeMember()
        try element.receive(
            .deregistrationResponse(.init(pool: Sample.pool, identifier: element.identifier)), from: home)
        #expect(element.events.first == .registrationExpired)
        #expect(element.registration?.element.identifier == element.identifier)
    }

    @Test(
        "Sessions go on after the element has left its pool",
        .requirement("requirements-2.7-R1", "requirements-2.7-R2", "asap-3.2-R12"))
    func sessionsStay() throws {
        var element = ElementUnderTest()
        let home = try element.becomeMember()
        element.notify(accepted(1), up())
        element.give(.transport(.message(accepted(1), SCTPMessage([1]))))
        element.give(.deregister(within: .seconds(30)))
        try element.receive(
            .deregistrationResponse(.init(pool: Sample.pool, identifier: element.identifier)), from: home)
        element.clear()
        element.give(.transport(.message(accepted(1), SCTPMessage([2]))))
        #expect(element.sessions.map(\.occurrence) == [.message(SCTPMessage([2]))])
    }
}
