import ASAP
import PoolPolicies
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@Suite("RFC 5352 §3.3: handle resolution")
struct Section33HandleResolutionTests {
    typealias User = UserUnderTest

    @Test(
        "NR2, NR3: a registrar is found first, then asked, by the control channel",
        .requirement("enrp-1.1-R4", "asap-1.1-R4", "asap-3.3-R1", "asap-3.3-R2", "asap-3.3-R3", "asap-3.3-R5", "asap-6.9.1-R2"))
    func question() {
        var user = User()
        user.give(.resolve(User.question, Sample.pool))
        #expect(user.deeds.openedAddresses == [Registrars.address(1)])
        #expect(user.deeds.order.isEmpty)
        let home = user.findRegistrar()
        #expect(user.deeds.messages == [.handleResolution(.init(pool: Sample.pool))])
        #expect(user.deeds.sent[0].to == home)
        #expect(user.deeds.order[0].header.payloadProtocol == .asap)
    }

    @Test("The Handle Resolution Option says how many elements are wanted", .requirement("extensions-2-R1"))
    func option() throws {
        var user = User(try .init(requestedElements: 5))
        _ = user.ask()
        #expect(user.deeds.messages == [.handleResolution(.init(pool: Sample.pool, option: .init(items: 5)))])
    }

    @Test(
        "The answer's elements are handed over in the registrar's order",
        .requirement("asap-3.3-R11", "asap-3.3-R12", "asap-6.9.1-R3"))
    func answer() throws {
        var user = User()
        let home = user.ask()
        try user.receive(User.answer([3, 1, 2]), from: home)
        let resolution = try #require(user.resolved.first).result.get()
        #expect(resolution.elements == [3, 1, 2].map { User.element($0) })
        #expect(!resolution.isFromCache)
        #expect(user.events.last == .resolved(Sample.pool, [3, 1, 2].map { PoolElementIdentifier(rawValue: $0) }))
        // NR4: T1 is stopped.
        #expect(user.engine.nextDeadline == nil)
    }

    @Test(
        "An unknown pool handle is a failure of its own, other causes are handed on, an answer without elements is refused",
        .requirement("asap-2.2.6-R8"))
    func negative() throws {
        let cases: [([ErrorCause], ResolutionFailure)] = [
            ([.unknownPoolHandle], .unknownPool(Sample.pool)),
            ([.lackOfResources], .rejected(Sample.pool, [.lackOfResources])),
            ([], .rejected(Sample.pool, [])),
        ]
        for (causes, failure) in cases {
            var user = User()
            let home = user.ask()
            try user.receive(.handleResolutionResponse(.init(pool: Sample.pool, causes: causes)), from: home)
            #expect(user.resolved.count == 1)
            #expect(throws: failure) { try user.resolved[0].result.get() }
        }
    }

    @Test(
        "C1, C4: what was learnt is used again until stale_cache_value has passed; C2: then it is asked anew",
        .requirement(
            "asap-3.3-R13", "asap-3.3-R14", "asap-3.3-R15", "asap-3.3-R16", "asap-3.3-R17", "asap-3.3-R18", "asap-3.3-R19",
            "asap-6.3-R1"))
    func cache() throws {
        var user = User(try .init(staleCacheValue: .seconds(30)))
        let home = user.ask()
        try user.receive(User.answer([1]), from: home)
        user.clear()
        user.wait(.seconds(30) - .nanoseconds(1))
        user.give(.resolve(User.question, Sample.pool))
        #expect(try user.resolved.first?.result.get().isFromCache == true)
        #expect(user.deeds.order.isEmpty)
        user.clear()
        user.wait(.nanoseconds(1))
        user.give(.resolve(User.question, Sample.pool))
        #expect(user.resolved.isEmpty)
        #expect(user.deeds.messages.count == 1)
        try user.receive(User.answer([2]), from: home)
        #expect(try user.resolved.first?.result.get().elements == [User.element(2)])
    }

