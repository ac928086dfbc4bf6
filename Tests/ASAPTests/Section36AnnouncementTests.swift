import InternetAddresses
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@testable import ASAP

@Suite("RFC 5352 §2.2.10, §3.6: server announcements")
struct Section36AnnouncementTests {
    static func server(_ number: UInt32) -> RegistrarIdentifier { RegistrarIdentifier(rawValue: number) }

    static func announcement(
        _ server: UInt32, _ transports: [ASAPMessage.ServerAnnounce.Transport] = [], from source: SCTPAddress
    ) throws -> Announcement {
        let message = ASAPMessage.serverAnnounce(.init(server: Self.server(server), transports: transports))
        return Announcement(channel: .main, bytes: try message.encoded(), source: source)
    }

    static func sctp(_ addresses: SCTPAddress...) -> ASAPMessage.ServerAnnounce.Transport {
        .sctp(SCTPTransportParameter(port: addresses[0].port, addresses: addresses.map(\.ip)))
    }

    static let source = SCTPAddress("203.0.113.5:3863")!

    @Test(
        "Without a configured list the search waits for an announcement, and tries the registrar at once",
        .requirement("asap-1.1-R5", "asap-3.6-R1", "asap-3.6-R4", "asap-4-R8"))
    func searchWaits() throws {
        var element = ElementUnderTest(list: .announced)
        element.give(.register(ElementUnderTest.registration))
        #expect(element.deeds.opened.isEmpty)
        element.wait(.seconds(3))
        element.give(.announcement(try Self.announcement(1, [Self.sctp(Registrars.address(1))], from: Self.source)))
        #expect(element.deeds.openedAddresses == [Registrars.address(1)])
        #expect(element.events.contains(.registrarsAnnounced([Registrars.address(1)])))
        element.notify(element.deeds.opened[0].association, up(Registrars.address(1)))
        try element.grant(from: element.deeds.opened[0].association)
        #expect(element.events.last == .registered(element.identifier, isRenewal: false, warnings: []))
    }

    @Test(
        "Without a transport parameter it is SCTP, at the datagram's source and ASAP's port",
        .requirement("asap-3.6-R6", "asap-4-R4"))
    func sourceAddress() throws {
        var user = UserUnderTest(list: .announced)
        user.give(.resolve(UserUnderTest.question, Sample.pool))
        user.give(.announcement(try Self.announcement(1, from: SCTPAddress("203.0.113.5:40000")!)))
        #expect(user.deeds.openedAddresses == [SCTPAddress("203.0.113.5:3863")!])
    }

    @Test(
        "A user that speaks TCP takes the TCP transports, and an element the SCTP ones",
        .requirement("asap-2.1-R1", "asap-2.1-R2"))
    func transports() throws {
        let tcp = ASAPMessage.ServerAnnounce.Transport.tcp(
            TCPTransportParameter(port: 99, address: Registrars.address(2).ip))
        let both = try Self.announcement(1, [Self.sctp(Registrars.address(1)), tcp], from: Self.source)
        var user = UserUnderTest(list: .announced, try .init(registrarTransport: .tcp))
        user.give(.resolve(UserUnderTest.question, Sample.pool))
        user.give(.announcement(try Self.announcement(2, from: Self.source)))
        #expect(user.deeds.opened.isEmpty)
        user.give(.announcement(both))
        #expect(user.deeds.openedAddresses == [SCTPAddress(Registrars.address(2).ip, port: 99)])
        #expect(user.deeds.opened[0].association.channel == .asapOverTCP)
        var element = ElementUnderTest(list: .announced)
        element.give(.register(ElementUnderTest.registration))
        element.give(.announcement(both))
        #expect(element.deeds.openedAddresses == [Registrars.address(1)])
        #expect(element.deeds.opened[0].association.channel == .main)
    }

