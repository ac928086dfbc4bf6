import ASAP
import ENRP
import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import SCTPTransport
import Testing

/// One registrar and its peers on a simulated network, in virtual time.
struct RegistrarStage: Sendable {
    let loop: EventLoop
    let backend: SCTPBackendChoice

    init() throws {
        loop = try EventLoop(name: "enrp-test", clock: .virtual)
        backend = .simulated(SimulatedNetwork(on: loop, seed: 5_353))
    }

    static func address(_ number: UInt32) -> IPAddress { .v4(0x7f00_0010 + number) }
    static let registrar = SCTPAddress(address(0), port: ASAPProtocol.port)

    /// Runs `body` on the loop, for at most ten minutes of the loop's time.
    func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let task = Task(executorPreference: loop) { try await body() }
        let guardian = Task(executorPreference: loop) {
            try await loop.sleep(for: .seconds(600))
            task.cancel()
        }
        defer { guardian.cancel() }
        try await task.value
    }

    func start(_ configuration: RegistrarConfiguration = .standard) async throws -> Registrar {
        let endpoint = SCTPEndpointConfiguration(localAddresses: [Self.address(0)], port: ASAPProtocol.port)
        return try await Registrar.start(
            configuration, endpoint: endpoint, identifier: RegistrarIdentifier(rawValue: 9), backend: backend, on: loop)
    }

    /// A peer that speaks ASAP by hand.
    func peer(_ number: UInt32) async throws -> Peer {
        let configuration = SCTPEndpointConfiguration(localAddresses: [Self.address(number)])
        let endpoint = try await SCTPEndpoint.open(configuration, backend: backend, on: loop)
        let association = try await endpoint.connect(to: [Self.registrar])
        return Peer(endpoint: endpoint, association: association)
    }

    struct Peer: Sendable {
        let endpoint: SCTPEndpoint
        let association: AssociationIdentifier

        func send(_ message: ASAPMessage) async throws {
            let header = MessageHeader(payloadProtocol: .asap)
            try await endpoint.sendWhenReady(SCTPMessage(try message.encoded(), header), on: association)
        }

        /// The next message that arrives; nil where the association or the endpoint ends first.
        func receive() async throws -> ASAPMessage? {
            for await event in endpoint.events {
                switch event {
                case .message(_, let message): return try ASAPMessage.decode(message.bytes).message
                case .notification(_, .shutDown), .notification(_, .lost), .notification(_, .failed): return nil
                case .notification: continue
                }
            }
            return nil
        }

        func ask(_ message: ASAPMessage) async throws -> ASAPMessage? {
            try await send(message)
            return try await receive()
        }
    }
}

