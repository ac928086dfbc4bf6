import ASAP
import InternetAddresses
import Logging
import PoolPolicies
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import ServiceLifecycle
import Testing

@testable import ENRP

extension RegistrarStage {
    static let asapGroup = IPAddress.v4(0xef00_0032)
    static let enrpGroup = IPAddress.v4(0xef00_0033)

    /// A registrar with peers on a simulated network.
    /// - Parameter peers: the hosts of configured ones.
    func registrar(
        _ host: UInt32, peers: [UInt32] = [], announces: Bool = false, identifier: UInt32? = nil
    ) async throws -> Registrar {
        var endpoints = RegistrarEndpoints(at: Self.address(host))
        if announces {
            var group = MulticastConfiguration.serverAnnounce(group: Self.asapGroup)
            group.sourceAddress = Self.address(host)
            endpoints.asapAnnouncements = [group]
            group = .presence(group: Self.enrpGroup)
            group.sourceAddress = Self.address(host)
            endpoints.enrpAnnouncements = [group]
        }
        let configuration = try RegistrarConfiguration(
            peers: PeerConfiguration(
                profile: .lan, peers: peers.map { [SCTPAddress(Self.address($0), port: ENRPProtocol.port)] }))
        return try await Registrar.start(
            configuration, endpoints: endpoints, identifier: RegistrarIdentifier(rawValue: identifier ?? host + 1),
            backend: backend, on: loop)
    }

    /// Waits, for at most so long, until something holds.
    func wait(
        upTo limit: Duration = .seconds(60), _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation,
        until condition: () async throws -> Bool
    ) async throws {
        let end = loop.now + limit
        while loop.now < end {
            if try await condition() { return }
            try await loop.sleep(for: .milliseconds(100))
        }
        Issue.record(what, sourceLocation: sourceLocation)
    }

    /// A peer that speaks ASAP by hand, and answers keep-alives.
    func element(_ host: UInt32, at registrar: UInt32, port: UInt16 = 5_000) async throws -> Peer {
        let configuration = SCTPEndpointConfiguration(localAddresses: [Self.address(host)], port: port)
        let endpoint = try await SCTPEndpoint.open(configuration, backend: backend, on: loop)
        let association = try await endpoint.connect(to: [SCTPAddress(Self.address(registrar), port: ASAPProtocol.port)])
        return Peer(endpoint: endpoint, association: association)
    }

    static func parameter(_ identifier: UInt32, host: UInt32) -> PoolElementParameter {
        PoolElementParameter(
            identifier: PoolElementIdentifier(rawValue: identifier), registrationLife: .seconds(3_600),
            userTransport: .sctp(SCTPTransportParameter(port: 7, addresses: [address(host)])), policy: .roundRobin)
    }
}

@Suite("Registrars over a network: peers, announcements, TCP")
struct RegistrarServiceTests {
    @Test("Two registrars that are configured as peers share an element; the one that stops is taken over at once")
    func peers() async throws {
        let stage = try RegistrarStage()
        try await stage.run {
            let first = try await stage.registrar(0)
            let second = try await stage.registrar(1, peers: [0])
            try await stage.wait("the registrars do not know each other") {
                let (one, other) = (await first.snapshot(), await second.snapshot())
                return one.peers.count == 1 && other.peers.count == 1
            }
            let element = try await stage.element(5, at: 0)
            _ = try await element.ask(.registration(.init(pool: "Pool", element: RegistrarStage.parameter(7, host: 5))))
            try await stage.wait("the element is not told of") { await second.snapshot().pools.map(\.handle) == ["Pool"] }
            #expect(await second.snapshot().pools.first?.elements.first?.parameter.homeRegistrar == first.initialIdentifier)

            let stopped = stage.loop.now
            await first.stop()
            try await stage.wait("the element is not taken over") {
                await second.snapshot().pools.first?.elements.first?.parameter.homeRegistrar == second.initialIdentifier
            }
            // Well before MAX-TIME-LAST-HEARD is over: the end of the association was noticed.
            #expect(stage.loop.now - stopped < PeerConfiguration.lan.maximumTimeLastHeard)
            await second.stop()
            await element.endpoint.close(within: .zero)
        }
    }