    @Test(
        "T7: an address that is not announced again is forgotten, each by itself",
        .requirement("asap-3.6-R4", "asap-3.6-R5", "asap-3.6-R7"))
    func outdated() throws {
        let first = Registrars.address(1)
        let second = Registrars.address(2)
        var user = UserUnderTest(list: .announced)
        user.give(.announcement(try Self.announcement(1, [Self.sctp(first, second)], from: Self.source)))
        #expect(user.engine.nextDeadline == user.now + .seconds(5))
        user.wait(.seconds(4))
        user.give(.announcement(try Self.announcement(1, [Self.sctp(first)], from: Self.source)))
        // Known ones are not news.
        #expect(user.events == [.registrarsAnnounced([first, second])])
        user.wait(.seconds(1))
        #expect(user.events.last == .registrarsOutdated([second]))
        user.wait(.seconds(4))
        #expect(user.events.last == .registrarsOutdated([first]))
        #expect(user.engine.nextDeadline == nil)
    }

    @Test("The home registrar stays though its announcements cease; a search later does not find it any more")
    func homeStays() throws {
        var element = ElementUnderTest(list: .announced)
        element.give(.register(ElementUnderTest.registration))
        element.give(.announcement(try Self.announcement(1, [Self.sctp(Registrars.address(1))], from: Self.source)))
        let home = element.deeds.opened[0].association
        element.notify(home, up(Registrars.address(1)))
        try element.grant(from: home)
        element.wait(.seconds(20))
        #expect(element.events.last == .registrarsOutdated([Registrars.address(1)]))
        #expect(element.deeds.aborted.isEmpty && element.deeds.shutDown.isEmpty)
        element.clear()
        element.notify(home, .lost(.unreachable))
        #expect(element.deeds.opened.isEmpty)
        element.give(.announcement(try Self.announcement(2, [Self.sctp(Registrars.address(2))], from: Self.source)))
        #expect(element.deeds.openedAddresses == [Registrars.address(2)])
    }

    @Test("Configured registrars are tried before announced ones, and never outdated", .requirement("asap-9.2-R22"))
    func configuredFirst() throws {
        var element = ElementUnderTest(
            list: Registrars.list(2).addingAnnouncements(to: RegistrarList.announced.announcements[0]))
        element.give(
            .announcement(
                try Self.announcement(9, [Self.sctp(Registrars.address(9), Registrars.address(1))], from: Self.source)))
        element.give(.register(ElementUnderTest.registration))
        #expect(element.deeds.openedAddresses == [1, 2].map(Registrars.address))
        element.wait(.seconds(10))
        #expect(element.events.contains(.registrarsOutdated([Registrars.address(9)])))
        #expect(element.deeds.openedAddresses.suffix(2) == [1, 2].map(Registrars.address))
    }

    @Test("SH1: the attempts of a round go to different registrars, not to several addresses of one")
    func differentRegistrars() throws {
        var element = ElementUnderTest(list: .announced)
        element.give(
            .announcement(
                try Self.announcement(1, [Self.sctp(Registrars.address(1), Registrars.address(2))], from: Self.source)))
        element.give(.announcement(try Self.announcement(3, [Self.sctp(Registrars.address(3))], from: Self.source)))
        element.give(.register(ElementUnderTest.registration))
        #expect(element.deeds.openedAddresses == [1, 3].map(Registrars.address))
        // SH4: its other address is tried where the first fails.
        element.notify(element.deeds.opened[0].association, .failed(.unreachable))
        #expect(element.deeds.openedAddresses.last == Registrars.address(2))
    }

    @Test("SH1: at most three associations, however many announce themselves during a search", .requirement("asap-3.6-R11"))
    func threeAtMost() throws {
        var element = ElementUnderTest(list: .announced)
        element.give(.register(ElementUnderTest.registration))
        for number in 1...5 as ClosedRange<UInt32> {
            element.give(
                .announcement(try Self.announcement(number, [Self.sctp(Registrars.address(Int(number)))], from: Self.source)))
        }
        #expect(element.deeds.openedAddresses == (1...3).map(Registrars.address))
    }

