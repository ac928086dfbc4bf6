import ASAP
import InternetAddresses
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@Suite("RFC 5352 §2.2.13, §3.9: business cards")
struct Section39BusinessCardTests {
    typealias User = UserUnderTest

    func card(_ numbers: [UInt32], pool: PoolHandle = Sample.pool) -> ASAPMessage {
        .businessCard(.init(pool: pool, elements: numbers.map { User.element($0) }))
    }

    // MARK: Pool user

    @Test(
        "BC2: a card's order decides which element is next; the latest card counts", .requirement("asap-3.9-R7", "asap-3.9-R8"))
    func order() throws {
        var user = User()
        let (_, link) = try user.openSession([1, 2, 3, 4])
        try user.receive(card([2]), from: link)
        try user.receive(card([9, 4, 3]), from: link)
        #expect(
            user.events.last == .businessCardReceived(User.session, [9, 4, 3].map { PoolElementIdentifier(rawValue: $0) }))
        user.notify(link, .lost(.unreachable))
        #expect(user.deeds.openedAddresses == [User.address(of: 4)])
    }

    @Test("An element that failed is not turned to again because a card names it")
    func failedOnes() throws {
        var user = User()
        let (_, link) = try user.openSession([1, 2, 3])
        try user.receive(card([1, 3]), from: link)
        user.notify(link, .lost(.unreachable))
        #expect(user.deeds.openedAddresses == [User.address(of: 3)])
    }

    @Test("BC1: where the cache has nothing of the pool, the registrar is asked", .requirement("asap-3.9-R6"))
    func resolution() throws {
        var user = User()
        let (home, link) = try user.openSession([1, 2])
        try user.receive(card([2]), from: link)
        #expect(user.deeds.order.isEmpty)
        user.give(.purge(Sample.pool))
        try user.receive(card([2]), from: link)
        #expect(user.deeds.messages == [.handleResolution(.init(pool: Sample.pool))])
        #expect(user.deeds.sent[0].to == home)
        // A further card does not ask again.
        try user.receive(card([2]), from: link)
        #expect(user.deeds.messages.count == 1)
    }

    @Test("A card of another pool is not followed")
    func strangeCard() throws {
        var user = User()
        let (_, link) = try user.openSession([1, 2, 3, 4])
        try user.receive(card([4], pool: "OtherPool"), from: link)
        #expect(user.events == [.unexpectedMessage(.businessCard, from: link)])
        user.notify(link, .lost(.unreachable))
        #expect(user.deeds.openedAddresses == [User.address(of: 2)])
    }

    @Test(
        "A user that is an element too shows its card when a session begins, and a new one when it changes",
        .requirement("requirements-2.3-R1", "asap-3.9-R2"))
    func ownCard() throws {
        var user = User()
        user.give(.present(.init(pool: "UserPool", elements: [User.element(7)])))
        user.give(.open(User.session, Sample.pool, .resend))
        let home = user.findRegistrar()
        try user.receive(User.answer([1]), from: home)
        let link = user.deeds.opened[1].association
        user.clear()
        user.notify(link, up(User.address(of: 1)))
        #expect(user.deeds.messages == [card([7], pool: "UserPool")])
        user.clear()
        user.give(.present(.init(pool: "UserPool", elements: [User.element(7), User.element(8)])))
        #expect(user.deeds.messages == [card([7, 8], pool: "UserPool")])
        #expect(user.deeds.sent[0].to == link)
        user.give(.present(.init(pool: "UserPool", elements: [User.element(7), User.element(8)])))
        #expect(user.deeds.messages.count == 1)
    }

    @Test("After a failover the cookie comes first, then the card, then the data")
    func cardAfterCookie() throws {
        var user = User()
        let (_, link) = try user.openSession([1, 2])
        user.give(.present(.init(pool: "UserPool", elements: [User.element(7)])))
        try user.receive(.cookie(.init(cookie: Cookie([5]))), from: link)
        user.notify(link, .lost(.unreachable))
        user.send([1])
        let next = user.deeds.opened[0].association
        user.clear()
        user.notify(next, up(User.address(of: 2)))
        #expect(user.deeds.messages.map(\.type) == [.cookieEcho, .businessCard])
        #expect(user.deeds.order.map(\.header.payloadProtocol) == [.asap, .asap, .unspecified])
    }

    @Test(
        "Over TCP and UDP there is no control channel (RFC 5354 §3.5, §3.6), over DCCP and UDP-Lite nothing at all",
        .requirement("parameters-3.3-R1", "parameters-3.5-R1", "parameters-3.6-R1", "parameters-3.7-R1"),
        arguments: [
            (UserTransport.tcp(TCPTransportParameter(port: 7, address: .v4(1))), true),
            (.udp(UDPTransportParameter(port: 7, address: .v4(1))), true),
            (.dccp(DCCPTransportParameter(port: 7, serviceCode: 1, address: .v4(1))), false),
            (.udpLite(UDPLiteTransportParameter(port: 7, address: .v4(1))), false),
        ])
    func noControlChannel(transport: UserTransport, isUsable: Bool) throws {
        var user = User()
        user.give(.present(.init(pool: "UserPool", elements: [User.element(7)])))
        user.give(.open(User.session, Sample.pool, .resend))
        let home = user.findRegistrar()
        let elements = ([1, 2] as [UInt32]).map { number in
            var element = User.element(number)
            element.userTransport = transport
            return element
        }
        try user.receive(.handleResolutionResponse(.init(pool: Sample.pool, elements: elements)), from: home)
        #expect(user.deeds.opened.count == (isUsable ? 2 : 1))
        guard isUsable, let link = user.deeds.opened.last?.association else { return }
        user.clear()
        user.notify(link, up(User.address(of: 1), streams: 1))
        #expect(user.deeds.messages.isEmpty)
    }

    @Test("Where there is no control channel neither card nor cookie is sent", .requirement("asap-3.9-R4"))
    func dataOnly() throws {
        var user = User()
        user.give(.present(.init(pool: "UserPool", elements: [User.element(7)])))
        user.give(.open(User.session, Sample.pool, .resend))
        let home = user.findRegistrar()
        let elements = ([1, 2] as [UInt32]).map { number in
            var element = User.element(number)
            element.userTransport = .sctp(SCTPTransportParameter(port: 7, use: .dataOnly, addresses: [.v4(number)]))
            return element
        }
        try user.receive(.handleResolutionResponse(.init(pool: Sample.pool, elements: elements)), from: home)
        let link = user.deeds.opened[1].association
        user.clear()
        user.notify(link, up(User.address(of: 1)))
        try user.receive(.cookie(.init(cookie: Cookie([5]))), from: link)
        user.notify(link, .lost(.unreachable))
        user.notify(user.deeds.opened[0].association, up(User.address(of: 2)))
        #expect(!user.deeds.messages.contains { $0.type == .businessCard || $0.type == .cookieEcho })
    }

    // MARK: Pool element

    func session(_ element: inout ElementUnderTest, _ number: UInt64 = 1) {
        element.notify(accepted(number), up())
        element.give(.transport(.message(accepted(number), SCTPMessage([1]))))
    }

    @Test(
        "An element shows its card when a session begins: itself, where the program recommends none",
        .requirement("asap-3.9-R1"))
    func elementsCard() throws {
        var element = ElementUnderTest()
        _ = try element.becomeMember()
        session(&element)
        guard case .businessCard(let card) = element.deeds.messages.first else {
            Issue.record("\(element.deeds.messages)")
            return
        }
        #expect(card.pool == Sample.pool)
        #expect(card.elements.map(\.identifier) == [element.identifier])
        #expect(card.elements[0].userTransport == .sctp(Sample.transport))
        #expect(element.deeds.sent[0].to == accepted(1))
    }

    @Test(
        "A new failover order goes to all sessions and to those that come; the same again does not", .requirement("asap-3.9-R5")
    )
    func failoverOrder() throws {
        var element = ElementUnderTest()
        _ = try element.becomeMember()
        session(&element, 1)
        session(&element, 2)
        element.clear()
        let order = [User.element(4), User.element(5)]
        element.give(.setFailoverOrder(order))
        let expected = ASAPMessage.businessCard(.init(pool: Sample.pool, elements: order))
        #expect(element.deeds.messages == [expected, expected])
        #expect(element.deeds.sent.map(\.to) == [accepted(1), accepted(2)])
        element.give(.setFailoverOrder(order))
        #expect(element.deeds.messages.count == 2)
        session(&element, 3)
        #expect(element.deeds.messages.last == expected)
    }

    @Test("Without a control channel, or where it is not wanted, no card is sent", .requirement("asap-3.9-R4"))
    func noCard() throws {
        var registration = ElementUnderTest.registration
        registration.userTransport = .sctp(
            SCTPTransportParameter(port: 8080, use: .dataOnly, addresses: Sample.transport.addresses))
        var dataOnly = ElementUnderTest()
        _ = try dataOnly.becomeMember(registration)
        session(&dataOnly)
        dataOnly.give(.sendCookie(accepted(1), [1]))
        #expect(dataOnly.deeds.order.isEmpty)
        var silent = ElementUnderTest(try .init(sendsBusinessCards: false))
        _ = try silent.becomeMember()
        session(&silent)
        #expect(silent.deeds.order.isEmpty)
    }

    @Test("A pool user's card is handed over with its pool")
    func usersCard() throws {
        var element = ElementUnderTest()
        element.notify(accepted(1), up())
        try element.receive(card([7], pool: "UserPool"), from: accepted(1))
        #expect(element.sessions.last?.occurrence == .businessCard("UserPool", [User.element(7)]))
        #expect(
            element.events.last == .businessCardReceived(accepted(1), "UserPool", [PoolElementIdentifier(rawValue: 7)]))
    }
}
