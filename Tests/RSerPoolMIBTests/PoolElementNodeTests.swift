import ASAP
import ENRP
import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import SCTPTransport
import Synchronization
import Testing

@testable import RSerPoolMIB

@Suite("A pool element under management (RFC 5525 §5.4)")
struct PoolElementNodeTests {
    @Test("What a registrar refuses is not what is kept in the end, even where keeping it takes longer than the refusal")
    func refused() async throws {
        let loop = try EventLoop(name: "node-test", clock: .virtual)
        let backend = SCTPBackendChoice.simulated(SimulatedNetwork(on: loop, seed: 1))
        let task = Task(executorPreference: loop) {
            let address = IPAddress("192.0.2.1")!
            let registrar = try await Registrar.start(
                endpoint: SCTPEndpointConfiguration(localAddresses: [address], port: ASAPProtocol.port), backend: backend,
                on: loop)
            let elements = (2...3).map { host in
                PoolElement(
                    pool: "Pool", policy: .roundRobin, registrars: .fixed([SCTPAddress(address, port: ASAPProtocol.port)]),
                    endpoint: SCTPEndpointConfiguration(localAddresses: [.v4(0xc000_0200 + UInt32(host))]), backend: backend,
                    on: loop)
            }
            let runs = elements.map { element in Task(executorPreference: loop) { try await element.run { _ in } } }
            while await registrar.snapshot().elements < 2 { try await loop.sleep(for: .milliseconds(10)) }

            let kept = Mutex<[ManagedElementAttributes]>([])
            let node = PoolElementNode(elements[0]) { attributes in
                // A slow disk.
                if attributes.policy.type != .roundRobin { try? await loop.sleep(for: .seconds(1)) }
                kept.withLock { $0.append(attributes) }
            }
            guard case .poolElement(let shown)? = await node.state() else {
                Issue.record("the element is not shown")
                return
            }
            // A pool's elements have one type of policy.
            var set = ManagedElementAttributes(shown)
            set.policy = .weightedRoundRobin(weight: 1)
            set.description = Array("rack 2".utf8)
            await node.apply(.poolElement(set, element: 1))
            while kept.withLock({ $0.count }) < 2 { try await loop.sleep(for: .milliseconds(10)) }
            try await loop.sleep(for: .seconds(10))
            #expect(kept.withLock { $0.map(\.policy) } == [.weightedRoundRobin(weight: 1), .roundRobin])
            #expect(kept.withLock { $0.map(\.description) } == [set.description, set.description])
            for run in runs { run.cancel() }
            for run in runs { _ = await run.result }
            await registrar.stop()
        }
        try await task.value
    }
}
