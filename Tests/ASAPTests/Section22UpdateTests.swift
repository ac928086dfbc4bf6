import ASAP
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@Suite("RFC 5352 §2.2.5, §2.2.6: dynamic updates of a pool")
struct Section22UpdateTests {
    typealias User = UserUnderTest
    static let follower = SubscriptionIdentifier(rawValue: 1)
    static let second = SubscriptionIdentifier(rawValue: 2)

    func question(_ wantsUpdates: Bool) -> ASAPMessage {
        .handleResolution(.init(wantsUpdates: wantsUpdates, pool: Sample.pool))
    }

    func response(_ numbers: [UInt32], promising: Bool) -> ASAPMessage {
        .handleResolutionResponse(
            .init(promisesUpdates: promising, pool: Sample.pool, elements: numbers.map { User.element($0) }))
    }

    var unknownPool: ASAPMessage { .handleResolutionResponse(.init(pool: Sample.pool, causes: [.unknownPoolHandle])) }

    func snapshot(_ numbers: [UInt32], live: Bool) -> PoolSnapshot {
        PoolSnapshot(pool: Sample.pool, policy: nil, elements: numbers.map { User.element($0) }, isLive: live)
    }

    /// A user that follows the pool of elements 1 and 2, and its registrar's association.
    func following(_ configuration: PoolUserConfiguration = .standard, registrars: Int = 1) throws -> (
        User, AssociationIdentifier
    ) {
        var user = User(registrars: registrars, configuration)
        user.give(.subscribe(Self.follower, Sample.pool))
        let home = user.findRegistrar()
        try user.receive(response([1, 2], promising: true), from: home)
        return (user, home)
    }

    @Test("A subscription asks with the S bit, and tells the pool's contents", .requirement("asap-2.2.5-R1"))
    func subscribe() throws {
        let (user, _) = try following()
        #expect(user.deeds.messages == [question(true)])
        #expect(user.snapshots == [snapshot([1, 2], live: true)])
        #expect(user.engine.nextDeadline == nil)
    }

    @Test(
        "A response that nobody asked for is an update: the follower is told, the cache has it, and it does not go stale",
        .requirement("requirements-2.11-R2"))
    func update() throws {
        var (user, home) = try following()
        user.clear()
        try user.receive(response([1, 2, 3], promising: true), from: home)
        #expect(user.snapshots == [snapshot([1, 2, 3], live: true)])
        user.wait(.seconds(100))
        user.give(.resolve(User.question, Sample.pool))
        #expect(try user.resolved.first?.result.get().elements.count == 3)
        #expect(user.deeds.order.isEmpty)
        // The same contents again are no news.
        user.clear()
        try user.receive(response([1, 2, 3], promising: true), from: home)
        #expect(user.snapshots.isEmpty)
    }

    @Test("Without a subscription, or from another sender, such a response is not taken")
    func strayUpdate() throws {
        var (user, home) = try following()
        try user.receive(response([5], promising: true), from: AssociationIdentifier(chosen: 77))
        #expect(user.snapshots.count == 1)
        try user.receive(.handleResolutionResponse(.init(promisesUpdates: true, pool: "OtherPool", elements: [])), from: home)
        #expect(user.events.last == .unexpectedMessage(.handleResolutionResponse, from: home))
    }

    @Test("The last to leave asks without the S bit, which ends the updates; before that every question has it")
    func unsubscribe() throws {
        var (user, home) = try following()
        user.clear()
        user.give(.subscribe(Self.second, Sample.pool))
        #expect(user.snapshots == [snapshot([1, 2], live: true)])
        #expect(user.deeds.order.isEmpty)
        user.give(.purge(Sample.pool))
        user.give(.resolve(User.question, Sample.pool))
        #expect(user.deeds.messages == [question(true)])
        try user.receive(response([1], promising: true), from: home)
        user.clear()
        user.give(.unsubscribe(Self.follower))
        #expect(user.deeds.order.isEmpty)
        user.give(.unsubscribe(Self.second))
        #expect(user.deeds.messages == [question(false)])
        try user.receive(response([1], promising: false), from: home)
        #expect(user.snapshots.isEmpty)
        #expect(user.engine.nextDeadline == nil)
        try user.receive(response([4], promising: true), from: home)
        #expect(user.events.last == .unexpectedMessage(.handleResolutionResponse, from: home))
    }

