import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import SCTPTransport
import Testing

@testable import ASAP

@Suite("RFC 5352 §2.1: elements that serve over TCP and UDP, pool users that ask over TCP", .serialized)
struct ServiceTransportTests {
    /// An element of this transport, and a user that has a session with it.
    func converse(
        _ transport: ElementTransport, _ configuration: PoolUserConfiguration = .standard, on stage: Stage
    ) async throws {
        let registrar = try await stage.registrar()
        let element = PoolElement(
            pool: "EchoPool", transport: transport, registrars: stage.registrars, endpoint: stage.endpoint(1),
            backend: stage.backend, on: stage.loop)
        let serving = Task(executorPreference: stage.loop) { try await element.run(Stage.echo) }
        try await registrar.hasElements(1)
        let registered = try #require(await registrar.elements.first)
        #expect(registered.userTransport.addresses == [stage.address(1)])
        #expect(registered.userTransport.port != 0)
        switch (transport, registered.userTransport) {
        case (.tcp, .tcp), (.udp, .udp): break
        default: Issue.record("registered \(registered.userTransport)")
        }
        let user = try await stage.user(configuration: configuration)
        let answer = try await user.withSession(pool: "EchoPool") { session -> [UInt8] in
            #expect(await session.element == registered.identifier)
            try await session.send([1, 2, 3])
            try await session.send([4, 5])
            var answer: [UInt8] = []
            for try await case .message(let message) in session.occurrences {
                // Over TCP bytes come in pieces of any length.
                answer += message.bytes
                if answer.count >= 5 { break }
            }
            return answer
        }
        #expect(answer == [1, 2, 3, 4, 5])
        await user.close()
        await finish([serving], registrar)
    }

    @Test("An element that serves over TCP", arguments: Stage.Kind.all)
    func tcp(_ kind: Stage.Kind) async throws {
        try await Stage(kind, base: 41).run { stage in try await self.converse(.tcp(), on: stage) }
    }

    @Test("An element that serves over UDP", arguments: Stage.Kind.all)
    func udp(_ kind: Stage.Kind) async throws {
        try await Stage(kind, base: 42).run { stage in try await self.converse(.udp(), on: stage) }
    }

    @Test("Over TCP a framing makes messages of the bytes, where both sides have it", arguments: Stage.Kind.all)
    func framing(_ kind: Stage.Kind) async throws {
        try await Stage(kind, base: 43).run { stage in
            try await self.converse(.tcp(framing: .prefixed), try .init(streamFraming: .prefixed), on: stage)
        }
    }

    @Test("A TCP element that dies is replaced by another of the pool", arguments: Stage.Kind.all)
    func failover(_ kind: Stage.Kind) async throws {
        struct Crash: Error {}
        try await Stage(kind, base: 44).run { stage in
            let registrar = try await stage.registrar()
            let elements = (1...2).map { number in
                let element = PoolElement(
                    pool: "EchoPool", policy: .priority(UInt32(number)), transport: .tcp(), registrars: stage.registrars,
                    endpoint: stage.endpoint(number), backend: stage.backend, on: stage.loop)
                return Task(executorPreference: stage.loop) {
                    try await element.run { session in
                        for try await message in session.messages {
                            if message.bytes == [9], number == 2 { throw Crash() }
                            try await session.send([UInt8(number)])
                        }
                    }
                }
            }
            try await registrar.hasElements(2)
            let user = try await stage.user()
            try await user.withSession(pool: "EchoPool") { session in
                var iterator = session.occurrences.makeAsyncIterator()
                try await session.send([1])
                #expect(try await iterator.next() == .message(SCTPMessage([2])))
                try await session.send([9])
                while let occurrence = try await iterator.next() {
                    if case .failedOver = occurrence { break }
                }
                try await session.send([1])
                #expect(try await iterator.next() == .message(SCTPMessage([1])))
            }
            await user.close()
            await finish(elements, registrar)
        }
    }

    @Test("A pool user resolves over TCP, and has sessions over what the elements serve by", arguments: Stage.Kind.all)
    func registrarOverTCP(_ kind: Stage.Kind) async throws {
        try await Stage(kind, base: 45).run { stage in
            let registrar = try await stage.registrar()
            try await registrar.serveTCP(at: stage.address(0), port: 4863, stage.backend)
            let element = stage.serve(1)
            try await registrar.hasElements(1)
            let user = try await PoolUser.open(
                registrars: .fixed([SCTPAddress(stage.address(0), port: 4863)]),
                configuration: try .init(registrarTransport: .tcp), endpoint: stage.endpoint(9), backend: stage.backend,
                on: stage.loop)
            #expect(try await user.resolve("EchoPool").elements.count == 1)
            let answer = try await user.withSession(pool: "EchoPool") { session -> [UInt8] in
                try await session.send([1, 2, 3])
                for try await case .message(let message) in session.occurrences { return message.bytes }
                return []
            }
            #expect(answer == [1, 2, 3])
            await #expect(throws: ResolutionFailure.unknownPool("NoPool")) { try await user.resolve("NoPool") }
            await user.close()
            await finish([element], registrar)
        }
    }

    @Test(
        "A messenger beside a session with one element: what is sent before there is an endpoint waits for it",
        arguments: Stage.Kind.all)
    func furtherEndpoint(_ kind: Stage.Kind) async throws {
        try await Stage(kind, base: 46).run { stage in
            let registrar = try await stage.registrar()
            let element = stage.serve(1)
            try await registrar.hasElements(1)
            let user = try await stage.user()
            try await user.withSession(pool: "EchoPool") { session in
                try await session.send([1])
                try await user.withMessenger(pool: "EchoPool") { messenger in
                    try await messenger.send([2])
                    try await messenger.send([3])
                    var iterator = messenger.occurrences.makeAsyncIterator()
                    let identifier = try #require(await session.element)
                    #expect(try await iterator.next() == .message(identifier, SCTPMessage([2])))
                    #expect(try await iterator.next() == .message(identifier, SCTPMessage([3])))
                }
                var iterator = session.occurrences.makeAsyncIterator()
                #expect(try await iterator.next() == .message(SCTPMessage([1])))
            }
            await user.close()
            await finish([element], registrar)
        }
    }
}
