import ASAP
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@Suite("RFC 5352 §3.6: server hunt")
struct Section36ServerHuntTests {
    @Test(
        "SH1: at most three associations at a time", .requirement("asap-3.6-R1", "asap-3.6-R8", "asap-3.6-R10", "asap-3.6-R11"))
    func threeAtMost() {
        var element = ElementUnderTest(registrars: 5)
        element.give(.register(ElementUnderTest.registration))
        #expect(element.deeds.openedAddresses == (1...3).map(Registrars.address))
        #expect(element.deeds.opened.allSatisfy { $0.addresses.count == 1 })
    }

    @Test(
        "SH3, SH6: the first that is up becomes the home registrar, the others are closed, T5 stops",
        .requirement("asap-1.1-R2", "asap-3.6-R13", "asap-3.6-R21"))
    func firstWins() {
        var element = ElementUnderTest(registrars: 3)
        element.give(.register(ElementUnderTest.registration))
        let attempts = element.deeds.opened.map(\.association)
        element.notify(attempts[1], up(Registrars.address(2)))
        #expect(element.events.contains(.registrarFound(Registrars.address(2))))
        #expect(element.deeds.aborted == [attempts[0], attempts[2]])
        #expect(element.deeds.sent.map(\.to) == [attempts[1]])
        // What the closed ones still tell changes nothing.
        element.clear()
        element.notify(attempts[0], .failed(.abortedLocally))
        element.notify(attempts[2], up(Registrars.address(3)))
        #expect(element.deeds.order.isEmpty && element.deeds.opened.isEmpty)
        element.wait(.seconds(20))
        #expect(element.deeds.opened.isEmpty && element.deeds.aborted.isEmpty)
    }

    @Test("SH4: where one cannot be reached, another address is tried at once", .requirement("asap-3.6-R15"))
    func nextAddress() {
        var element = ElementUnderTest(registrars: 5)
        element.give(.register(ElementUnderTest.registration))
        let attempts = element.deeds.opened.map(\.association)
        element.notify(attempts[0], .failed(.abortedByPeer))
        #expect(element.deeds.openedAddresses.last == Registrars.address(4))
        element.notify(attempts[1], .failed(.unreachable))
        #expect(element.deeds.openedAddresses.last == Registrars.address(5))
        element.clear()
        element.notify(attempts[2], .failed(.unreachable))
        #expect(element.deeds.opened.isEmpty)
    }

    @Test(
        "SH5: when T5 expires the associations under way are given up and others are tried",
        .requirement("asap-3.6-R12", "asap-3.6-R18", "asap-3.6-R19", "asap-3.6-R20"))
    func nextRound() {
        var element = ElementUnderTest(registrars: 5)
        element.give(.register(ElementUnderTest.registration))
        let attempts = element.deeds.opened.map(\.association)
        element.clear()
        element.wait(.seconds(10))
        #expect(element.deeds.aborted == attempts)
        #expect(element.deeds.openedAddresses == [4, 5, 1].map(Registrars.address))
        #expect(element.events == [.registrarSearchContinues])
    }

