import PoolPolicies
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@testable import ASAP

/// A pool user with a messenger to the pool of elements 1 to 3.
private struct Sender {
    typealias User = UserUnderTest
    static let messenger = PoolMessengerIdentifier(rawValue: 1)

    var user: User
    var home: AssociationIdentifier
    var posted: UInt64 = 0

    init(
        _ numbers: [UInt32] = [1, 2, 3], _ handling: FailedMessageHandling = .resend,
        _ configuration: PoolUserConfiguration = .standard
    ) throws {
        user = User(configuration)
        user.give(.openMessenger(Self.messenger, Sample.pool, handling))
        user.give(.resolve(User.question, Sample.pool))
        home = user.findRegistrar()
        try user.receive(User.answer(numbers), from: home)
        user.clear()
    }

    mutating func post(_ byte: UInt8, _ options: SendOptions = [], to element: UInt32? = nil) {
        posted += 1
        user.give(
            .post(
                Self.messenger, PostIdentifier(rawValue: posted), SCTPMessage([byte]), options,
                to: element.map { PoolElementIdentifier(rawValue: $0) }))
    }

    /// The elements that each message was posted to, in the messages' order.
    var receivers: [[UInt32]] {
        user.posts.compactMap { if case .posted(_, let elements) = $0 { elements.map(\.rawValue) } else { nil } }
    }

    /// Where data went, by the element's number, with the message's byte.
    var deliveries: [(element: UInt32, byte: UInt8)] {
        user.deeds.data.map { (element(of: $0.to), $0.message.bytes[0]) }
    }

    func element(of association: AssociationIdentifier) -> UInt32 {
        for number in 1...9 as ClosedRange<UInt32> {
            let identifier = PoolElementIdentifier(rawValue: number)
            if user.engine.association(with: identifier, of: Self.messenger) == association { return number }
        }
        return 0
    }

    func association(_ number: UInt32) -> AssociationIdentifier? {
        user.engine.association(with: PoolElementIdentifier(rawValue: number), of: Self.messenger)
    }

    func undelivered(_ byte: UInt8, mayHaveArrived: Bool = false) -> UndeliveredMessage {
        UndeliveredMessage(message: SCTPMessage([byte]), mayHaveArrived: mayHaveArrived)
    }
}

@Suite("RFC 5352 §6.5.1, §6.5.2, §6.5.3: sending to a pool handle and to an element's")
struct Section651PoolHandleTests {
    typealias User = UserUnderTest

