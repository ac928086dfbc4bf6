import ASAP
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@Suite("RFC 5352 §3.8, §5: the control channel")
struct Section38ControlChannelTests {
    typealias User = UserUnderTest

    func cookie(_ bytes: [UInt8]) -> ASAPMessage { .cookie(.init(cookie: Cookie(bytes))) }
    func echo(_ bytes: [UInt8]) -> ASAPMessage { .cookieEcho(.init(cookie: Cookie(bytes))) }

    // MARK: Pool user

    @Test(
        "The latest cookie goes to the next element, first on the control channel and before all data",
        .requirement("asap-3.8-R2", "asap-3.8-R3", "asap-3.8-R6", "asap-3.9-R3", "asap-5-R2"))
    func latestCookieFirst() throws {
        var user = User()
        let (_, link) = try user.openSession([1, 2])
        try user.receive(cookie([1]), from: link)
        try user.receive(cookie([2, 2]), from: link)
        user.send([7])
        user.notify(link, .sendFailed(UndeliveredMessage(message: SCTPMessage([7]), mayHaveArrived: true)))
        user.notify(link, .lost(.unreachable))
        user.send([8])
        let next = user.deeds.opened[0].association
        user.clear()
        user.notify(next, up(User.address(of: 2)))
        #expect(user.deeds.messages == [echo([2, 2])])
        #expect(user.deeds.order.map(\.bytes) == [try echo([2, 2]).encoded(), [7], [8]])
        #expect(user.deeds.order[0].header == MessageHeader(payloadProtocol: .asap))
        #expect(user.events.contains(.cookieEchoed(User.session, PoolElementIdentifier(rawValue: 2), 2)))
    }

    @Test("The first element gets no echo, and neither does a next one where there was no cookie")
    func noCookie() throws {
        var user = User()
        let (_, link) = try user.openSession([1, 2])
        #expect(user.deeds.order.isEmpty)
        user.notify(link, .lost(.unreachable))
        user.notify(user.deeds.opened[0].association, up(User.address(of: 2)))
        #expect(!user.deeds.messages.contains { $0.type == .cookieEcho })
    }

    @Test("A cookie outlives an element that gave none")
    func cookieIsKept() throws {
        var user = User()
        let (_, link) = try user.openSession([1, 2, 3])
        try user.receive(cookie([5]), from: link)
        user.notify(link, .lost(.unreachable))
        for number in [2, 3] as [UInt32] {
            let next = try #require(user.deeds.opened.last)
            #expect(next.addresses == [User.address(of: number)])
            user.clear()
            user.notify(next.association, up(next.addresses[0]))
            #expect(user.deeds.messages == [echo([5])])
            user.notify(next.association, .lost(.unreachable))
        }
    }

    @Test("A cookie of one session is not given to another's element; one that is too long is not kept")
    func cookieLimits() throws {
        var user = User(try .init(maximumCookieSize: 4))
        let (_, link) = try user.openSession([1, 2])
        try user.receive(cookie([1, 2, 3, 4, 5]), from: link)
        #expect(user.events.isEmpty)
        try user.receive(cookie([1, 2, 3, 4]), from: link)
        #expect(user.events == [.cookieStored(User.session, 4)])
        let other = PoolUserSessionIdentifier(rawValue: 2)
        user.give(.open(other, Sample.pool, .resend))
        let second = user.deeds.opened[0].association
        user.notify(second, up(User.address(of: 2)))
        user.notify(second, .lost(.unreachable))
        user.clear()
        user.wait(.seconds(2))
        for attempt in user.deeds.opened { user.notify(attempt.association, up(attempt.addresses[0])) }
        #expect(!user.deeds.messages.contains { $0.type == .cookieEcho })
    }

    @Test("Data must not carry ASAP's payload protocol", .requirement("asap-5-R3"))
    func reservedPayloadProtocol() throws {
        var user = User()
        _ = try user.openSession([1])
        let message = SCTPMessage([1], MessageHeader(payloadProtocol: .asap))
        user.give(.send(User.session, message))
        #expect(user.deeds.order.isEmpty)
        #expect(user.occurrences == [.undelivered(UndeliveredMessage(message: message, mayHaveArrived: false))])
    }

    // MARK: Pool element

    @Test(
        "An association is a session from its first message: a cookie echo is delivered before the data",
        .requirement("asap-6.6-R1", "asap-6.6-R3"))
    func echoBeforeData() throws {
        var element = ElementUnderTest()
        let address = SCTPAddress("198.51.100.1:5000")!
        element.notify(accepted(1), up(address))
        #expect(element.sessions.isEmpty)
        try element.receive(echo([4]), from: accepted(1))
        element.give(.transport(.message(accepted(1), SCTPMessage([1]))))
        #expect(element.sessions.map(\.occurrence) == [.began([address]), .cookieEcho([4]), .message(SCTPMessage([1]))])
        element.notify(accepted(1), .shutDown)
        #expect(element.sessions.last?.occurrence == .ended(.closedByPeer))
    }

