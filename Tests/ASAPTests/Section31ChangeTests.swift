import ASAP
import PoolPolicies
import RSerPoolParameters
import SCTPTransport
import Testing

@Suite("RFC 5352 §3.1, §3.2: what is registered changes")
struct Section31ChangeTests {
    private func response(_ element: ElementUnderTest, causes: [ErrorCause] = []) throws -> ASAPMessage {
        let sent = try #require(element.registration)
        return .registrationResponse(
            .init(isRejected: !causes.isEmpty, pool: sent.pool, identifier: sent.element.identifier, causes: causes))
    }

    private func left(_ element: ElementUnderTest, _ pool: PoolHandle = Sample.pool) -> ASAPMessage {
        .deregistrationResponse(.init(pool: pool, identifier: element.identifier))
    }

    @Test("Another life is registered at once, and renewed by its own time")
    func life() throws {
        var element = ElementUnderTest()
        let home = try element.becomeMember()
        element.give(.change(PoolElementChange(registrationLife: .seconds(60))))
        #expect(element.registration?.element.registrationLife == .seconds(60))
        try element.receive(response(element), from: home)
        element.clear()
        element.wait(.seconds(39))
        #expect(element.registration == nil)
        element.wait(.seconds(1))
        #expect(element.registration?.element.registrationLife == .seconds(60))
        try element.receive(response(element), from: home)
        element.give(.change(PoolElementChange(registrationLife: .infinite)))
        try element.receive(response(element), from: home)
        element.clear()
        element.wait(.seconds(599))
        #expect(element.registration == nil)
        element.wait(.seconds(1))
        #expect(element.registration?.element.registrationLife == .infinite)
    }

    @Test("What is as it was sends nothing")
    func nothingNew() throws {
        var element = ElementUnderTest()
        _ = try element.becomeMember()
        element.give(
            .change(PoolElementChange(pool: Sample.pool, policy: Sample.policy, registrationLife: .seconds(300))))
        #expect(element.deeds.messages.isEmpty)
    }

    @Test("Into another pool: out of the first one before")
    func pool() throws {
        var element = ElementUnderTest()
        let home = try element.becomeMember()
        element.give(.change(PoolElementChange(pool: "Other")))
        #expect(element.deeds.messages == [.deregistration(.init(pool: Sample.pool, identifier: element.identifier))])
        #expect(element.engine.snapshot.pool == "Other")
        try element.receive(left(element), from: home)
        #expect(element.registration?.pool == "Other")
        #expect(element.registration?.element.identifier == element.identifier)
        try element.receive(response(element), from: home)
        #expect(element.events.last == .registered(element.identifier, isRenewal: false, warnings: []))
        // A member there as any other: the way out is from there.
        element.clear()
        element.give(.deregister(within: .seconds(30)))
        #expect(element.deeds.messages == [.deregistration(.init(pool: "Other", identifier: element.identifier))])
        try element.receive(left(element, "Other"), from: home)
        #expect(element.events == [.deregistered])
    }

    @Test("Another type of policy than the pool's is refused, and the element is back with what it had")
    func refusedPolicy() throws {
        var element = ElementUnderTest()
        let home = try element.becomeMember()
        element.give(.change(PoolElementChange(policy: .random)))
        try element.receive(left(element), from: home)
        #expect(element.registration?.element.policy == .random)
        try element.receive(response(element, causes: [.inconsistentPoolPolicy(.random)]), from: home)
        #expect(element.events.contains(.updateRejected([.inconsistentPoolPolicy(.random)])))
        #expect(element.registration?.element.policy == Sample.policy)
        try element.receive(response(element), from: home)
        #expect(element.events.last == .registered(element.identifier, isRenewal: false, warnings: []))
        #expect(element.engine.snapshot.parameter?.policy == Sample.policy)
    }

    @Test("Where the way back is refused too, that is the end")
    func refusedTwice() throws {
        var element = ElementUnderTest()
        let home = try element.becomeMember()
        element.give(.change(PoolElementChange(pool: "Other")))
        try element.receive(left(element), from: home)
        try element.receive(response(element, causes: [.lackOfResources]), from: home)
        try element.receive(response(element, causes: [.lackOfResources]), from: home)
        #expect(element.events.last == .registrationFailed(.rejected([.lackOfResources])))
        #expect(element.engine.nextDeadline == nil)
    }

    @Test("A change while a registration is under way waits for its answer; the last of several counts")
    func underWay() throws {
        var element = ElementUnderTest()
        element.give(.register(ElementUnderTest.registration))
        let home = element.deeds.opened[0].association
        element.notify(home, up(Registrars.address(1)))
        let sent = element.deeds.messages.count
        element.give(.change(PoolElementChange(pool: "Other")))
        element.give(.change(PoolElementChange(pool: "Third", registrationLife: .seconds(7))))
        #expect(element.deeds.messages.count == sent)
        try element.grant(from: home)
        try element.receive(left(element), from: home)
        #expect(element.registration?.pool == "Third" && element.registration?.element.registrationLife == .seconds(7))
    }

    @Test("A registrar that does not let the element go is left, and the next one has it in the new pool")
    func silentRegistrar() throws {
        var element = ElementUnderTest(registrars: 2)
        let home = try element.becomeMember()
        element.give(.change(PoolElementChange(pool: "Other")))
        element.wait(.seconds(30))
        #expect(element.deeds.aborted.contains(home))
        element.notify(element.deeds.opened[0].association, up(Registrars.address(2)))
        #expect(element.registration?.pool == "Other")
    }

    @Test("Without a registrar the next one is asked for what holds then")
    func withoutHome() throws {
        var element = ElementUnderTest()
        element.give(.register(ElementUnderTest.registration))
        element.give(.change(PoolElementChange(pool: "Other", policy: .random)))
        element.notify(element.deeds.opened[0].association, up(Registrars.address(1)))
        #expect(element.deeds.messages.count == 1)
        #expect(element.registration?.pool == "Other" && element.registration?.element.policy == .random)
    }

    @Test("Leaving while moving is leaving")
    func leavingWhileMoving() throws {
        var element = ElementUnderTest()
        let home = try element.becomeMember()
        element.give(.change(PoolElementChange(pool: "Other")))
        element.give(.deregister(within: .seconds(30)))
        try element.receive(left(element), from: home)
        #expect(element.events == [.deregistered])
        #expect(element.registration == nil)
    }
}