    @Test(
        "§6.5.1: the first message waits for the pool's resolution, further ones behind it",
        .requirement("asap-6.5.1-R1", "asap-6.5.1-R2", "asap-6.5.1-R3"))
    func waiting() throws {
        var user = User()
        user.give(.openMessenger(Sender.messenger, Sample.pool, .resend))
        for number in 1...2 as ClosedRange<UInt64> {
            user.give(
                .post(Sender.messenger, PostIdentifier(rawValue: number), SCTPMessage([UInt8(number)]), [], to: nil))
        }
        let home = user.findRegistrar()
        #expect(user.deeds.messages.count == 1)
        #expect(user.deeds.data.isEmpty)
        try user.receive(User.answer([1]), from: home)
        #expect(user.deeds.data.map(\.message.bytes) == [[1], [2]])
        #expect(user.deeds.openedAddresses.suffix(1) == [User.address(of: 1)])
        #expect(
            user.posts == [1, 2].map { .posted(PostIdentifier(rawValue: $0), [PoolElementIdentifier(rawValue: 1)]) })
    }

    @Test(
        "§6.5.2.1: with Round Robin each message goes to the next element, over one association with each",
        .requirement("asap-6.5.1-R5", "asap-6.5.1-R10", "asap-6.5.2-R1", "asap-6.5.2.1-R1"))
    func roundRobin() throws {
        var sender = try Sender()
        for byte in 1...7 as ClosedRange<UInt8> { sender.post(byte) }
        #expect(sender.receivers == [[1], [2], [3], [1], [2], [3], [1]])
        #expect(sender.user.deeds.opened.count == 3)
        #expect(sender.deliveries.map(\.element) == [1, 2, 3, 1, 2, 3, 1])
    }

    @Test(
        "§6.5.3: a message to an element goes there, or is refused where the pool has none such",
        .requirement("asap-6.5.3-R1", "asap-6.5.3-R2", "asap-6.5.3-R5"))
    func toElement() throws {
        var sender = try Sender()
        sender.post(1, to: 3)
        sender.post(2, to: 3)
        #expect(sender.receivers == [[3], [3]])
        sender.post(3, to: 9)
        #expect(
            sender.user.posts.last
                == .notPosted(
                    PostIdentifier(rawValue: 3), .unknownElement(PoolElementIdentifier(rawValue: 9), Sample.pool)))
    }

    @Test(
        "§6.5.3: an element's pool is looked up where the cache has nothing of it, or nothing fresh",
        .requirement("asap-6.5.3-R3", "asap-6.5.3-R4"))
    func elementsPool() throws {
        var user = User()
        user.give(.openMessenger(Sender.messenger, Sample.pool, .resend))
        let wanted = PoolElementIdentifier(rawValue: 2)
        user.give(.post(Sender.messenger, PostIdentifier(rawValue: 1), SCTPMessage([1]), [], to: wanted))
        let home = user.findRegistrar()
        #expect(user.deeds.messages == [.handleResolution(.init(pool: Sample.pool))])
        try user.receive(User.answer([1, 2]), from: home)
        #expect(user.deeds.data.map(\.message.bytes) == [[1]])
        user.clear()
        user.give(.post(Sender.messenger, PostIdentifier(rawValue: 2), SCTPMessage([2]), [], to: wanted))
        #expect(user.deeds.messages.isEmpty)
        // The message does not wait for the answer.
        user.wait(.seconds(30))
        user.clear()
        for number in 3...4 as ClosedRange<UInt64> {
            user.give(.post(Sender.messenger, PostIdentifier(rawValue: number), SCTPMessage([3]), [], to: wanted))
        }
        #expect(user.deeds.messages == [.handleResolution(.init(pool: Sample.pool))])
        #expect(user.deeds.data.count == 2)
        try user.receive(User.answer([2]), from: home)
        user.clear()
        user.give(.post(Sender.messenger, PostIdentifier(rawValue: 5), SCTPMessage([5]), [], to: wanted))
        #expect(user.deeds.messages.isEmpty && user.deeds.data.count == 1)
    }

    @Test(
        "§6.6: an element's message is handed over with the element that it is from", .requirement("asap-6.6-R1", "asap-6.6-R2")
    )
    func received() throws {
        var sender = try Sender()
        sender.post(1)
        let association = try #require(sender.association(1))
        sender.user.notify(association, up(User.address(of: 1)))
        sender.user.give(.transport(.message(association, SCTPMessage([42]))))
        #expect(sender.user.posts.last == .message(PoolElementIdentifier(rawValue: 1), SCTPMessage([42])))
    }

    @Test("Without an element to send to a message is refused with the reason")
    func nobody() throws {
        var user = User()
        user.give(.openMessenger(Sender.messenger, Sample.pool, .resend))
        user.give(.post(Sender.messenger, PostIdentifier(rawValue: 1), SCTPMessage([1]), [], to: nil))
        let home = user.findRegistrar()
        try user.receive(.handleResolutionResponse(.init(pool: Sample.pool, causes: [.unknownPoolHandle])), from: home)
        #expect(user.posts == [.notPosted(PostIdentifier(rawValue: 1), .resolution(.unknownPool(Sample.pool)))])
        var opaque = User.element(1)
        opaque.userTransport = .opaque(OpaqueTransportParameter([1]))
        user.give(.post(Sender.messenger, PostIdentifier(rawValue: 2), SCTPMessage([1]), [], to: nil))
        try user.receive(.handleResolutionResponse(.init(pool: Sample.pool, elements: [opaque])), from: home)
        #expect(user.posts.last == .notPosted(PostIdentifier(rawValue: 2), .noElement(Sample.pool)))
    }

    @Test("§6.9, §3.5: an element that cannot be reached is reported once and avoided", .requirement("asap-6.9-R1"))
    func unreachable() throws {
        var sender = try Sender()
        sender.post(1)
        sender.user.notify(try #require(sender.association(1)), .failed(.unreachable))
        #expect(sender.user.reports.map(\.identifier.rawValue) == [1])
        #expect(sender.user.posts.last == .elementLost(PoolElementIdentifier(rawValue: 1), .unreachable(.unreachable)))
        for byte in 2...5 as ClosedRange<UInt8> { sender.post(byte) }
        #expect(sender.receivers == [[1], [2], [3], [2], [3]])
    }

    @Test("An element that closes gets later messages over another association; what it sends before the end still counts")
    func closing() throws {
        var sender = try Sender([1])
        sender.post(1)
        let first = try #require(sender.association(1))
        sender.user.notify(first, up(User.address(of: 1)))
        sender.user.notify(first, .peerIsClosing)
        sender.post(2)
        let second = try #require(sender.association(1))
        #expect(second != first)
        sender.user.give(.transport(.message(first, SCTPMessage([7]))))
        #expect(sender.user.posts.last == .message(PoolElementIdentifier(rawValue: 1), SCTPMessage([7])))
        sender.user.notify(first, .shutDown)
        #expect(sender.association(1) == second)
        #expect(sender.user.reports.isEmpty)
    }

    @Test("Closing ends all associations in order")
    func close() throws {
        var sender = try Sender()
        sender.post(1, .toAll)
        let associations = sender.user.deeds.opened.map(\.association)
        sender.user.give(.closeMessenger(Sender.messenger))
        #expect(sender.user.deeds.shutDown == associations)
        sender.post(2)
        #expect(sender.user.posts.last == .notPosted(PostIdentifier(rawValue: 2), .closed))
    }

    @Test("Limits: bytes that wait for a resolution, contacts, ASAP's own payload protocol")
    func limits() throws {
        var user = User(try .init(sessionQueueLimit: 4))
        user.give(.openMessenger(Sender.messenger, Sample.pool, .resend))
        for number in 1...2 as ClosedRange<UInt64> {
            user.give(.post(Sender.messenger, PostIdentifier(rawValue: number), SCTPMessage([1, 2, 3]), [], to: nil))
        }
        #expect(user.posts == [.notPosted(PostIdentifier(rawValue: 2), .queueFull(4))])
        let reserved = SCTPMessage([1], MessageHeader(payloadProtocol: .asap))
        user.give(.post(Sender.messenger, PostIdentifier(rawValue: 3), reserved, [], to: nil))
        #expect(user.posts.last == .notPosted(PostIdentifier(rawValue: 3), .reservedPayloadProtocol))
        // One contact more than there may be: the oldest is closed in order.
        var sender = try Sender((1...129).map { UInt32($0) })
        sender.post(1, .toAll)
        #expect(sender.user.deeds.opened.count == 129)
        #expect(sender.user.deeds.shutDown == [sender.user.deeds.opened[0].association])
        #expect(sender.user.deeds.data.count == 129)
        // One messenger more than there may be; one that ended makes room.
        var few = User(try .init(maximumSessions: 1))
        for number in 1...2 as ClosedRange<UInt64> {
            few.give(.openMessenger(PoolMessengerIdentifier(rawValue: number), Sample.pool, .resend))
        }
        let second = PoolMessengerIdentifier(rawValue: 2)
        few.give(.post(second, PostIdentifier(rawValue: 1), SCTPMessage([1]), [], to: nil))
        #expect(few.posts == [.notPosted(PostIdentifier(rawValue: 1), .tooManyMessengers(1))])
        few.clear()
        few.give(.closeMessenger(Sender.messenger))
        few.give(.openMessenger(second, Sample.pool, .resend))
        few.give(.post(second, PostIdentifier(rawValue: 2), SCTPMessage([1]), [], to: nil))
        #expect(!few.posts.contains(.notPosted(PostIdentifier(rawValue: 2), .tooManyMessengers(1))))
        #expect(few.engine.messengers.count == 1)
    }
}

