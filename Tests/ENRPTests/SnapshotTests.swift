import ASAP
import PoolPolicies
import RSerPoolParameters
import RequirementTesting
import SCTPTransport
import Testing

@testable import ENRP

/// Snapshots that are taken in slices, while the registrar works on.
@Suite struct SnapshotTests {
    /// A registrar with pools `Pool0`, `Pool1`, … of so many elements each.
    private func registrar(pools: Int, of size: Int) throws -> (RegistrarHarness, AssociationIdentifier) {
        var registrar = RegistrarHarness()
        let association = registrar.connect("192.0.2.1")
        for pool in 0..<pools {
            for element in 1...size {
                _ = try registrar.register(
                    .sctp(UInt32(element), at: "192.0.2.1"), in: PoolHandle("Pool\(pool)"), from: association)
            }
        }
        return (registrar, association)
    }

    /// All slices, with what is to happen between them.
    private func slices(
        of registrar: inout RegistrarHarness, elements: Int,
        between: (inout RegistrarHarness, Int) throws -> Void = { _, _ in }
    ) throws -> [[RegistrarSnapshot.Pool]] {
        var slices: [[RegistrarSnapshot.Pool]] = []
        var place: RegistrarSnapshotPlace? = .start
        while let next = place {
            let slice = registrar.engine.poolSlice(next, elements: elements, at: registrar.now)
            slices.append(slice.pools)
            place = slice.next
            try between(&registrar, slices.count)
        }
        return slices
    }

    @Test(arguments: [1, 2, 3, 7, 8, 100]) func slicesTogetherAreTheWhole(elements: Int) throws {
        var (registrar, _) = try registrar(pools: 5, of: 7)
        let slices = try slices(of: &registrar, elements: elements)
        #expect(slices.allSatisfy { $0.reduce(0) { $0 + $1.elements.count } <= elements })
        let whole = registrar.engine.snapshot(at: registrar.now)
        #expect(whole.elements == 35)
        #expect(RegistrarSnapshot.pools(of: slices.flatMap(\.self)) == whole.pools)
    }

    @Test func aRegistrarWithoutPoolsHasOneEmptySlice() throws {
        var registrar = RegistrarHarness()
        let slices = try slices(of: &registrar, elements: 1)
        #expect(slices == [[]])
    }

    @Test(.requirement("mib-5-R1")) func indexesStayAsLongAsElementsDo() throws {
        var (registrar, association) = try registrar(pools: 3, of: 3)
        let before = registrar.engine.snapshot(at: registrar.now).pools
        for element: UInt32 in 1...3 { _ = try registrar.deregister(element, in: "Pool1", from: association) }
        _ = try registrar.deregister(2, in: "Pool2", from: association)
        let after = registrar.engine.snapshot(at: registrar.now).pools
        #expect(after.map(\.handle) == ["Pool0", "Pool2"])
        #expect(after.map(\.index) == [before[0].index, before[2].index])
        #expect(after[1].elements.map(\.index) == [before[2].elements[0].index, before[2].elements[2].index])
        #expect(Set(before.map(\.index)) == [1, 2, 3])
    }

    @Test func elementsThatStayAreMetOnceWhateverComesAndGoes() throws {
        var (registrar, association) = try registrar(pools: 4, of: 10)
        // Of each pool only the odd elements stay.
        let slices = try slices(of: &registrar, elements: 3) { registrar, round in
            let pool = PoolHandle("Pool\(round % 4)")
            for element: UInt32 in [2, 4, 6, 8, 10] where (round + Int(element)) % 3 == 0 {
                _ = try registrar.deregister(element, in: pool, from: association)
            }
            _ = try registrar.register(.sctp(UInt32(100 + round), at: "192.0.2.1"), in: pool, from: association)
        }
        for pool in 0..<4 {
            let views = slices.flatMap(\.self).filter { $0.handle == PoolHandle("Pool\(pool)") }.flatMap(\.elements)
            for element: UInt32 in [1, 3, 5, 7, 9] {
                #expect(views.count { $0.parameter.identifier.rawValue == element } == 1, "element \(element) of pool \(pool)")
            }
        }
    }

    /// The place of a pool that ends becomes another pool's; that one must not be seen in part.
    @Test func aPoolThatTakesAnothersPlaceIsSeenWhole() throws {
        var (registrar, association) = try registrar(pools: 1, of: 6)
        let slices = try slices(of: &registrar, elements: 3) { registrar, round in
            guard round == 1 else { return }
            for element: UInt32 in 1...6 { _ = try registrar.deregister(element, in: "Pool0", from: association) }
            for element: UInt32 in 1...6 {
                _ = try registrar.register(.sctp(element, at: "192.0.2.1"), in: "Other", from: association)
            }
        }
        let pools = RegistrarSnapshot.pools(of: slices.flatMap(\.self))
        #expect(pools.first { $0.handle == "Other" }?.elements.count == 6)
        #expect(pools.first { $0.handle == "Pool0" }?.elements.count == 3)
    }

    @Test func placesWithoutElementsCostAsMuchAsTheyMay() throws {
        var (registrar, association) = try registrar(pools: 1, of: RegistrarSnapshot.placesPerSlice + 10)
        for element in 2...UInt32(RegistrarSnapshot.placesPerSlice + 9) {
            _ = try registrar.deregister(element, in: "Pool0", from: association)
        }
        let slices = try slices(of: &registrar, elements: 256)
        #expect(slices.map { $0.flatMap(\.elements).map(\.parameter.identifier.rawValue) } == [[1], [4_106]])
    }

    @Test func eventsAreCounted() throws {
        var (registrar, association) = try registrar(pools: 2, of: 2)
        _ = try registrar.register(.sctp(1, at: "192.0.2.1"), in: "Pool0", from: association)
        _ = try registrar.register(.sctp(9, at: "192.0.2.99"), in: "Pool0", from: association)
        _ = try registrar.resolve("Pool0", from: association)
        _ = try registrar.resolve("None", from: association)
        _ = try registrar.deregister(2, in: "Pool1", from: association)
        var counters = RegistrarCounters()
        for event in registrar.takeEvents() { counters.count(event) }
        let counted = RegistrarCounter.allCases.filter { counters[$0] > 0 }.map { "\($0.name) \(counters[$0])" }
        #expect(
            counted == [
                "associations 1", "registrations 4", "renewals 1", "registrationsRejected 1", "deregistrations 1",
                "resolutions 1", "unknownHandles 1",
            ])
    }

    @Test func aRegistrarTellsOfItselfInSlices() async throws {
        let stage = try RegistrarStage()
        try await stage.run {
            let registrar = try await stage.start()
            let peer = try await stage.peer(1)
            for element in 1...UInt32(RegistrarSnapshot.elementsPerSlice + 5) {
                try await peer.send(
                    .registration(.init(pool: "Pool", element: .sctp(element, at: "\(RegistrarStage.address(1))"))))
                _ = try await peer.receive()
            }
            let start = await registrar.snapshotStart()
            #expect(start.snapshot.elements == RegistrarSnapshot.elementsPerSlice)
            #expect(start.next != nil)
            let snapshot = await registrar.snapshot()
            #expect(snapshot.elements == RegistrarSnapshot.elementsPerSlice + 5)
            #expect(snapshot.counters[.registrations] == UInt64(snapshot.elements))
            #expect(snapshot.uptime.map { $0 < .seconds(600) } == true)
            #expect(snapshot.addresses.asap.count == 1)
            await registrar.stop()
            #expect(await registrar.snapshot().registrar.rawValue == 9)
            #expect(await registrar.poolSlice(.start).next == nil)
        }
    }
}
