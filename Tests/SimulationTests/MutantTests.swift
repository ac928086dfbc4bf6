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
        /// The checks that may find it.
        var checks: Set<SimulationViolation.Check>

        var testDescription: String { fault.rawValue }
    }

    static let mutants = [
        // RFC 5353 §3.6.2
        Mutant(fault: .checksumKeptOnDelete, seeds: 1...4, checks: [.checksum, .equality]),
        // RFC 5352 §3.6
        Mutant(fault: .announceTimerNotRestarted, seeds: 1...4, checks: [.registration, .session]),
        // RFC 5353 §3.5.2
        Mutant(fault: .takeoverWithoutHomeFlag, seeds: 1...4, registrars: 5, checks: [.ownership]),
    ]

    @Test("Each one, within its number of seeds", arguments: mutants)
    func isFound(mutant: Mutant) {
        for seed in mutant.seeds {
            var options = SimulationOptions(seed: seed, registrars: mutant.registrars, elements: 6, users: 2)
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
