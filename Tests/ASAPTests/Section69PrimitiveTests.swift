import ASAP
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@Suite("RFC 5352 §6.3, §6.4, §6.9: primitives for programs that send by their own means")
struct Section69PrimitiveTests {
    typealias User = UserUnderTest
    static func identifier(_ number: UInt32) -> PoolElementIdentifier { PoolElementIdentifier(rawValue: number) }

    @Test(
        "§6.9.1: a translation comes from the cache, with transports, ports and addresses",
        .requirement("asap-6.5.1-R9", "asap-6.9.1-R1"))
    func translation() throws {
        var user = User()
        let home = user.ask()
        try user.receive(User.answer([1]), from: home)
        user.clear()
        user.give(.resolve(User.question, Sample.pool))
        let resolution = try #require(user.resolved.first).result.get()
        #expect(resolution.isFromCache)
        #expect(resolution.elements[0].userTransport.port == 7)
        #expect(user.deeds.order.isEmpty)
    }

    @Test(
        "§6.9.2: a failure that the program met is reported, once for each event", .requirement("asap-6.9.2-R1", "asap-3.5-R2"))
    func transportFailure() throws {
        var user = User()
        let home = user.ask()
        try user.receive(User.answer([1, 2]), from: home)
        user.clear()
        user.give(.transportFailure(Sample.pool, Self.identifier(2)))
        #expect(user.reports.map(\.identifier) == [Self.identifier(2)])
        #expect(user.deeds.sent[0].to == home)
        user.give(.transportFailure(Sample.pool, Self.identifier(2)))
        #expect(user.reports.count == 1)
    }

    @Test(
        "§3.5: none is reported that the program cannot have sent to: of an unknown pool, or never named to it",
        .requirement("asap-3.5-R5", "asap-6.9.2-R2"))
    func notSentTo() throws {
        var user = User()
        user.give(.transportFailure(Sample.pool, Self.identifier(1)))
        let home = user.ask()
        try user.receive(User.answer([1]), from: home)
        user.clear()
        user.give(.transportFailure(Sample.pool, Self.identifier(9)))
        user.give(.transportFailure("OtherPool", Self.identifier(1)))
        #expect(user.deeds.order.isEmpty)
        #expect(user.deeds.opened.isEmpty)
    }

    @Test("An element that the program reported is avoided by sessions too")
    func avoided() throws {
        var user = User()
        let home = user.ask()
        try user.receive(User.answer([1, 2]), from: home)
        user.give(.transportFailure(Sample.pool, Self.identifier(1)))
        user.clear()
        user.give(.open(User.session, Sample.pool, .resend))
        #expect(user.deeds.openedAddresses == [User.address(of: 2)])
    }
}
