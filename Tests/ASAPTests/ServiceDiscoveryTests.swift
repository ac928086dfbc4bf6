import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import SCTPTransport
import Testing

@testable import ASAP

@Suite("Services that find registrars, follow pools and send by pool handle", .serialized)
struct ServiceDiscoveryTests {
    /// A group of the stage's own, heard and sent to by the loopback interface only where it is a real one.
    static func group(_ stage: Stage, from number: Int) -> MulticastConfiguration {
        var group = MulticastConfiguration(group: .v4(0xefff_0000 + stage.base), port: 3900 + UInt16(stage.base))
        group.sourceAddress = stage.address(number)
        return group
    }

    @Test("Element and user find a registrar by its announcements (§3.6)", arguments: Stage.Kind.all)
    func announced(_ kind: Stage.Kind) async throws {
        try await Stage(kind, base: 21).run { stage in
            let registrar = try await stage.registrar()
            let element = PoolElement(
                pool: "EchoPool", registrars: .announced(to: Self.group(stage, from: 1)), endpoint: stage.endpoint(1),
                backend: stage.backend, on: stage.loop)
            let serving = Task(executorPreference: stage.loop) { try await element.run(Stage.echo) }
            try await stage.loop.sleep(for: .milliseconds(300))
            #expect(await registrar.elements.isEmpty)
            try await registrar.announce(to: Self.group(stage, from: 0), stage.backend)
            try await registrar.hasElements(1)
            let answer = try await PoolUser.withSession(
                pool: "EchoPool", registrars: .announced(to: Self.group(stage, from: 9)), endpoint: stage.endpoint(9),
                backend: stage.backend, on: stage.loop
            ) { session in
                try await session.send([1, 2, 3])
                for try await case .message(let message) in session.occurrences { return message.bytes }
                return []
            }
            #expect(answer == [1, 2, 3])
            await finish([serving], registrar)
        }
    }

    @Test("A watched pool is told of with every change, and the registrar is told when nobody watches any more")
    func watch() async throws {
        try await Stage(.simulated, base: 22).run { stage in
            let registrar = try await stage.registrar()
            let user = try await stage.user()
            var counts: [Int] = []
            var elements: [Task<Void, any Error>] = []
            for try await snapshot in await user.watch("EchoPool") {
                counts.append(snapshot.elements.count)
                switch counts.count {
                case 1, 2:
                    #expect(snapshot.isLive == (counts.count > 1))
                    elements.append(stage.serve(elements.count + 1))
                case 3: elements[0].cancel()
                case 4: elements[1].cancel()
                default: break
                }
                if counts.count == 5 { break }
            }
            #expect(counts == [0, 1, 2, 1, 0])
            let element = stage.serve(3)
            try await registrar.hasElements(1)
            var contents: PoolContents? = await user.watch("EchoPool")
            _ = try await contents?.first { _ in true }
            #expect(await registrar.followerCount == 1)
            contents = nil
            while await registrar.followerCount != 0 { try await stage.loop.sleep(for: .milliseconds(10)) }
            await user.close()
            var iterator = await user.watch("EchoPool").makeAsyncIterator()
            await #expect(throws: PoolUserSessionFailure.closed) { try await iterator.next() }
            await finish(elements + [element], registrar)
        }
    }