@Suite("RFC 5352 §6.5.5: message delivery options")
struct Section655DeliveryOptionTests {
    typealias User = UserUnderTest

    @Test("ASAP_SEND_FAILOVER: what an element did not get goes to another, in order", .requirement("asap-6.5.5-R1"))
    func failover() throws {
        var sender = try Sender()
        sender.post(1, .toLast)
        sender.post(2, .toLast)
        let first = try #require(sender.association(1))
        #expect(sender.deliveries.map(\.element) == [1, 1])
        sender.user.clear()
        for byte in 1...2 as ClosedRange<UInt8> { sender.user.notify(first, .sendFailed(sender.undelivered(byte))) }
        sender.user.notify(first, .lost(.unreachable))
        #expect(sender.deliveries.map(\.byte) == [1, 2])
        #expect(sender.deliveries.map(\.element) == [2, 3])
        #expect(!sender.user.posts.contains { if case .undelivered = $0 { true } else { false } })
    }

    @Test(
        "ASAP_SEND_NO_FAILOVER: it is handed back, whatever the messenger's own way is; the others go on",
        .requirement("asap-6.5.5-R2", "asap-6.5.5-R3"))
    func noFailover() throws {
        var sender = try Sender()
        sender.post(1, .toLast)
        sender.post(2, [.toLast, .noFailover])
        let first = try #require(sender.association(1))
        sender.user.clear()
        for byte in 1...2 as ClosedRange<UInt8> { sender.user.notify(first, .sendFailed(sender.undelivered(byte))) }
        sender.user.notify(first, .lost(.unreachable))
        #expect(sender.deliveries.map(\.byte) == [1])
        #expect(sender.user.posts.contains(.undelivered(PoolElementIdentifier(rawValue: 1), sender.undelivered(2))))
        // And the other way round.
        var careful = try Sender([1, 2], .handBack)
        careful.post(1, .toLast)
        careful.post(2, [.toLast, .failover])
        let link = try #require(careful.association(1))
        careful.user.clear()
        for byte in 1...2 as ClosedRange<UInt8> { careful.user.notify(link, .sendFailed(careful.undelivered(byte))) }
        careful.user.notify(link, .lost(.unreachable))
        #expect(careful.deliveries.map(\.byte) == [2])
        #expect(careful.user.posts.contains(.undelivered(PoolElementIdentifier(rawValue: 1), careful.undelivered(1))))
    }