    @Test("§3.7.2: the search beside a silent home registrar leaves out its other addresses")
    func silentHome() throws {
        var user = UserUnderTest(list: .announced, try .init(serverHunt: .init(announcementValidity: .seconds(100))))
        user.give(
            .announcement(
                try Self.announcement(1, [Self.sctp(Registrars.address(1), Registrars.address(2))], from: Self.source)))
        user.give(.announcement(try Self.announcement(3, [Self.sctp(Registrars.address(3))], from: Self.source)))
        user.give(.resolve(UserUnderTest.question, Sample.pool))
        _ = user.findRegistrar()
        user.clear()
        user.wait(.seconds(15))
        #expect(user.deeds.openedAddresses == [Registrars.address(3)])
    }

    @Test("Bytes that are no announcement change nothing and are not answered; they are told of")
    func invalid() throws {
        var element = ElementUnderTest(list: .announced)
        element.give(.announcement(Announcement(channel: .main, bytes: [0x0a, 0], source: Self.source)))
        guard case .invalidAnnouncement(_, Self.source) = element.events.first else {
            Issue.record("\(element.events)")
            return
        }
        let other = ASAPMessage.endpointKeepAlive(.init(server: Self.server(1), pool: Sample.pool))
        element.give(.announcement(Announcement(channel: .main, bytes: try other.encoded(), source: Self.source)))
        #expect(element.deeds.order.isEmpty && element.deeds.opened.isEmpty)
        for address in [SCTPAddress("0.0.0.0:3863")!, SCTPAddress("224.0.0.1:3863")!, SCTPAddress("192.0.2.1:0")] {
            guard let address else { continue }
            element.give(.announcement(try Self.announcement(1, [Self.sctp(address)], from: Self.source)))
        }
        #expect(element.engine.hunt.list.isEmpty)
    }

    @Test("Announcements are taken only where they are wanted")
    func notWanted() throws {
        var element = ElementUnderTest(registrars: 1)
        element.give(.announcement(try Self.announcement(1, from: Self.source)))
        #expect(element.events.isEmpty && element.engine.hunt.list == [Registrars.address(1)])
    }

    @Test(
        "§9.2: a flood of forged announcements fills neither the list nor the time; known registrars are heard still",
        .requirement("asap-9.2-R23"))
    func flood() throws {
        var user = UserUnderTest(list: .announced)
        user.give(.announcement(try Self.announcement(1, from: Self.source)))
        for number in 1...1_000 as ClosedRange<UInt32> {
            user.give(.announcement(try Self.announcement(number, from: SCTPAddress(.v4(0x0a00_0000 + number), port: 1))))
        }
        #expect(user.engine.hunt.list.count == RegistrarList.maximumAnnouncedCount)
        #expect(user.engine.hunt.list.first == Self.source)
        // What was forged is gone after the time that so many registrars would have.
        for _ in 1...16 {
            user.wait(.seconds(4))
            user.give(.announcement(try Self.announcement(1, from: Self.source)))
        }
        #expect(user.engine.hunt.list == [Self.source])
    }

    @Test("A search for announced registrars that hears none ends at its time limit")
    func nobodyAnnounces() throws {
        var user = UserUnderTest(list: .announced)
        user.give(.resolve(UserUnderTest.question, Sample.pool))
        user.wait(.seconds(60))
        #expect(throws: ResolutionFailure.noRegistrar([])) { try user.resolved[0].result.get() }
    }