    @Test("Messages by pool handle go round the elements, or to all, and their answers come with their senders (§6.5)")
    func messenger() async throws {
        try await Stage(.simulated, base: 23).run { stage in
            let registrar = try await stage.registrar()
            let elements = (1...3).map { stage.serve($0) }
            try await registrar.hasElements(3)
            let user = try await stage.user()
            try await user.withMessenger(pool: "EchoPool") { messenger in
                var receivers: [PoolElementIdentifier] = []
                for byte in 1...6 as ClosedRange<UInt8> { receivers += try await messenger.send([byte]) }
                #expect(Set(receivers).count == 3)
                #expect(Array(receivers.prefix(3)) == Array(receivers.suffix(3)))
                let all = try await messenger.send([7], options: .toAll)
                #expect(Set(all) == Set(receivers))
                var answers: [UInt8: [PoolElementIdentifier]] = [:]
                var count = 0
                for try await case .message(let element, let message) in messenger.occurrences {
                    answers[message.bytes[0], default: []].append(element)
                    count += 1
                    if count == 9 { break }
                }
                #expect(answers[1] == [receivers[0]])
                #expect(Set(answers[7] ?? []) == Set(all))
                await #expect(throws: PoolMessengerFailure.reservedPayloadProtocol) {
                    try await messenger.send([1], MessageHeader(payloadProtocol: .asap))
                }
            }
            await user.close()
            await finish(elements, registrar)
        }
    }

    @Test("A message whose element dies is sent to another, unless its options say otherwise (§6.5.5)")
    func messengerFailover() async throws {
        try await Stage(.simulated, base: 24).run { stage in
            let registrar = try await stage.registrar()
            let elements = (1...2).map { stage.serve($0, policy: .leastUsed(load: Load(fraction: Double($0) / 10))) }
            try await registrar.hasElements(2)
            let user = try await stage.user()
            try await user.withMessenger(pool: "EchoPool") { messenger in
                let first = try await messenger.send([1])
                var iterator = messenger.occurrences.makeAsyncIterator()
                #expect(try await iterator.next() == .message(first[0], SCTPMessage([1])))
                await stage.network?.change { $0.setConnected(false, stage.address(1)) }
                try await messenger.send([2])
                try await messenger.send([3], options: .noFailover)
                var failed: [UInt8] = []
                var answered: [UInt8] = []
                while answered.isEmpty || failed.isEmpty, let occurrence = try await iterator.next() {
                    switch occurrence {
                    case .undelivered(let element, let undelivered):
                        #expect(element == first[0])
                        failed += undelivered.message.bytes
                    case .message(let element, let message):
                        #expect(element != first[0])
                        answered += message.bytes
                    case .elementLost(let element, _): #expect(element == first[0])
                    }
                }
                #expect(failed == [3])
                #expect(answered == [2])
            }
            await user.close()
            for element in elements { element.cancel() }
            await stage.network?.change { $0.setConnected(true, stage.address(1)) }
            await finish(elements, registrar)
        }
    }

    @Test("An element that speaks first greets its users", arguments: Stage.Kind.all)
    func greeting(_ kind: Stage.Kind) async throws {
        try await Stage(kind, base: 25).run { stage in
            let registrar = try await stage.registrar()
            let element = stage.element(1, configuration: try .init(sessionStart: .association))
            let serving = Task(executorPreference: stage.loop) {
                try await element.run { session in try await session.send([UInt8]("hello".utf8)) }
            }
            try await registrar.hasElements(1)
            let user = try await stage.user()
            let greeting = try await user.withSession(pool: "EchoPool") { session -> [UInt8] in
                for try await case .message(let message) in session.occurrences { return message.bytes }
                return []
            }
            #expect(greeting == [UInt8]("hello".utf8))
            await user.close()
            await finish([serving], registrar)
        }
    }

    @Test("An element resolves its pool, and recommends its peers to users by its business card (§3.9)")
    func businessCards() async throws {
        struct Crash: Error {}
        try await Stage(.simulated, base: 26).run { stage in
            let registrar = try await stage.registrar()
            let element = stage.element(1, policy: .priority(100))
            let serving = Task(executorPreference: stage.loop) {
                try await element.run { session in
                    for try await message in session.messages {
                        if message.bytes == [9] { throw Crash() }
                        try await session.send([UInt8]((await session.businessCard)?.pool.description.utf8 ?? "none".utf8))
                    }
                }
            }
            try await registrar.hasElements(1)
            let others = [10, 20, 30].map { stage.serve($0 / 10 + 1, policy: .priority(UInt32($0))) }
            try await registrar.hasElements(4)
            let pool = try await element.resolve("EchoPool")
            // The last that the policy would choose.
            let favourite = try #require(pool.elements.first { $0.policy == .priority(10) })
            await element.setFailoverOrder([favourite])
            await #expect(throws: ResolutionFailure.unknownPool("NoPool")) { try await element.resolve("NoPool") }
            let user = try await stage.user()
            await user.present(ASAPMessage.BusinessCard(pool: "UserPool", elements: [favourite]))
            try await user.withSession(pool: "EchoPool") { session in
                try await session.send([1])
                var iterator = session.occurrences.makeAsyncIterator()
                #expect(try await iterator.next() == .message(SCTPMessage([UInt8]("UserPool".utf8))))
                try await session.send([9])
                while let occurrence = try await iterator.next() {
                    guard case .failedOver(let next) = occurrence else { continue }
                    #expect(next == favourite.identifier)
                    break
                }
            }
            await user.close()
            await finish([serving] + others, registrar)
        }
    }
}