    @Test("A session whose user is lost, or started anew, ends")
    func sessionLost() {
        for notification in [
            SCTPNotification.lost(.unreachable),
            .restarted(AssociationDetails(peerAddresses: [], inboundStreams: 1, outboundStreams: 1)),
        ] {
            var element = ElementUnderTest()
            element.notify(accepted(1), up())
            element.give(.transport(.message(accepted(1), SCTPMessage([1]))))
            element.clear()
            element.notify(accepted(1), notification)
            guard case .ended(.lost) = element.sessions.last?.occurrence else {
                Issue.record("\(element.sessions)")
                continue
            }
            element.clear()
            element.give(.transport(.message(accepted(1), SCTPMessage([1]))))
            // After a restart a new session begins on the same association; after a loss nothing does.
            #expect(element.sessions.count == (notification == .lost(.unreachable) ? 0 : 2))
        }
    }

    @Test("A cookie is sent to a session's user, up to the limit", .requirement("asap-1.4-R2", "asap-3.8-R1", "asap-5-R2"))
    func sendingCookies() throws {
        var element = ElementUnderTest(try .init(sendsBusinessCards: false, maximumCookieSize: 3))
        _ = try element.becomeMember()
        element.notify(accepted(1), up())
        element.give(.sendCookie(accepted(1), [1]))
        #expect(element.deeds.order.isEmpty)
        element.give(.transport(.message(accepted(1), SCTPMessage([1]))))
        element.give(.sendCookie(accepted(1), [1, 2, 3]))
        element.give(.sendCookie(accepted(1), [1, 2, 3, 4]))
        #expect(element.deeds.messages == [cookie([1, 2, 3])])
        #expect(element.deeds.order[0].header.payloadProtocol == .asap)
        try element.receive(echo([1, 2, 3, 4]), from: accepted(1))
        #expect(!element.sessions.contains { $0.occurrence == .cookieEcho([1, 2, 3, 4]) })
    }

    @Test("One session more than the limit is aborted; one that ended makes room")
    func sessionLimit() throws {
        var element = ElementUnderTest(try .init(maximumSessions: 1))
        for number in 1...2 as ClosedRange<UInt64> {
            element.notify(accepted(number), up())
            element.give(.transport(.message(accepted(number), SCTPMessage([1]))))
        }
        #expect(element.deeds.aborted == [accepted(2)])
        #expect(element.events.last == .sessionRefused(accepted(2)))
        element.give(.endSession(accepted(1)))
        #expect(element.deeds.shutDown == [accepted(1)])
        element.notify(accepted(3), up())
        element.give(.transport(.message(accepted(3), SCTPMessage([1]))))
        #expect(element.sessions.last?.association == accepted(3))
    }

    @Test("Where the element speaks first a session begins with the association")
    func elementSpeaksFirst() throws {
        var element = ElementUnderTest(try .init(sessionStart: .association))
        let address = SCTPAddress("198.51.100.1:5000")!
        element.notify(accepted(1), up(address))
        #expect(element.sessions.map(\.occurrence) == [.began([address])])
        element.give(.transport(.message(accepted(1), SCTPMessage([1]))))
        #expect(element.sessions.map(\.occurrence) == [.began([address]), .message(SCTPMessage([1]))])
    }

    @Test("A registrar that is taken for a pool user is known by its keep-alive, and counts as no session then")
    func registrarIsNoUser() throws {
        var element = ElementUnderTest(try .init(sessionStart: .association, maximumSessions: 1))
        _ = try element.becomeMember()
        element.notify(accepted(1), up(Registrars.address(9)))
        try element.receive(
            .endpointKeepAlive(.init(claimsHome: true, server: RegistrarIdentifier(rawValue: 9), pool: Sample.pool)),
            from: accepted(1))
        #expect(element.sessions.last?.occurrence == .ended(.closedLocally))
        #expect(element.events.contains(.registrarAdopted(RegistrarIdentifier(rawValue: 9), Registrars.address(9))))
        #expect(element.deeds.messages.contains { $0.type == .endpointKeepAliveAcknowledgement })
        element.notify(accepted(2), up())
        #expect(element.sessions.last?.association == accepted(2))
        #expect(!element.deeds.aborted.contains(accepted(2)))
    }

    @Test("A message that has no place at an element is told, and changes nothing")
    func unexpected() throws {
        var element = ElementUnderTest()
        element.notify(accepted(1), up())
        for golden in GoldenMessage.all {
            switch golden.message.type {
            case .cookieEcho, .businessCard, .error, .endpointKeepAlive: continue
            default: break
            }
            element.clear()
            try element.receive(golden.message, from: accepted(1))
            #expect(element.events == [.unexpectedMessage(golden.message.type, from: accepted(1))])
            #expect(element.deeds.order.isEmpty)
        }
    }
}