    @Test("Registrars find each other by multicast alone, and tell elements where they serve")
    func announcements() async throws {
        let stage = try RegistrarStage()
        try await stage.run {
            let first = try await stage.registrar(0, announces: true)
            let second = try await stage.registrar(1, announces: true)
            try await stage.wait("the registrars do not find each other") {
                let (one, other) = (await first.snapshot(), await second.snapshot())
                return one.peers.count == 1 && other.peers.count == 1
            }
            let listener = try await MulticastEndpoint.open(
                .serverAnnounce(group: RegistrarStage.asapGroup), backend: stage.backend, on: stage.loop)
            let (heard, hear) = AsyncStream.makeStream(of: [UInt8].self)
            await stage.loop.run {
                listener.setHandler { bytes, _ in hear.yield(unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }) }
            }
            var servers: Set<RegistrarIdentifier> = []
            for await bytes in heard {
                guard case .serverAnnounce(let announce) = try ASAPMessage.decode(bytes).message else { continue }
                servers.insert(announce.server)
                let host: UInt32 = announce.server == first.initialIdentifier ? 0 : 1
                #expect(
                    announce.transports == [
                        .sctp(
                            SCTPTransportParameter(
                                port: ASAPProtocol.port, use: .dataPlusControl, addresses: [RegistrarStage.address(host)]))
                    ])
                if servers.count == 2 { break }
            }
            #expect(servers == [first.initialIdentifier, second.initialIdentifier])
            await listener.close()
            await first.stop()
            await second.stop()
        }
    }

    @Test("An element and a user that start with their registrar wait until it serves, and do not besiege it")
    func startTogether() async throws {
        let stage = try RegistrarStage()
        try await stage.run {
            // The registrar's mentor takes the association and says nothing, so that service begins after MAX-TIME-NO-RESPONSE.
            let mentor = try await SCTPEndpoint.open(
                SCTPEndpointConfiguration(localAddresses: [RegistrarStage.address(9)], port: ENRPProtocol.port),
                backend: stage.backend, on: stage.loop)
            let registrar = try await stage.registrar(0, peers: [9])
            let refused = Task(executorPreference: stage.loop) {
                var refused = 0
                for await event in registrar.events {
                    if case .associationRefused = event { refused += 1 }
                    if case .elementRegistered = event { break }
                }
                return refused
            }
            let registrars = RegistrarList.fixed([RegistrarStage.registrar])
            let element = Task(executorPreference: stage.loop) {
                try await PoolElement.serve(
                    pool: "EchoPool", policy: .roundRobin, registrars: registrars,
                    endpoint: SCTPEndpointConfiguration(localAddresses: [RegistrarStage.address(1)]), backend: stage.backend,
                    on: stage.loop
                ) { session in
                    for try await message in session.messages { try await session.send(message) }
                }
            }
            let user = try await PoolUser.open(
                registrars: registrars, endpoint: SCTPEndpointConfiguration(localAddresses: [RegistrarStage.address(2)]),
                backend: stage.backend, on: stage.loop)
            // The registrar answers both, whichever comes first.
            do {
                #expect(try await user.resolve("EchoPool").elements.count == 1)
            } catch ResolutionFailure.unknownPool("EchoPool") {}
            // Each was turned away at 0 s and at 1 s, before it was 2 s, the lan profile's MAX-TIME-NO-RESPONSE.
            #expect(await refused.value == 4)
            #expect(try await user.resolve("EchoPool").elements.count == 1)
            await user.close()
            element.cancel()
            _ = await element.result
            await registrar.stop()
            await mentor.close(within: .zero)
        }
    }

    @Test("A registrar that was started again has its element again, with nobody's help")
    func restart() async throws {
        let stage = try RegistrarStage()
        try await stage.run {
            let first = try await stage.start()
            let element = try await stage.peer(1)
            let parameter = RegistrarStage.parameter(7, host: 1)
            _ = try await element.ask(.registration(.init(pool: "Pool", element: parameter)))
            await first.stop()
            #expect(try await element.receive() == nil)
            let second = try await stage.start()
            let again = try await element.endpoint.connect(to: [RegistrarStage.registrar])
            let known = RegistrarStage.Peer(endpoint: element.endpoint, association: again)
            let granted = try await known.ask(.registration(.init(pool: "Pool", element: parameter)))
            #expect(granted == .registrationResponse(.init(pool: "Pool", identifier: parameter.identifier)))
            #expect(await second.snapshot().elements == 1)
            await second.stop()
            await element.endpoint.close(within: .zero)
        }
    }

    @Test("A peer that asks for tables and never reads loses its association; the others are served")
    func greedyPeer() async throws {
        let stage = try RegistrarStage()
        try await stage.run {
            let first = try await stage.registrar(0)
            let second = try await stage.registrar(1, peers: [0])
            let element = try await stage.element(5, at: 0)
            for identifier in 1...100 as ClosedRange<UInt32> {
                let parameter = RegistrarStage.parameter(identifier, host: 5)
                _ = try await element.ask(.registration(.init(pool: "Pool", element: parameter)))
            }
            let greedy = try await SCTPEndpoint.open(
                SCTPEndpointConfiguration(localAddresses: [RegistrarStage.address(6)]), backend: stage.backend, on: stage.loop)
            let association = try await greedy.connect(
                to: [SCTPAddress(RegistrarStage.address(0), port: ENRPProtocol.port)])
            greedy.onLoop.setReceivingPaused(true)
            let request = ENRPMessage.handleTableRequest(.init(sender: RegistrarIdentifier(rawValue: 77)))
            let message = SCTPMessage(try request.encoded(), MessageHeader(payloadProtocol: .enrp))
            var refusal: (any Error)?
            for _ in 0..<10_000 where refusal == nil {
                do {
                    try await greedy.sendWhenReady(message, on: association)
                } catch {
                    refusal = error
                }
                try await stage.loop.sleep(for: .milliseconds(1))
            }
            #expect((refusal as? SCTPTransportError)?.code == .unknownAssociation)
            let parameter = RegistrarStage.parameter(101, host: 5)
            _ = try await element.ask(.registration(.init(pool: "Pool", element: parameter)))
            try await stage.wait("the other peer is not told") { await second.snapshot().elements == 101 }
            await greedy.close(within: .zero)
            await second.stop()
            await first.stop()
            await element.endpoint.close(within: .zero)
        }
    }

    @Test("Peers without an endpoint for them are refused, and what was opened is closed again")
    func refused() async throws {
        let stage = try RegistrarStage()
        try await stage.run {
            let peers = try PeerConfiguration(peers: [[SCTPAddress(RegistrarStage.address(9), port: 9_901)]])
            await #expect(throws: SCTPTransportError.self) {
                try await Registrar.start(
                    try RegistrarConfiguration(peers: peers), endpoint: .registrar, backend: stage.backend, on: stage.loop)
            }
            var endpoints = RegistrarEndpoints(at: RegistrarStage.address(0))
            endpoints.enrpAnnouncements = [MulticastConfiguration(group: RegistrarStage.address(1), port: 5)]
            await #expect(throws: SCTPTransportError.self) {
                try await Registrar.start(endpoints: endpoints, backend: stage.backend, on: stage.loop)
            }
            // The ports are free again.
            let registrar = try await stage.registrar(0)
            await registrar.stop()
        }
    }

    @Test("In a service group it stops in order with the others")
    func serviceGroup() async throws {
        let stage = try RegistrarStage()
        try await stage.run {
            let registrar = try await stage.start()
            let group = ServiceGroup(services: [registrar], logger: Logger(label: "test"))
            async let running: Void = group.run()
            try await stage.loop.sleep(for: .seconds(1))
            let peer = try await stage.peer(1)
            #expect(
                try await peer.ask(.handleResolution(.init(pool: "Pool")))
                    == .handleResolutionResponse(.init(pool: "Pool", causes: [.unknownPoolHandle])))
            await group.triggerGracefulShutdown()
            try await running
            #expect(try await peer.receive() == nil)
            await peer.endpoint.close(within: .zero)
        }
    }

    @Test("A user resolves over TCP, at a real port, beside SCTP")
    func tcp() async throws {
        var endpoints = RegistrarEndpoints(asap: SCTPEndpointConfiguration(localAddresses: [.loopbackIPv4]))
        endpoints.asapOverTCP = SCTPEndpointConfiguration(localAddresses: [.loopbackIPv4])
        let registrar = try await Registrar.start(endpoints: endpoints, backend: .userland)
        let address = try #require(registrar.tcpAddresses.first)
        var configuration = SCTPEndpointConfiguration(localAddresses: [.loopbackIPv4])
        configuration.isListening = false
        let endpoint = try await SCTPEndpoint.open(configuration, backend: .tcp(.asap))
        let user = RegistrarStage.Peer(endpoint: endpoint, association: try await endpoint.connect(to: [address]))
        #expect(
            try await user.ask(.handleResolution(.init(pool: "Pool")))
                == .handleResolutionResponse(.init(pool: "Pool", causes: [.unknownPoolHandle])))
        let element = RegistrarStage.parameter(7, host: 0)
        #expect(
            try await user.ask(.registration(.init(pool: "Pool", element: element)))
                == .registrationResponse(
                    .init(isRejected: true, pool: "Pool", identifier: element.identifier, causes: [.unspecified])))
        await endpoint.close(within: .seconds(1))
        await registrar.stop()
    }
}