    @Test("A message that has failed with every element is handed back, not sent round for ever")
    func allFail() throws {
        var sender = try Sender([1, 2])
        sender.post(1)
        for number in 1...2 as ClosedRange<UInt32> {
            let link = try #require(sender.association(number))
            sender.user.notify(link, .sendFailed(sender.undelivered(1)))
            sender.user.notify(link, .lost(.unreachable))
            guard number == 2 else { continue }
            // The registrar is asked whether there are others; there are none.
            try sender.user.receive(User.answer([1, 2]), from: sender.home)
        }
        #expect(
            sender.user.posts.last
                == .undelivered(PoolElementIdentifier(rawValue: 2), sender.undelivered(1, mayHaveArrived: true)))
    }

    @Test(
        "ASAP_SEND_TO_LAST: to the element of the message before, while it is there",
        .requirement("requirements-2.10-R4", "asap-6.5.5-R4"))
    func toLast() throws {
        var sender = try Sender()
        sender.post(1)
        sender.post(2, .toLast)
        sender.post(3)
        sender.post(4, .toLast)
        sender.post(5, .toLast)
        #expect(sender.receivers == [[1], [1], [2], [2], [2]])
        sender.user.notify(try #require(sender.association(2)), .lost(.unreachable))
        sender.post(6, .toLast)
        #expect(sender.receivers.last == [3])
    }

    @Test("ASAP_SEND_TO_ALL: a copy to each, none of which is sent to another again", .requirement("asap-6.5.5-R5"))
    func toAll() throws {
        var sender = try Sender()
        sender.post(1, .toAll)
        #expect(sender.receivers == [[1, 2, 3]])
        #expect(sender.deliveries.map(\.element) == [1, 2, 3])
        let second = try #require(sender.association(2))
        sender.user.clear()
        sender.user.notify(second, .sendFailed(sender.undelivered(1)))
        sender.user.notify(second, .lost(.unreachable))
        #expect(sender.user.deeds.data.isEmpty)
        #expect(sender.user.posts.contains(.undelivered(PoolElementIdentifier(rawValue: 2), sender.undelivered(1))))
    }

    @Test(
        "ASAP_SEND_TO_SELF: a sender that is an element of the pool leaves itself out, unless it says so",
        .requirement("asap-6.5.5-R5", "asap-6.5.5-R6"))
    func toSelf() throws {
        var sender = try Sender()
        sender.user.give(.present(.init(pool: Sample.pool, elements: [User.element(2)])))
        sender.post(1, .toAll)
        sender.post(2, [.toAll, .toSelf])
        #expect(sender.receivers == [[1, 3], [1, 2, 3]])
        // In another pool it is a user like others.
        sender.user.give(.present(.init(pool: "OtherPool", elements: [User.element(2)])))
        sender.post(3, .toAll)
        #expect(sender.receivers.last == [1, 2, 3])
        var alone = try Sender([2])
        alone.user.give(.present(.init(pool: Sample.pool, elements: [User.element(2)])))
        alone.post(1, .toAll)
        #expect(alone.user.posts == [.notPosted(PostIdentifier(rawValue: 1), .noElement(Sample.pool))])
    }

    @Test("ASAP_SCTP_UNORDER: the message may overtake others, by messenger and by session", .requirement("asap-6.5.5-R7"))
    func unordered() throws {
        var sender = try Sender()
        sender.post(1, .unordered)
        sender.post(2)
        #expect(sender.user.deeds.data.map(\.message.header.isUnordered) == [true, false])
        var user = User()
        _ = try user.openSession([1])
        user.give(.send(User.session, SCTPMessage([1]), .unordered))
        #expect(user.deeds.data[0].message.header.isUnordered)
    }

    @Test(
        "In a session a message's option counts more than the session's own way, before and after a wait",
        arguments: [true, false])
    func session(_ resends: Bool) throws {
        var user = User()
        let (_, link) = try user.openSession([1, 2, 3], resends ? .resend : .handBack)
        user.send([1])
        user.give(.send(User.session, SCTPMessage([2]), resends ? .noFailover : .failover))
        for byte in 1...2 as ClosedRange<UInt8> {
            user.notify(link, .sendFailed(UndeliveredMessage(message: SCTPMessage([byte]), mayHaveArrived: true)))
        }
        let kept: UInt8 = resends ? 2 : 1
        let sent: UInt8 = resends ? 1 : 2
        #expect(
            user.occurrences == [.undelivered(UndeliveredMessage(message: SCTPMessage([kept]), mayHaveArrived: true))])
        user.notify(link, .lost(.unreachable))
        user.give(.send(User.session, SCTPMessage([3]), resends ? .noFailover : .failover))
        let next = user.deeds.opened[0].association
        user.clear()
        user.notify(next, up(User.address(of: 2)))
        #expect(user.deeds.data.map(\.message.bytes) == [[sent], [3]])
        user.clear()
        for byte in [sent, 3] {
            user.notify(next, .sendFailed(UndeliveredMessage(message: SCTPMessage([byte]), mayHaveArrived: true)))
        }
        // Each keeps its option.
        #expect(user.occurrences.count == (resends ? 1 : 0))
        user.notify(next, .lost(.unreachable))
        user.notify(user.deeds.opened[0].association, up(User.address(of: 3)))
        #expect(user.deeds.data.map(\.message.bytes) == (resends ? [[1]] : [[2], [3]]))
    }
}