    @Test(
        "§3.6, T7: of N + 1 registrars each announces itself every N + 1 seconds, and none that lives is forgotten",
        arguments: [1, 2, 5, 6, 8, 20] as [UInt32])
    func manyRegistrars(count: UInt32) throws {
        var user = UserUnderTest(list: .announced)
        func announce(_ number: UInt32) throws -> Announcement {
            try Self.announcement(number, [Self.sctp(Registrars.address(Int(number)))], from: Self.source)
        }
        // All are new at once, and announce themselves in turn from then on.
        for number in 1...count { user.give(.announcement(try announce(number))) }
        for second in 0..<4 * count {
            user.wait(.seconds(1))
            user.give(.announcement(try announce(second % count + 1)))
        }
        #expect(user.engine.hunt.list.count == Int(count))
        #expect(user.events.allSatisfy { if case .registrarsOutdated = $0 { false } else { true } })
        // One that dies is gone after three rounds, or T7.
        for second in 0..<max(5, 3 * count) + count {
            user.wait(.seconds(1))
            if second % count != 0 { user.give(.announcement(try announce(second % count + 1))) }
        }
        #expect(user.events.contains(.registrarsOutdated([Registrars.address(1)])))
        #expect(user.engine.hunt.list.count == Int(count) - 1)
    }

    @Test(
        "A registrar over UDP says behind its transports by which port, and is called there",
        .requirement("parameters-x1-R1", "parameters-x1-R3"))
    func encapsulationPort() throws {
        let message = ASAPMessage.ServerAnnounce(
            server: Self.server(1), transports: [Self.sctp(Registrars.address(1))], encapsulationPort: 4_711)
        let encoded = try ASAPMessage.serverAnnounce(message).encoded()
        #expect(
            encoded
                == bytes("0a00 0020 0000 0001 0004 0010 0f17 0000 0001 0008 c000 0201 9899 0008 1267 0000"))
        #expect(try ASAPMessage.decode(encoded).message == .serverAnnounce(message))
        #expect(message.encapsulationPort == 4_711)
        var element = ElementUnderTest(list: .announced)
        element.give(.register(ElementUnderTest.registration))
        element.give(.announcement(Announcement(channel: .main, bytes: encoded, source: Self.source)))
        #expect(element.deeds.openedAddresses == [SCTPAddress(Registrars.address(1).ip, port: 3863, encapsulationPort: 4_711)])
        #expect(element.deeds.openedAddresses[0].encapsulationPort == 4_711)

        // Without transports it is the source's port; what is malformed says nothing.
        let bare = ASAPMessage.ServerAnnounce(server: Self.server(2), encapsulationPort: 5_000)
        element.give(
            .announcement(
                Announcement(
                    channel: .main, bytes: try ASAPMessage.serverAnnounce(bare).encoded(),
                    source: SCTPAddress("203.0.113.9:40000")!)))
        #expect(element.deeds.openedAddresses.last?.encapsulationPort == 5_000)
        for value: [UInt8] in [[0, 0, 0, 0], [1, 2], [1, 2, 3, 4], []] {
            var odd = ASAPMessage.ServerAnnounce(server: Self.server(3))
            odd.preserved = [PreservedParameter(index: 0, type: ParameterType(rawValue: 0x9899), value: value)]
            #expect(odd.encapsulationPort == nil)
        }
        // So does one in front of a transport.
        let early = bytes("0a00 0020 0000 0001 9899 0008 1267 0000 0004 0010 0f17 0000 0001 0008 c000 0201")
        let read = try ASAPMessage.decode(early).message
        guard case .serverAnnounce(let announcement) = read else {
            Issue.record("read as \(read)")
            return
        }
        #expect(announcement.transports.count == 1 && announcement.preserved.count == 1)
        #expect(announcement.encapsulationPort == nil)
    }

    @Test("§8.4: by default both groups are listened to, the IPv6 one with the site's scope")
    func groups() {
        #expect(RegistrarList.announced.announcements.map { "\($0.group)" } == ["224.0.1.185", "ff05::133"])
        #expect(RegistrarList.announced.announcements.allSatisfy { $0.port == 3863 })
    }
}
