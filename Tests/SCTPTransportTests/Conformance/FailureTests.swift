import InternetAddresses
import Testing

@testable import SCTPTransport

/// What happens when the network fails, over every SCTP whose network a test can cut.
struct FailureConformanceTests {
    private static func hasty(_ configuration: inout SCTPEndpointConfiguration) {
        configuration.timing.initialRetransmissionTimeout = .milliseconds(300)
        configuration.timing.maximumRetransmissionTimeout = .milliseconds(500)
        configuration.timing.heartbeatInterval = .milliseconds(300)
        configuration.timing.maximumAssociationRetransmissions = 4
        configuration.timing.maximumPathRetransmissions = 2
        configuration.timing.maximumInitRetransmissions = 2
    }

    @Test(arguments: BackendUnderTest.cuttable)
    func aPeerThatDoesNotAnswerIsUnreachable(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let cut = try #require(stage.setConnected)
            let server = try await stage.open("server", on: [stage.addresses[1]])
            let client = try await stage.open("client", change: FailureConformanceTests.hasty)
            try await cut(false, stage.addresses[1])
            let out = try await client.endpoint.connect(to: server.endpoint.localAddresses)
            try await client.send("waits", on: out)
            #expect(try await client.expectFailure(out) == .unreachable)
            #expect(
                client.undelivered == [UndeliveredMessage(message: SCTPMessage(Array("waits".utf8)), mayHaveArrived: false)])
            try await cut(true, stage.addresses[1])
            await closeAll(client, server)
        }
    }

    @Test(arguments: BackendUnderTest.cuttable)
    func anAssociationWhosePeerFallsSilentIsLost(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let cut = try #require(stage.setConnected)
            let (client, server, out, accepted) = try await stage.openPair(change: FailureConformanceTests.hasty)
            try await cut(false, stage.addresses[1])
            try await client.send("into the void", on: out)
            #expect(try await client.expectLoss(out) == .unreachable)
            let expected = UndeliveredMessage(message: SCTPMessage(Array("into the void".utf8)), mayHaveArrived: true)
            #expect(client.undelivered == [expected])
            // By its heartbeats, without sending anything.
            #expect(try await server.expectLoss(accepted) == .unreachable)
            try await server.expect("the path's failure") { event in
                if case .notification(accepted, .path(_, .unreachable)) = event { () } else { nil }
            }
            try await cut(true, stage.addresses[1])
            await closeAll(client, server)
        }
    }

    @Test(arguments: BackendUnderTest.cuttable)
    func aPathThatComesBackIsTold(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let cut = try #require(stage.setConnected)
            let (client, server, out, _) = try await stage.openPair {
                FailureConformanceTests.hasty(&$0)
                $0.timing.maximumAssociationRetransmissions = 100
            }
            try await cut(false, stage.addresses[1])
            let path = server.endpoint.localAddresses[0]
            try await client.expect("the path's failure") { event in
                if case .notification(out, .path(let address, .unreachable)) = event, address.ip == path.ip { () } else { nil }
            }
            try await cut(true, stage.addresses[1])
            try await client.expect("the path's return") { event in
                if case .notification(out, .path(let address, .available)) = event, address.ip == path.ip { () } else { nil }
            }
            try await client.send("and it works", on: out)
            #expect(try await server.expectText() == "and it works")
            await closeAll(client, server)
        }
    }

    @Test(arguments: BackendUnderTest.cuttable)
    func aPeerThatStartsAnewRestartsTheAssociation(backend: BackendUnderTest) async throws {
        try await backend.run { stage in
            let cut = try #require(stage.setConnected)
            let (client, server, _, accepted) = try await stage.openPair()
            let port = client.endpoint.localAddresses[0].port
            // It goes without a word, since the word does not get through.
            try await cut(false, stage.addresses[0])
            await closeAll(client)
            try await cut(true, stage.addresses[0])
            let again = try await stage.open("again", port: port)
            let out = try await again.endpoint.connect(to: server.endpoint.localAddresses)
            try await again.expectUp(out)
            try await server.expect("the restart") { event in
                if case .notification(accepted, .restarted) = event { () } else { nil }
            }
            try await server.send("same identifier", on: accepted)
            #expect(try await again.expectText(on: out) == "same identifier")
            await closeAll(again, server)
        }
    }
}
