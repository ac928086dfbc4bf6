import ASAP
import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import SCTPTransport
import Testing

/// Where one test of the services happens.
struct Stage: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var loop: EventLoop
    var backend: SCTPBackendChoice
    var network: SimulatedNetwork?

    static func simulated() throws -> Stage {
        let loop = try EventLoop(name: "asap-test", clock: .virtual)
        let network = SimulatedNetwork(on: loop, seed: 5352)
        return Stage(testDescription: "simulated", loop: loop, backend: .simulated(network), network: network)
    }

    /// The registrar's address, and those of elements and users.
    static func address(_ number: Int) -> IPAddress { .v4(0x7f00_0010 + UInt32(number)) }

    var registrars: RegistrarList { .fixed([SCTPAddress(Self.address(0), port: ASAPProtocol.port)]) }

    func endpoint(_ number: Int) -> SCTPEndpointConfiguration {
        var configuration = SCTPEndpointConfiguration(localAddresses: [Self.address(number)])
        // Failures are to be found in seconds.
        configuration.timing.initialRetransmissionTimeout = .milliseconds(500)
        configuration.timing.maximumRetransmissionTimeout = .seconds(1)
        configuration.timing.maximumAssociationRetransmissions = 3
        configuration.timing.heartbeatInterval = .seconds(1)
        return configuration
    }

    /// Runs `body` on the loop, for at most two minutes of the loop's time.
    func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let task = Task(executorPreference: loop) { try await body() }
        let guardian = Task(executorPreference: loop) {
            try await loop.sleep(for: .seconds(120))
            task.cancel()
        }
        defer { guardian.cancel() }
        try await task.value
    }

    func registrar() async throws -> TestRegistrar {
        try await TestRegistrar(at: Self.address(0), backend, on: loop)
    }

    /// An element in a task of its own.
    func serve(
        _ number: Int, policy: PolicyParameter = .roundRobin, configuration: PoolElementConfiguration = .standard,
        _ session: @escaping @Sendable (PoolElementSession) async throws -> Void
    ) -> Task<Void, any Error> {
        let endpoint = endpoint(number)
        return Task(executorPreference: loop) {
            try await PoolElement.serve(
                pool: "EchoPool", policy: policy, registrars: registrars, configuration: configuration,
                endpoint: endpoint, backend: backend, on: loop, session)
        }
    }

    @Sendable static func echo(_ session: PoolElementSession) async throws {
        for try await message in session.messages { try await session.send(message) }
    }
}

@Suite("Pool element and pool user over a network")
struct ServiceTests {
    @Test("A message is echoed, and the element leaves its pool when its task is cancelled")
    func echo() async throws {
        let stage = try Stage.simulated()
        try await stage.run {
            let registrar = try await stage.registrar()
            let element = stage.serve(1, Stage.echo)
            try await registrar.hasElements(1)
            let answer = try await PoolUser.withSession(
                pool: "EchoPool", registrars: stage.registrars, endpoint: stage.endpoint(9), backend: stage.backend,
                on: stage.loop
            ) { session in
                try await session.send([1, 2, 3])
                for try await case .message(let message) in session.occurrences { return message.bytes }
                return []
            }
            #expect(answer == [1, 2, 3])
            element.cancel()
            try await element.value
            #expect(await registrar.elements.isEmpty)
            await registrar.close()
        }
    }

    @Test("An element that dies is replaced, its cookie goes to the next one first, and no answered message is lost")
    func failover() async throws {
        let stage = try Stage.simulated()
        try await stage.run {
            let registrar = try await stage.registrar()
            /// Counts messages; the count travels in the cookie.
            @Sendable func count(_ session: PoolElementSession) async throws {
                var count = Int(await session.cookieEcho?.first ?? 0)
                for try await _ in session.messages {
                    count += 1
                    await session.sendCookie([UInt8(count)])
                    try await session.send([UInt8(count)])
                }
            }
            let elements = (1...3).map { stage.serve($0, policy: .leastUsed(load: Load(fraction: Double($0) / 10)), count) }
            try await registrar.hasElements(3)
            let counts = try await PoolUser.withSession(
                pool: "EchoPool", registrars: stage.registrars, endpoint: stage.endpoint(9), backend: stage.backend,
                on: stage.loop
            ) { session in
                var counts: [UInt8] = []
                var lost: [PoolElementIdentifier] = []
                try await session.send([0])
                for try await occurrence in session.occurrences {
                    switch occurrence {
                    case .message(let message):
                        counts.append(message.bytes[0])
                        if counts.count == 10 { return counts }
                        if counts.count == 5 {
                            let first = Stage.address(1)
                            await stage.network?.change { $0.setConnected(false, first) }
                        }
                        try await session.send([0])
                    case .elementLost(let element, _): lost.append(element)
                    case .failedOver(let element):
                        #expect(lost.count == 1)
                        #expect(!lost.contains(element))
                    case .undelivered: Issue.record("\(occurrence)")
                    }
                }
                return counts
            }
            // The sixth message went to the dead element, and was sent again.
            #expect(counts == Array(1...10))
            let reports = await registrar.received.filter { $0.type == .endpointUnreachable }
            #expect(reports.count == 1)
            for element in elements { element.cancel() }
            for element in elements { _ = await element.result }
            await registrar.close()
        }
    }
}
