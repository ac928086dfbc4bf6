import ASAP
import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@Suite("RFC 5352 §6.5: sending to a pool")
struct Section65SessionTests {
    typealias User = UserUnderTest

    let first = PoolElementIdentifier(rawValue: 1)
    let second = PoolElementIdentifier(rawValue: 2)

    @Test(
        "§6.5.1: messages wait until the pool is resolved and the element is there, then go in order",
        .requirement("asap-6.5.1-R2", "asap-6.5.1-R7", "asap-6.5.1-R8"))
    func queued() throws {
        var user = User()
        user.give(.open(User.session, Sample.pool, .resend))
        user.send([1])
        let home = user.findRegistrar()
        user.send([2])
        try user.receive(User.answer([1]), from: home)
        user.send([3])
        #expect(user.deeds.data.isEmpty)
        let link = user.deeds.opened[1]
        #expect(link.addresses == [User.address(of: 1)])
        user.notify(link.association, up(link.addresses[0]))
        user.send([4])
        #expect(user.deeds.data.map(\.message.bytes) == [[1], [2], [3], [4]])
        #expect(user.deeds.data.allSatisfy { $0.to == link.association })
        #expect(user.occurrences.first == .connected(first, link.addresses, isFailover: false))
    }

    @Test(
        "§6.5.2.1: Round Robin goes through the pool's elements, session by session",
        .requirement("asap-2.2.6-R4", "asap-6.5.2.1-R1"))
    func roundRobin() throws {
        var user = User()
        user.give(.open(User.session, Sample.pool, .resend))
        try user.receive(User.answer([1, 2, 3]), from: user.findRegistrar())
        for number in 2...5 as ClosedRange<UInt64> {
            user.give(.open(PoolUserSessionIdentifier(rawValue: number), Sample.pool, .resend))
        }
        #expect(user.deeds.openedAddresses.dropFirst() == [1, 2, 3, 1, 2].map { User.address(of: $0) }[...])
    }

