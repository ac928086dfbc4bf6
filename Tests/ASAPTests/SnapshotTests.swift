import ASAP
import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import SCTPTransport
import Testing

/// What status views and the MIB are told of elements and users.
@Suite("Snapshots of pool elements and pool users")
struct SnapshotTests {
    @Test("An element's state follows its registration")
    func registration() throws {
        var element = ElementUnderTest(registrars: 2)
        #expect(element.engine.snapshot.pool == nil)
        #expect(element.engine.snapshot.registration == .unregistered)
        element.give(.register(ElementUnderTest.registration))
        #expect(element.engine.snapshot.home == nil)
        #expect(element.engine.snapshot.registrars == [Registrars.address(1), Registrars.address(2)])
        let home = element.deeds.opened[0].association
        element.notify(home, up(Registrars.address(1)))
        #expect(element.engine.snapshot.registration == .registering)
        try element.grant(from: home)
        var snapshot = element.engine.snapshot
        #expect(snapshot.registration == .registered)
        #expect(snapshot.pool == Sample.pool)
        #expect(snapshot.parameter?.identifier == element.identifier)
        #expect(snapshot.parameter?.policy == Sample.policy)
        #expect(snapshot.home?.address == Registrars.address(1))
        #expect(snapshot.home?.association == home)
        #expect(snapshot.home?.identifier == nil)

        let server = RegistrarIdentifier(rawValue: 0x77)
        try element.receive(
            .endpointKeepAlive(.init(server: server, pool: Sample.pool, identifier: element.identifier)), from: home)
        snapshot = element.engine.snapshot
        #expect(snapshot.home?.identifier == server)
        #expect(snapshot.parameter?.homeRegistrar == server)
        element.give(.deregister(within: .seconds(10)))
        #expect(element.engine.snapshot.registration == .deregistering)
    }

    @Test("An element's sessions are listed in their order, as many as there may be")
    func sessions() throws {
        var element = ElementUnderTest()
        _ = try element.becomeMember()
        let user = SCTPAddress(.v4(0xc633_6407), port: 4_000)
        let count = PoolElementSnapshot.listedSessions + 3
        for number in 1...UInt64(count) {
            element.notify(accepted(number), up(user))
            element.give(.transport(.message(accepted(number), SCTPMessage([1]))))
        }
        // It has not spoken yet, so nobody knows what it is.
        element.notify(accepted(UInt64(count + 1)), up(user))
        let snapshot = element.engine.snapshot
        #expect(snapshot.sessionCount == count)
        #expect(snapshot.sessions.count == PoolElementSnapshot.listedSessions)
        #expect(snapshot.sessions[0].association == accepted(1))
        #expect(snapshot.sessions[0].addresses == [user])
        #expect(snapshot.sessions.last?.association == accepted(UInt64(PoolElementSnapshot.listedSessions)))
    }

    @Test("A pool user shows its registrar, its cache and its sessions")
    func user() throws {
        var user = UserUnderTest()
        user.give(.open(UserUnderTest.session, Sample.pool, .resend))
        user.send([1, 2, 3])
        var snapshot = user.engine.snapshot(at: user.now)
        #expect(snapshot.registrar == nil)
        #expect(snapshot.pools.map(\.isRequested) == [true])
        #expect(snapshot.sessions.map(\.queuedBytes) == [3])
        #expect(snapshot.sessions.map(\.element) == [nil])

        try user.receive(UserUnderTest.answer([1, 2]), from: user.findRegistrar())
        #expect(user.engine.snapshot(at: user.now).sessions.map(\.isConnected) == [false])
        let link = user.deeds.opened[1]
        user.notify(link.association, up(link.addresses[0]))
        try user.receive(.cookie(.init(cookie: Cookie([1, 2, 3, 4]))), from: link.association)
        user.wait(.seconds(5))
        snapshot = user.engine.snapshot(at: user.now)
        #expect(snapshot.registrar == Registrars.address(1))
        #expect(snapshot.sessionCount == 1)
        let session = try #require(snapshot.sessions.first)
        #expect(session.element == PoolElementIdentifier(rawValue: 1))
        #expect(session.addresses == [UserUnderTest.address(of: 1)])
        #expect(session.isConnected)
        #expect(session.cookieSize == 4)
        #expect(session.queuedBytes == 0)
        let pool = try #require(snapshot.pools.first)
        #expect(pool.handle == Sample.pool)
        #expect(pool.elements.map(\.rawValue) == [1, 2])
        #expect(pool.age == .seconds(5))
        #expect(pool.isFresh)
        user.wait(PoolUserConfiguration.standard.staleCacheValue)
        #expect(user.engine.snapshot(at: user.now).pools.map(\.isFresh) == [false])
    }

    @Test("Elements and users tell of themselves while they run, and how they stood at the end")
    func services() async throws {
        try await Stage(.simulated, base: 60).run { stage in
            let registrar = try await stage.registrar()
            let element = stage.element(1)
            #expect(await element.snapshot == nil)
            let serving = Task(executorPreference: stage.loop) { try await element.run { _ in } }
            try await registrar.hasElements(1)
            while await element.snapshot?.registration != .registered {
                try await stage.loop.sleep(for: .milliseconds(10))
            }
            #expect(await element.snapshot?.uptime != nil)
            let user = try await stage.user()
            _ = try await user.resolve("EchoPool")
            #expect(await user.snapshot?.pools.map(\.handle) == ["EchoPool"])
            #expect(await user.snapshot?.uptime != nil)
            await user.close()
            #expect(await user.snapshot?.pools.count == 1)
            await element.stop()
            try await serving.value
            #expect(await element.snapshot?.registration == .unregistered)
            await registrar.close()
        }
    }
}