    @Test(
        "SH5.1: T5 doubles from round to round up to RETRAN-MAX, and starts over once a registrar is found",
        .requirement("asap-3.6-R14", "asap-3.6-R16", "asap-3.6-R17"))
    func doubling() throws {
        var element = ElementUnderTest(registrars: 1, try .init(maximumRegistrationAttempts: nil))
        element.give(.register(ElementUnderTest.registration))
        var rounds: [Duration] = []
        for _ in 0..<6 {
            let start = element.now
            element.wait(try #require(element.engine.nextDeadline) - start)
            rounds.append(element.now - start)
        }
        #expect(rounds == [10, 20, 40, 60, 60, 60].map { .seconds($0) })
        element.notify(try #require(element.deeds.opened.last).association, up())
        element.notify(try #require(element.deeds.opened.last).association, .lost(.unreachable))
        // A second's pause, for the registrar had just accepted the association; then the rest of a round.
        element.wait(.seconds(1))
        #expect(try #require(element.engine.nextDeadline) - element.now == .seconds(10))
    }

    @Test("A list of dead registrars is tried once a round, not as fast as they refuse")
    func refusals() {
        var element = ElementUnderTest(registrars: 2)
        element.give(.register(ElementUnderTest.registration))
        for attempt in element.deeds.opened { element.notify(attempt.association, .failed(.abortedByPeer)) }
        #expect(element.deeds.opened.count == 2)
        element.wait(.seconds(10))
        #expect(element.deeds.opened.count == 4)
    }

    @Test(
        "A registrar that takes associations and ends them unanswered is asked once a pause, each longer; that counts as no attempt",
        arguments: [SCTPNotification.lost(.abortedByPeer), .shutDown])
    func turnedAway(notification: SCTPNotification) throws {
        var element = ElementUnderTest()
        element.give(.register(ElementUnderTest.registration))
        var pauses: [Duration] = []
        for attempt in 1...9 {
            element.notify(try #require(element.deeds.opened.last).association, up())
            #expect(element.deeds.messages.count == attempt)
            let lostAt = element.now
            element.notify(try #require(element.deeds.opened.last).association, notification)
            #expect(element.deeds.opened.count == attempt)
            element.wait(try #require(element.engine.nextDeadline) - element.now)
            #expect(element.deeds.opened.count == attempt + 1)
            pauses.append(element.now - lostAt)
        }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60].map { .seconds($0) })
        // It serves now. The next one that turns the element away is let alone for a second again.
        let home = try #require(element.deeds.opened.last).association
        element.notify(home, up())
        try element.grant(from: home)
        element.notify(home, notification)
        element.notify(try #require(element.deeds.opened.last).association, up())
        element.notify(try #require(element.deeds.opened.last).association, notification)
        #expect(try #require(element.engine.nextDeadline) - element.now == .seconds(1))
    }

    @Test("A pool user that is turned away asks once a pause, and each registrar as often, until the time limit of its search")
    func turnedAwayUser() throws {
        let hunt = try ServerHuntConfiguration(timeLimit: .seconds(25))
        var user = UserUnderTest(registrars: 2, try .init(serverHunt: hunt))
        user.give(.resolve(UserUnderTest.question, Sample.pool))
        let start = user.now
        var asked: [Duration] = []
        while user.resolved.isEmpty {
            if let up = user.deeds.opened.first {
                user.clear()
                user.notify(up.association, ASAPTests.up(up.addresses[0]))
                #expect(user.deeds.messages.map(\.type) == [.handleResolution])
                asked.append(user.now - start)
                user.clear()
                user.notify(up.association, .lost(.abortedByPeer))
            } else {
                user.wait(try #require(user.engine.nextDeadline) - user.now)
            }
        }
        #expect(asked == [0, 0, 1, 1, 3, 3, 7, 7, 15, 15].map { .seconds($0) })
        #expect(user.now - start == .seconds(25))
        #expect(throws: ResolutionFailure.noRegistrar([1, 2].map(Registrars.address))) {
            try user.resolved[0].result.get()
        }
    }

    @Test("While one registrar is let alone the others are tried, and given up no earlier than T5 after it")
    func othersMeanwhile() throws {
        var element = ElementUnderTest(registrars: 3)
        element.give(.register(ElementUnderTest.registration))
        let first = element.deeds.opened[0].association
        element.notify(first, up(Registrars.address(1)))
        element.clear()
        element.notify(first, .lost(.abortedByPeer))
        #expect(element.deeds.openedAddresses == [2, 3].map(Registrars.address))
        element.wait(.seconds(1))
        #expect(element.deeds.openedAddresses == [2, 3, 1].map(Registrars.address))
        element.wait(.seconds(9))
        #expect(element.deeds.aborted.isEmpty)
        element.wait(.seconds(1))
        #expect(element.deeds.aborted.count == 3)
    }

    @Test("A time limit ends the search with a failure that names the addresses")
    func timeLimit() throws {
        let hunt = try ServerHuntConfiguration(timeLimit: .seconds(25))
        var element = ElementUnderTest(registrars: 2, try .init(serverHunt: hunt))
        element.give(.register(ElementUnderTest.registration))
        element.wait(.seconds(25))
        #expect(element.events.last == .registrationFailed(.noRegistrar([1, 2].map(Registrars.address))))
        #expect(element.deeds.aborted.count == 4)
        #expect(element.engine.nextDeadline == nil)
        var user = UserUnderTest(registrars: 2, try .init(serverHunt: hunt))
        user.give(.resolve(UserUnderTest.question, Sample.pool))
        user.wait(.seconds(25))
        #expect(throws: ResolutionFailure.noRegistrar([1, 2].map(Registrars.address))) {
            try user.resolved[0].result.get()
        }
    }

    @Test(
        "A registrar that is lost is replaced, and the element registers there",
        .requirement("requirements-2.1-R1", "requirements-2.5-R3", "asap-3.6-R9"))
    func registrarLost() throws {
        for notification in [SCTPNotification.lost(.unreachable), .lost(.abortedByPeer), .peerIsClosing, .shutDown] {
            var element = ElementUnderTest(registrars: 2)
            let home = try element.becomeMember()
            element.notify(home, notification)
            #expect(element.deeds.openedAddresses == [2, 1].map(Registrars.address))
            let next = element.deeds.opened[0].association
            element.notify(next, up(Registrars.address(2)))
            #expect(element.registration?.element.identifier == element.identifier)
            try element.grant(from: next)
            #expect(element.events.last == .registered(element.identifier, isRenewal: true, warnings: []))
        }
    }

    @Test("A registrar that started anew is registered with again, over the same association")
    func registrarRestarted() throws {
        var element = ElementUnderTest()
        let home = try element.becomeMember()
        element.notify(home, .restarted(AssociationDetails(peerAddresses: [], inboundStreams: 1, outboundStreams: 1)))
        #expect(element.deeds.sent.map(\.to) == [home])
        #expect(element.registration != nil)
    }

    @Test("A list is read from text, with ASAP's port where none is given")
    func textList() throws {
        let list = try RegistrarList.fixed(["192.0.2.1", "192.0.2.1:3863", "192.0.2.2:99", "2001:db8::1"])
        #expect(
            list == .fixed([SCTPAddress("192.0.2.1:3863")!, SCTPAddress("192.0.2.2:99")!, SCTPAddress("[2001:db8::1]:3863")!]))
        for text in ["", "registrar", "192.0.2.1:0", "192.0.2.1:x", "192.0.2"] {
            #expect { try RegistrarList.fixed([text]) } throws: { "\($0)".contains("'\(text)'") }
        }
    }
}
