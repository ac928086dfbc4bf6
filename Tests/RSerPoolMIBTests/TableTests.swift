import InternetAddresses
import RSerPoolParameters
import RequirementTesting
import Testing

@testable import AgentX
@testable import RSerPoolMIB

@Suite("RFC 5525: tables")
struct TableTests {
    /// Every variable by GetNext from the root, as a walk does it.
    private func walk(_ view: ManagementView) -> [VariableBinding] {
        var result: [VariableBinding] = []
        var name: ObjectIdentifier = [1, 3]
        while let next = view.first(in: SearchRange(from: name)) {
            result.append(next)
            name = next.name
            guard result.count < 10_000 else { break }
        }
        return result
    }

    @Test("There are 61 accessible columns")
    func columns() {
        #expect(RSerPoolObjects.Table.allCases.reduce(0) { $0 + $1.columns.count } == 61)
    }

    @Test("A walk goes through every variable once, in order, and each can be read by its name")
    func walking() {
        let view = Stage.view
        let all = walk(view)
        #expect(all.map(\.name) == all.map(\.name).sorted())
        #expect(Set(all.map(\.name)).count == all.count)
        for variable in all { #expect(view.value(of: variable.name) == variable.value) }
        // Registrar 8 of 11 (no announcement to peers), pools 2, elements 3 · 12, ASAP addresses 3 · 2, user addresses
        // (2 + 2 + 1) · 3, own addresses 1 · 2, peers 1 · 3, their addresses 2 · 2, elements here 2 · 16, their addresses 2 · 2 and
        // 4 · 3, users 1 · 4.
        #expect(all.count == 8 + 2 + 36 + 6 + 15 + 2 + 3 + 4 + 32 + 4 + 12 + 4)
    }

    @Test("Values stand where RFC 5525 puts them", .requirement("mib-6-R2"))
    func values() {
        let view = Stage.view
        func value(_ numbers: UInt32...) -> VariableBinding.Value { view.value(of: Stage.base + numbers) }
        #expect(value(1, 1, 1, 1, 3, 4) == .gauge32(9))
        #expect(value(1, 1, 1, 1, 4, 4) == .octetString(Array("the first".utf8)))
        #expect(value(1, 1, 1, 1, 5, 4) == .timeTicks(4_711))
        #expect(value(1, 1, 1, 1, 6, 4) == .gauge32(9_901))
        #expect(value(1, 1, 1, 1, 8, 4) == .integer(1))
        #expect(value(1, 1, 1, 1, 9, 4) == .octetString([224, 0, 1, 185]))
        #expect(value(1, 1, 1, 1, 12, 4) == .noSuchInstance)
        #expect(value(1, 1, 3, 1, 2, 4, 2) == .octetString(Array("B".utf8)))
        #expect(value(1, 1, 4, 1, 2, 4, 1, 3) == .gauge32(11))
        #expect(value(1, 1, 4, 1, 3, 4, 1, 3) == .gauge32(3_864))
        #expect(value(1, 1, 4, 1, 4, 4, 1, 3) == .gauge32(132))
        #expect(value(1, 1, 4, 1, 5, 4, 1, 3) == .gauge32(7_000))
        #expect(value(1, 1, 4, 1, 6, 4, 1, 3) == .integer(1))
        #expect(value(1, 1, 4, 1, 7, 4, 1, 3) == .gauge32(0x4000_0001))
        #expect(value(1, 1, 4, 1, 10, 4, 1, 3) == .gauge32(5))
        #expect(value(1, 1, 4, 1, 12, 4, 1, 3) == .timeTicks(3_000))
        #expect(value(1, 1, 4, 1, 13, 4, 1, 3) == .gauge32(9))
        #expect(value(1, 1, 6, 1, 2, 4, 1, 1, 2) == .integer(2))
        #expect(value(1, 1, 6, 1, 2, 4, 2, 1, 1) == .integer(0))
        #expect(value(1, 1, 6, 1, 3, 4, 2, 1, 1) == .octetString([]))
        #expect(value(1, 1, 6, 1, 4, 4, 2, 1, 1) == .octetString([1, 2]))
        #expect(value(1, 1, 8, 1, 2, 5) == .gauge32(77))
        #expect(value(1, 1, 8, 1, 4, 5) == .timeTicks(120))
        #expect(value(1, 1, 9, 1, 3, 5, 1) == .octetString([192, 0, 2, 7]))
        #expect(value(1, 2, 1, 1, 13, 3) == .gauge32(3))
        #expect(value(1, 2, 1, 1, 16, 3) == .timeTicks(.max))
        #expect(value(1, 2, 1, 1, 17, 2) == .gauge32(9))
        #expect(value(1, 3, 1, 1, 3, 1) == .octetString(Array("A".utf8)))
    }

    @Test("Columns of a group that is not used, and of a home that is not there, are not there", .requirement("mib-6-R2"))
    func absentColumns() {
        var nodes = Stage.nodes()
        nodes.registrars[0].node.asapAnnouncement = nil
        nodes.registrars[0].node.pools[0].elements[0].element.parameter.homeRegistrar = .undetermined
        nodes.elements[0].node.element.parameter.homeRegistrar = .undetermined
        let view = ManagementView(nodes)
        func value(_ numbers: UInt32...) -> VariableBinding.Value { view.value(of: Stage.base + numbers) }
        for column in 7...12 as ClosedRange<UInt32> { #expect(value(1, 1, 1, 1, column, 4) == .noSuchInstance) }
        #expect(value(1, 1, 4, 1, 13, 4, 1, 1) == .noSuchInstance)
        #expect(value(1, 1, 4, 1, 13, 4, 1, 3) == .gauge32(9))
        #expect(value(1, 2, 1, 1, 17, 2) == .noSuchInstance)
    }

    @Test("Every index begins with 1: that of addresses here, others where they are given", .requirement("mib-5-R1"))
    func indexes() {
        let view = Stage.view
        for table in RSerPoolObjects.Table.allCases {
            let rows = view.rows[table].map { Array($0.index.subidentifiers) }
            #expect(!rows.isEmpty)
            #expect(rows.allSatisfy { $0.allSatisfy { $0 >= 1 } })
        }
        #expect(view.rows[.peerAddresses].map { Array($0.index.subidentifiers) } == [[5, 1], [5, 2]])
    }

    @Test("What is not there is said so: no object, or no instance of it")
    func missing() {
        let view = Stage.view
        #expect(view.value(of: Stage.base + [1, 1, 1, 1, 3, 8]) == .noSuchInstance)
        #expect(view.value(of: Stage.base + [1, 1, 1, 1, 3, 4, 1]) == .noSuchInstance)
        // Indexes are not accessible.
        #expect(view.value(of: Stage.base + [1, 1, 1, 1, 1, 4]) == .noSuchObject)
        #expect(view.value(of: Stage.base + [1, 1, 2, 1, 2, 4]) == .noSuchObject)
        #expect(view.value(of: [1, 3, 6, 1, 2, 1]) == .noSuchObject)
        #expect(ManagementView(ManagementView.Nodes()).first(in: SearchRange(from: [1])) == nil)
    }

    @Test("A search ends at its bound, and begins at or after its start")
    func searches() {
        let view = Stage.view
        let identifier = Stage.base + [1, 1, 4, 1, 2, 4, 1, 1]
        #expect(view.first(in: SearchRange(from: identifier, isStartIncluded: true))?.name == identifier)
        #expect(view.first(in: SearchRange(from: identifier))?.name == Stage.base + [1, 1, 4, 1, 2, 4, 1, 3])
        #expect(view.first(in: SearchRange(from: identifier, to: Stage.base + [1, 1, 4, 1, 2, 4, 1, 2])) == nil)
        #expect(view.first(in: SearchRange(from: Stage.base + [1, 1, 4, 1, 2, 4]))?.name == identifier)
        #expect(view.first(in: SearchRange(from: Stage.base + [1, 3, 1, 1, 5, 1])) == nil)
    }

    @Test(
        "A life is clamped to what hundredths of a second can tell, for ever is the greatest number", .requirement("mib-6-R1"))
    func lives() {
        #expect(Stage.element(1, life: RegistrationLife(rawValue: 42_949_672)).registrationLife == 4_294_967_200)
        #expect(Stage.element(1, life: RegistrationLife(rawValue: 42_949_673)).registrationLife == .max)
        #expect(Stage.element(1, life: .infinite).registrationLife == .max)
        #expect(RegistrationTicks.life(ofTicks: 101) == RegistrationLife(rawValue: 2))
        #expect(RegistrationTicks.life(ofTicks: .max) == .infinite)
        #expect(RegistrationTicks.life(ofTicks: 0) == nil)
    }

    @Test("Every row that is registered at the master agent covers its tables' variables")
    func registrations() {
        let view = Stage.view
        let regions =
            SharedRow.registrar(key: 1).regions(index: 4) + SharedRow.peer(key: 2).regions(index: 5)
            + SharedRow.poolElement(key: 3).regions(index: 2) + SharedRow.poolElement(key: 4).regions(index: 3)
            + SharedRow.poolUser(key: 5).regions(index: 1)
        for variable in walk(view) {
            let covering = regions.filter { region in
                let column = Int(region.rangePlace) - 1
                let name = variable.name.subidentifiers
                let subtree = region.subtree.subidentifiers
                guard name.count >= subtree.count else { return false }
                return subtree.indices.allSatisfy { place in
                    place == column
                        ? (subtree[place]...region.upperBound).contains(name[place]) : subtree[place] == name[place]
                }
            }
            #expect(covering.count == 1, "\(variable.name)")
        }
    }
}
