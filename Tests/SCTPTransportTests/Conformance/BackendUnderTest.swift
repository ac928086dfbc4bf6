import Glibc
import InternetAddresses
import Testing

@testable import SCTPTransport

/// One SCTP, or what stands in its place, that the conformance suite runs over. A test names the capabilities that it is about,
/// and runs over every one that has them.
///
/// `RSERPOOL_TEST_TRANSPORTS` names those to test, separated by commas. A named one that cannot run fails; nothing is skipped.
struct BackendUnderTest: Sendable, CustomTestStringConvertible {
    var name: String
    var kind: SCTPBackendKind
    /// Makes the place where one test happens.
    var makeStage: @Sendable () throws -> Stage

    var testDescription: String { name }

    /// Where one test happens.
    struct Stage: Sendable {
        var loop: EventLoop
        var choice: SCTPBackendChoice
        /// Addresses that endpoints may bind, at least four of IPv4; the first may be shared by many endpoints.
        var addresses: [IPAddress]
        var sixth: IPAddress = .loopbackIPv6
        /// Cuts an address off from all others, or connects it again.
        var setConnected: (@Sendable (Bool, IPAddress) async throws -> Void)?
    }

    static let simulated = BackendUnderTest(name: "simulated", kind: .simulated) {
        let loop = try EventLoop(name: "simulated", clock: .virtual)
        let network = SimulatedNetwork(on: loop, seed: 2026, path: SimulatedPath(latency: .milliseconds(1)))
        return Stage(loop: loop, choice: .simulated(network), addresses: loopbackAddresses) { isConnected, address in
            await network.change { $0.setConnected(isConnected, address) }
        }
    }

    static let userland = BackendUnderTest(name: "userland", kind: .userland) {
        Stage(loop: .shared, choice: .userland, addresses: loopbackAddresses)
    }

    static let kernel = BackendUnderTest(name: "kernel", kind: .kernel) {
        Stage(loop: .shared, choice: .kernel, addresses: loopbackAddresses)
    }

    static let tcp = BackendUnderTest(name: "tcp", kind: .tcp) {
        Stage(loop: .shared, choice: .tcp(.prefixed), addresses: loopbackAddresses)
    }

    static let udp = BackendUnderTest(name: "udp", kind: .udp) {
        Stage(loop: .shared, choice: .udp, addresses: loopbackAddresses)
    }

    static let loopbackAddresses: [IPAddress] = [.loopbackIPv4, .v4(0x7f00_0002), .v4(0x7f00_0003), .v4(0x7f00_0004)]

    /// Those that this run is to test.
    static let all: [BackendUnderTest] = {
        let names = unsafe getenv("RSERPOOL_TEST_TRANSPORTS").map { unsafe String(cString: $0) } ?? "simulated,userland,tcp,udp"
        return names.split(separator: ",").map { name in
            guard let backend = [simulated, userland, kernel, tcp, udp].first(where: { $0.name == name }) else {
                fatalError("RSERPOOL_TEST_TRANSPORTS names \(name); it may name simulated, userland, kernel, tcp and udp")
            }
            return backend
        }
    }()

    /// Those of this run that can do what a test is about; the simulated one where none can.
    static func with(_ needed: SCTPCapabilities) -> [BackendUnderTest] {
        let able = all.filter { $0.kind.capabilities.isSuperset(of: needed) }
        return able.isEmpty ? [simulated] : able
    }

    /// Those whose network a test can cut; the simulated one where no other of this run can be.
    static let cuttable: [BackendUnderTest] = {
        let cuttable = all.filter { ((try? $0.makeStage())?.setConnected) != nil }
        return cuttable.isEmpty ? [simulated] : cuttable
    }()

    /// Runs `body` on the stage's loop. After five minutes of the loop's time it is cancelled, and whatever it waits for then
    /// fails with a sentence.
    func run(_ body: @escaping @Sendable (Stage) async throws -> Void) async throws {
        let stage = try makeStage()
        let task = Task(executorPreference: stage.loop) { try await body(stage) }
        let guardian = Task(executorPreference: stage.loop) {
            try await stage.loop.sleep(for: .seconds(300))
            task.cancel()
        }
        defer { guardian.cancel() }
        try await task.value
    }
}

extension BackendUnderTest.Stage {
    /// Opens an endpoint and watches its events.
    func open(
        _ name: String, on addresses: [IPAddress]? = nil, port: UInt16 = 0,
        change: (inout SCTPEndpointConfiguration) -> Void = { _ in }
    ) async throws -> Witness {
        var configuration = SCTPEndpointConfiguration(localAddresses: addresses ?? [self.addresses[0]], port: port)
        // Tests on a real network must not wait for defaults that suit the wide world.
        configuration.timing.initialRetransmissionTimeout = .milliseconds(500)
        configuration.timing.maximumRetransmissionTimeout = .seconds(1)
        change(&configuration)
        return Witness(name, try await SCTPEndpoint.open(configuration, backend: choice, on: loop))
    }

    /// Two endpoints and an association from the first to the second.
    func openPair(
        change: (inout SCTPEndpointConfiguration) -> Void = { _ in }
    ) async throws -> (client: Witness, server: Witness, out: AssociationIdentifier, in: AssociationIdentifier) {
        let server = try await open("server", on: [addresses[1]], change: change)
        let client = try await open("client", change: change)
        let out = try await client.endpoint.connect(to: server.endpoint.localAddresses)
        try await client.expectUp(out)
        let (accepted, _) = try await server.expectAccepted()
        return (client, server, out, accepted)
    }
}
