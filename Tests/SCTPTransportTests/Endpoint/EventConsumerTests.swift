import InternetAddresses
import SCTPTransport
import Testing

/// Consumers of events that are not on the endpoint's loop.
struct EventConsumerTests {
    private func endpoint() async throws -> SCTPEndpoint {
        try await SCTPEndpoint.open(SCTPEndpointConfiguration(localAddresses: [.loopbackIPv4]), backend: .tcp(.bytes))
    }

    @Test("A consumer that is cancelled while it begins to wait ends, and the next one gets what comes")
    func cancellations() async throws {
        let server = try await endpoint()
        let client = try await endpoint()
        for _ in 0..<2_000 {
            let consumer = Task {
                var events = server.events.makeAsyncIterator()
                return await events.next() == nil
            }
            await Task.yield()
            consumer.cancel()
            #expect(await consumer.value)
        }
        _ = try await client.connect(to: server.localAddresses)
        var events = server.events.makeAsyncIterator()
        guard case .notification(_, .up)? = await events.next() else {
            Issue.record("no association")
            return
        }
        await client.close(within: .zero)
        await server.close(within: .zero)
    }

    @Test("The end of an endpoint that comes while a consumer begins to wait is told")
    func ends() async throws {
        for _ in 0..<200 {
            let server = try await endpoint()
            let consumer = Task {
                var events = server.events.makeAsyncIterator()
                return await events.next() == nil
            }
            await Task.yield()
            await server.close(within: .zero)
            #expect(await consumer.value)
        }
    }
}
