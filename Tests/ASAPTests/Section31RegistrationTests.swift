import ASAP
import PoolPolicies
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@Suite("RFC 5352 §3.1: registration")
struct Section31RegistrationTests {
    @Test(
        "R2, R3: the registration carries handle, random identifier, life, transport and policy, and no ASAP transport",
        .requirement(
            "asap-3.1-R2", "asap-3.1-R2.1", "asap-3.1-R2.2", "asap-3.1-R2.3", "asap-3.1-R2.4", "asap-3.1-R2.5", "asap-3.1-R3",
            "asap-3.1-R5", "asap-3.1-R6", "asap-3.1-R7", "asap-3.1-R10", "asap-2.2.1-R1", "asap-2.2.1-R2", "asap-2.2.1-R3",
            "asap-5-R1"))
    func contents() throws {
        var element = ElementUnderTest()
        element.give(.register(ElementUnderTest.registration))
        element.notify(element.deeds.opened[0].association, up(Registrars.address(1)))
        let sent = try #require(element.registration)
        #expect(sent.pool == Sample.pool)
        #expect(sent.element.registrationLife == .seconds(300))
        #expect(sent.element.userTransport == .sctp(Sample.transport))
        #expect(sent.element.policy == Sample.policy)
        #expect(sent.element.asapTransport == nil)
        #expect(sent.element.homeRegistrar == .undetermined)
        #expect(sent.element.identifier.rawValue != 0)
        #expect(element.deeds.order[0].header.payloadProtocol == .asap)
        #expect(element.deeds.sent[0].to == element.deeds.opened[0].association)
        #expect(element.deeds.opened[0].association.channel == .asap)
        // Another element draws another identifier.
        var other = ElementUnderTest(seed: 8)
        other.give(.register(ElementUnderTest.registration))
        #expect(other.deeds.order.isEmpty)
        other.notify(other.deeds.opened[0].association, up(Registrars.address(1)))
        #expect(try #require(other.registration).element.identifier != sent.element.identifier)
    }

    @Test("A granted registration is told, with the identifier", .requirement("asap-3.1-R13"))
    func granted() throws {
        var element = ElementUnderTest()
        element.give(.register(ElementUnderTest.registration))
        let home = element.deeds.opened[0].association
        element.notify(home, up())
        try element.grant(from: home)
        #expect(element.events.last == .registered(element.identifier, isRenewal: false, warnings: []))
        // T2 is stopped.
        element.clear()
        element.wait(.seconds(60))
        #expect(element.deeds.aborted.isEmpty && element.events.isEmpty)
    }

    @Test("Warnings of a granted registration reach the upper layer")
    func warnings() throws {
        var element = ElementUnderTest()
        element.give(.register(ElementUnderTest.registration))
        let home = element.deeds.opened[0].association
        element.notify(home, up())
        let identifier = try #require(element.registration).element.identifier
        try element.receive(
            .registrationResponse(.init(pool: Sample.pool, identifier: identifier, causes: [.invalidValues([1])])), from: home)
        #expect(element.events.last == .registered(identifier, isRenewal: false, warnings: [.invalidValues([1])]))
    }

    @Test(
        "R4: when T2 expires the registrar is given up and another one is tried",
        .requirement("asap-3.1-R4", "asap-3.1-R11", "asap-3.1-R12", "asap-3.6-R9"))
    func registrationTimer() {
        var element = ElementUnderTest(registrars: 2)
        element.give(.register(ElementUnderTest.registration))
        let first = element.deeds.opened[0].association
        element.notify(first, up(Registrars.address(1)))
        element.clear()
        element.wait(.seconds(29))
        #expect(element.deeds.opened.isEmpty)
        element.wait(.seconds(1))
        #expect(element.deeds.aborted == [first])
        #expect(element.events.contains(.registrarLost(Registrars.address(1), .noAnswer)))
        // The one that failed is tried last.
        #expect(element.deeds.openedAddresses == [Registrars.address(2), Registrars.address(1)])
        element.notify(element.deeds.opened[0].association, up(Registrars.address(2)))
        #expect(element.registration != nil)
    }

