import Glibc
import InternetAddresses
import SCTPTransport

enum EchoPath: String, Sendable {
    /// Handlers on the loop, synchronous calls.
    case callback
    /// `for await` and `await send`, in a task that prefers the loop.
    case async
}

struct Rate: Sendable {
    var perSecond: Double
    /// This process's processor time per round trip: what stays comparable while the machine has other work.
    var processorMicroseconds: Double
}

enum Client {
    static func inOneProcess(
        _ path: EchoPath, window: Int, count: Int, _ backend: SCTPBackendChoice, on loop: EventLoop
    ) async throws -> Rate {
        let server = try await SCTPEndpoint.open(
            SCTPEndpointConfiguration(localAddresses: [.loopbackIPv4]), backend: backend, on: loop)
        let echo = Task(executorPreference: loop) { try await EchoProcess.serve(server, usesHandlers: path == .callback) }
        let rate = try await measure(path, window: window, count: count, backend, on: loop, peer: server.localAddresses)
        await server.close(within: .seconds(5))
        try await echo.value
        return rate
    }

    /// The echo runs in a process of its own, told apart by its address.
    static func acrossProcesses(
        _ path: EchoPath, window: Int, count: Int, _ name: String, _ backend: SCTPBackendChoice, on loop: EventLoop
    ) async throws -> Rate {
        guard let pipe = unsafe popen("exec \(CommandLine.arguments[0]) echo \(name) \(path.rawValue)", "r") else {
            throw SCTPTransportError(.system(errno), "the echo process cannot be started")
        }
        var line = [CChar](repeating: 0, count: 128)
        guard unsafe fgets(&line, 128, pipe) != nil,
            let peer = SCTPAddress(String(decoding: line.prefix { $0 > 32 }.map { UInt8($0) }, as: UTF8.self))
        else {
            throw SCTPTransportError(.backendUnavailable, "the echo process did not say where it listens")
        }
        let rate = try await measure(path, window: window, count: count, backend, on: loop, peer: [peer])
        // It ends when its association has ended.
        unsafe pclose(pipe)
        return rate
    }

    private static func measure(
        _ path: EchoPath, window: Int, count: Int, _ backend: SCTPBackendChoice, on loop: EventLoop, peer: [SCTPAddress]
    ) async throws -> Rate {
        let client = try await SCTPEndpoint.open(
            SCTPEndpointConfiguration(localAddresses: [.loopbackIPv4]), backend: backend, on: loop)
        let association = try await client.connect(to: peer)
        let task = Task(executorPreference: loop) {
            for await event in client.events {
                if case .notification(association, .up) = event { break }
                if case .notification(association, .failed(let end)) = event {
                    throw SCTPTransportError(.noRoute, "the echo at \(peer) cannot be reached: \(end)")
                }
            }
            // A tenth to warm up.
            _ = try await exchange(path, window: window, count: count / 10, client, association)
            return try await exchange(path, window: window, count: count, client, association)
        }
        let rate = try await task.value
        await client.close(within: .seconds(5))
        return rate
    }

    private static func exchange(
        _ path: EchoPath, window: Int, count: Int, _ client: SCTPEndpoint, _ association: AssociationIdentifier
    ) async throws -> Rate {
        let bytes = [UInt8](repeating: 7, count: 64)
        let clock = ContinuousClock()
        let start = clock.now
        let processorStart = processorTime()
        switch path {
        case .async:
            for _ in 0..<window { try await client.send(bytes, on: association) }
            var received = 0
            for await event in client.events {
                guard case .message(_, let message) = event else { continue }
                received += 1
                if received + window <= count { try await client.send(message, on: association) }
                if received == count { break }
            }
        case .callback:
            await withCheckedContinuation { continuation in
                client.loop.execute {
                    CallbackExchange(client.onLoop, association, window: window).start(count: count) { continuation.resume() }
                }
            }
        }
        return Rate(
            perSecond: Double(count) / ((clock.now - start) / .seconds(1)),
            processorMicroseconds: (processorTime() - processorStart) / Double(count) * 1e6)
    }

    /// Seconds of processor time that this process has used.
    private static func processorTime() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// Round trips by handlers. Used on the loop only.
final class CallbackExchange {
    private let endpoint: LoopEndpoint
    private let association: AssociationIdentifier
    private let window: Int
    private var count = 0
    private var received = 0
    private var completion: () -> Void = {}

    init(_ endpoint: LoopEndpoint, _ association: AssociationIdentifier, window: Int) {
        self.endpoint = endpoint
        self.association = association
        self.window = window
    }

    func start(count: Int, completion: @escaping () -> Void) {
        self.count = count
        self.completion = completion
        endpoint.setHandlers(message: { [self] bytes, header, _ in take(bytes, header) }, notification: { _, _ in })
        let bytes = [UInt8](repeating: 7, count: 64)
        for _ in 0..<window { try? unsafe endpoint.send(bytes.span.bytes, on: association) }
    }

    private func take(_ bytes: RawSpan, _ header: MessageHeader) {
        received += 1
        if received + window <= count { try? endpoint.send(bytes, header, on: association) }
        if received == count { completion() }
    }
}
