import ASAP
import ENRP
import InternetAddresses
import RSerPoolParameters
import RSerPoolStatus
import SCTPTransport
import Synchronization
import Testing

/// What registrars, elements and users tell of themselves: each fact from its snapshot, under its name.
@Suite struct RoleStatusTests {
    /// A registrar, an element and a user that know each other, in virtual time.
    private func onStage(
        elements: Int, _ body: @escaping @Sendable (Registrar, [PoolElement], PoolUser) async throws -> Void
    ) async throws {
        let loop = try EventLoop(name: "status-test", clock: .virtual)
        let backend = SCTPBackendChoice.simulated(SimulatedNetwork(on: loop, seed: 1))
        let task = Task(executorPreference: loop) {
            let address = IPAddress("192.0.2.1")!
            let registrar = try await Registrar.start(
                endpoint: SCTPEndpointConfiguration(localAddresses: [address], port: ASAPProtocol.port),
                identifier: RegistrarIdentifier(rawValue: 0x77), backend: backend, on: loop)
            let registrars = RegistrarList.fixed([SCTPAddress(address, port: ASAPProtocol.port)])
            let pool = (1...elements).map { number in
                PoolElement(
                    pool: PoolHandle("Pool\(number % 2)"), registrars: registrars,
                    identifier: PoolElementIdentifier(rawValue: UInt32(number)),
                    endpoint: SCTPEndpointConfiguration(localAddresses: [.v4(0xc000_0300 + UInt32(number))], port: 7_000),
                    backend: backend, on: loop)
            }
            let runs = pool.map { element in
                Task(executorPreference: loop) {
                    try await element.run { session in
                        for try await message in session.messages { try await session.send(message) }
                    }
                }
            }
            while await registrar.snapshot().elements < elements { try await loop.sleep(for: .milliseconds(10)) }
            let user = try await PoolUser.open(
                registrars: registrars,
                endpoint: SCTPEndpointConfiguration(localAddresses: [IPAddress("192.0.2.9")!]), backend: backend, on: loop)
            try await body(registrar, pool, user)
            await user.close()
            for run in runs { run.cancel() }
            for run in runs { _ = await run.result }
            await registrar.stop()
        }
        try await task.value
    }

    private func status(of source: some StatusSource) async throws -> StatusValue {
        let document = Mutex(StatusDocument())
        try await source.tellStatus { parts in document.withLock { for part in parts { $0.add(part) } } }
        return document.withLock { document in
            document.add(StatusDocument.end)
            return document.value
        }
    }

    @Test func registrar() async throws {
        try await onStage(elements: 3) { registrar, _, user in
            _ = try await user.resolve("Pool1")
            let status = try await status(
                of: RegistrarStatus(registrar, policyName: { _ in "name" }, policyText: { _ in "text" }))
            #expect(status["role"] == "registrar")
            #expect(status["identifier"] == "0x00000077")
            #expect(status["serving"] == true)
            #expect(status["asap"] == ["192.0.2.1:3863"])
            #expect(status["counters"]?["registrations"] == 3)
            #expect(status["counters"]?["resolutions"] == 1)
            #expect(status["counters"]?.members.count == RegistrarCounter.allCases.count)
            let pools = try #require(status["pools"]?.list)
            #expect(pools.map { $0["handle"] } == ["Pool0", "Pool1"])
            #expect(pools.map { $0["policy"] } == ["name", "name"])
            #expect(pools[1]["elements"]?.list.map { $0["identifier"] } == ["0x00000001", "0x00000003"])
            let element = try #require(pools[1]["elements"]?.list.first)
            #expect(element["addresses"] == ["192.0.3.1:7000"])
            #expect(element["protocol"] == "sctp")
            #expect(element["policy"] == "text")
            #expect(element["homeRegistrar"] == "0x00000077")
            #expect(element["life"] == .number(300))
            #expect(element["reports"] == 0)
            #expect((element["expires"]?.number ?? 0) > 200)
            #expect(status["peers"] == [])
        }
    }

    @Test func elementAndUser() async throws {
        try await onStage(elements: 1) { _, elements, user in
            try await user.withSession(pool: "Pool1") { session in
                try await session.send([1])
                for try await case .message in session.occurrences { break }
                let element = try await status(of: PoolElementStatus(elements[0]))
                #expect(element["role"] == "element")
                #expect(element["pool"] == "Pool1")
                #expect(element["registration"] == "registered")
                #expect(element["registrar"] == "192.0.2.1:3863")
                #expect(element["sessionCount"] == 1)
                #expect(element["sessions"]?.list.count == 1)
                let user = try await status(of: PoolUserStatus(user) { _ in "name" })
                #expect(user["role"] == "user")
                #expect(user["registrar"] == "192.0.2.1:3863")
                let shown = try #require(user["sessions"]?.list.first)
                #expect(shown["element"] == "0x00000001")
                #expect(shown["connected"] == true)
                #expect(user["pools"]?.list.map { $0["handle"] } == ["Pool1"])
                #expect(user["pools"]?.list.first?["members"] == ["0x00000001"])
                #expect(user["pools"]?.list.first?["policy"] == "name")
            }
            await user.close()
            #expect(try await status(of: PoolUserStatus(user))["sessions"] == [])
        }
    }
}