    @Test("The element's addresses and its encapsulation port are where the session goes", .requirement("asap-6.5.1-R4"))
    func addresses() throws {
        var user = User()
        user.give(.open(User.session, Sample.pool, .resend))
        var element = User.element(1)
        element.userTransport = .sctp(
            SCTPTransportParameter(port: 9, use: .dataPlusControl, addresses: [.v4(1), .v6(2)]))
        element.encapsulationPort = 10_000
        try user.receive(
            .handleResolutionResponse(.init(pool: Sample.pool, elements: [element])), from: user.findRegistrar())
        #expect(
            user.deeds.opened[1].addresses == [
                SCTPAddress(.v4(1), port: 9, encapsulationPort: 10_000),
                SCTPAddress(.v6(2), port: 9, encapsulationPort: 10_000),
            ])
    }

    @Test("A pool of transports that cannot be used is a failure that says so; one usable element among others is taken")
    func otherTransports() throws {
        var user = User()
        var opaque = Sample.fullElement
        opaque.userTransport = .opaque(OpaqueTransportParameter([1]))
        user.give(.open(User.session, Sample.pool, .resend))
        let home = user.findRegistrar()
        try user.receive(
            .handleResolutionResponse(.init(pool: Sample.pool, elements: [opaque])), from: home)
        #expect(user.occurrences == [.ended(.noUsableTransport(Sample.pool))])
        let other = PoolUserSessionIdentifier(rawValue: 2)
        user.give(.purge(Sample.pool))
        user.give(.open(other, Sample.pool, .resend))
        try user.receive(
            .handleResolutionResponse(.init(pool: Sample.pool, elements: [opaque, User.element(3)])),
            from: home)
        #expect(user.deeds.openedAddresses.last == User.address(of: 3))
    }

    @Test(
        "Elements that serve over TCP and UDP are reached by endpoints of their own (§2.1)",
        .requirement("asap-2.1-R3", "asap-6.5-R1", "asap-6.5.1-R6"))
    func otherChannels() throws {
        let transports: [(UserTransport, UInt8)] = [
            (.tcp(TCPTransportParameter(port: 7, address: .v4(1))), 3),
            (.udp(UDPTransportParameter(port: 7, address: .v4(1))), 4),
        ]
        for (transport, channel) in transports {
            var user = User()
            user.give(.open(User.session, Sample.pool, .resend))
            let home = user.findRegistrar()
            var element = User.element(1)
            element.userTransport = transport
            try user.receive(.handleResolutionResponse(.init(pool: Sample.pool, elements: [element])), from: home)
            let link = try #require(user.deeds.opened.last)
            #expect(link.addresses == [User.address(of: 1)])
            #expect(link.association.channel.rawValue == channel)
            user.notify(link.association, up(User.address(of: 1), streams: 1))
            user.send([1])
            #expect(user.deeds.data.map(\.to) == [link.association])
        }
    }

    @Test("A new session whose pool cannot be resolved fails at once, with the reason")
    func unknownPool() throws {
        var user = User()
        user.give(.open(User.session, Sample.pool, .resend))
        user.send([1])
        try user.receive(
            .handleResolutionResponse(.init(pool: Sample.pool, causes: [.unknownPoolHandle])), from: user.findRegistrar())
        #expect(
            user.occurrences == [
                .undelivered(UndeliveredMessage(message: SCTPMessage([1]), mayHaveArrived: false)),
                .ended(.resolution(.unknownPool(Sample.pool))),
            ])
    }

    @Test(
        "ASAP_SEND_FAILOVER: what the failed element had not acknowledged goes to the next, before what was never sent",
        .requirement("requirements-2.2-R3", "threats-2.9.3-R1", "asap-6.5.5-R1"))
    func resend() throws {
        var user = User()
        let (_, link) = try user.openSession([1, 2])
        for byte in 1...3 as ClosedRange<UInt8> { user.send([byte]) }
        for byte in 2...3 as ClosedRange<UInt8> {
            user.notify(link, .sendFailed(UndeliveredMessage(message: SCTPMessage([byte]), mayHaveArrived: true)))
        }
        user.notify(link, .lost(.unreachable))
        user.send([4])
        let next = try #require(user.deeds.opened.last)
        user.clear()
        user.notify(next.association, up(next.addresses[0]))
        #expect(user.deeds.data.map(\.message.bytes) == [[2], [3], [4]])
        #expect(user.occurrences.first == .connected(second, next.addresses, isFailover: true))
    }

    @Test(
        "ASAP_SEND_NO_FAILOVER: it is handed back, with whether it may have arrived",
        .requirement("asap-6.5.5-R2", "asap-6.5.5-R3", "asap-6.7-R1", "asap-6.7-R2"))
    func handBack() throws {
        var user = User()
        let (_, link) = try user.openSession([1, 2], .handBack)
        user.send([1])
        let undelivered = UndeliveredMessage(message: SCTPMessage([1]), mayHaveArrived: true)
        user.notify(link, .sendFailed(undelivered))
        user.notify(link, .lost(.unreachable))
        #expect(user.occurrences == [.undelivered(undelivered), .elementLost(first, .lost(.unreachable))])
        let next = try #require(user.deeds.opened.last)
        user.notify(next.association, up(next.addresses[0]))
        #expect(user.deeds.data.count == 1)
    }

    @Test("While an element closes, messages wait for the next")
    func closingElement() throws {
        var user = User()
        let (_, link) = try user.openSession([1, 2])
        user.notify(link, .peerIsClosing)
        user.send([1])
        user.give(.transport(.message(link, SCTPMessage([9]))))
        #expect(user.deeds.data.isEmpty)
        user.notify(link, .shutDown)
        let next = try #require(user.deeds.opened.last)
        user.notify(next.association, up(next.addresses[0]))
        #expect(user.deeds.data.map(\.message.bytes) == [[1]])
        #expect(user.occurrences.prefix(2) == [.message(SCTPMessage([9])), .elementLost(first, .closed)])
    }

    @Test("The failed element is not taken again while the pool has others, even where the registrar still names it first")
    func failedElementIsAvoided() throws {
        var user = User(try .init(staleCacheValue: .zero))
        let (home, link) = try user.openSession([1, 2])
        user.notify(link, .lost(.unreachable))
        try user.receive(User.answer([1, 2]), from: home)
        #expect(user.deeds.openedAddresses == [User.address(of: 2)])
        // Nor by another session.
        user.clear()
        user.give(.open(PoolUserSessionIdentifier(rawValue: 2), Sample.pool, .resend))
        try user.receive(User.answer([1, 2]), from: home)
        #expect(user.deeds.openedAddresses == [User.address(of: 2)])
    }

    @Test("The suspicion ends with its time, and with an association that comes up")
    func suspicionEnds() throws {
        var user = User(try .init(staleCacheValue: .seconds(1000), suspicionTime: .seconds(30)))
        let (_, link) = try user.openSession([1, 2])
        user.notify(link, .lost(.unreachable))
        let next = try #require(user.deeds.opened.last)
        user.notify(next.association, up(next.addresses[0]))
        user.wait(.seconds(30))
        user.clear()
        user.notify(next.association, .lost(.unreachable))
        #expect(user.deeds.openedAddresses == [User.address(of: 1)])
    }

    @Test("Where all have failed, the registrar is asked again and the one that failed longest ago gets another chance")
    func allFailed() throws {
        var user = User(try .init(failoverRetryInterval: .seconds(2)))
        let (home, link) = try user.openSession([1, 2])
        user.notify(link, .lost(.unreachable))
        let second = try #require(user.deeds.opened.last).association
        user.clear()
        // The cache's elements are used up: the registrar may know others by now.
        user.notify(second, .failed(.abortedByPeer))
        #expect(user.deeds.messages == [.handleResolution(.init(pool: Sample.pool))])
        try user.receive(User.answer([1, 2]), from: home)
        user.clear()
        user.wait(.seconds(2) - .milliseconds(1))
        #expect(user.deeds.order.isEmpty && user.deeds.opened.isEmpty)
        user.wait(.milliseconds(1))
        #expect(user.deeds.messages == [.handleResolution(.init(pool: Sample.pool))])
        try user.receive(User.answer([1, 2]), from: home)
        #expect(user.deeds.openedAddresses == [User.address(of: 1)])
    }

    @Test("A pool that is empty during a failover is waited for")
    func poolComesBack() throws {
        var user = User()
        let (home, link) = try user.openSession([1])
        user.send([1])
        user.notify(link, .sendFailed(UndeliveredMessage(message: SCTPMessage([1]), mayHaveArrived: true)))
        user.notify(link, .lost(.unreachable))
        user.wait(.seconds(1))
        try user.receive(.handleResolutionResponse(.init(pool: Sample.pool, causes: [.unknownPoolHandle])), from: home)
        #expect(!user.occurrences.contains { if case .ended = $0 { true } else { false } })
        user.wait(.seconds(1))
        try user.receive(User.answer([2]), from: home)
        let next = try #require(user.deeds.opened.last)
        user.clear()
        user.notify(next.association, up(next.addresses[0]))
        #expect(user.deeds.data.map(\.message.bytes) == [[1]])
    }

    @Test("A session that finds no element in its time ends, and hands back what it kept")
    func timeLimit() throws {
        var user = User(try .init(failoverTimeLimit: .seconds(20)))
        let (_, link) = try user.openSession([1])
        user.notify(link, .lost(.unreachable))
        user.send([5])
        user.wait(.seconds(20))
        #expect(
            user.occurrences.suffix(2) == [
                .undelivered(UndeliveredMessage(message: SCTPMessage([5]), mayHaveArrived: false)),
                .ended(.noElementReachable(Sample.pool)),
            ])
        #expect(user.engine.nextDeadline == nil || user.engine.nextDeadline! > user.now)
        user.clear()
        user.send([6])
        #expect(user.occurrences.isEmpty && user.deeds.order.isEmpty)
    }

    @Test("A message for a stream that the element does not have is handed back")
    func invalidStream() throws {
        var user = User()
        user.give(.open(User.session, Sample.pool, .resend))
        let message = SCTPMessage([1], MessageHeader(stream: 4))
        user.give(.send(User.session, message))
        try user.receive(User.answer([1]), from: user.findRegistrar())
        user.notify(user.deeds.opened[1].association, up(User.address(of: 1), streams: 4))
        #expect(user.deeds.data.isEmpty)
        #expect(user.occurrences.contains(.undelivered(UndeliveredMessage(message: message, mayHaveArrived: false))))
    }

    @Test("The session's queue has its limit; a message longer than it goes alone")
    func queueLimit() throws {
        var user = User(try .init(sessionQueueLimit: 10))
        user.give(.open(User.session, Sample.pool, .resend))
        #expect(user.engine.hasRoom(for: 100, in: User.session))
        user.send([UInt8](repeating: 1, count: 8))
        #expect(user.engine.hasRoom(for: 2, in: User.session))
        #expect(!user.engine.hasRoom(for: 3, in: User.session))
        user.send([1, 2, 3])
        #expect(
            user.occurrences == [.undelivered(UndeliveredMessage(message: SCTPMessage([1, 2, 3]), mayHaveArrived: false))])
    }

    @Test("Closing is graceful; what the association still tells is not heard")
    func closing() throws {
        var user = User()
        let (_, link) = try user.openSession([1, 2])
        user.give(.close(User.session))
        #expect(user.deeds.shutDown == [link])
        #expect(user.occurrences == [.ended(nil)])
        user.clear()
        user.give(.transport(.message(link, SCTPMessage([1]))))
        user.notify(link, .shutDown)
        #expect(user.occurrences.isEmpty && user.deeds.opened.isEmpty && user.events == [])
    }

    @Test("Sessions have their limit, and whoever calls a pool user is turned away")
    func limits() throws {
        var user = User(try .init(maximumSessions: 1))
        _ = try user.openSession([1])
        let other = PoolUserSessionIdentifier(rawValue: 2)
        user.give(.open(other, Sample.pool, .resend))
        #expect(user.occurrences == [.ended(.tooManySessions(1))])
        user.notify(accepted(1), up())
        #expect(user.deeds.aborted == [accepted(1)])
    }
}
