import ASAP
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@Suite("RFC 5352 §3.3, §3.5: a pool element resolves and reports too")
struct Section33ElementResolutionTests {
    typealias User = UserUnderTest
    static let question = ResolutionIdentifier(rawValue: 1)
    static let asked = ASAPMessage.handleResolution(.init(pool: "OtherPool"))

    func answer(_ numbers: [UInt32]) -> ASAPMessage {
        .handleResolutionResponse(.init(pool: "OtherPool", elements: numbers.map { User.element($0) }))
    }

    @Test(
        "NR3: the question goes over the association that the element registered by", .requirement("asap-3.3-R4", "asap-3.3-R6")
    )
    func question() throws {
        var element = ElementUnderTest()
        let home = try element.becomeMember()
        element.give(.resolve(Self.question, "OtherPool"))
        #expect(element.deeds.messages == [Self.asked])
        #expect(element.deeds.sent[0].to == home)
        element.give(.resolve(ResolutionIdentifier(rawValue: 2), "OtherPool"))
        #expect(element.deeds.messages.count == 1)
        try element.receive(answer([1, 2]), from: home)
        #expect(element.resolved.map(\.question.rawValue) == [1, 2])
        #expect(try element.resolved[0].result.get().elements.count == 2)
        try element.receive(answer([1]), from: home)
        #expect(element.events.last == .unexpectedMessage(.handleResolutionResponse, from: home))
    }

    @Test(
        "NR2: without a home registrar the question waits for one; another home is asked again",
        .requirement("asap-3.3-R3", "asap-3.3-R10", "asap-3.7.1-R3"))
    func waiting() throws {
        var element = ElementUnderTest(registrars: 2)
        element.give(.register(ElementUnderTest.registration))
        element.give(.resolve(Self.question, "OtherPool"))
        let first = element.deeds.opened[0].association
        element.notify(first, up(Registrars.address(1)))
        #expect(element.deeds.messages.last == Self.asked)
        try element.grant(from: first)
        element.clear()
        element.notify(first, .lost(.unreachable))
        let next = element.deeds.opened[0].association
        element.notify(next, up(Registrars.address(2)))
        #expect(element.deeds.sent.filter { $0.message == Self.asked }.map(\.to) == [next])
    }

    @Test(
        "T1: it is asked again, MAX-REQUEST-RETRANSMIT times, and then it has failed; the registration goes on",
        .requirement("asap-3.3-R8", "asap-3.7.2-R1", "asap-3.7.2-R3", "asap-3.7.2-R4"))
    func timeout() throws {
        var element = ElementUnderTest()
        _ = try element.becomeMember()
        element.give(.resolve(Self.question, "OtherPool"))
        element.wait(.seconds(44))
        #expect(element.deeds.messages == [Self.asked, Self.asked, Self.asked])
        #expect(element.resolved.isEmpty)
        element.wait(.seconds(1))
        #expect(throws: ResolutionFailure.noAnswer("OtherPool", attempts: 3)) { try element.resolved[0].result.get() }
        #expect(element.deeds.aborted.isEmpty)
    }

    @Test("Negative answers, an element that is in no pool, the limit, a question that is taken back")
    func failures() throws {
        var element = ElementUnderTest(try .init(maximumRequests: 1))
        element.give(.resolve(Self.question, "OtherPool"))
        #expect(throws: ResolutionFailure.noRegistrar([Registrars.address(1)])) { try element.resolved[0].result.get() }
        let home = try element.becomeMember()
        element.give(.resolve(Self.question, "OtherPool"))
        element.give(.resolve(ResolutionIdentifier(rawValue: 2), "ThirdPool"))
        #expect(throws: ResolutionFailure.tooManyRequests(1)) { try element.resolved[0].result.get() }
        try element.receive(.handleResolutionResponse(.init(pool: "OtherPool", causes: [.unknownPoolHandle])), from: home)
        #expect(throws: ResolutionFailure.unknownPool("OtherPool")) { try element.resolved[1].result.get() }
        element.clear()
        element.give(.resolve(Self.question, "OtherPool"))
        element.give(.cancelResolution(Self.question))
        try element.receive(answer([1]), from: home)
        #expect(element.resolved.isEmpty)
        element.give(.resolve(Self.question, "OtherPool"))
        element.give(.deregister(within: .seconds(1)))
        element.wait(.seconds(1))
        #expect(element.resolved.count == 1)
    }

    @Test(
        "§3.5: an element that the program could not reach is reported to the home registrar",
        .requirement("asap-3.5-R2", "asap-3.5-R3", "asap-6.9.2-R1"))
    func report() throws {
        var element = ElementUnderTest()
        element.give(.transportFailure("OtherPool", PoolElementIdentifier(rawValue: 5)))
        #expect(element.deeds.order.isEmpty)
        let home = try element.becomeMember()
        element.give(.resolve(Self.question, "OtherPool"))
        try element.receive(answer([5]), from: home)
        element.clear()
        element.give(.transportFailure("OtherPool", PoolElementIdentifier(rawValue: 5)))
        #expect(
            element.deeds.messages
                == [.endpointUnreachable(.init(pool: "OtherPool", identifier: PoolElementIdentifier(rawValue: 5)))])
        #expect(element.deeds.sent[0].to == home)
        #expect(home.channel == .asap)
    }

    @Test(
        "§3.5: none is reported that the program was not told of, and none twice",
        .requirement("asap-3.5-R4", "asap-3.5-R5", "asap-6.9.2-R2"))
    func reportedOnce() throws {
        var element = ElementUnderTest()
        let home = try element.becomeMember()
        element.give(.transportFailure("OtherPool", PoolElementIdentifier(rawValue: 5)))
        element.give(.resolve(Self.question, "OtherPool"))
        try element.receive(answer([5]), from: home)
        element.clear()
        element.give(.transportFailure("OtherPool", PoolElementIdentifier(rawValue: 6)))
        element.give(.transportFailure(Sample.pool, PoolElementIdentifier(rawValue: 5)))
        #expect(element.deeds.order.isEmpty)
        element.give(.transportFailure("OtherPool", PoolElementIdentifier(rawValue: 5)))
        element.give(.transportFailure("OtherPool", PoolElementIdentifier(rawValue: 5)))
        #expect(element.deeds.messages.map(\.type) == [.endpointUnreachable])
        // Told of again, it may fail again.
        element.give(.resolve(Self.question, "OtherPool"))
        try element.receive(answer([5]), from: home)
        element.clear()
        element.give(.transportFailure("OtherPool", PoolElementIdentifier(rawValue: 5)))
        #expect(element.deeds.messages.map(\.type) == [.endpointUnreachable])
    }
}