@Suite("A registrar over a network")
struct ServiceTests {
    @Test("Registers, resolves and deregisters; the view and the events tell it")
    func conversation() async throws {
        let stage = try RegistrarStage()
        try await stage.run {
            let registrar = try await stage.start()
            #expect(registrar.localAddresses == [RegistrarStage.registrar])
            let peer = try await stage.peer(1)
            let identifier = PoolElementIdentifier(rawValue: 7)
            let element = PoolElementParameter(
                identifier: identifier, registrationLife: .seconds(60),
                userTransport: .sctp(SCTPTransportParameter(port: 7, addresses: [RegistrarStage.address(1)])),
                policy: .leastUsed(load: .full))
            let granted = try await peer.ask(.registration(.init(pool: "Pool", element: element)))
            #expect(granted == .registrationResponse(.init(pool: "Pool", identifier: identifier)))
            let snapshot = await registrar.snapshot()
            #expect(snapshot.registrar == RegistrarIdentifier(rawValue: 9))
            #expect(snapshot.pools.map(\.handle) == ["Pool"])
            #expect(snapshot.pools.first?.elements.map(\.parameter.policy) == [.leastUsed(load: .full)])
            guard case .handleResolutionResponse(let answer)? = try await peer.ask(.handleResolution(.init(pool: "Pool")))
            else {
                Issue.record("a resolution was not answered")
                return
            }
            #expect(answer.elements.map(\.identifier) == [identifier])
            #expect(answer.elements.first?.asapTransport?.addresses == [RegistrarStage.address(1)])
            #expect(
                try await peer.ask(.deregistration(.init(pool: "Pool", identifier: identifier)))
                    == .deregistrationResponse(.init(pool: "Pool", identifier: identifier)))
            await registrar.stop()
            #expect(try await peer.receive() == nil)
            var events: [RegistrarEvent] = []
            for await event in registrar.events { events.append(event) }
            #expect(
                events.dropFirst().prefix(5) == [
                    .poolCreated("Pool", .leastUsed), .elementRegistered("Pool", identifier, .leastUsed(load: .full)),
                    .handleResolved("Pool", elements: 1, AssociationIdentifier(accepted: 1)),
                    .elementRemoved("Pool", identifier, .deregistered), .poolRemoved("Pool"),
                ])
            #expect(await registrar.snapshot().pools.isEmpty)
        }
    }

    @Test("Elements that die without a word are out soon, whether their association breaks or only falls silent")
    func death() async throws {
        let stage = try RegistrarStage()
        try await stage.run {
            let registrar = try await stage.start(
                RegistrarConfiguration(keepAliveInterval: .seconds(4), keepAliveTimeout: .seconds(1)))
            let identifier = PoolElementIdentifier(rawValue: 7)
            func register(_ peer: RegistrarStage.Peer, _ number: UInt32) async throws {
                let element = PoolElementParameter(
                    identifier: identifier, registrationLife: .infinite,
                    userTransport: .sctp(SCTPTransportParameter(port: 7, addresses: [RegistrarStage.address(number)])),
                    policy: .roundRobin)
                _ = try await peer.ask(.registration(.init(pool: PoolHandle("\(number)"), element: element)))
            }
            let (aborted, silent, closed) = (try await stage.peer(1), try await stage.peer(2), try await stage.peer(3))
            try await register(aborted, 1)
            try await register(silent, 2)
            try await register(closed, 3)
            #expect(await registrar.snapshot().pools.map(\.handle) == ["1", "2", "3"])
            try await aborted.endpoint.abort(aborted.association)
            try await stage.loop.sleep(for: .milliseconds(500))
            #expect(await registrar.snapshot().pools.map(\.handle) == ["2", "3"])
            await closed.endpoint.close(within: .milliseconds(500))
            try await stage.loop.sleep(for: .milliseconds(1_100))
            #expect(await registrar.snapshot().pools.map(\.handle) == ["2"])
            // Half as long again as the interval, and the acknowledgement's time.
            try await stage.loop.sleep(for: .seconds(7))
            #expect(await registrar.snapshot().pools.isEmpty)
            await registrar.stop()
        }
    }

    @Test("Serves elements and users of this library")
    func library() async throws {
        let stage = try RegistrarStage()
        try await stage.run {
            let registrar = try await stage.start()
            let registrars = RegistrarList.fixed([RegistrarStage.registrar])
            let element = Task(executorPreference: stage.loop) {
                try await PoolElement.serve(
                    pool: "EchoPool", policy: .leastUsed(load: .idle), registrars: registrars,
                    endpoint: SCTPEndpointConfiguration(localAddresses: [RegistrarStage.address(1)]), backend: stage.backend,
                    on: stage.loop
                ) { session in
                    for try await message in session.messages { try await session.send(message) }
                }
            }
            while await registrar.snapshot().elements == 0 { try await stage.loop.sleep(for: .milliseconds(10)) }
            // Long enough for keep-alives and registrations again.
            try await stage.loop.sleep(for: .seconds(300))
            #expect(await registrar.snapshot().elements == 1)
            element.cancel()
            _ = await element.result
            #expect(await registrar.snapshot().elements == 0)
            await registrar.stop()
        }
    }

    @Test("A user that asks and never reads loses its association; the others are served")
    func greedyUser() async throws {
        let stage = try RegistrarStage()
        try await stage.run {
            let registrar = try await stage.start()
            let (element, user) = (try await stage.peer(1), try await stage.peer(2))
            for identifier in 1...100 as ClosedRange<UInt32> {
                let parameter = PoolElementParameter(
                    identifier: PoolElementIdentifier(rawValue: identifier), registrationLife: .infinite,
                    userTransport: .sctp(SCTPTransportParameter(port: 7, addresses: [RegistrarStage.address(1)])),
                    policy: .roundRobin)
                _ = try await element.ask(.registration(.init(pool: "Pool", element: parameter)))
            }
            user.endpoint.onLoop.setReceivingPaused(true)
            var refusal: (any Error)?
            for _ in 0..<10_000 where refusal == nil {
                do {
                    try await user.send(.handleResolution(.init(pool: "Pool")))
                } catch {
                    refusal = error
                }
                try await stage.loop.sleep(for: .milliseconds(1))
            }
            #expect((refusal as? SCTPTransportError)?.code == .unknownAssociation)
            #expect(await registrar.snapshot().associations == 1)
            guard case .handleResolutionResponse(let answer)? = try await element.ask(.handleResolution(.init(pool: "Pool")))
            else {
                Issue.record("a resolution was not answered")
                return
            }
            #expect(answer.elements.count == 100)
            await registrar.stop()
        }
    }

    @Test("Stops when its task is cancelled, and frees the port")
    func cancellation() async throws {
        let stage = try RegistrarStage()
        try await stage.run {
            let endpoint = SCTPEndpointConfiguration(localAddresses: [RegistrarStage.address(0)], port: ASAPProtocol.port)
            for _ in 0..<2 {
                let (started, continuation) = AsyncStream.makeStream(of: Registrar.self)
                let running = Task(executorPreference: stage.loop) {
                    try await Registrar.run(
                        endpoints: RegistrarEndpoints(asap: endpoint), backend: stage.backend, on: stage.loop
                    ) { registrar in
                        continuation.yield(registrar)
                    }
                }
                var iterator = started.makeAsyncIterator()
                let registrar = try #require(await iterator.next())
                #expect(registrar.initialIdentifier != .undetermined)
                running.cancel()
                try await running.value
                await registrar.stop()
            }
        }
    }

    @Test("A start that fails says why")
    func failingStart() async throws {
        let stage = try RegistrarStage()
        try await stage.run {
            let registrar = try await stage.start()
            await #expect(throws: SCTPTransportError.self) { _ = try await stage.start() }
            let zero = await #expect(throws: SCTPTransportError.self) {
                _ = try await Registrar.start(identifier: .undetermined, backend: stage.backend, on: stage.loop)
            }
            #expect(zero?.code == .invalidConfiguration)
            await registrar.stop()
        }
    }
}
