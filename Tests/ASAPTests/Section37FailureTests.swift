import ASAP
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@Suite("RFC 5352 §3.7: failures between endpoint and registrar")
struct Section37FailureTests {
    typealias User = UserUnderTest

    @Test(
        "§3.7.1: a message that cannot be delivered starts a search; after it the request is sent again",
        .requirement("asap-3.3-R9", "asap-3.3-R10", "asap-3.7.1-R1", "asap-3.7.1-R2", "asap-3.7.1-R3", "asap-3.7.1-R5"))
    func sendFailure() throws {
        var user = User(registrars: 2)
        let home = user.ask()
        let question = try #require(user.deeds.order.first)
        user.clear()
        user.notify(home, .sendFailed(UndeliveredMessage(message: question, mayHaveArrived: false)))
        #expect(user.deeds.aborted == [home])
        // The one that failed has answered nothing yet, and is let alone for a second.
        #expect(user.deeds.openedAddresses == [2].map(Registrars.address))
        #expect(user.deeds.order.isEmpty)
        _ = user.findRegistrar()
        #expect(user.deeds.order == [question])
    }

    @Test("A registration that cannot be delivered starts a search", .requirement("asap-3.1-R11"))
    func registrationSendFailure() throws {
        var element = ElementUnderTest(registrars: 2)
        element.give(.register(ElementUnderTest.registration))
        let home = element.deeds.opened[0].association
        element.notify(home, up(Registrars.address(1)))
        element.clear()
        element.notify(home, .sendFailed(UndeliveredMessage(message: SCTPMessage([1]), mayHaveArrived: false)))
        #expect(element.events.first == .registrarLost(Registrars.address(1), .sendFailed))
        #expect(element.deeds.openedAddresses == [2].map(Registrars.address))
        element.wait(.seconds(1))
        #expect(element.deeds.openedAddresses == [2, 1].map(Registrars.address))
    }

    @Test("A deregistration that cannot be delivered starts a search", .requirement("asap-3.2-R9", "asap-3.2-R10"))
    func deregistrationSendFailure() throws {
        var element = ElementUnderTest(registrars: 2)
        let home = try element.becomeMember()
        element.give(.deregister(within: .seconds(30)))
        element.clear()
        element.notify(home, .sendFailed(UndeliveredMessage(message: SCTPMessage([1]), mayHaveArrived: false)))
        #expect(element.deeds.openedAddresses == [2, 1].map(Registrars.address))
        element.notify(element.deeds.opened[0].association, up(Registrars.address(2)))
        #expect(element.deeds.messages.map(\.type) == [.deregistration])
    }

    @Test(
        "§3.7.2: at T1 the request is sent again, while another registrar is looked for",
        .requirement("asap-3.3-R7", "asap-3.3-R8", "asap-3.7.2-R1", "asap-3.7.2-R2"))
    func requestTimer() {
        var user = User(registrars: 2)
        let home = user.ask()
        let others = user.deeds.opened.count
        user.wait(.seconds(15))
        #expect(user.deeds.sent.map(\.to) == [home, home])
        #expect(user.deeds.opened[others...].flatMap(\.addresses) == [Registrars.address(2)])
    }

    @Test("The timer is as long as it is set", .requirement("requirements-2.11-R3"))
    func requestTimerThatWasSet() throws {
        var user = User(registrars: 2, try .init(requestTimeout: .seconds(2)))
        let home = user.ask()
        user.wait(.milliseconds(1_999))
        #expect(user.deeds.sent.map(\.to) == [home])
        user.wait(.milliseconds(1))
        #expect(user.deeds.sent.map(\.to) == [home, home])
    }

    @Test("The home registrar's late answer ends the search")
    func lateAnswer() throws {
        var user = User(registrars: 2)
        let home = user.ask()
        user.wait(.seconds(15))
        let attempt = try #require(user.deeds.opened.last).association
        try user.receive(User.answer([1]), from: home)
        #expect(user.resolved.count == 1)
        #expect(user.deeds.aborted.last == attempt)
        #expect(user.engine.nextDeadline == nil)
    }

    @Test("Another registrar that is found becomes the home registrar and gets the request", .requirement("asap-3.7.2-R5"))
    func alternate() throws {
        var user = User(registrars: 2)
        let home = user.ask()
        user.wait(.seconds(15))
        let attempt = try #require(user.deeds.opened.last).association
        user.notify(attempt, up(Registrars.address(2)))
        #expect(user.deeds.sent.last?.to == attempt)
        #expect(user.deeds.shutDown == [home])
        try user.receive(User.answer([1]), from: attempt)
        #expect(user.resolved.count == 1)
    }

    @Test(
        "MAX-REQUEST-RETRANSMIT: after so many repetitions the user is told and the request thrown away",
        .requirement("asap-3.7.2-R3", "asap-3.7.2-R4"))
    func givesUp() {
        var user = User()
        let home = user.ask()
        user.wait(.seconds(45) - .milliseconds(1))
        #expect(user.deeds.messages.count == 3)
        #expect(user.resolved.isEmpty)
        user.wait(.milliseconds(1))
        #expect(throws: ResolutionFailure.noAnswer(Sample.pool, attempts: 3)) { try user.resolved[0].result.get() }
        #expect(user.deeds.aborted == [home])
        user.clear()
        user.wait(.seconds(600))
        #expect(user.deeds.order.isEmpty)
        // The next request finds a registrar anew.
        user.give(.resolve(User.question, Sample.pool))
        #expect(user.deeds.openedAddresses == [Registrars.address(1)])
    }

    @Test("A registrar that is lost while a request is open is replaced; without one it is left for later")
    func registrarLost() throws {
        var user = User(registrars: 2)
        let home = user.ask()
        user.clear()
        user.notify(home, .lost(.unreachable))
        let next = user.findRegistrar()
        try user.receive(User.answer([1]), from: next)
        #expect(user.resolved.count == 1)
        user.clear()
        user.notify(next, .lost(.unreachable))
        #expect(user.deeds.opened.isEmpty)
        #expect(user.engine.nextDeadline == nil)
    }

    @Test(
        "What a registrar sends and nobody understands is answered by ASAP_ERROR; an ASAP_ERROR is not",
        .requirement("parameters-4-R5", "parameters-4-R6", "parameters-4-R7"))
    func errors() throws {
        var user = User()
        let home = user.ask()
        user.clear()
        try user.receive(bytes("4f00 0004"), from: home)
        #expect(user.deeds.messages == [.error(.init(causes: [.unrecognizedMessage(bytes("4f00 0004"))]))])
        user.clear()
        try user.receive(.error(.init(causes: [.unspecified])), from: home)
        #expect(user.events == [.errorReceived([.unspecified], from: home)])
        try user.receive(bytes("0f00 0004"), from: home)
        #expect(user.deeds.order.isEmpty)
        try user.receive(bytes("0600 0044 \(Sample.poolBytes) c123 0004 \(Sample.elementBytes) 8124 0004"), from: home)
        #expect(user.resolved.count == 1)
        #expect(user.deeds.messages == [.error(.init(causes: [.unrecognizedParameter(bytes("c123 0004"))]))])
    }
}
