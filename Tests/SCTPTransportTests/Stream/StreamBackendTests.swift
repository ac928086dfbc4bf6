import CSockets
import Glibc
import InternetAddresses
import Testing

@testable import SCTPTransport

/// What TCP has beside the conformance suite: framings, peers that do not keep to them, and time.
struct StreamBackendTests {
    private static let messages = StreamFraming.messages(
        StreamFraming.MessageLayout(
            lengthOffset: 2, headerLength: 4, alignment: 4, payloadProtocol: PayloadProtocolIdentifier(rawValue: 11)))

    private static func open(
        _ name: String, _ framing: StreamFraming = messages, on loop: EventLoop = .shared,
        change: (inout SCTPEndpointConfiguration) -> Void = { _ in }
    ) async throws -> Witness {
        var configuration = SCTPEndpointConfiguration(localAddresses: [.loopbackIPv4])
        change(&configuration)
        return Witness(name, try await SCTPEndpoint.open(configuration, backend: .tcp(framing), on: loop))
    }

    /// A peer that writes what it likes: a plain TCP connection.
    private final class Stranger {
        let socket: StreamSocket
        private let loop: EventLoop

        init(to endpoint: SCTPEndpoint) throws {
            loop = endpoint.loop
            socket = try StreamSocket.connecting(
                from: nil, to: endpoint.localAddresses[0], sendBuffer: 65_536, receiveBuffer: 65_536)
        }

        func write(_ bytes: [UInt8]) async throws {
            var written = -EAGAIN
            for _ in 0..<1_000 where written == -EAGAIN || written == -ENOTCONN {
                written = Int32(truncatingIfNeeded: unsafe socket.write(bytes.span.bytes))
                if written < 0 { try await loop.sleep(for: .milliseconds(2)) }
            }
            #expect(Int(written) == bytes.count)
        }

        /// Waits for the end of the stream: 0, or a negated error number.
        func end() async throws -> Int {
            var buffer = [UInt8](repeating: 0, count: 1024)
            for _ in 0..<2_000 {
                let count = socket.read(into: &buffer)
                if count <= 0, count != -Int(EAGAIN), count != -Int(ENOTCONN) { return count }
                try await loop.sleep(for: .milliseconds(2))
            }
            return .max
        }
    }

    /// Runs on a loop in virtual time, which stands still while the host has something to read: however busy the host is, nothing
    /// takes longer than the test says.
    private func runInVirtualTime(_ body: @escaping @Sendable (EventLoop) async throws -> Void) async throws {
        let loop = try EventLoop(name: "tcp-time", clock: .virtual)
        try await Task(executorPreference: loop) { try await body(loop) }.value
    }

