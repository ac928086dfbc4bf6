import ASAP
import InternetAddresses
import SCTPTransport
import Testing

/// Opens an association and sends more at once than any queue holds; notes what happens to it.
private struct FloodEngine: TransportEngine {
    enum Input: TransportEngineInput {
        case transport(SCTPEvent)
        case announcement(Announcement)
        case timer
        case flood(SCTPAddress, messages: Int)
    }

    enum Output: TransportEngineOutput {
        case transport(SCTPAction)
        case timerReached(MonotonicInstant)
        case received(SCTPMessage)
        case failed(AssociationEnd)
        case handedBack(SCTPMessage)

        var transportAction: SCTPAction? {
            if case .transport(let action) = self { action } else { nil }
        }
    }

    var outputs = OutputQueue<Output>()
    var numbers: UInt64 = 0
    var nextDeadline: MonotonicInstant?

    mutating func nextOutput() -> Output? { outputs.popFirst() }

    mutating func handle(_ input: Input, at now: MonotonicInstant) {
        switch input {
        case .flood(let address, let messages):
            numbers += 1
            let association = AssociationIdentifier(chosen: numbers)
            outputs.append(.transport(.open(association, to: [address])))
            for number in 0..<messages {
                let bytes = [UInt8(number >> 8), UInt8(number & 0xff)] + [UInt8](repeating: 0, count: 1_000)
                outputs.append(.transport(.send(association, SCTPMessage(bytes))))
            }
        case .transport(.message(_, let message)):
            outputs.append(.received(message))
        case .transport(.notification(_, .failed(let end))):
            outputs.append(.failed(end))
        case .transport(.notification(_, .lost(let end))):
            outputs.append(.failed(end))
        case .transport(.notification(_, .sendFailed(let undelivered))):
            outputs.append(.handedBack(undelivered.message))
        case .timer:
            guard let deadline = nextDeadline, deadline <= now else { return }
            nextDeadline = nil
            outputs.append(.timerReached(now))
        case .transport(.notification), .announcement:
            break
        }
    }
}

private actor FloodHost {
    nonisolated let loop: EventLoop
    nonisolated let endpoint: SCTPEndpoint
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
    private var driver: EngineDriver<FloodEngine>?
    private(set) var received: [Int] = []
    private(set) var handedBack: [Int] = []
    private(set) var ends: [AssociationEnd] = []
    private(set) var timers: [MonotonicInstant] = []
    private(set) var refusals: [SCTPTransportError.Code] = []

    init(_ address: IPAddress, _ network: SimulatedNetwork) async throws {
        loop = network.loop
        endpoint = try await SCTPEndpoint.open(
            SCTPEndpointConfiguration(localAddresses: [address], port: 7), backend: .simulated(network), on: network.loop)
        start()
    }

    private func start() {
        let driver = EngineDriver(FloodEngine(), endpoint: endpoint) { output in
            switch output {
            case .transport: break
            case .received(let message): self.received.append(Int(message.bytes[0]) << 8 | Int(message.bytes[1]))
            case .failed(let end): self.ends.append(end)
            case .handedBack(let message): self.handedBack.append(Int(message.bytes[0]) << 8 | Int(message.bytes[1]))
            case .timerReached(let now): self.timers.append(now)
            }
        }
        driver.actionFailed = { _, error in self.refusals.append(error.code) }
        self.driver = driver
        driver.start()
    }

    func flood(_ address: SCTPAddress, messages: Int, limit: Int = 10_000_000) {
        driver?.backlogLimit = limit
        driver?.handle(.flood(address, messages: messages))
    }

    func setDeadline(_ deadline: MonotonicInstant?) {
        driver?.engine.nextDeadline = deadline
        driver?.drain()
    }

    func stop() { driver?.stop() }

    func close() async {
        stop()
        driver = nil
        await endpoint.close(within: .seconds(1))
    }
}

@Suite("Engine driver")
struct EngineDriverTests {
    private func run(_ body: @escaping @Sendable (FloodHost, FloodHost, EventLoop) async throws -> Void) async throws {
        let loop = try EventLoop(name: "driver-test", clock: .virtual)
        let network = SimulatedNetwork(on: loop, seed: 1)
        try await Task(executorPreference: loop) {
            let one = try await FloodHost(.v4(0x0a00_0001), network)
            let two = try await FloodHost(.v4(0x0a00_0002), network)
            try await body(one, two, loop)
            // Virtual time goes on as long as anything supervises an association: left open, they would keep a core busy.
            await one.close()
            await two.close()
        }.value
    }

    @Test("What finds a send queue full is kept and sent in order when there is room")
    func backlog() async throws {
        try await run { one, two, loop in
            // 2 MB, eight times what a send queue takes.
            await one.flood(two.endpoint.localAddresses[0], messages: 2_000)
            try await loop.sleep(for: .seconds(30))
            #expect(await two.received == Array(0..<2_000))
            #expect(await one.refusals.isEmpty)
        }
    }

    @Test("More than may wait ends the association, and everything comes back")
    func backlogLimit() async throws {
        try await run { one, two, loop in
            await one.flood(two.endpoint.localAddresses[0], messages: 2_000, limit: 100_000)
            try await loop.sleep(for: .seconds(30))
            #expect(await one.ends == [.abortedLocally])
            #expect(await one.handedBack.sorted() == Array(0..<2_000))
        }
    }

    @Test("An action that the transport refuses comes back to the engine as a failure")
    func refusal() async throws {
        try await run { one, two, loop in
            await one.flood(SCTPAddress(.anyIPv4, port: 7), messages: 1)
            #expect(await one.ends == [.other(0)])
            // The open, and the send after it.
            #expect(await one.refusals == [.invalidConfiguration, .unknownAssociation])
        }
    }

    @Test("The timer follows the engine's deadline, and stops with the driver")
    func timer() async throws {
        try await run { one, two, loop in
            await one.setDeadline(.origin + .seconds(5))
            await two.setDeadline(.origin + .seconds(5))
            await one.setDeadline(.origin + .seconds(3))
            await two.stop()
            try await loop.sleep(for: .seconds(10))
            #expect(await one.timers == [.origin + .seconds(3)])
            #expect(await two.timers.isEmpty)
        }
    }
}
