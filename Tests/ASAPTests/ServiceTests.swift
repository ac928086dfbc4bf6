import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import SCTPTransport
import Testing

@testable import ASAP

@Suite("Pool element and pool user over a network", .serialized)
struct ServiceTests {
    @Test("A message is echoed, and the element leaves its pool when its task is cancelled", arguments: Stage.Kind.all)
    func echo(_ kind: Stage.Kind) async throws {
        try await Stage(kind, base: 1).run { stage in
            let registrar = try await stage.registrar()
            let element = stage.serve(1)
            try await registrar.hasElements(1)
            let answer = try await PoolUser.withSession(
                pool: "EchoPool", registrars: stage.registrars, endpoint: stage.endpoint(9), backend: stage.backend,
                on: stage.loop
            ) { session in
                try await session.send([1, 2, 3])
                for try await case .message(let message) in session.occurrences { return message.bytes }
                return []
            }
            #expect(answer == [1, 2, 3])
            element.cancel()
            try await element.value
            #expect(await registrar.elements.isEmpty)
            await registrar.close()
        }
    }

    /// Counts messages; the count travels in the cookie. On the message with the number 99 the element fails.
    @Sendable static func count(_ session: PoolElementSession) async throws {
        struct Crash: Error {}
        let isSuccessor = await session.cookieEcho != nil
        var count = Int(await session.cookieEcho?.first ?? 0)
        for try await message in session.messages {
            if message.bytes == [99], !isSuccessor { throw Crash() }
            count += 1
            await session.sendCookie([UInt8(count)])
            try await session.send([UInt8(count)])
        }
    }

    @Test(
        "An element that fails is replaced, its cookie goes to the next one first, and no answered message is lost",
        arguments: Stage.Kind.all)
    func failover(_ kind: Stage.Kind) async throws {
        try await Stage(kind, base: 2).run { stage in
            let registrar = try await stage.registrar()
            let elements = (1...3).map {
                stage.serve($0, policy: .leastUsed(load: Load(fraction: Double($0) / 10)), Self.count)
            }
            try await registrar.hasElements(3)
            let user = try await stage.user()
            let counts = try await user.withSession(pool: "EchoPool") { session in
                var counts: [UInt8] = []
                var lost: [PoolElementIdentifier] = []
                try await session.send([0])
                for try await occurrence in session.occurrences {
                    switch occurrence {
                    case .message(let message):
                        counts.append(message.bytes[0])
                        if counts.count == 10 { return counts }
                        if counts.count == 5, let network = stage.network {
                            let used = stage.address(Int(lost.count) + 1)
                            await network.change { $0.setConnected(false, used) }
                        }
                        try await session.send([counts.count == 5 && stage.network == nil ? 99 : 0])
                    case .elementLost(let element, _):
                        lost.append(element)
                    case .failedOver(let element):
                        #expect(lost.count == 1)
                        #expect(!lost.contains(element))
                        #expect(await session.element == element)
                        // The element that failed had the message, or had not: it is the program that knows.
                        if stage.network == nil { try await session.send([0]) }
                    case .undelivered:
                        Issue.record("\(occurrence)")
                    }
                }
                return counts
            }
            await user.close()
            #expect(counts == Array(1...10))
            let reports = await registrar.received.filter { $0.type == .endpointUnreachable }
            #expect(reports.count == 1)
            await finish(elements, registrar)
        }
    }

