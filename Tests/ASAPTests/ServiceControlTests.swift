import RSerPoolParameters
import SCTPTransport
import Testing

@testable import ASAP

@Suite("Services: control goes on while data is read slowly (RFC 5352 §3.4)")
struct ServiceControlTests {
    /// A user sends until everything is full, and the element reads nothing for a long time.
    @Test("A registrar's keep-alive is answered at once by an element that does not read", arguments: Stage.Kind.all)
    func keepAliveWhilePaused(_ kind: Stage.Kind) async throws {
        try await Stage(kind, base: 23).run { stage in
            let registrar = try await stage.registrar()
            let element = stage.serve(1) { session in
                try await stage.loop.sleep(for: .seconds(50))
                for try await _ in session.messages {}
            }
            try await registrar.hasElements(1)
            let user = try await stage.user()
            let flood = Task(executorPreference: stage.loop) {
                try await user.withSession(pool: "EchoPool") { session in
                    while true { try await session.send([UInt8](repeating: 1, count: 10_000)) }
                }
            }
            try await stage.loop.sleep(for: .seconds(4))
            let identifier = try #require(await registrar.elements.first?.identifier)
            let server = RegistrarIdentifier(rawValue: 0x5352)
            await registrar.tell(identifier, .endpointKeepAlive(.init(server: server, pool: "EchoPool")))
            let start = stage.loop.now
            while await !registrar.hasAcknowledgement {
                try await stage.loop.sleep(for: .milliseconds(10))
                try #require(stage.loop.now - start < .seconds(10), "the keep-alive is not answered")
            }
            // The user too has a registrar that answers, though nothing moves in its session.
            #expect(try await user.resolve("EchoPool").elements.count == 1)
            flood.cancel()
            _ = await flood.result
            await user.close()
            await finish([element], registrar)
        }
    }
}

extension TestRegistrar {
    fileprivate var hasAcknowledgement: Bool {
        received.contains { if case .endpointKeepAliveAcknowledgement = $0 { true } else { false } }
    }
}
