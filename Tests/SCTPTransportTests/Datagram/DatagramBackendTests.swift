import InternetAddresses
import Testing

@testable import SCTPTransport

/// UDP in SCTP's place.
struct DatagramBackendTests {
    private static func open(
        _ name: String, on loop: EventLoop = .shared, change: (inout SCTPEndpointConfiguration) -> Void = { _ in }
    ) async throws -> Witness {
        var configuration = SCTPEndpointConfiguration(localAddresses: [.loopbackIPv4])
        change(&configuration)
        return Witness(name, try await SCTPEndpoint.open(configuration, backend: .udp, on: loop))
    }

    private func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await BackendUnderTest.udp.run { _ in try await body() }
    }

    @Test func aFirstDatagramOpensAndBothSidesTalk() async throws {
        try await run {
            let server = try await DatagramBackendTests.open("server")
            let client = try await DatagramBackendTests.open("client")
            let out = try await client.endpoint.connect(to: server.endpoint.localAddresses)
            try await client.expectUp(out)
            for number in 0..<20 {
                try await client.send("\(number)", on: out)
                let (accepted, message) = try await server.expectMessage()
                #expect(String(decoding: message.bytes, as: UTF8.self) == "\(number)")
                try await server.endpoint.send(message.bytes + [33], on: accepted)
                #expect(try await client.expectText(on: out) == "\(number)!")
            }
            #expect(await server.endpoint.statistics.associationsAccepted == 1)
            let again = await transportError { try await client.endpoint.connect(to: server.endpoint.localAddresses) }
            #expect(again == .alreadyConnected)
            // The peer is not told of the end; its next datagram is a new association's.
            let (accepted, _) = try await server.expectAccepted()
            try await server.endpoint.shutDown(accepted)
            try await server.expectNotification(.shutDown, on: accepted)
            try await client.send("again", on: out)
            let (next, _) = try await server.expectAccepted()
            #expect(next != accepted)
            #expect(try await server.expectText(on: next) == "again")
            try await client.endpoint.abort(out)
            #expect(try await client.expectLoss(out) == .abortedLocally)
            await closeAll(client, server)
        }
    }

    @Test func aPortWhereNobodyIsEndsTheAssociationWithTheFirstDatagram() async throws {
        try await run {
            let server = try await DatagramBackendTests.open("server")
            let client = try await DatagramBackendTests.open("client")
            let gone = server.endpoint.localAddresses
            await closeAll(server)
            let out = try await client.endpoint.connect(to: gone)
            try await client.expectUp(out)
            try await client.send("anybody?", on: out)
            #expect(try await client.expectLoss(out) == .abortedByPeer)
            #expect(await transportError { try await client.send("x", on: out) } == .unknownAssociation)
            await closeAll(client)
        }
    }

    @Test func idleAssociationsEnd() async throws {
        let loop = try EventLoop(name: "udp-time", clock: .virtual)
        try await Task(executorPreference: loop) {
            let server = try await DatagramBackendTests.open("server", on: loop) { $0.idleTimeout = .seconds(20) }
            let client = try await DatagramBackendTests.open("client", on: loop)
            let out = try await client.endpoint.connect(to: server.endpoint.localAddresses)
            for _ in 0..<5 {
                try await client.send("still", on: out)
                try await loop.sleep(for: .seconds(15))
            }
            #expect(await server.endpoint.statistics.associations == 1)
            let (accepted, _) = try await server.expectAccepted()
            try await server.expectNotification(.shutDown, on: accepted)
            // It never heard anything.
            #expect(try await client.expectLoss(out) == .unreachable)
            await closeAll(client, server)
        }.value
    }

    @Test func limitsHold() async throws {
        try await run {
            let server = try await DatagramBackendTests.open("server") {
                $0.maximumAssociations = 2
                $0.maximumMessageSize = 100
            }
            let deaf = try await DatagramBackendTests.open("deaf") { $0.isListening = false }
            var clients: [(Witness, AssociationIdentifier)] = []
            for number in 0..<4 {
                let client = try await DatagramBackendTests.open("client \(number)")
                let out = try await client.endpoint.connect(to: server.endpoint.localAddresses)
                try await client.send("hello \(number)", on: out)
                if number < 2 { #expect(try await server.expectText() == "hello \(number)") }
                clients.append((client, out))
            }
            while await server.endpoint.statistics.associationsRefused < 2 {
                try await EventLoop.shared.sleep(for: .milliseconds(2))
            }
            // One that is too long is dropped; the association goes on.
            try await clients[0].0.endpoint.send([UInt8](repeating: 1, count: 101), on: clients[0].1)
            try await clients[0].0.endpoint.send([UInt8](repeating: 2, count: 100), on: clients[0].1)
            #expect(try await server.expectMessage().1.bytes.count == 100)
            let over = MulticastConfiguration.datagramLimit + 1
            let (client, out) = clients[3]
            #expect(
                await transportError { try await client.endpoint.send([UInt8](repeating: 0, count: over), on: out) }
                    == .messageSize)
            let toDeaf = try await client.endpoint.connect(to: deaf.endpoint.localAddresses)
            try await client.send("not for you", on: toDeaf)
            try await deaf.endpoint.loop.sleep(for: .milliseconds(50))
            #expect(await deaf.endpoint.statistics.associationsAccepted == 0)
            for (client, _) in clients { await closeAll(client) }
            await closeAll(server, deaf)
        }
    }

    /// Datagrams of every length and content from many places, empty ones included.
    @Test func hostileDatagramsAreMessagesOrNothing() async throws {
        try await run {
            let server = try await DatagramBackendTests.open("server") { $0.maximumMessageSize = 500 }
            var random = SimulationRandom(seed: 3)
            var expected = 0
            for _ in 0..<50 {
                let socket = try DatagramSocket(binding: SCTPAddress(.loopbackIPv4, port: 0), isShared: false)
                for _ in 0..<10 {
                    let length = Int.random(in: 0...1_000, using: &random)
                    let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
                    #expect(unsafe socket.send(bytes.span.bytes, to: server.endpoint.localAddresses[0]) == 0)
                    if (1...500).contains(length) { expected += 1 }
                }
                for _ in 0..<200 where await server.endpoint.statistics.messagesReceived < expected {
                    try await EventLoop.shared.sleep(for: .milliseconds(1))
                }
            }
            #expect(await server.endpoint.statistics.messagesReceived == UInt64(expected))
            #expect(await server.endpoint.statistics.associations <= 50)
            await closeAll(server)
        }
    }

    @Test func aPausedEndpointReadsLater() async throws {
        try await run {
            let server = try await DatagramBackendTests.open("server")
            let client = try await DatagramBackendTests.open("client")
            let out = try await client.endpoint.connect(to: server.endpoint.localAddresses)
            let endpoint = server.endpoint
            await EventLoop.shared.run { endpoint.onLoop.setReceivingPaused(true) }
            for number in 0..<5 { try await client.send("\(number)", on: out) }
            try await EventLoop.shared.sleep(for: .milliseconds(50))
            #expect(await server.endpoint.statistics.messagesReceived == 0)
            await EventLoop.shared.run { endpoint.onLoop.setReceivingPaused(false) }
            for number in 0..<5 { #expect(try await server.expectText() == "\(number)") }
            await closeAll(client, server)
        }
    }
}
