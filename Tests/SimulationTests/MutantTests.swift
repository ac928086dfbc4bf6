import ENRP
import Testing

@testable import RSerPoolSimulation

/// Faults planted into the registrars' engines: the simulation must find each within a stated number of seeds.
@Suite("Planted faults are found")
struct MutantTests {
    struct Mutant: CustomTestStringConvertible, Sendable {
        var fault: PlantedFault
        /// Seeds among which one must find it.
        var seeds: ClosedRange<UInt64>
        var registrars = 3
        var users = 2
        var minutes = 10
        /// The kinds of faults of the world.
        var faults = FaultKinds.all
        /// The checks that may find it.
        var checks: Set<SimulationViolation.Check>

        var testDescription: String { fault.rawValue }
    }

    static let mutants = [
        // RFC 5353 §3.6.2
        Mutant(fault: .checksumKeptOnDelete, seeds: 1...4, checks: [.checksum, .equality]),
        // RFC 5353 §3.5.1: two see at the same time that a third has ended, and both go on.
        Mutant(
            fault: .arbitrationReversed, seeds: 9...9, users: 0, minutes: 1, faults: .crash, checks: [.arbitration]),
        // RFC 5353 §3.6.3: the removal of an element goes with the association over which it was to be told.
        Mutant(fault: .sweepLeftOut, seeds: 4...4, minutes: 20, faults: .association, checks: [.registration]),
        // RFC 5352 §3.6
        Mutant(fault: .announceTimerNotRestarted, seeds: 1...2, checks: [.registration, .session]),
        // RFC 5353 §3.5.2
        Mutant(
            fault: .takeoverWithoutHomeFlag, seeds: 16...16, registrars: 5, users: 0, minutes: 1, faults: .crash,
            checks: [.ownership]),
    ]

    @Test("There is one for each planted fault")
    func complete() {
        #expect(Set(Self.mutants.map(\.fault)) == Set(PlantedFault.allCases))
    }

    @Test("Each one, within its number of seeds", arguments: mutants)
    func isFound(mutant: Mutant) {
        for seed in mutant.seeds {
            var options = SimulationOptions(
                seed: seed, registrars: mutant.registrars, elements: 6, users: mutant.users, minutes: mutant.minutes,
                faults: mutant.faults)
            options.plantedFault = mutant.fault
            guard let violation = Simulation.run(options).violation else { continue }
            // It is the planted fault that is found, and no other.
            options.plantedFault = nil
            #expect(Simulation.run(options).violation == nil, "\(options.arguments)")
            #expect(mutant.checks.contains(violation.check), "seed \(seed): \(violation.check): \(violation.description)")
            return
        }
        Issue.record("\(mutant.fault) was not found by \(mutant.seeds.count) seeds")
    }
}
