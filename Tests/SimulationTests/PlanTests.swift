import Testing

@testable import RSerPoolSimulation

@Suite("What is drawn from the seed")
struct PlanTests {
    @Test("Leaving a step out changes no other")
    func stepsAreIndependent() {
        let all = SimulationPlan(SimulationOptions(seed: 5, minutes: 20))
        #expect(all.rounds.count == 2)
        let wanted = Array(all.numbers.enumerated().filter { $0.offset % 3 == 0 }.map(\.element))
        let some = SimulationPlan(SimulationOptions(seed: 5, minutes: 20, steps: wanted))
        #expect(some.numbers == wanted)
        let expected = all.rounds.map { round in round.filter { wanted.contains($0.number) }.map { "\($0)" } }
        #expect(some.rounds.map { round in round.map { "\($0)" } } == expected)
    }

    @Test("Only the kinds of faults that are allowed are drawn; operations always are")
    func kinds() {
        let none = SimulationPlan(SimulationOptions(seed: 5, minutes: 100, faults: .none))
        #expect(none.rounds.allSatisfy { $0.allSatisfy { $0.kind == nil } })
        #expect(!none.numbers.isEmpty)
        let crashes = SimulationPlan(SimulationOptions(seed: 5, minutes: 100, faults: .crash))
        #expect(Set(crashes.rounds.joined().compactMap { $0.kind?.rawValue }) == [FaultKinds.crash.rawValue])
    }

    @Test("Options say how to replay them, and what is wrong with them")
    func options() {
        let options = SimulationOptions(seed: 3, elements: 2, pools: 2, faults: [.crash, .delay], steps: [4, 9])
        #expect(
            options.arguments
                == "--seed 3 --registrars 3 --elements 2 --users 4 --pools 2 --minutes 10 --faults delay,crash --steps 4,9")
        #expect(SimulationOptions(seed: 1, steps: []).arguments.hasSuffix(" --steps none"))
        #expect(options.complaint == nil)
        #expect(
            SimulationOptions(seed: 1, elements: 2).complaint == "the number of pools is 3; it must be from 1 to 2.")
        #expect(SimulationOptions(seed: 1, registrars: 0).complaint != nil)
    }
}