    @Test("An element bound to no address registers the one towards the registrar, and its UDP port")
    func localRoute() async throws {
        #expect(LocalRoute.address(towards: .v4(0x7f00_0005)) == .loopbackIPv4)
        #expect(LocalRoute.address(towards: .loopbackIPv6) == .loopbackIPv6)
        guard Stage.Kind.all.contains(.userland) else { return }
        try await Stage(.userland, base: 3).run { stage in
            let registrar = try await stage.registrar()
            let element = Task(executorPreference: stage.loop) {
                var configuration = stage.endpoint(1)
                configuration.localAddresses = []
                configuration.encapsulationPort = 19_899
                try await PoolElement.serve(
                    pool: "EchoPool", registrars: stage.registrars, endpoint: configuration, backend: stage.backend,
                    on: stage.loop, Stage.echo)
            }
            try await registrar.hasElements(1)
            let registered = try #require(await registrar.elements.first)
            #expect(registered.userTransport.addresses == [.loopbackIPv4])
            #expect(registered.userTransport.use == .dataPlusControl)
            #expect(registered.encapsulationPort == 19_899)
            let user = try await stage.user()
            let answer = try await user.withSession(pool: "EchoPool") { session in
                try await session.send([5])
                for try await case .message(let message) in session.occurrences { return message.bytes }
                return []
            }
            #expect(answer == [5])
            await user.close()
            await finish([element], registrar)
        }
    }

    @Test("stop() takes the element out of its pool while its sessions go on, then ends them")
    func stop() async throws {
        try await Stage(.simulated, base: 4).run { stage in
            let registrar = try await stage.registrar()
            let element = stage.element(1)
            let task = Task(executorPreference: stage.loop) { try await element.run(Stage.echo) }
            try await registrar.hasElements(1)
            let user = try await stage.user()
            try await user.withSession(pool: "EchoPool") { session in
                try await session.send([1])
                for try await occurrence in session.occurrences {
                    #expect(occurrence == .message(SCTPMessage([1])))
                    break
                }
                await element.stop()
                try await registrar.hasElements(0)
                try await task.value
                for try await occurrence in session.occurrences {
                    guard case .elementLost(_, .closed) = occurrence else {
                        Issue.record("\(occurrence)")
                        continue
                    }
                    break
                }
            }
            await user.close()
            await registrar.close()
            var events: [PoolElementEvent] = []
            for await event in element.events { events.append(event) }
            #expect(events.contains { if case .registered(_, false, []) = $0 { true } else { false } })
            #expect(events.contains(.deregistered))
        }
    }

    @Test("A new load reaches the registrar")
    func update() async throws {
        try await Stage(.simulated, base: 5).run { stage in
            let registrar = try await stage.registrar()
            let element = stage.element(1, policy: .leastUsed(load: .idle))
            let task = Task(executorPreference: stage.loop) { try await element.run(Stage.echo) }
            try await registrar.hasElements(1)
            await element.update(.leastUsed(load: .full))
            while await registrar.elements.first?.policy != .leastUsed(load: .full) {
                try await stage.loop.sleep(for: .milliseconds(10))
            }
            await finish([task], registrar)
        }
    }