    @Test("A registrar that promises nothing is asked again at intervals, with the S bit")
    func polling() throws {
        var user = User(try .init(pollInterval: .seconds(7)))
        user.give(.subscribe(Self.follower, Sample.pool))
        let home = user.findRegistrar()
        try user.receive(response([1], promising: false), from: home)
        #expect(user.snapshots == [snapshot([1], live: false)])
        user.clear()
        user.wait(.seconds(7))
        #expect(user.deeds.messages == [question(true)])
        try user.receive(response([1, 2], promising: true), from: home)
        #expect(user.snapshots == [snapshot([1, 2], live: true)])
        user.clear()
        user.wait(.seconds(100))
        #expect(user.deeds.order.isEmpty)
    }

    @Test("An update without the A bit is the last one: the registrar is asked again from then on")
    func promiseTakenBack() throws {
        var (user, home) = try following(try .init(pollInterval: .seconds(7)))
        try user.receive(response([1], promising: false), from: home)
        #expect(user.snapshots.last == snapshot([1], live: false))
        user.clear()
        user.wait(.seconds(7))
        #expect(user.deeds.messages == [question(true)])
    }

    @Test("A negative response does not subscribe: an unknown pool is empty, and asked for until it is there")
    func unknown() throws {
        var user = User(try .init(pollInterval: .seconds(7)))
        user.give(.subscribe(Self.follower, Sample.pool))
        let home = user.findRegistrar()
        try user.receive(unknownPool, from: home)
        #expect(user.snapshots == [snapshot([], live: false)])
        user.clear()
        user.wait(.seconds(7))
        #expect(user.deeds.messages == [question(true)])
        try user.receive(response([3], promising: true), from: home)
        #expect(user.snapshots == [snapshot([3], live: true)])
    }

    @Test("A pool that vanishes is told as empty, and found again when it is back")
    func vanished() throws {
        var (user, home) = try following(try .init(pollInterval: .seconds(7)))
        user.clear()
        try user.receive(unknownPool, from: home)
        #expect(user.snapshots == [snapshot([], live: false)])
        user.wait(.seconds(7))
        #expect(user.deeds.messages == [question(true)])
    }

    @Test(
        "Another home registrar is asked with the S bit at once, for registrars do not tell each other",
        .requirement("asap-2.2.5-R4"))
    func newHome() throws {
        var (user, home) = try following(registrars: 2)
        user.clear()
        user.notify(home, .lost(.unreachable))
        #expect(user.deeds.openedAddresses == [2, 1].map(Registrars.address))
        let next = user.deeds.opened[0].association
        user.notify(next, up(Registrars.address(2)))
        #expect(user.deeds.messages == [question(true)])
        #expect(user.deeds.sent[0].to == next)
        try user.receive(response([2], promising: true), from: next)
        #expect(user.snapshots == [snapshot([2], live: true)])
    }

    @Test("A registrar that started anew has forgotten the subscription, and is asked again")
    func restartedRegistrar() throws {
        var (user, home) = try following()
        user.clear()
        user.notify(home, .restarted(AssociationDetails(peerAddresses: [], inboundStreams: 1, outboundStreams: 1)))
        #expect(user.deeds.messages == [question(true)])
    }

    @Test("Where nothing could be learnt the follower is told why; later failures are waited out")
    func failure() throws {
        let hunt = try ServerHuntConfiguration(timeLimit: .seconds(5))
        var user = User(try .init(pollInterval: .seconds(7), serverHunt: hunt))
        user.give(.subscribe(Self.follower, Sample.pool))
        user.wait(.seconds(5))
        #expect(throws: ResolutionFailure.noRegistrar([Registrars.address(1)])) { try user.followed[0].result.get() }
        #expect(user.engine.nextDeadline == nil)
        var (other, home) = try following(try .init(pollInterval: .seconds(7), serverHunt: hunt))
        other.clear()
        other.notify(home, .lost(.unreachable))
        other.wait(.seconds(26))
        #expect(other.followed.isEmpty)
        let next = try #require(other.deeds.opened.last)
        other.notify(next.association, up(next.addresses[0]))
        try other.receive(response([1, 2], promising: true), from: next.association)
        #expect(other.deeds.messages == [question(true)])
    }

    @Test("The limit of subscriptions holds, and one that ended makes room")
    func limit() throws {
        var user = User(try .init(maximumSubscriptions: 1))
        user.give(.subscribe(Self.follower, Sample.pool))
        user.give(.subscribe(Self.second, "OtherPool"))
        #expect(throws: ResolutionFailure.tooManySubscriptions(1)) { try user.followed[0].result.get() }
        user.give(.unsubscribe(Self.follower))
        user.clear()
        user.give(.subscribe(Self.second, "OtherPool"))
        #expect(user.followed.isEmpty)
    }
}