    @Test(
        "MAX-REG-ATTEMPT: after so many attempts without an answer the element reports and stops",
        .requirement("asap-3.1-R20", "asap-3.1-R21"))
    func attempts() {
        var element = ElementUnderTest()
        element.give(.register(ElementUnderTest.registration))
        element.notify(element.deeds.opened[0].association, up())
        element.wait(.seconds(30))
        element.notify(element.deeds.opened[1].association, up())
        #expect(element.deeds.messages.count == 2)
        element.wait(.seconds(30))
        #expect(element.events.last == .registrationFailed(.noAnswer(attempts: 2)))
        element.clear()
        element.wait(.seconds(3600))
        #expect(element.deeds.order.isEmpty && element.deeds.opened.isEmpty)
        #expect(element.engine.nextDeadline == nil)
    }

    @Test("Without a limit of attempts an element that gets no answer goes on")
    func withoutLimit() throws {
        var element = ElementUnderTest(try .init(maximumRegistrationAttempts: nil))
        element.give(.register(ElementUnderTest.registration))
        for attempt in 1...5 {
            element.notify(try #require(element.deeds.opened.last).association, up())
            #expect(element.deeds.messages.count == attempt)
            #expect(element.events.last == .registrationSent(attempt: attempt))
            element.wait(.seconds(30))
        }
        #expect(element.deeds.opened.count == 6)
    }

    @Test(
        "A rejection is surfaced with its causes, and the element does not try again",
        .requirement("asap-3.1-R14", "asap-3.1-R15"))
    func rejection() throws {
        var element = ElementUnderTest()
        element.give(.register(ElementUnderTest.registration))
        let home = element.deeds.opened[0].association
        element.notify(home, up())
        let identifier = try #require(element.registration).element.identifier
        let causes: [ErrorCause] = [.inconsistentPoolPolicy(.roundRobin)]
        try element.receive(
            .registrationResponse(.init(isRejected: true, pool: Sample.pool, identifier: identifier, causes: causes)),
            from: home)
        #expect(element.events.last == .registrationFailed(.rejected(causes)))
        #expect(element.deeds.shutDown == [home])
        element.clear()
        element.wait(.seconds(3600))
        #expect(element.deeds.order.isEmpty)
        // With the error corrected it may.
        var corrected = ElementUnderTest.registration
        corrected.policy = .roundRobin
        element.give(.register(corrected))
        element.notify(element.deeds.opened[0].association, up())
        #expect(element.registration?.element.policy == .roundRobin)
    }

    @Test("An identifier that is taken is corrected by another, unless the program chose it", .requirement("asap-3.1-R14"))
    func identifierTaken() throws {
        for chosen in [nil, PoolElementIdentifier(rawValue: 9)] {
            var element = ElementUnderTest()
            var registration = ElementUnderTest.registration
            registration.identifier = chosen
            element.give(.register(registration))
            let home = element.deeds.opened[0].association
            element.notify(home, up())
            let first = try #require(element.registration).element.identifier
            element.clear()
            try element.receive(
                .registrationResponse(
                    .init(
                        isRejected: true, pool: Sample.pool, identifier: first, causes: [.nonUniquePoolElementIdentifier])),
                from: home)
            if chosen == nil {
                let second = try #require(element.registration).element.identifier
                #expect(second != first)
                #expect(element.events.first == .identifierTaken(first))
            } else {
                #expect(first == chosen)
                #expect(element.registration == nil)
                #expect(element.events.last == .registrationFailed(.rejected([.nonUniquePoolElementIdentifier])))
            }
        }
    }

    @Test(
        "T4: a registration is renewed with the same identifier 20 s before its life ends, after 10 minutes at the latest",
        .requirement("asap-3.1-R8", "asap-3.1-R17", "asap-3.1-R18", "asap-3.1-R19", "asap-3.1-R20"),
        arguments: [(300, 280), (3600, 600), (60, 40), (30, 15), (10, 5)] as [(Int, Int)])
    func renewal(life: Int, interval: Int) throws {
        var element = ElementUnderTest(try .init(registrationLife: .seconds(life)))
        let home = try element.becomeMember()
        element.wait(.seconds(interval) - .milliseconds(1))
        #expect(element.registration == nil)
        element.wait(.milliseconds(1))
        #expect(element.registration?.element.identifier == element.identifier)
        try element.grant(from: home)
        #expect(element.events.last == .registered(element.identifier, isRenewal: true, warnings: []))
        element.clear()
        element.wait(.seconds(interval))
        #expect(element.registration != nil)
    }

    @Test("A registration without end is renewed every 10 minutes")
    func infiniteLife() throws {
        var element = ElementUnderTest(try .init(registrationLife: nil))
        let home = try element.becomeMember()
        element.wait(.seconds(600))
        #expect(element.registration?.element.registrationLife == .infinite)
        try element.grant(from: home)
    }

    @Test(
        "A new policy value is registered at once, and renewal counts from there", .requirement("asap-3.1-R16", "asap-6.5.2-R2")
    )
    func update() throws {
        var element = ElementUnderTest()
        let home = try element.becomeMember()
        element.wait(.seconds(100))
        let busier = PolicyParameter.leastUsed(load: .full)
        element.give(.update(busier))
        #expect(element.registration?.element.policy == busier)
        #expect(element.registration?.element.identifier == element.identifier)
        try element.grant(from: home)
        element.clear()
        element.give(.update(busier))
        #expect(element.registration == nil)
        element.wait(.seconds(279))
        #expect(element.registration == nil)
        element.wait(.seconds(1))
        #expect(element.registration != nil)
    }

    @Test("Updates while an answer is awaited become one, with the latest value")
    func coalescedUpdates() throws {
        var element = ElementUnderTest()
        let home = try element.becomeMember()
        for load in 1...5 { element.give(.update(.leastUsed(load: Load(rawValue: UInt32(load))))) }
        #expect(element.deeds.messages.count == 1)
        try element.grant(from: home)
        #expect(element.deeds.messages.count == 2)
        #expect(element.registration?.element.policy == .leastUsed(load: Load(rawValue: 5)))
        try element.grant(from: home)
        #expect(element.deeds.messages.count == 2)
    }

    @Test("A rejected update leaves the registration as it was")
    func rejectedUpdate() throws {
        var element = ElementUnderTest()
        let home = try element.becomeMember()
        element.give(.update(.roundRobin))
        try element.receive(
            .registrationResponse(
                .init(isRejected: true, pool: Sample.pool, identifier: element.identifier, causes: [.lackOfResources])),
            from: home)
        #expect(element.events.last == .updateRejected([.lackOfResources]))
        element.clear()
        element.wait(.seconds(280))
        #expect(element.registration?.element.policy == Sample.policy)
    }

    @Test("Answers that do not belong are not taken: wrong pool, wrong element, wrong sender, nothing asked")
    func strayAnswers() throws {
        var element = ElementUnderTest()
        element.give(.register(ElementUnderTest.registration))
        let home = element.deeds.opened[0].association
        element.notify(home, up())
        element.notify(accepted(1), up())
        let identifier = try #require(element.registration).element.identifier
        element.clear()
        try element.receive(.registrationResponse(.init(pool: "OtherPool", identifier: identifier)), from: home)
        try element.receive(
            .registrationResponse(.init(pool: Sample.pool, identifier: PoolElementIdentifier(rawValue: 1))), from: home)
        try element.receive(.registrationResponse(.init(pool: Sample.pool, identifier: identifier)), from: accepted(1))
        #expect(
            element.events == [
                .unexpectedMessage(.registrationResponse, from: home), .unexpectedMessage(.registrationResponse, from: home),
                .unexpectedMessage(.registrationResponse, from: accepted(1)),
            ])
        try element.receive(.registrationResponse(.init(pool: Sample.pool, identifier: identifier)), from: home)
        #expect(element.events.last == .registered(identifier, isRenewal: false, warnings: []))
        try element.receive(
            .registrationResponse(.init(isRejected: true, pool: Sample.pool, identifier: identifier)), from: home)
        #expect(element.events.last == .unexpectedMessage(.registrationResponse, from: home))
    }

    @Test("The same inputs give the same outputs")
    func deterministic() throws {
        var one = ElementUnderTest(registrars: 3)
        var two = ElementUnderTest(registrars: 3)
        _ = try one.becomeMember()
        _ = try two.becomeMember()
        #expect(one.identifier == two.identifier)
    }
}
