import ENRP
import Testing

@testable import RSerPoolSimulation

/// Faults planted into the registrars' engines: the simulation must find each within a stated number of seeds.
@Suite("Planted faults are found")
struct MutantTests {
    struct Mutant: CustomTestStringConvertible, Sendable {
        var fault: PlantedFault
        /// Seeds among which one must find it.
        var seeds: UInt64
        /// Some faults do not show where all registrars have them: a reversed arbitration has one winner too.
        var isEverywhere = false
        /// The checks that may find it.
        var checks: Set<SimulationViolation.Check>

        var testDescription: String { fault.rawValue }
    }

    static let mutants = [
        // RFC 5353 §3.6.2
        Mutant(fault: .checksumKeptOnDelete, seeds: 40, checks: [.checksum, .equality, .registration]),
        // RFC 5353 §3.5.1
        Mutant(fault: .arbitrationReversed, seeds: 40, checks: [.arbitration, .ownership]),
        // RFC 5353 §3.6.3
        Mutant(fault: .sweepLeftOut, seeds: 40, checks: [.equality, .registration, .staleness, .resurrection]),
        // RFC 5352 §3.6
        Mutant(fault: .announceTimerNotRestarted, seeds: 40, isEverywhere: true, checks: [.registration, .session]),
        // RFC 5353 §3.5.2
        Mutant(fault: .takeoverWithoutHomeFlag, seeds: 40, checks: [.registration, .equality, .ownership]),
    ]

    @Test("Each one, within its number of seeds", arguments: mutants)
    func isFound(mutant: Mutant) {
        for seed in 1...mutant.seeds {
            var options = SimulationOptions(seed: seed)
            options.plantedFault = mutant.fault
            options.isPlantedEverywhere = mutant.isEverywhere
            guard let violation = Simulation.run(options).violation else { continue }
            // It is the planted fault that is found, and no other.
            options.plantedFault = nil
            guard Simulation.run(options).violation == nil else { continue }
            #expect(mutant.checks.contains(violation.check), "seed \(seed): \(violation.check): \(violation.description)")
            print(mutant, seed, violation)
            return
        }
        Issue.record("\(mutant.fault) was not found by \(mutant.seeds) seeds")
    }
}
