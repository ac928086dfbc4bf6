import InternetAddresses
import Testing

@testable import SCTPTransport

/// The life of associations, over every SCTP.
struct AssociationConformanceTests {
    @Test(arguments: BackendUnderTest.all)
    func oneEndpointServesManyPeers(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let server = try await stage.open("server")
            #expect(server.endpoint.backendKind == backend.kind)
            #expect(server.endpoint.localAddresses.count == 1 && server.endpoint.localAddresses[0].port != 0)
            var clients: [(Witness, AssociationIdentifier)] = []
            for number in 0..<5 {
                let client = try await stage.open("client \(number)")
                let association = try await client.endpoint.connect(to: server.endpoint.localAddresses)
                clients.append((client, association))
            }
            for (number, (client, association)) in clients.enumerated() {
                try await client.expectUp(association)
                try await client.send("I am \(number)", on: association)
            }
            var accepted: Set<AssociationIdentifier> = []
            for _ in clients {
                let (association, details) = try await server.expectAccepted()
                accepted.insert(association)
                #expect(details.peerAddresses[0].ip == stage.addresses[0])
                guard backend.kind.capabilities.contains(.endpointPorts) else { continue }
                #expect(clients.contains { $0.0.endpoint.localAddresses[0].port == details.peerAddresses[0].port })
            }
            #expect(accepted.count == 5)
            for _ in clients {
                let (association, message) = try await server.expectMessage()
                try await server.endpoint.send(SCTPMessage(Array("You are ".utf8) + message.bytes), on: association)
            }
            for (number, (client, association)) in clients.enumerated() {
                #expect(try await client.expectText(on: association) == "You are I am \(number)")
            }
            #expect(await server.endpoint.statistics.associations == 5)
            for (client, _) in clients { await closeAll(client) }
            await closeAll(server)
        }
    }

    @Test(arguments: BackendUnderTest.all)
    func addressesOfTheSixthVersionWork(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let server = try await stage.open("server", on: [stage.sixth])
            let client = try await stage.open("client", on: [stage.sixth])
            #expect(server.endpoint.localAddresses.first?.ip == stage.sixth)
            let association = try await client.endpoint.connect(to: server.endpoint.localAddresses)
            let details = try await client.expectUp(association)
            #expect(details.peerAddresses.first?.ip == stage.sixth)
            try await client.send("over six", on: association)
            let (accepted, _) = try await server.expectAccepted()
            #expect(try await server.expectText(on: accepted) == "over six")
            await closeAll(client, server)
        }
    }

    @Test(arguments: BackendUnderTest.with(.messageHeaders))
    func whatIsKnownOfAnAssociationIsTold(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let server = try await stage.open("server") { $0.streams = 5 }
            let client = try await stage.open("client") { $0.streams = 9 }
            let association = try await client.endpoint.connect(to: server.endpoint.localAddresses)
            let details = try await client.expectUp(association)
            #expect(details.outboundStreams == 5 && details.inboundStreams == 5)
            #expect(details.peerAddresses.map(\.port) == server.endpoint.localAddresses.map(\.port))
            #expect(try await client.endpoint.peerAddresses(of: association) == details.peerAddresses)
            let (_, accepted) = try await server.expectAccepted()
            #expect(accepted.peerAddresses.first?.port == client.endpoint.localAddresses[0].port)
            #expect(
                await transportError { try await client.send("x", MessageHeader(stream: 5), on: association) } == .invalidStream
            )
            await closeAll(client, server)
        }
    }

    @Test(arguments: BackendUnderTest.with(.reliable))
    func shuttingDownDeliversEverythingFirst(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let (client, server, out, accepted) = try await stage.openPair()
            for number in 0..<200 { try await client.send("\(number)", on: out) }
            try await client.endpoint.shutDown(out)
            #expect(await transportError { try await client.send("late", on: out) } == .closing)
            for number in 0..<200 { #expect(try await server.expectText(on: accepted) == "\(number)") }
            try await server.expectNotification(.shutDown, on: accepted)
            try await client.expectNotification(.shutDown, on: out)
            #expect(client.undelivered.isEmpty)
            #expect(await transportError { try await client.send("later", on: out) } == .unknownAssociation)
            #expect(await transportError { try await server.endpoint.abort(accepted) } == .unknownAssociation)
            #expect(await client.endpoint.statistics.associations == 0)
            await closeAll(client, server)
        }
    }

    @Test(arguments: BackendUnderTest.with(.reliable))
    func shuttingDownBeforeTheAssociationIsUpDeliversEverythingToo(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let server = try await stage.open("server", on: [stage.addresses[1]])
            let client = try await stage.open("client")
            let out = try await client.endpoint.connect(to: server.endpoint.localAddresses)
            try await client.send("quick", on: out)
            try await client.endpoint.shutDown(out)
            #expect(await transportError { try await client.send("late", on: out) } == .closing)
            let (accepted, _) = try await server.expectAccepted()
            #expect(try await server.expectText(on: accepted) == "quick")
            try await server.expectNotification(.shutDown, on: accepted)
            try await client.expectNotification(.shutDown, on: out)
            await closeAll(client, server)
        }
    }

    @Test(arguments: BackendUnderTest.with(.reliable))
    func abortingOneAssociationLeavesTheOthers(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let (client, server, out, accepted) = try await stage.openPair()
            let other = try await stage.open("other", on: [stage.addresses[2]])
            let second = try await client.endpoint.connect(to: other.endpoint.localAddresses)
            try await client.expectUp(second)
            try await client.endpoint.abort(out)
            #expect(try await client.expectLoss(out) == .abortedLocally)
            #expect(try await server.expectLoss(accepted) == .abortedByPeer)
            try await client.send("still here", on: second)
            #expect(try await other.expectText() == "still here")
            await closeAll(client, server, other)
        }
    }

    @Test(arguments: BackendUnderTest.with(.reliable))
    func aPortWhereNobodyListensAnswers(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let client = try await stage.open("client")
            let mute = try await stage.open("mute") { $0.isListening = false }
            let endpoint = client.endpoint
            let peer = mute.endpoint.localAddresses
            // In one go: a refusal may be there before another turn of the loop.
            let opened = await stage.loop.run {
                Result { () throws(SCTPTransportError) in
                    let association = try endpoint.onLoop.connect(to: peer)
                    try endpoint.onLoop.send(SCTPMessage(Array("for nobody".utf8)), on: association)
                    return association
                }
            }
            let toMute = try opened.get()
            #expect(try await client.expectFailure(toMute) == .abortedByPeer)
            #expect(client.undelivered.map(\.message.bytes) == [Array("for nobody".utf8)])
            #expect(client.undelivered.allSatisfy { !$0.mayHaveArrived })
            await closeAll(mute)
            // And when it has gone altogether.
            let toNone = try await client.endpoint.connect(to: mute.endpoint.localAddresses)
            #expect(try await client.expectFailure(toNone) == .abortedByPeer)
            await closeAll(client)
        }
    }

    @Test(arguments: BackendUnderTest.with(.reliable))
    func identifiersAreNeverUsedTwice(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let server = try await stage.open("server")
            let client = try await stage.open("client")
            let chosen = AssociationIdentifier(chosen: 77)
            try await client.endpoint.perform(.open(chosen, to: server.endpoint.localAddresses))
            try await client.endpoint.perform(.send(chosen, SCTPMessage(Array("by an engine".utf8))))
            try await client.expectUp(chosen)
            let (first, _) = try await server.expectAccepted()
            #expect(try await server.expectText(on: first) == "by an engine")
            try await client.endpoint.perform(.shutDown(chosen))
            try await client.expectNotification(.shutDown, on: chosen)
            try await server.expectNotification(.shutDown, on: first)
            let again = await transportError {
                try await client.endpoint.connect(to: server.endpoint.localAddresses, as: chosen)
            }
            #expect(again == .identifierInUse)
            let next = try await client.endpoint.connect(to: server.endpoint.localAddresses)
            try await client.expectUp(next)
            let (second, _) = try await server.expectAccepted()
            #expect(second != first)
            await closeAll(client, server)
        }
    }

    @Test(arguments: BackendUnderTest.with([.reliable, .endpointPorts]))
    func aPairOfEndpointsHasOneAssociation(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let (client, server, out, _) = try await stage.openPair()
            let code = await transportError { try await client.endpoint.connect(to: server.endpoint.localAddresses) }
            #expect(code == .alreadyConnected)
            try await client.send("the first one works", on: out)
            #expect(try await server.expectText() == "the first one works")
            await closeAll(client, server)
        }
    }

    @Test(arguments: BackendUnderTest.with(.reliable))
    func timeOutsAreSettableAndRoundTripsAreMeasured(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let (client, server, out, accepted) = try await stage.openPair { $0.timing.heartbeatInterval = .milliseconds(200) }
            var timing = SCTPTiming()
            timing.heartbeatInterval = .milliseconds(100)
            timing.initialRetransmissionTimeout = .milliseconds(400)
            timing.maximumPathRetransmissions = 2
            try await client.endpoint.setTiming(timing, of: out)
            try await client.endpoint.setTiming(timing)
            timing.minimumRetransmissionTimeout = .seconds(100)
            let invalid = timing
            #expect(await transportError { try await client.endpoint.setTiming(invalid, of: out) } == .invalidConfiguration)
            // Without a message: a heartbeat or the set-up measures.
            while try await client.endpoint.roundTripTime(of: out) == nil {
                try await stage.loop.sleep(for: .milliseconds(20))
            }
            try await client.send("x", on: out)
            _ = try await server.expectMessage(on: accepted)
            let measured = try await client.endpoint.roundTripTime(of: out)
            #expect(try #require(measured) > .zero)
            await closeAll(client, server)
        }
    }
}
