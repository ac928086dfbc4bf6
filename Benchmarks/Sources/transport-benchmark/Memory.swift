import CHeapUse
import InternetAddresses
import SCTPTransport

enum Memory {
    /// Bytes of heap in use per association, both ends, of one server and endpoints with one association each.
    static func perAssociation(_ backend: SCTPBackendChoice, on loop: EventLoop) async throws -> Double {
        let server = try await SCTPEndpoint.open(
            SCTPEndpointConfiguration(localAddresses: [.loopbackIPv4]), backend: backend, on: loop)
        let count = 200
        var clients: [SCTPEndpoint] = []
        for _ in 0..<count {
            clients.append(
                try await SCTPEndpoint.open(
                    SCTPEndpointConfiguration(localAddresses: [.loopbackIPv4]), backend: backend, on: loop))
        }
        let before = heap_in_use()
        for client in clients { try await client.connect(to: server.localAddresses) }
        let all = clients
        let task = Task(executorPreference: loop) {
            for client in all {
                for await event in client.events {
                    if case .notification(_, .up) = event { break }
                }
            }
        }
        await task.value
        let after = heap_in_use()
        for client in clients { await client.close(within: .zero) }
        await server.close(within: .zero)
        return Double(after) > Double(before) ? Double(after - before) / Double(count) : 0
    }
}
