import AgentX
import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import Testing

@testable import RSerPoolMIB

@Suite("RFC 5525: the ten objects that can be written")
struct SetTests {
    private func objects() -> ManagementObjects {
        var objects = ManagementObjects()
        objects.show(Stage.view, at: .zero)
        _ = objects.prepare(for: .variables, at: .zero)
        return objects
    }

    private func binding(_ numbers: [UInt32], _ value: VariableBinding.Value) -> VariableBinding {
        VariableBinding(Stage.base + numbers, value)
    }

    private func changes(_ objects: inout ManagementObjects) -> [ManagedChange] {
        var changes: [ManagedChange] = []
        while let change = objects.nextChange() { changes.append(change) }
        return changes
    }

    @Test("Each object reaches its node, those of one node together")
    func writing() {
        var objects = objects()
        let bindings = [
            binding([1, 1, 1, 1, 4, 4], .octetString([82])),
            binding([1, 2, 1, 1, 3, 2], .octetString([80])),
            binding([1, 2, 1, 1, 5, 2], .octetString([81])),
            // The weight stands before the policy that has it.
            binding([1, 2, 1, 1, 13, 2], .gauge32(8)),
            binding([1, 2, 1, 1, 11, 2], .gauge32(PolicyType.weightedRoundRobin.rawValue)),
            binding([1, 2, 1, 1, 12, 2], .octetString([83])),
            binding([1, 2, 1, 1, 16, 2], .timeTicks(6_000)),
            binding([1, 3, 1, 1, 3, 1], .octetString([84])),
            binding([1, 3, 1, 1, 4, 1], .octetString([85])),
        ]
        #expect(objects.test(bindings) == nil)
        #expect(changes(&objects).isEmpty)
        #expect(objects.commit() == nil)
        let made = changes(&objects)
        #expect(made.count == 3)
        for change in made {
            switch change {
            case .registrarDescription(let text, let index): #expect(text == [82] && index == 4)
            case .poolElement(let attributes, let index):
                #expect(index == 2)
                #expect(attributes.pool == PoolHandle([80]) && attributes.description == [81])
                #expect(attributes.policy == WeightedRoundRobin(weight: 8).parameter)
                #expect(attributes.policyDescription == [83])
                #expect(attributes.registrationLife == RegistrationLife(rawValue: 60))
            case .poolUser(let attributes, let index):
                #expect(index == 1 && attributes.pool == PoolHandle([84]) && attributes.description == [85])
            }
        }
    }

    @Test("Degradation is set where the policy has it")
    func degradation() {
        var objects = objects()
        #expect(
            objects.test([binding([1, 2, 1, 1, 15, 2], .gauge32(7))]) == SetFailure(.inconsistentValue, at: 1))
        #expect(
            objects.test([
                binding([1, 2, 1, 1, 11, 2], .gauge32(PolicyType.leastUsedWithDegradation.rawValue)),
                binding([1, 2, 1, 1, 15, 2], .gauge32(7)),
            ]) == nil)
        _ = objects.commit()
        guard case .poolElement(let attributes, _)? = objects.nextChange() else {
            Issue.record("no change")
            return
        }
        // The load is kept.
        #expect(
            attributes.policy
                == LeastUsedWithDegradation(load: Load(rawValue: 5), degradation: Load(rawValue: 7)).parameter)
    }

    @Test(
        "What cannot be set is refused with the reason and the place",
        arguments: [
            ([1, 1, 1, 1, 3, 4], VariableBinding.Value.gauge32(1), AgentXMessage.Status.notWritable),
            ([1, 1, 1, 1, 4, 4], .gauge32(1), .wrongType),
            ([1, 1, 1, 1, 4, 4], .octetString([UInt8](repeating: 65, count: 256)), .wrongLength),
            ([1, 1, 1, 1, 4, 9], .octetString([]), .noCreation),
            ([1, 1, 1, 1, 1, 4], .gauge32(1), .noAccess),
            ([1, 2, 1, 1, 11, 2], .gauge32(0), .wrongValue),
            ([1, 2, 1, 1, 11, 2], .integer(1), .wrongType),
            ([1, 2, 1, 1, 13, 2], .gauge32(1), .inconsistentValue),
            ([1, 2, 1, 1, 14, 2], .gauge32(1), .notWritable),
            ([1, 2, 1, 1, 16, 2], .timeTicks(0), .wrongValue),
            ([1, 2, 1, 1, 16, 2], .gauge32(100), .wrongType),
            ([1, 2, 1, 1, 3, 2], .octetString([UInt8](repeating: 65, count: 1_025)), .wrongLength),
            ([1, 3, 1, 1, 5, 1], .timeTicks(1), .notWritable),
        ] as [([UInt32], VariableBinding.Value, AgentXMessage.Status)])
    func refusals(name: [UInt32], value: VariableBinding.Value, status: AgentXMessage.Status) {
        var objects = objects()
        let fine = binding([1, 3, 1, 1, 4, 1], .octetString([]))
        #expect(objects.test([fine, binding(name, value)]) == SetFailure(status, at: 2))
        // Nothing is kept of a set that failed its test.
        #expect(objects.commit() == SetFailure(.commitFailed, at: 1))
    }

    @Test("Undo brings back what was there")
    func undoing() {
        var objects = objects()
        #expect(objects.test([binding([1, 1, 1, 1, 4, 4], .octetString([82]))]) == nil)
        #expect(objects.commit() == nil && objects.undo() == nil)
        #expect(
            changes(&objects) == [
                .registrarDescription([82], registrar: 4),
                .registrarDescription(Array("the first".utf8), registrar: 4),
            ])
    }
}
