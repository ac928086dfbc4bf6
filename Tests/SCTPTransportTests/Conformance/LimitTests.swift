import InternetAddresses
import Testing

@testable import SCTPTransport

/// Limits, back-pressure and what is refused, over every SCTP.
struct LimitConformanceTests {
    @Test(arguments: BackendUnderTest.with(.reliable))
    func aSlowReceiverHoldsUpTheSenderAndNothingIsLost(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let (client, server, out, accepted) = try await stage.openPair {
                $0.maximumMessageSize = 4096
                $0.sendQueueLimit = 65_536
                $0.receiveQueueLimit = 65_536
            }
            // Nobody takes the server's events: the sender must come to a stand however often it tries.
            var sent = 0
            for _ in 0..<100 {
                while true {
                    var bytes = [UInt8](repeating: 7, count: 1024)
                    bytes[0] = UInt8(truncatingIfNeeded: sent)
                    bytes[1] = UInt8(truncatingIfNeeded: sent >> 8)
                    guard await transportError({ try await client.endpoint.send(bytes, on: out) }) == nil else { break }
                    sent += 1
                }
                try #require(sent < 4096, "four mebibytes went to a receiver that takes nothing")
                try await stage.loop.sleep(for: .milliseconds(20))
            }
            #expect(sent >= 64)
            #expect(await server.endpoint.statistics.receivingPauses >= 1)
            for number in 0..<sent {
                let bytes = try await server.expectMessage(on: accepted).1.bytes
                #expect(Int(bytes[0]) | Int(bytes[1]) << 8 == number && bytes.count == 1024)
            }
            try await client.expectNotification(.readyToSend, on: out)
            try await client.send("room again", on: out)
            #expect(try await server.expectText(on: accepted) == "room again")
            await closeAll(client, server)
        }
    }

    @Test(arguments: BackendUnderTest.with(.reliable))
    func sendersWaitForRoomInOrder(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let (client, server, out, accepted) = try await stage.openPair {
                $0.maximumMessageSize = 8192
                $0.sendQueueLimit = 16_384
                $0.receiveQueueLimit = 16_384
            }
            let endpoint = client.endpoint
            let total = 300
            let sender = Task(executorPreference: stage.loop) {
                for number in 0..<total {
                    var bytes = [UInt8](repeating: 0, count: 4096)
                    bytes[0] = UInt8(truncatingIfNeeded: number)
                    try await endpoint.sendWhenReady(SCTPMessage(bytes), on: out)
                }
            }
            for number in 0..<total {
                #expect(try await server.expectMessage(on: accepted).1.bytes[0] == UInt8(truncatingIfNeeded: number))
            }
            try await sender.value
            await closeAll(client, server)
        }
    }

    @Test(arguments: BackendUnderTest.with(.reliable))
    func waitingSendersAreToldOfCancellationAndOfTheEnd(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let (client, server, out, _) = try await stage.openPair {
                $0.maximumMessageSize = 8192
                $0.sendQueueLimit = 16_384
                $0.receiveQueueLimit = 16_384
            }
            let endpoint = client.endpoint
            let message = SCTPMessage([UInt8](repeating: 1, count: 8192))
            let waiting = Task(executorPreference: stage.loop) {
                while true { try await endpoint.sendWhenReady(message, on: out) }
            }
            try await stage.loop.sleep(for: .milliseconds(100))
            // More than what finds room by and by, as a sender probes the closed window.
            let cancelled = Task(executorPreference: stage.loop) {
                for _ in 0..<1000 { try await endpoint.sendWhenReady(message, on: out) }
            }
            try await stage.loop.sleep(for: .milliseconds(100))
            cancelled.cancel()
            await #expect(throws: CancellationError.self) { try await cancelled.value }
            try await endpoint.abort(out)
            let error = await #expect(throws: SCTPTransportError.self) { try await waiting.value }
            #expect(error?.code == .unknownAssociation)
            await closeAll(client, server)
        }
    }

    @Test(arguments: BackendUnderTest.with(.undelivered))
    func messagesOfAnAbortedAssociationAreHandedBack(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let (client, server, out, _) = try await stage.openPair {
                $0.maximumMessageSize = 4096
                $0.sendQueueLimit = 65_536
                $0.receiveQueueLimit = 16_384
            }
            let header = MessageHeader(payloadProtocol: PayloadProtocolIdentifier(rawValue: 42), stream: 2)
            var sent = 0
            for _ in 0..<25 {
                while true {
                    let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: sent), count: 1024)
                    guard await transportError({ try await client.endpoint.send(bytes, header, on: out) }) == nil else { break }
                    sent += 1
                }
                try await stage.loop.sleep(for: .milliseconds(20))
            }
            try await client.endpoint.abort(out)
            #expect(try await client.expectLoss(out) == .abortedLocally)
            let undelivered = client.undelivered
            #expect(undelivered.count >= 8, "what was queued comes back")
            #expect(undelivered.contains { !$0.mayHaveArrived })
            #expect(undelivered.allSatisfy { $0.message.header == header && $0.message.bytes.count == 1024 })
            // The last ones sent, each once and in order.
            let expected = (sent - undelivered.count..<sent).map { UInt8(truncatingIfNeeded: $0) }
            #expect(undelivered.map { $0.message.bytes[0] } == expected)
            #expect(await client.endpoint.statistics.messagesUndelivered == UInt64(undelivered.count))
            await closeAll(client, server)
        }
    }

    @Test(arguments: BackendUnderTest.with(.reliable))
    func associationsBeyondTheLimitAreRefused(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let server = try await stage.open("server") { $0.maximumAssociations = 2 }
            var clients: [(Witness, AssociationIdentifier)] = []
            for number in 0..<2 {
                let client = try await stage.open("client \(number)")
                let association = try await client.endpoint.connect(to: server.endpoint.localAddresses)
                try await client.expectUp(association)
                clients.append((client, association))
                _ = try await server.expectAccepted()
            }
            let third = try await stage.open("third")
            let refused = try await third.endpoint.connect(to: server.endpoint.localAddresses)
            let end = try await third.expect("the refusal") { event -> AssociationEnd? in
                switch event {
                case .notification(refused, .failed(let end)), .notification(refused, .lost(let end)): end
                default: nil
                }
            }
            #expect(end == .abortedByPeer)
            let beyond = await transportError { try await server.endpoint.connect(to: third.endpoint.localAddresses) }
            #expect(beyond == .tooManyAssociations)
            // One goes, and there is room.
            try await clients[0].0.endpoint.shutDown(clients[0].1)
            try await clients[0].0.expectNotification(.shutDown, on: clients[0].1)
            try await server.expect("an association's end") { event in
                if case .notification(_, .shutDown) = event { () } else { nil }
            }
            let again = try await third.endpoint.connect(to: server.endpoint.localAddresses)
            try await third.expectUp(again)
            try await third.send("made it", on: again)
            #expect(try await server.expectText() == "made it")
            for (client, _) in clients { await closeAll(client) }
            await closeAll(third, server)
        }
    }

    @Test(arguments: BackendUnderTest.with(.messageHeaders))
    func severalAddressesWorkOrAreRefusedWithASentence(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let client = try await stage.open("client")
            let multiHomed = Array(stage.addresses[1...2])
            guard client.endpoint.capabilities.contains(.multiHoming) else {
                #expect(await transportError { _ = try await stage.open("two", on: multiHomed) } == .unsupported)
                let peers = multiHomed.map { SCTPAddress($0, port: 3863) }
                #expect(await transportError { try await client.endpoint.connect(to: peers) } == .unsupported)
                return await closeAll(client)
            }
            let server = try await stage.open("two", on: multiHomed)
            #expect(server.endpoint.localAddresses.map(\.ip) == multiHomed)
            let homes = try await stage.open("homes", on: [stage.addresses[0], stage.addresses[3]])
            let association = try await homes.endpoint.connect(to: server.endpoint.localAddresses)
            let details = try await homes.expectUp(association)
            #expect(Set(details.peerAddresses.map(\.ip)) == Set(multiHomed))
            let (_, accepted) = try await server.expectAccepted()
            #expect(Set(accepted.peerAddresses.map(\.ip)) == [stage.addresses[0], stage.addresses[3]])
            await closeAll(client, server, homes)
        }
    }
}
