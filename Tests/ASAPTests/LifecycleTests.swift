import RSerPoolParameters
import SCTPTransport
import ServiceLifecycle
import ServiceLifecycleTestKit
import Testing

@testable import ASAP

@Suite("Pool element and pool user as services of a program", .serialized)
struct LifecycleTests {
    /// In real time, where the build has a network for it: the library's own tasks are not on the loop, and virtual time does not
    /// wait for them.
    private static let kinds = Stage.Kind.all.suffix(1)

    @Test("A graceful shutdown takes the element out of its pool before its sessions end", arguments: kinds)
    func element(_ kind: Stage.Kind) async throws {
        try await Stage(kind, base: 31).run { stage in
            let registrar = try await stage.registrar()
            try await testGracefulShutdown { trigger in
                let element = stage.element(1)
                let service = PoolElementService(element) { session in
                    for try await message in session.messages {
                        if message.bytes == [2] {
                            trigger.triggerGracefulShutdown()
                            try? await stage.loop.sleep(for: .seconds(50))
                            // The session is left alone until the element is out of its pool, and cancelled then.
                            #expect(Task.isCancelled)
                            #expect(await registrar.elements.isEmpty)
                        }
                        try await session.send(message)
                    }
                }
                let running = Task(executorPreference: stage.loop) { try await service.run() }
                try await registrar.hasElements(1)
                let user = try await stage.user()
                try await user.withSession(pool: "EchoPool") { session in
                    try await session.send([1])
                    var iterator = session.occurrences.makeAsyncIterator()
                    #expect(try await iterator.next() == .message(SCTPMessage([1])))
                    try await session.send([2])
                    try await running.value
                }
                await user.close()
            }
            #expect(await registrar.received.contains { $0.type == .deregistration })
            await registrar.close()
        }
    }

    @Test("Cancelling the service deregisters too")
    func cancellation() async throws {
        try await Stage(.simulated, base: 32).run { stage in
            let registrar = try await stage.registrar()
            let service = PoolElementService(stage.element(1), session: Stage.echo)
            let running = Task(executorPreference: stage.loop) { try await service.run() }
            try await registrar.hasElements(1)
            running.cancel()
            try await running.value
            #expect(await registrar.elements.isEmpty)
            await registrar.close()
        }
    }

    @Test("A registration that fails ends the service with the reason")
    func failure() async throws {
        try await Stage(.simulated, base: 33).run { stage in
            let registrar = try await stage.registrar()
            await registrar.refuse([.lackOfResources])
            let service = PoolElementService(stage.element(1), session: Stage.echo)
            await #expect(throws: RegistrationFailure.rejected([.lackOfResources])) { try await service.run() }
            await registrar.close()
        }
    }

    @Test("A graceful shutdown closes the pool user, and its sessions with it", arguments: kinds)
    func user(_ kind: Stage.Kind) async throws {
        try await Stage(kind, base: 34).run { stage in
            let registrar = try await stage.registrar()
            let element = stage.serve(1)
            try await registrar.hasElements(1)
            try await testGracefulShutdown { trigger in
                let user = try await stage.user()
                let running = Task(executorPreference: stage.loop) { try await user.run() }
                try await user.withSession(pool: "EchoPool") { session in
                    try await session.send([1])
                    for try await _ in session.occurrences { trigger.triggerGracefulShutdown() }
                }
                try await running.value
                await #expect(throws: PoolUserSessionFailure.closed) { try await user.resolve("EchoPool") }
            }
            await finish([element], registrar)
        }
    }
}