@Suite("RFC 5352 §2.1: elements use SCTP, users may use TCP")
struct Section21TransportTests {
    @Test(
        "Over TCP a registration is rejected, a resolution answered, a report taken",
        .requirement("asap-2.1-R1", "asap-2.1-R2", "asap-3.3-R20"))
    func tcp() throws {
        var registrar = RegistrarHarness()
        let element = registrar.connect("192.0.2.1")
        #expect(try registrar.register(.sctp(1, at: "192.0.2.1"), from: element) == nil)
        let user = AssociationIdentifier(accepted: 9, channel: .asapOverTCP)
        registrar.notify(user, .up(RegistrarHarness.details(["192.0.2.1"])))
        #expect(try registrar.register(.sctp(2, at: "192.0.2.1"), from: user) == [.unspecified])
        #expect(try registrar.register(.sctp(1, at: "192.0.2.1"), from: user) == [.unspecified])
        #expect(try registrar.deregister(1, from: user) == [.rejectedForSecurity])
        #expect(try registrar.resolve(wantsUpdates: true, from: user).identifiers == [1])
        try registrar.receive(
            .endpointUnreachable(.init(pool: "Pool", identifier: PoolElementIdentifier(rawValue: 1))), from: user)
        #expect(registrar.sent.map(\.association) == [element])
        #expect(registrar.members() == [1])
    }
}
