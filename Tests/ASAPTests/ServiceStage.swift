import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import SCTPTransport
import Testing

@testable import ASAP

/// Where one test of the services happens.
struct Stage: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case simulated
        case userland

        /// Those of this build.
        static var all: [Kind] {
            #if UserlandSCTP
                return allCases
            #else
                return [.simulated]
            #endif
        }
    }

    var loop: EventLoop
    var backend: SCTPBackendChoice
    var network: SimulatedNetwork?
    /// The last byte of the registrar's address: tests that run beside each other must not meet.
    var base: UInt32

    init(_ kind: Kind, base: UInt32) throws {
        self.base = base
        switch kind {
        case .simulated:
            loop = try EventLoop(name: "asap-test", clock: .virtual)
            let network = SimulatedNetwork(on: loop, seed: 5352)
            self.network = network
            backend = .simulated(network)
        case .userland:
            loop = .shared
            backend = .userland
        }
    }

    /// The registrar's address is the one of number 0.
    func address(_ number: Int) -> IPAddress { .v4(0x7f02_0000 + base << 8 + 1 + UInt32(number)) }

    var registrars: RegistrarList { .fixed([SCTPAddress(address(0), port: ASAPProtocol.port)]) }

    func endpoint(_ number: Int) -> SCTPEndpointConfiguration {
        var configuration = SCTPEndpointConfiguration(localAddresses: [address(number)])
        // Failures are to be found in seconds.
        configuration.timing.initialRetransmissionTimeout = .milliseconds(500)
        configuration.timing.maximumRetransmissionTimeout = .seconds(1)
        configuration.timing.maximumAssociationRetransmissions = 3
        configuration.timing.heartbeatInterval = .seconds(1)
        return configuration
    }

    /// Runs `body` on the loop, for at most a minute of the loop's time.
    func run(_ body: @escaping @Sendable (Stage) async throws -> Void) async throws {
        let task = Task(executorPreference: loop) { try await body(self) }
        let guardian = Task(executorPreference: loop) {
            try await loop.sleep(for: .seconds(60))
            task.cancel()
        }
        defer { guardian.cancel() }
        try await task.value
    }

    func registrar() async throws -> TestRegistrar {
        try await TestRegistrar(at: address(0), backend, on: loop)
    }

    func element(
        _ number: Int, policy: PolicyParameter = .roundRobin, configuration: PoolElementConfiguration = .standard
    ) -> PoolElement {
        PoolElement(
            pool: "EchoPool", policy: policy, registrars: registrars, configuration: configuration,
            endpoint: endpoint(number), backend: backend, on: loop)
    }

    /// An element in a task of its own.
    func serve(
        _ number: Int, policy: PolicyParameter = .roundRobin,
        _ session: @escaping @Sendable (PoolElementSession) async throws -> Void = Stage.echo
    ) -> Task<Void, any Error> {
        let element = element(number, policy: policy)
        return Task(executorPreference: loop) { try await element.run(session) }
    }

    func user(_ number: Int = 9, configuration: PoolUserConfiguration = .standard) async throws -> PoolUser {
        try await PoolUser.open(
            registrars: registrars, configuration: configuration, endpoint: endpoint(number), backend: backend, on: loop)
    }

    @Sendable static func echo(_ session: PoolElementSession) async throws {
        for try await message in session.messages { try await session.send(message) }
    }
}

/// Cancels elements and waits for them.
func finish(_ elements: [Task<Void, any Error>], _ registrar: TestRegistrar) async {
    for element in elements { element.cancel() }
    for element in elements { _ = await element.result }
    await registrar.close()
}
