import ASAP
import InternetAddresses
import SCTPTransport
import Testing

/// Answers every message on the association that it came on, and notes where everything came from.
private struct ChannelEngine: TransportEngine {
    enum Input: TransportEngineInput {
        case transport(SCTPEvent)
        case announcement(Announcement)
        case timer
        case act(SCTPAction)
        case announce(OutgoingAnnouncement)
    }

    enum Output: TransportEngineOutput {
        case transport(SCTPAction)
        case announce(OutgoingAnnouncement)
        case noted(String)

        var transportAction: SCTPAction? {
            if case .transport(let action) = self { action } else { nil }
        }

        var announcement: OutgoingAnnouncement? {
            if case .announce(let announcement) = self { announcement } else { nil }
        }
    }

    var outputs = OutputQueue<Output>()
    var nextDeadline: MonotonicInstant? { nil }

    mutating func nextOutput() -> Output? { outputs.popFirst() }

    mutating func handle(_ input: Input, at now: MonotonicInstant) {
        switch input {
        case .act(let action): outputs.append(.transport(action))
        case .announce(let announcement): outputs.append(.announce(announcement))
        case .announcement(let announcement):
            outputs.append(.noted("\(announcement.channel): heard \(announcement.bytes) from \(announcement.source)"))
        case .transport(.message(let association, let message)):
            outputs.append(.noted("\(association): \(message.bytes)"))
            guard association.isAccepted else { return }
            outputs.append(.transport(.send(association, SCTPMessage(message.bytes + [0]))))
        case .transport(.notification(let association, .up)): outputs.append(.noted("\(association): up"))
        case .transport(.notification(let association, .failed)): outputs.append(.noted("\(association): failed"))
        case .transport(.notification), .timer: break
        }
    }
}

private actor ChannelHost {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
    private let network: SimulatedNetwork
    private let address: IPAddress
    private var driver: EngineDriver<ChannelEngine>?
    private(set) var notes: [String] = []
    private(set) var refusals: [SCTPTransportError.Code] = []
    private(set) var wanted: [TransportChannel] = []
    private var multicasts: [MulticastEndpoint] = []

    init(_ address: IPAddress, _ network: SimulatedNetwork) async throws {
        loop = network.loop
        self.network = network
        self.address = address
        start(try await open(.main, port: 1))
        add(try await open(TransportChannel(rawValue: 1), port: 2))
    }

    func open(_ channel: TransportChannel, port: UInt16) async throws -> SCTPEndpoint {
        var configuration = SCTPEndpointConfiguration(localAddresses: [address], port: port)
        configuration.channel = channel
        return try await SCTPEndpoint.open(configuration, backend: .simulated(network), on: loop)
    }

    private func start(_ endpoint: SCTPEndpoint) {
        let driver = EngineDriver(ChannelEngine(), endpoint: endpoint) { output in
            if case .noted(let note) = output { self.notes.append(note) }
        }
        driver.actionFailed = { _, error in self.refusals.append(error.code) }
        self.driver = driver
        driver.start()
    }

    func add(_ endpoint: SCTPEndpoint) {
        driver?.add(endpoint, channel: endpoint.configuration.channel)
    }

    func join(_ group: IPAddress, _ channel: TransportChannel) async throws {
        var configuration = MulticastConfiguration(group: group, port: 5)
        configuration.sourceAddress = address
        configuration.isLoopedBack = false
        let endpoint = try await MulticastEndpoint.open(configuration, backend: .simulated(network), on: loop)
        multicasts.append(endpoint)
        driver?.add(endpoint, channel: channel)
    }

    func handle(_ input: ChannelEngine.Input) { driver?.handle(input) }

    func wantFurtherEndpoints() {
        driver?.furtherEndpointWanted = { self.wanted.append($0) }
    }

    func close() async {
        driver?.stop()
        for endpoint in driver?.endpoints ?? [] { await endpoint.close(within: .zero) }
        for endpoint in multicasts { await endpoint.close() }
        driver = nil
    }
}

@Suite("Engine driver: an engine on several endpoints")
struct EngineDriverChannelTests {
    private static let first = IPAddress.v4(0x0a00_0001)
    private static let second = IPAddress.v4(0x0a00_0002)
    private static let other = TransportChannel(rawValue: 1)

    private func run(_ body: @escaping @Sendable (ChannelHost, ChannelHost, EventLoop) async throws -> Void) async throws {
        let loop = try EventLoop(name: "channel-test", clock: .virtual)
        let network = SimulatedNetwork(on: loop, seed: 1)
        try await Task(executorPreference: loop) {
            let one = try await ChannelHost(EngineDriverChannelTests.first, network)
            let two = try await ChannelHost(EngineDriverChannelTests.second, network)
            try await body(one, two, loop)
            await one.close()
            await two.close()
        }.value
    }

