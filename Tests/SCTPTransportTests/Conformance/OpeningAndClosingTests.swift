import InternetAddresses
import Testing

@testable import SCTPTransport

/// Opening and closing endpoints, over every SCTP.
struct OpeningAndClosingConformanceTests {
    @Test(arguments: BackendUnderTest.all)
    func aPortInUseIsRefusedAndFreeAfterClosing(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let first = try await stage.open("first")
            let port = first.endpoint.localAddresses[0].port
            do {
                _ = try await stage.open("second", port: port)
                Issue.record("two endpoints have one port")
            } catch let error as SCTPTransportError {
                #expect(error.code == .addressInUse)
                #expect(error.message.contains("\(port)") && error.message.contains("in use"))
            }
            let elsewhere = try await stage.open("elsewhere", on: [stage.addresses[1]], port: port)
            #expect(elsewhere.endpoint.localAddresses[0].port == port)
            await closeAll(first)
            let again = try await stage.open("again", port: port)
            #expect(again.endpoint.localAddresses[0].port == port)
            await closeAll(elsewhere, again)
        }
    }

    @Test(arguments: BackendUnderTest.all)
    func anAddressOfAnotherHostIsRefused(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            // TEST-NET-1 (RFC 5737).
            let code = await transportError { _ = try await stage.open("stranger", on: [.v4(0xc000_0201)]) }
            // A simulated network has every address.
            #expect(code == (backend.kind.capabilities.contains(.network) ? .addressNotAvailable : nil))
        }
    }

    @Test(arguments: BackendUnderTest.all)
    func peersThatCannotBeMeantAreRefused(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let client = try await stage.open("client")
            func code(_ addresses: [SCTPAddress]) async -> SCTPTransportError.Code? {
                await transportError { try await client.endpoint.connect(to: addresses) }
            }
            #expect(await code([SCTPAddress(.loopbackIPv6, port: 3863)]) == .noRoute)
            #expect(await code([]) == .invalidConfiguration)
            #expect(await code([SCTPAddress(.loopbackIPv4, port: 0)]) == .invalidConfiguration)
            #expect(await code([SCTPAddress(.v4(0xe000_0001), port: 1)]) == .invalidConfiguration)
            #expect(await code([SCTPAddress(.anyIPv4, port: 1)]) == .invalidConfiguration)
            #expect(await client.endpoint.statistics.associations == 0)
            let nothing = AssociationIdentifier(chosen: 5)
            #expect(await transportError { try await client.send("x", on: nothing) } == .unknownAssociation)
            #expect(await transportError { try await client.endpoint.shutDown(nothing) } == .unknownAssociation)
            #expect(
                await transportError { try await client.endpoint.setTiming(SCTPTiming(), of: nothing) } == .unknownAssociation)
            #expect(await transportError { _ = try await client.endpoint.roundTripTime(of: nothing) } == .unknownAssociation)
            #expect(await transportError { _ = try await client.endpoint.peerAddresses(of: nothing) } == .unknownAssociation)
            await closeAll(client)
        }
    }

    @Test(arguments: BackendUnderTest.with(.reliable))
    func closingLosesNothingThatWasSent(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let server = try await stage.open("server", on: [stage.addresses[1]])
            let client = try await stage.open("client")
            let out = try await client.endpoint.connect(to: server.endpoint.localAddresses)
            // Not even up, and closed at once.
            for number in 0..<500 {
                try await client.endpoint.send(Array("\(number) ".utf8) + [UInt8](repeating: 32, count: 200), on: out)
            }
            let endpoint = client.endpoint
            let closing = Task(executorPreference: stage.loop) { await endpoint.close(within: .seconds(50)) }
            let (accepted, _) = try await server.expectAccepted()
            for number in 0..<500 {
                #expect(try await server.expectText(on: accepted).split(separator: " ").first == "\(number)")
            }
            try await server.expectNotification(.shutDown, on: accepted)
            await closing.value
            await client.drain()
            #expect(client.unclaimed.last == .notification(out, .shutDown))
            #expect(client.undelivered.isEmpty)
            await closeAll(server)
        }
    }

    @Test(arguments: BackendUnderTest.with(.reliable))
    func aClosedEndpointSaysSo(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let (client, server, out, accepted) = try await stage.openPair()
            let endpoint = client.endpoint
            await endpoint.close(within: .seconds(30))
            await endpoint.close(within: .zero)
            #expect(await transportError { try await client.send("x", on: out) } == .endpointClosed)
            let peers = server.endpoint.localAddresses
            #expect(await transportError { try await client.endpoint.connect(to: peers) } == .endpointClosed)
            await client.drain()
            #expect(client.unclaimed.last == .notification(out, .shutDown))
            try await server.expectNotification(.peerIsClosing, on: accepted)
            try await server.expectNotification(.shutDown, on: accepted)
            await closeAll(server)
        }
    }

    @Test(arguments: BackendUnderTest.with(.reliable))
    func closingHasALimitAndAbortsThen(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let (client, server, out, accepted) = try await stage.openPair {
                $0.maximumMessageSize = 8192
                $0.sendQueueLimit = 32_768
                $0.receiveQueueLimit = 8192
            }
            // The server takes nothing, so the client cannot get rid of these.
            while await transportError({ try await client.endpoint.send([UInt8](repeating: 9, count: 4096), on: out) }) == nil {
                try await stage.loop.sleep(for: .milliseconds(1))
            }
            await client.endpoint.close(within: .milliseconds(100))
            await client.drain()
            #expect(client.unclaimed.last == .notification(out, .lost(.abortedLocally)))
            #expect(try await server.expectLoss(accepted) == .abortedByPeer)
            await closeAll(server)
        }
    }

    @Test(arguments: BackendUnderTest.with(.reliable))
    func anEndpointThatIsLetGoFreesItsPort(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let server = try await stage.open("server", on: [stage.addresses[1]])
            var port: UInt16 = 0
            do {
                let client = try await stage.open("client")
                port = client.endpoint.localAddresses[0].port
                try await client.expectUp(try await client.endpoint.connect(to: server.endpoint.localAddresses))
            }
            let (accepted, _) = try await server.expectAccepted()
            #expect(try await server.expectLoss(accepted) == .abortedByPeer)
            while true {
                do {
                    await closeAll(try await stage.open("again", port: port))
                    break
                } catch let error as SCTPTransportError where error.code == .addressInUse {
                    try await stage.loop.sleep(for: .milliseconds(10))
                }
            }
            await closeAll(server)
        }
    }

    @Test(arguments: BackendUnderTest.with(.reliable))
    func eventsEndWhenTheirTaskIsCancelledAndGoOnForTheNext(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let (client, server, out, accepted) = try await stage.openPair()
            let endpoint = server.endpoint
            let waiting = Task(executorPreference: stage.loop) {
                var count = 0
                for await _ in endpoint.events { count += 1 }
                return count
            }
            try await stage.loop.sleep(for: .milliseconds(10))
            waiting.cancel()
            #expect(await waiting.value == 0)
            try await client.send("for the next", on: out)
            #expect(try await server.expectText(on: accepted) == "for the next")
            await closeAll(client, server)
        }
    }
}
