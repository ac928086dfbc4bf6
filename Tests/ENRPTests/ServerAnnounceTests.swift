import ASAP
import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@testable import ENRP

@Suite("RFC 5352 §3.6: a registrar announces itself to elements and users")
struct ServerAnnounceTests {
    private static func announcing() throws -> RegistrarConfiguration {
        try RegistrarConfiguration(peers: PeerConfiguration(announcesToClients: true))
    }

    @Test("One alone announces itself every T6-Serverannounce", .requirement("asap-3.6-R2"))
    func alone() throws {
        var network = PeerNetwork()
        network.addRegistrar(1, try Self.announcing())
        network.run(for: .milliseconds(9_500))
        #expect(network.nodes[0].announced.count == 10)
        let message = try ASAPMessage.decode(try #require(network.nodes[0].announced.first).bytes).message
        guard case .serverAnnounce(let announce) = message else {
            Issue.record("announced \(message)")
            return
        }
        #expect(announce.server.rawValue == 1)
    }

    @Test(
        "N others heard make it (N + 1) × T6, so that there is about one announcement a second in all",
        .requirement("asap-3.6-R2", "asap-4-R11"))
    func many() throws {
        var network = PeerNetwork()
        for identifier in 1...5 { network.addRegistrar(UInt32(identifier), try Self.announcing()) }
        network.run(for: .seconds(30))
        for node in 0..<5 { network.nodes[node].announced = [] }
        network.run(for: .seconds(60))
        for node in 0..<5 { #expect((11...13).contains(network.nodes[node].announced.count)) }
        // Those that end are counted no more.
        for node in 1..<5 { network.kill(node) }
        network.run(for: .seconds(60))
        network.nodes[0].announced = []
        network.run(for: .seconds(10))
        #expect((9...11).contains(network.nodes[0].announced.count))
    }

    @Test("All transports at which it serves are in it, SCTP and TCP", .requirement("asap-3.6-R3"))
    func transports() throws {
        let transports: [ASAPMessage.ServerAnnounce.Transport] = [
            .sctp(SCTPTransportParameter(port: 3_863, addresses: [.v4(0xc000_0201), .v6(1)])),
            .tcp(TCPTransportParameter(port: 3_863, address: .v4(0xc000_0201))),
        ]
        var engine = RegistrarEngine(
            identifier: RegistrarIdentifier(rawValue: 7), configuration: try Self.announcing(),
            addresses: RegistrarAddresses(asap: transports), randomness: SeededRandomNumberGenerator(seed: 1))
        engine.handle(.timer, at: .origin + .seconds(1))
        var announced: [ASAPMessage] = []
        while let output = engine.nextOutput() {
            if let announcement = output.announcement { announced.append(try ASAPMessage.decode(announcement.bytes).message) }
        }
        #expect(announced == [.serverAnnounce(.init(server: RegistrarIdentifier(rawValue: 7), transports: transports))])
    }

    @Test("It begins when the registrar serves")
    func notBeforeService() throws {
        var network = PeerNetwork()
        let mentor = network.addStranger()
        let configuration = try RegistrarConfiguration(
            peers: PeerConfiguration(peers: [[PeerNetwork.address(mentor)]], announcesToClients: true))
        let node = network.addRegistrar(2, configuration)
        network.run(for: .seconds(4))
        #expect(network.nodes[node].announced.isEmpty)
        network.run(for: .seconds(3))
        #expect(network.snapshot(node)?.isServing == true)
        #expect(!network.nodes[node].announced.isEmpty)
    }
}

@Suite("draft-dreibholz-rserpool-delay: elements of a peer are further away by the distance to the peer")
struct PeerDistanceTests {
    @Test("The distance is measured, and added to what the home tells")
    func distance() throws {
        // Round trips take 200 ms in this network: each hop is 100 ms.
        var network = try Section33HandleUpdateTests.trio()
        let host = network.addElementHost(7)
        let policy = PolicyParameter.leastUsed(load: .idle, factor: DistancePenaltyFactor(rawValue: 5))
        try network.register(host, at: 0, policy: policy)
        try network.register(host, at: 0, policy: policy)
        network.run(for: .milliseconds(50))
        func distance(_ node: Int) throws -> UInt32 {
            let parameter = try #require(network.snapshot(node)?.pools[0].elements[0].parameter.policy)
            return try LeastUsedWithDistancePenalty(parameter).distance
        }
        #expect(try distance(0) == 100)
        #expect(try distance(1) == 200)
        #expect(try distance(2) == 200)
        // The checksum does not cover it.
        network.run(for: .seconds(31))
        #expect(network.snapshot(1)?.peers.allSatisfy { $0.isInStep == true } == true)
    }

    @Test("§9.2: announcements, whoever seems to send them, are read so often a second, and so many registrars are counted")
    func flood() throws {
        let peers = try PeerConfiguration(
            announcesToClients: true, limits: PeerLimits(maximumPeers: 8, maximumAnnouncementsPerSecond: 5))
        var registrar = RegistrarHarness(try RegistrarConfiguration(peers: peers))
        func announce(_ numbers: ClosedRange<UInt32>) throws {
            for number in numbers {
                let message = ASAPMessage.serverAnnounce(.init(server: RegistrarIdentifier(rawValue: number)))
                registrar.handle(
                    .announcement(
                        Announcement(
                            channel: .main, bytes: try message.encoded(), source: SCTPAddress(.v4(number), port: 3863))))
            }
        }
        try announce(1...1_000)
        #expect(registrar.engine.announcers.map(\.registrar.rawValue) == [1, 2, 3, 4, 5])
        registrar.wait(.seconds(1))
        try announce(11...1_000)
        #expect(registrar.engine.announcers.map(\.registrar.rawValue) == [1, 2, 3, 4, 5, 11, 12, 13])
        // It still does its work.
        let association = registrar.connect("192.0.2.1")
        #expect(try registrar.register(.sctp(1, at: "192.0.2.1"), from: association) == nil)
    }
}
