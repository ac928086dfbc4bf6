#if UserlandSCTP
    import CUserlandSCTP
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

        /// Closes all endpoints, and tells how many associations and endpoints usrsctp still has.
        func closeAll() async -> (associations: UInt32, endpoints: UInt32) {
            for endpoint in backends.indices where backends[endpoint].socket != nil { await close(endpoint) }
            return counts
        }

        var counts: (associations: UInt32, endpoints: UInt32) {
            (userland_association_count(), userland_endpoint_count())
        }
    }
#endif