    @Test(
        "§2.2.6: without an overall policy the pool's is Round Robin, whatever policies its elements carry",
        .requirement("asap-2.2.6-R4", "asap-2.2.6-R5", "asap-6.5.2.1-R1"))
    func policyUnsaid() throws {
        var user = User()
        user.give(.openMessenger(PoolMessengerIdentifier(rawValue: 1), Sample.pool, .resend))
        let home = user.ask()
        let elements = ([1, 2, 3] as [UInt32]).map { User.element($0, policy: .weightedRandom(weight: $0 * $0 * 1_000)) }
        try user.receive(.handleResolutionResponse(.init(pool: Sample.pool, elements: elements)), from: home)
        for number in 1...6 as ClosedRange<UInt64> {
            user.give(
                .post(PoolMessengerIdentifier(rawValue: 1), PostIdentifier(rawValue: number), SCTPMessage([1]), [], to: nil))
        }
        let chosen = user.posts.compactMap { if case .posted(_, let elements) = $0 { elements.map(\.rawValue) } else { nil } }
        #expect(chosen == [[1], [2], [3], [1], [2], [3]])
    }

    @Test("A stale_cache_value of zero is no cache")
    func noCache() throws {
        var user = User(try .init(staleCacheValue: .zero))
        let home = user.ask()
        try user.receive(User.answer([1]), from: home)
        user.give(.resolve(User.question, Sample.pool))
        #expect(user.deeds.messages.count == 2)
    }

    @Test("§6.4: a purged entry is asked anew", .requirement("asap-6.4-R1"))
    func purge() throws {
        var user = User()
        let home = user.ask()
        try user.receive(User.answer([1]), from: home)
        user.give(.purge(Sample.pool))
        user.give(.resolve(User.question, Sample.pool))
        #expect(user.deeds.messages.count == 2)
    }

    @Test("Questions for one pool at one time are one question")
    func shared() throws {
        var user = User()
        let home = user.ask()
        for number in 2...4 { user.give(.resolve(ResolutionIdentifier(rawValue: UInt64(number)), Sample.pool)) }
        #expect(user.deeds.messages.count == 1)
        user.give(.cancelResolution(ResolutionIdentifier(rawValue: 3)))
        try user.receive(User.answer([1]), from: home)
        #expect(user.resolved.map(\.question.rawValue) == [1, 2, 4])
    }

    @Test("Answers that do not belong are not taken: another pool's, another sender's, one too many")
    func strayAnswers() throws {
        var user = User()
        let home = user.ask()
        try user.receive(.handleResolutionResponse(.init(pool: "OtherPool", elements: [User.element(1)])), from: home)
        #expect(user.events.last == .unexpectedMessage(.handleResolutionResponse, from: home))
        try user.receive(User.answer([1]), from: AssociationIdentifier(chosen: 77))
        #expect(user.resolved.isEmpty)
        try user.receive(User.answer([1]), from: home)
        try user.receive(User.answer([2]), from: home)
        #expect(user.events.last == .unexpectedMessage(.handleResolutionResponse, from: home))
        #expect(user.resolved.count == 1)
    }

    @Test("The limits of open questions and of cached pools hold")
    func limits() throws {
        var user = User(try .init(maximumCachedPools: 2, maximumRequests: 2))
        let home = user.ask()
        user.give(.resolve(ResolutionIdentifier(rawValue: 2), "Second"))
        user.give(.resolve(ResolutionIdentifier(rawValue: 3), "Third"))
        #expect(throws: ResolutionFailure.tooManyRequests(2)) { try user.resolved[0].result.get() }
        try user.receive(User.answer([1]), from: home)
        user.give(.resolve(ResolutionIdentifier(rawValue: 4), "Fourth"))
        user.clear()
        // The first pool has made room.
        user.give(.cancelResolution(ResolutionIdentifier(rawValue: 4)))
        try user.receive(.handleResolutionResponse(.init(pool: "Fourth", elements: [User.element(1)])), from: home)
        user.give(.resolve(User.question, Sample.pool))
        #expect(user.deeds.messages == [.handleResolution(.init(pool: Sample.pool))])
    }
}