    private func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await BackendUnderTest.tcp.run { _ in try await body() }
    }

    // MARK: Framings

    @Test func messagesThatSayTheirLengthArePaddedAndHaveTheirProtocol() async throws {
        try await run {
            let server = try await StreamBackendTests.open("server")
            let client = try await StreamBackendTests.open("client")
            let out = try await client.endpoint.connect(to: server.endpoint.localAddresses)
            let messages: [[UInt8]] = [[5, 0, 0, 4], [1, 0, 0, 6, 9, 9], [2, 0, 0, 7, 1, 2, 3, 0]]
            let header = MessageHeader(payloadProtocol: PayloadProtocolIdentifier(rawValue: 11))
            for message in messages { try await client.endpoint.send(message, header, on: out) }
            let (accepted, _) = try await server.expectAccepted()
            for message in messages {
                let padded = message + [UInt8](repeating: 0, count: (4 - message.count % 4) % 4)
                #expect(try await server.expectMessage(on: accepted).1 == SCTPMessage(padded, header))
            }
            for wrong in [[5], [5, 0, 0, 8], [5, 0, 0, 4, 1], [5, 0, 0, 12, 1, 2, 3, 4]] as [[UInt8]] {
                #expect(await transportError { try await client.endpoint.send(wrong, on: out) } == .messageSize)
            }
            await closeAll(client, server)
        }
    }

    @Test func bytesArriveInOrderAndEndInOrder() async throws {
        try await run {
            let server = try await StreamBackendTests.open("server", .bytes)
            let client = try await StreamBackendTests.open("client", .bytes)
            let out = try await client.endpoint.connect(to: server.endpoint.localAddresses)
            let endpoint = client.endpoint
            let sender = Task(executorPreference: EventLoop.shared) {
                for number in 0..<300 {
                    let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 5_000)
                    try await endpoint.sendWhenReady(SCTPMessage(bytes), on: out)
                }
                try await endpoint.shutDown(out)
            }
            let (accepted, _) = try await server.expectAccepted()
            var received: [UInt8] = []
            while received.count < 1_500_000 { received += try await server.expectMessage(on: accepted).1.bytes }
            #expect((0..<1_500_000).allSatisfy { received[$0] == UInt8(truncatingIfNeeded: $0 / 5_000) })
            try await server.expectNotification(.shutDown, on: accepted)
            try await client.expectNotification(.shutDown, on: out)
            try await sender.value
            await closeAll(client, server)
        }
    }

    // MARK: Peers that do not keep to it

    @Test(arguments: [[5, 0, 0, 0], [5, 0, 0, 3], [5, 0, 0xff, 0xff], [0xff, 0xff, 0xff, 0xff]] as [[UInt8]])
    func whatIsNoMessageEndsTheAssociation(bytes: [UInt8]) async throws {
        try await run {
            let server = try await StreamBackendTests.open("server") { $0.maximumMessageSize = 1_000 }
            let stranger = try Stranger(to: server.endpoint)
            try await stranger.write([5, 0, 0, 4] + bytes)
            let (accepted, _) = try await server.expectAccepted()
            #expect(try await server.expectMessage(on: accepted).1.bytes == [5, 0, 0, 4])
            #expect(try await server.expectLoss(accepted) == .abortedLocally)
            #expect(try await stranger.end() == -Int(ECONNRESET))
            #expect(await server.endpoint.statistics.associations == 0)
            await closeAll(server)
        }
    }

    @Test func anEndInTheMidstOfAMessageIsALoss() async throws {
        try await run {
            let server = try await StreamBackendTests.open("server")
            let stranger = try Stranger(to: server.endpoint)
            try await stranger.write([5, 0, 0, 8, 1])
            stranger.socket.close()
            let (accepted, _) = try await server.expectAccepted()
            #expect(try await server.expectLoss(accepted) == .abortedByPeer)
            await closeAll(server)
        }
    }

    /// A byte now and then does not keep a message alive for ever; an association between messages lives on.
    @Test func aMessageThatIsNeverCompleteEndsTheAssociation() async throws {
        try await runInVirtualTime { loop in
            let server = try await StreamBackendTests.open("server", on: loop) { $0.partialMessageTimeout = .seconds(30) }
            let patient = try Stranger(to: server.endpoint)
            try await patient.write([5, 0, 0, 4])
            let (first, _) = try await server.expectAccepted()
            let stranger = try Stranger(to: server.endpoint)
            try await stranger.write([5, 0, 0, 100])
            let (accepted, _) = try await server.expectAccepted()
            let start = loop.now
            let dripping = Task(executorPreference: loop) {
                for _ in 0..<60 {
                    _ = unsafe stranger.socket.write([UInt8(1)].span.bytes)
                    try await loop.sleep(for: .seconds(1))
                }
            }
            #expect(try await server.expectLoss(accepted) == .abortedLocally)
            let time = loop.now - start
            #expect(time > .seconds(29) && time < .seconds(31), "\(time)")
            dripping.cancel()
            try await patient.write([5, 0, 0, 4])
            _ = try await server.expectMessage(on: first)
            _ = try await server.expectMessage(on: first)
            await closeAll(server)
        }
    }

    @Test func anIdleAssociationEndsInOrder() async throws {
        try await runInVirtualTime { loop in
            let server = try await StreamBackendTests.open("server", on: loop) { $0.idleTimeout = .seconds(20) }
            let client = try await StreamBackendTests.open("client", on: loop)
            let out = try await client.endpoint.connect(to: server.endpoint.localAddresses)
            try await client.expectUp(out)
            // As long as something comes, it stays.
            for _ in 0..<6 {
                try await client.endpoint.send([5, 0, 0, 4], on: out)
                try await loop.sleep(for: .seconds(15))
            }
            #expect(await server.endpoint.statistics.associations == 1)
            try await client.expectNotification(.peerIsClosing, on: out)
            try await client.expectNotification(.shutDown, on: out)
            #expect(await server.endpoint.statistics.messagesReceived == 6)
            await closeAll(client, server)
        }
    }

    @Test func strangersBeyondTheLimitAreTurnedAway() async throws {
        try await run {
            let server = try await StreamBackendTests.open("server") { $0.maximumAssociations = 3 }
            let strangers = try (0..<8).map { _ in try Stranger(to: server.endpoint) }
            for _ in 0..<3 { _ = try await server.expectAccepted() }
            while await server.endpoint.statistics.associationsRefused < 5 {
                try await EventLoop.shared.sleep(for: .milliseconds(5))
            }
            try await strangers[0].write([5, 0, 0, 4])
            #expect(try await server.expectMessage().1.bytes == [5, 0, 0, 4])
            #expect(await server.endpoint.statistics.associations == 3)
            await closeAll(server)
        }
    }

    /// Random bytes from many connections: each ends or waits, and one that keeps to the framing is served throughout.
    @Test func hostileBytesHarmNobodyElse() async throws {
        try await run {
            let server = try await StreamBackendTests.open("server")
            let honest = try Stranger(to: server.endpoint)
            try await honest.write([9, 9, 0, 4])
            let (association, _) = try await server.expectAccepted()
            var random = SimulationRandom(seed: 7)
            for _ in 0..<200 {
                let stranger = try Stranger(to: server.endpoint)
                let bytes = (0..<Int.random(in: 1...400, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
                try await stranger.write(bytes)
                if Bool.random(using: &random) { stranger.socket.reset() } else { stranger.socket.close() }
            }
            for number in 0..<10 { try await honest.write([UInt8(number), 9, 0, 4]) }
            #expect(try await server.expectMessage(on: association).1.bytes == [9, 9, 0, 4])
            for number in 0..<10 {
                #expect(try await server.expectMessage(on: association).1.bytes == [UInt8(number), 9, 0, 4])
            }
            while await server.endpoint.statistics.associations > 1 {
                try await EventLoop.shared.sleep(for: .milliseconds(5))
            }
            await closeAll(server)
        }
    }

    // MARK: Pausing

    /// The host tells of a broken connection in every turn; a paused endpoint must not spin on it, nor lose what came before.
    @Test func aPausedEndpointTakesTheEndLater() async throws {
        try await run {
            let server = try await StreamBackendTests.open("server")
            let client = try await StreamBackendTests.open("client")
            let out = try await client.endpoint.connect(to: server.endpoint.localAddresses)
            try await client.expectUp(out)
            let (accepted, _) = try await server.expectAccepted()
            let endpoint = server.endpoint
            await EventLoop.shared.run { endpoint.onLoop.setReceivingPaused(true) }
            for _ in 0..<5 { try await client.endpoint.send([5, 0, 0, 4], on: out) }
            try await client.endpoint.shutDown(out)
            try await EventLoop.shared.sleep(for: .milliseconds(100))
            #expect(await server.endpoint.statistics.messagesReceived == 0)
            await EventLoop.shared.run { endpoint.onLoop.setReceivingPaused(false) }
            for _ in 0..<5 { _ = try await server.expectMessage(on: accepted) }
            try await server.expectNotification(.shutDown, on: accepted)
            try await client.expectNotification(.shutDown, on: out)
            await closeAll(client, server)
        }
    }

    @Test func aBrokenConnectionDoesNotKeepAPausedLoopBusy() async throws {
        try await run {
            let server = try await StreamBackendTests.open("server")
            let client = try await StreamBackendTests.open("client")
            let out = try await client.endpoint.connect(to: server.endpoint.localAddresses)
            try await client.expectUp(out)
            let (accepted, _) = try await server.expectAccepted()
            let endpoint = server.endpoint
            await EventLoop.shared.run { endpoint.onLoop.setReceivingPaused(true) }
            try await client.endpoint.abort(out)
            _ = try await client.expectLoss(out)
            try await EventLoop.shared.sleep(for: .milliseconds(100))
            let isWatched = await EventLoop.shared.run {
                let backend = endpoint.onLoop.backend as? StreamBackend
                return backend?.associations[accepted]?.socket.isWatched
            }
            #expect(isWatched == false)
            await EventLoop.shared.run { endpoint.onLoop.setReceivingPaused(false) }
            #expect(try await server.expectLoss(accepted) == .abortedByPeer)
            await closeAll(client, server)
        }
    }

    @Test func severalAddressesAreListenedAt() async throws {
        try await run {
            let server = try await StreamBackendTests.open("server") {
                $0.localAddresses = [.loopbackIPv4, .v4(0x7f00_0002), .loopbackIPv6]
            }
            #expect(Set(server.endpoint.localAddresses.map(\.port)).count == 1)
            let client = try await StreamBackendTests.open("client") { $0.localAddresses = [] }
            for address in server.endpoint.localAddresses {
                let out = try await client.endpoint.connect(to: [address])
                #expect(try await client.expectUp(out).peerAddresses == [address])
                try await client.endpoint.send([5, 0, 0, 4], on: out)
                _ = try await server.expectMessage()
            }
            await closeAll(client, server)
        }
    }
}