    @Test("A refused registration ends run() with the registrar's causes, at once")
    func refused() async throws {
        try await Stage(.simulated, base: 6).run { stage in
            let registrar = try await stage.registrar()
            await registrar.refuse([.rejectedForSecurity])
            await #expect(throws: RegistrationFailure.rejected([.rejectedForSecurity])) {
                try await stage.element(1).run(Stage.echo)
            }
            #expect(stage.loop.now < .origin + .seconds(1))
            await registrar.close()
        }
    }

    @Test("Without a registrar, or without the pool, there is a failure with a sentence, in its time")
    func failures() async throws {
        try await Stage(.simulated, base: 7).run { stage in
            let configuration = try PoolUserConfiguration(serverHunt: .init(timeLimit: .seconds(5)))
            let user = try await stage.user(configuration: configuration)
            await #expect(throws: ResolutionFailure.noRegistrar(stage.registrars.addresses)) {
                try await user.resolve("EchoPool")
            }
            #expect(stage.loop.now - .origin < .seconds(6))
            let registrar = try await stage.registrar()
            await #expect(throws: ResolutionFailure.unknownPool("EchoPool")) { try await user.resolve("EchoPool") }
            await #expect(throws: PoolUserSessionFailure.resolution(.unknownPool("EchoPool"))) {
                try await user.withSession(pool: "EchoPool") { _ in }
            }
            await user.close()
            await #expect(throws: PoolUserSessionFailure.closed) { try await user.resolve("EchoPool") }
            await #expect(throws: ConfigurationError.self) { try await PoolUser.open(registrars: .fixed([] as [SCTPAddress])) }
            await registrar.close()
        }
    }

    @Test(
        "One pool user has several sessions with one element at a time, and one straight after another",
        arguments: Stage.Kind.all)
    func severalSessions(_ kind: Stage.Kind) async throws {
        try await Stage(kind, base: 10).run { stage in
            let registrar = try await stage.registrar()
            let element = stage.serve(1)
            try await registrar.hasElements(1)
            let user = try await stage.user()
            try await withThrowingTaskGroup { group in
                for number in 0..<5 as Range<UInt8> {
                    group.addTask(executorPreference: stage.loop) {
                        for round in 0..<4 as Range<UInt8> {
                            let answer = try await user.withSession(pool: "EchoPool") {
                                session -> PoolUserSession.Occurrence? in
                                try await session.send([number, round])
                                for try await occurrence in session.occurrences { return occurrence }
                                return nil
                            }
                            #expect(answer == .message(SCTPMessage([number, round])))
                        }
                    }
                }
                try await group.waitForAll()
            }
            await user.close()
            await finish([element], registrar)
        }
    }

    @Test("Waiting calls can be cancelled: resolving, opening a session, receiving")
    func cancellation() async throws {
        try await Stage(.simulated, base: 8).run { stage in
            let user = try await stage.user()
            let resolving = Task(executorPreference: stage.loop) { try await user.resolve("EchoPool") }
            let opening = Task(executorPreference: stage.loop) {
                try await user.withSession(pool: "EchoPool") { _ in Issue.record("there is no pool") }
            }
            try await stage.loop.sleep(for: .seconds(1))
            resolving.cancel()
            opening.cancel()
            await #expect(throws: CancellationError.self) { try await resolving.value }
            await #expect(throws: CancellationError.self) { try await opening.value }
            let registrar = try await stage.registrar()
            let element = stage.serve(1) { session in for try await _ in session.messages {} }
            try await registrar.hasElements(1)
            let receiving = Task(executorPreference: stage.loop) {
                try await user.withSession(pool: "EchoPool") { session in
                    for try await _ in session.occurrences {}
                }
            }
            try await stage.loop.sleep(for: .seconds(1))
            receiving.cancel()
            await #expect(throws: CancellationError.self) { try await receiving.value }
            await user.close()
            await finish([element], registrar)
        }
    }

    @Test("An element that does not read holds its users up; when it reads, everything is there, in order")
    func backPressure() async throws {
        let messages = 4_000
        let size = 1_000
        try await Stage(.simulated, base: 9).run { stage in
            let registrar = try await stage.registrar()
            let element = stage.serve(1) { session in
                try await stage.loop.sleep(for: .seconds(10))
                var next = 0
                for try await message in session.messages {
                    #expect(message.bytes.count == size && Int(message.bytes[0]) == next % 251)
                    next += 1
                    if next == messages { try await session.send([1]) }
                }
            }
            try await registrar.hasElements(1)
            let user = try await stage.user()
            let start = stage.loop.now
            let held = try await user.withSession(pool: "EchoPool") { session in
                var held = Duration.zero
                for number in 0..<messages {
                    try await session.send([UInt8](repeating: UInt8(number % 251), count: size))
                    held = stage.loop.now - start
                }
                for try await _ in session.occurrences { break }
                return held
            }
            // Four megabytes do not fit into windows and queues: the sender waited for the element to read.
            #expect(held >= .seconds(9))
            await user.close()
            await finish([element], registrar)
        }
    }
}
