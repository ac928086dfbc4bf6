#if UserlandSCTP
    import CUserlandSCTP
    import Glibc
    import InternetAddresses
    import Testing

    @testable import SCTPTransport

    /// Takes what a backend tells, for tests that drive the backend itself. Used on the loop only.
    final class RecordingDelegate: SCTPBackendDelegate {
        var messages: [(association: AssociationIdentifier, message: SCTPMessage)] = []
        var notifications: [(association: AssociationIdentifier, notification: SCTPNotification)] = []
        var echoes = false
        var acceptsAssociations = true
        unowned var backend: UserlandBackend!
        private var accepted: UInt64 = 0

        func backend(didReceive bytes: RawSpan, _ header: MessageHeader, on association: AssociationIdentifier) {
            if echoes {
                do {
                    try backend.send(bytes, header, on: association)
                } catch {
                    Issue.record("the echo cannot be sent: \(error)")
                }
            }
            var copy: [UInt8] = []
            copy.append(bytes)
            messages.append((association, SCTPMessage(copy, header)))
        }

        func backend(didNotify notification: SCTPNotification, of association: AssociationIdentifier) {
            notifications.append((association, notification))
        }

        func backendNextAcceptedIdentifier() -> AssociationIdentifier? {
            guard acceptsAssociations else { return nil }
            accepted += 1
            return AssociationIdentifier(accepted: accepted)
        }

        func told(_ association: AssociationIdentifier) -> [SCTPNotification] {
            notifications.filter { $0.association == association }.map(\.notification)
        }
    }

    /// Backends on the process's loop, driven from a test. The stack is one per process, so the tests take turns.
    actor UserlandBench {
        nonisolated let loop = EventLoop.shared
        nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
        private(set) var backends: [UserlandBackend] = []
        private var delegates: [RecordingDelegate] = []

        static func loopback(_ host: UInt8, port: UInt16 = 0) -> SCTPEndpointConfiguration {
            SCTPEndpointConfiguration(localAddresses: [.v4(0x7f00_6300 | UInt32(host))], port: port)
        }

        /// Short enough for a test, and long enough for a busy machine.
        static var shortTiming: SCTPTiming {
            var timing = SCTPTiming()
            timing.initialRetransmissionTimeout = .milliseconds(50)
            timing.minimumRetransmissionTimeout = .milliseconds(50)
            timing.maximumRetransmissionTimeout = .milliseconds(100)
            timing.heartbeatInterval = .milliseconds(100)
            timing.maximumAssociationRetransmissions = 3
            timing.maximumPathRetransmissions = 2
            timing.maximumInitRetransmissions = 3
            return timing
        }

        /// Opens an endpoint; the number names it in the functions below.
        func open(_ configuration: SCTPEndpointConfiguration, echoes: Bool = false) throws -> Int {
            let delegate = RecordingDelegate()
            let backend = try UserlandBackend.make(configuration, on: loop, delegate: delegate)
            delegate.backend = backend
            delegate.echoes = echoes
            backends.append(backend)
            delegates.append(delegate)
            return backends.count - 1
        }

        @discardableResult
        func with<Result: Sendable>(
            _ endpoint: Int, _ body: (UserlandBackend, RecordingDelegate) throws -> Result
        ) rethrows -> Result {
            try body(backends[endpoint], delegates[endpoint])
        }

        func addresses(_ endpoint: Int) -> [SCTPAddress] { backends[endpoint].localAddresses }

        func connect(_ endpoint: Int, to peer: Int, as number: UInt64) throws -> AssociationIdentifier {
            let identifier = AssociationIdentifier(chosen: number)
            try backends[endpoint].open(identifier, to: backends[peer].localAddresses)
            return identifier
        }

        func send(
            _ bytes: [UInt8], _ header: MessageHeader = MessageHeader(), on association: AssociationIdentifier, of endpoint: Int
        ) throws {
            try unsafe backends[endpoint].send(bytes.span.bytes, header, on: association)
        }

        /// Waits until the condition holds; false after the time limit.
        func wait(
            _ limit: Duration = .seconds(10), until condition: ([RecordingDelegate], [UserlandBackend]) -> Bool
        ) async -> Bool {
            let deadline = loop.now + limit
            while !condition(delegates, backends) {
                guard loop.now < deadline else { return false }
                try? await Task.sleep(for: .milliseconds(1))
            }
            return true
        }

        func close(_ endpoint: Int, within limit: Duration = .seconds(5)) async {
            await withCheckedContinuation { continuation in
                backends[endpoint].close(deadline: loop.now + limit) { continuation.resume() }
            }
        }

        /// Closes all endpoints, and tells how many associations and endpoints usrsctp has beyond those that other tests use.
        func closeAll() async -> (associations: Int, endpoints: Int) {
            for endpoint in backends.indices where backends[endpoint].socket != nil { await close(endpoint) }
            return await leaks()
        }

        /// What usrsctp has and nobody in this process knows of any more. Another test's endpoint may have events that it does not take
        /// for a while, now or again in a moment.
        func leaks() async -> (associations: Int, endpoints: Int) {
            await wait { _, _ in unknown == (0, 0) } ? (0, 0) : unknown
        }

        private var unknown: (associations: Int, endpoints: Int) {
            let stack = UserlandStack.current
            return (
                Int(userland_association_count()) - (stack?.associationCount ?? 0),
                Int(userland_endpoint_count()) - (stack?.endpointCount ?? 0)
            )
        }
    }

    extension UserlandBench {
        var packetCounts: userland_packet_counts { unsafe userland_counts().pointee }

        /// Sends packets to an endpoint from changing UDP ports, without losing any in a socket's buffer; the number received.
        func bombard(_ endpoint: Int, rounds: Int, _ packet: (Int) -> [UInt8]) async throws -> Int {
            let address = backends[endpoint].localAddresses[0]
            let sockets = try (0..<8).map { _ in try UDPSocket(at: .v4(0x7f00_6306)) }
            let before = packetCounts.received
            for round in 0..<rounds {
                sockets[round / 64 % sockets.count].send(packet(round), to: address)
                // A turn of the loop takes four batches of 32.
                if round % 64 == 63 { await Task.yield() }
                if round % 4096 == 4095 { try await Task.sleep(for: .milliseconds(1)) }
            }
            try await Task.sleep(for: .milliseconds(50))
            return Int(packetCounts.received - before)
        }

        /// Sends until there is no more room; the number of messages sent.
        @discardableResult
        func fill(_ association: AssociationIdentifier, of endpoint: Int) -> Int {
            var count = 0
            while true {
                do throws(SCTPTransportError) {
                    try backends[endpoint].send(
                        unsafe Array(repeating: UInt8(truncatingIfNeeded: count), count: 1000).span.bytes, MessageHeader(),
                        on: association)
                    count += 1
                } catch {
                    #expect(error.code == .sendQueueFull)
                    return count
                }
            }
        }
    }

    extension UserlandTests {
        /// A server, a client and an association between them that is up on both sides.
        func pair(
            on bench: UserlandBench, server: SCTPEndpointConfiguration = UserlandBench.loopback(1, port: 3863),
            client: SCTPEndpointConfiguration = UserlandBench.loopback(2), echoes: Bool = false
        ) async throws -> (server: Int, client: Int, association: AssociationIdentifier) {
            let server = try await bench.open(server, echoes: echoes)
            let client = try await bench.open(client)
            let association = try await bench.connect(client, to: server, as: 1)
            try #require(
                await bench.wait { delegates, _ in
                    !delegates[server].notifications.isEmpty && !delegates[client].told(association).isEmpty
                })
            return (server, client, association)
        }
    }
#endif
