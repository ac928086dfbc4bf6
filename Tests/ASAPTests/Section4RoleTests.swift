import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@testable import ASAP

@Suite("RFC 5352 §4: which role handles which messages")
struct Section4RoleTests {
    typealias User = UserUnderTest
    static let server = RegistrarIdentifier(rawValue: 0x11)

    @Test(
        "A pool element registers, shows that it lives, reports, tells and takes errors, and deregisters",
        .requirement("asap-4-R5", "asap-4-R6", "asap-4-R7"))
    func element() throws {
        var element = ElementUnderTest(try .init(sendsBusinessCards: false))
        let home = try element.becomeMember()
        try element.receive(.endpointKeepAlive(.init(server: Self.server, pool: Sample.pool)), from: home)
        element.give(.resolve(User.question, "OtherPool"))
        try element.receive(.handleResolutionResponse(.init(pool: "OtherPool", elements: [User.element(5)])), from: home)
        element.give(.transportFailure("OtherPool", PoolElementIdentifier(rawValue: 5)))
        try element.receive([0x4f, 0, 0, 4], from: home)
        try element.receive(.error(.init(causes: [.unspecified])), from: home)
        #expect(element.events.contains(.errorReceived([.unspecified], from: home)))
        element.notify(accepted(1), up())
        try element.receive(.cookieEcho(.init(cookie: Cookie([1]))), from: accepted(1))
        try element.receive(.businessCard(.init(pool: "UserPool", elements: [User.element(7)])), from: accepted(1))
        element.give(.sendCookie(accepted(1), [2]))
        element.give(.deregister(within: .seconds(30)))
        try element.receive(.deregistrationResponse(.init(pool: Sample.pool, identifier: element.identifier)), from: home)
        #expect(element.events.last == .deregistered)
        #expect(
            element.deeds.messages.map(\.type) == [
                .endpointKeepAliveAcknowledgement, .handleResolution, .endpointUnreachable, .error, .cookie, .deregistration,
            ])
        #expect(
            element.sessions.map(\.occurrence).dropFirst()
                == [.cookieEcho([1]), .businessCard("UserPool", [User.element(7)])])
    }

    @Test(
        "A pool user resolves, takes cookies and cards, echoes, tells and takes errors",
        .requirement("asap-4-R1", "asap-4-R2", "asap-4-R3"))
    func user() throws {
        var user = User()
        let (home, link) = try user.openSession([1, 2])
        try user.receive(.cookie(.init(cookie: Cookie([1]))), from: link)
        try user.receive(.businessCard(.init(pool: Sample.pool, elements: [User.element(2)])), from: link)
        try user.receive(.error(.init(causes: [.unspecified])), from: link)
        try user.receive(.error(.init(causes: [.lackOfResources])), from: home)
        #expect(
            user.events == [
                .cookieStored(User.session, 1), .businessCardReceived(User.session, [PoolElementIdentifier(rawValue: 2)]),
                .errorReceived([.unspecified], from: link), .errorReceived([.lackOfResources], from: home),
            ])
        try user.receive([0x4f, 0, 0, 4], from: home)
        user.notify(link, .lost(.unreachable))
        user.notify(try #require(user.deeds.opened.last).association, up(User.address(of: 2)))
        user.give(.purge(Sample.pool))
        user.give(.resolve(User.question, Sample.pool))
        try user.receive(User.answer([2]), from: home)
        #expect(user.deeds.messages.map(\.type) == [.error, .cookieEcho, .handleResolution])
        #expect(user.resolved.count == 1)
    }
}