    @Test("Identifiers carry the channel, whoever made them")
    func identifiers() {
        let chosen = AssociationIdentifier(chosen: 1 << 54 - 1, channel: TransportChannel(rawValue: 255))
        #expect(chosen.channel.rawValue == 255 && !chosen.isAccepted)
        #expect("\(chosen)" == "255:18014398509481983")
        #expect(AssociationIdentifier(chosen: 7).channel == .main && "\(AssociationIdentifier(chosen: 7))" == "7")
        #expect(AssociationIdentifier(chosen: 7) != AssociationIdentifier(chosen: 7, channel: EngineDriverChannelTests.other))
    }

    @Test("Associations of two channels to one peer, under one number each, do not mix")
    func twoChannels() async throws {
        try await run { one, two, loop in
            for (channel, port) in [(TransportChannel.main, UInt16(1)), (EngineDriverChannelTests.other, 2)] {
                let association = AssociationIdentifier(chosen: 1, channel: channel)
                await one.handle(.act(.open(association, to: [SCTPAddress(EngineDriverChannelTests.second, port: port)])))
                await one.handle(.act(.send(association, SCTPMessage([UInt8(port)]))))
                try await loop.sleep(for: .seconds(1))
            }
            #expect(await two.notes == ["in-1: up", "in-1: [1]", "1:in-1: up", "1:in-1: [2]"])
            #expect(await one.notes == ["1: up", "1: [1, 0]", "1:1: up", "1:1: [2, 0]"])
            await two.handle(.act(.abort(AssociationIdentifier(chosen: 9, channel: EngineDriverChannelTests.other))))
            await one.handle(.act(.shutDown(AssociationIdentifier(chosen: 1, channel: EngineDriverChannelTests.other))))
            await one.handle(.act(.send(AssociationIdentifier(chosen: 1), SCTPMessage([3]))))
            try await loop.sleep(for: .seconds(1))
            #expect(await two.notes.last == "in-1: [3]")
            #expect(await one.refusals.isEmpty)
        }
    }

    @Test("A channel without an endpoint fails the association, and nothing else")
    func missingChannel() async throws {
        try await run { one, two, loop in
            let nowhere = AssociationIdentifier(chosen: 1, channel: TransportChannel(rawValue: 9))
            await one.handle(.act(.open(nowhere, to: [SCTPAddress(EngineDriverChannelTests.second, port: 1)])))
            #expect(await one.notes == ["9:1: failed"])
            #expect(await one.refusals == [.unsupported])
        }
    }

    @Test("A second association with a peer gets a further endpoint of its channel")
    func furtherEndpoints() async throws {
        try await run { one, two, loop in
            await one.wantFurtherEndpoints()
            for number in UInt64(1)...3 {
                let association = AssociationIdentifier(chosen: number, channel: EngineDriverChannelTests.other)
                await one.handle(.act(.open(association, to: [SCTPAddress(EngineDriverChannelTests.second, port: 2)])))
            }
            try await loop.sleep(for: .seconds(1))
            #expect(await one.notes == ["1:1: up"])
            #expect(await one.wanted == [EngineDriverChannelTests.other], "asked for once at a time")
            // One of another channel is no help.
            await one.add(try await one.open(TransportChannel(rawValue: 4), port: 0))
            #expect(await one.wanted == [EngineDriverChannelTests.other])
            await one.add(try await one.open(EngineDriverChannelTests.other, port: 0))
            try await loop.sleep(for: .seconds(1))
            #expect(await one.notes == ["1:1: up", "1:2: up"])
            #expect(await one.wanted == [EngineDriverChannelTests.other, EngineDriverChannelTests.other])
            await one.add(try await one.open(EngineDriverChannelTests.other, port: 0))
            try await loop.sleep(for: .seconds(1))
            #expect(await one.notes == ["1:1: up", "1:2: up", "1:3: up"])
            let third = AssociationIdentifier(chosen: 3, channel: EngineDriverChannelTests.other)
            await one.handle(.act(.send(third, SCTPMessage([8]))))
            try await loop.sleep(for: .seconds(1))
            #expect(await one.notes.last == "1:3: [8, 0]")
        }
    }

    @Test("Announcements go to the groups of their channel and come with it")
    func announcements() async throws {
        try await run { one, two, loop in
            let (asap, enrp) = (IPAddress.v4(0xef00_0032), IPAddress.v4(0xef00_0033))
            for host in [one, two] {
                try await host.join(asap, .main)
                try await host.join(enrp, EngineDriverChannelTests.other)
            }
            await one.handle(.announce(OutgoingAnnouncement(bytes: [1])))
            await one.handle(.announce(OutgoingAnnouncement(channel: EngineDriverChannelTests.other, bytes: [2])))
            await one.handle(.announce(OutgoingAnnouncement(channel: TransportChannel(rawValue: 7), bytes: [3])))
            try await loop.sleep(for: .seconds(1))
            #expect(await two.notes == ["0: heard [1] from 10.0.0.1:5", "1: heard [2] from 10.0.0.1:5"])
            #expect(await one.notes.isEmpty)
        }
    }
}
