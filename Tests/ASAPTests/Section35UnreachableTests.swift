import ASAP
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@Suite("RFC 5352 §3.5, §6.9: unreachable elements")
struct Section35UnreachableTests {
    typealias User = UserUnderTest

    @Test(
        "An element that is lost after a send is reported once, with handle and identifier, to the registrar",
        .requirement("requirements-2.10-R3", "asap-3.5-R1", "asap-3.5-R2"))
    func reported() throws {
        var user = User()
        let (home, link) = try user.openSession([1, 2])
        user.send([1])
        user.notify(link, .sendFailed(UndeliveredMessage(message: SCTPMessage([1]), mayHaveArrived: true)))
        user.notify(link, .lost(.unreachable))
        #expect(user.reports == [.init(pool: Sample.pool, identifier: PoolElementIdentifier(rawValue: 1))])
        #expect(user.deeds.sent[0].to == home)
        user.notify(link, .lost(.unreachable))
        #expect(user.reports.count == 1)
    }

    @Test("§3.7.1: a report that did not reach its registrar is sent to the next one")
    func registrarGoneToo() throws {
        var user = User()
        let (home, link) = try user.openSession([1, 2])
        user.send([1])
        user.notify(link, .lost(.unreachable))
        let report = try ASAPMessage.endpointUnreachable(try #require(user.reports.first)).encoded()
        user.clear()
        user.notify(home, .sendFailed(UndeliveredMessage(message: SCTPMessage(report), mayHaveArrived: true)))
        try #require(!user.deeds.opened.isEmpty, "no other registrar is looked for")
        let next = user.findRegistrar()
        let sent = try user.deeds.sent.filter { $0.to == next }.map { try $0.message.encoded() }
        #expect(sent == [report])
    }

    @Test("Without a send to the element there is no report")
    func notWithoutSend() throws {
        var user = User()
        let (_, link) = try user.openSession([1, 2])
        user.notify(link, .lost(.unreachable))
        #expect(user.reports.isEmpty)
        #expect(
            user.events.contains(
                .elementLost(User.session, Sample.pool, PoolElementIdentifier(rawValue: 1), .lost(.unreachable))))
    }

    @Test("A message that waits for the association counts as a send")
    func waitingMessage() throws {
        var user = User()
        user.give(.open(User.session, Sample.pool, .resend))
        let home = user.findRegistrar()
        user.send([1])
        try user.receive(User.answer([1, 2]), from: home)
        user.notify(user.deeds.opened[1].association, .failed(.abortedByPeer))
        #expect(user.reports == [.init(pool: Sample.pool, identifier: PoolElementIdentifier(rawValue: 1))])
    }

    @Test("A send to one element does not report the next")
    func sendToAnother() throws {
        var user = User()
        let (_, link) = try user.openSession([1, 2, 3])
        user.send([1])
        user.notify(link, .lost(.unreachable))
        let second = user.deeds.opened[0].association
        user.notify(second, up(User.address(of: 2)))
        user.notify(second, .lost(.unreachable))
        #expect(user.reports.map(\.identifier.rawValue) == [1])
    }

    @Test("An element that closed in order, or started anew, is not reported: it is there")
    func closed() throws {
        for notification in [
            SCTPNotification.shutDown, .restarted(AssociationDetails(peerAddresses: [], inboundStreams: 1, outboundStreams: 1)),
        ] {
            var user = User()
            let (_, link) = try user.openSession([1, 2])
            user.send([1])
            user.notify(link, notification)
            #expect(user.reports.isEmpty)
            #expect(user.deeds.openedAddresses == [User.address(of: 2)])
        }
    }

    @Test("The program may report the element itself (§6.9.2)")
    func reportedByProgram() throws {
        var user = User()
        let (_, link) = try user.openSession([1, 2])
        user.send([1])
        user.give(.failOver(User.session))
        #expect(user.deeds.aborted == [link])
        #expect(user.reports.map(\.identifier.rawValue) == [1])
        #expect(user.deeds.openedAddresses == [User.address(of: 2)])
    }

    @Test(
        "Sessions that lose one element together report it once",
        .requirement("threats-2.13.3-R1", "asap-3.5-R4", "asap-9.2-R20"))
    func severalSessions() throws {
        var user = User()
        let (_, first) = try user.openSession([1])
        let other = PoolUserSessionIdentifier(rawValue: 2)
        user.give(.open(other, Sample.pool, .resend))
        let second = user.deeds.opened[0].association
        user.notify(second, up(User.address(of: 1)))
        user.send([1])
        user.give(.send(other, SCTPMessage([1])))
        user.notify(first, .lost(.unreachable))
        user.notify(second, .lost(.unreachable))
        #expect(user.reports.count == 1)
    }

    @Test("Without a home registrar the report waits until one is found")
    func waitingReport() throws {
        var user = User()
        let (home, link) = try user.openSession([1, 2])
        user.notify(home, .lost(.unreachable))
        user.send([1])
        user.notify(link, .lost(.unreachable))
        #expect(user.reports.isEmpty)
        let attempt = try #require(user.deeds.opened.first { $0.addresses == [Registrars.address(1)] })
        user.notify(attempt.association, up(Registrars.address(1)))
        #expect(user.reports.count == 1)
        #expect(user.deeds.sent.last?.to == attempt.association)
    }
}
