import Glibc
import InternetAddresses
import SCTPTransport

/// The other end: it sends every message back, and ends with its first association.
enum EchoProcess {
    static func run(_ backend: SCTPBackendChoice, usesHandlers: Bool) async throws {
        var configuration = SCTPEndpointConfiguration(localAddresses: [.v4(0x7f00_0002)])
        // Whichever is free: a run that was broken off may have left its echo behind.
        configuration.encapsulationPort = nil
        let endpoint = try await SCTPEndpoint.open(configuration, backend: backend)
        print(endpoint.localAddresses[0])
        fflush(nil)
        let task = Task(executorPreference: endpoint.loop) { try await serve(endpoint, usesHandlers: usesHandlers) }
        try await task.value
        await endpoint.close(within: .seconds(5))
    }

    static func serve(_ endpoint: SCTPEndpoint, usesHandlers: Bool) async throws {
        guard usesHandlers else {
            for await event in endpoint.events {
                switch event {
                case .message(let association, let message): try await endpoint.send(message, on: association)
                case .notification(_, .shutDown), .notification(_, .lost): return
                case .notification: break
                }
            }
            return
        }
        let onLoop = endpoint.onLoop
        await withCheckedContinuation { continuation in
            var waiting: CheckedContinuation<Void, Never>? = continuation
            onLoop.setHandlers(
                message: { bytes, header, association in try? onLoop.send(bytes, header, on: association) },
                notification: { _, notification in
                    switch notification {
                    case .shutDown, .lost:
                        waiting?.resume()
                        waiting = nil
                    default: break
                    }
                })
        }
    }
}
