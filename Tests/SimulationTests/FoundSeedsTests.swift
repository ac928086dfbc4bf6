import RSerPoolSimulation
import Testing

/// Runs that failed once, reduced to few steps.
@Suite("What random seeds have found stays mended")
struct FoundSeedsTests {
    /// RFC 5353 §3.4: an association between two registrars that live restarted. Each took the other for a new process, forgot or took
    /// over the former one, and waited for the new one to speak.
    @Test("Two registrars whose association restarts stay peers", arguments: restarts)
    func restartedAssociation(options: SimulationOptions) {
        let outcome = Simulation.run(options, isRecording: false)
        #expect(outcome.violation == nil, "\(options.arguments)")
        #expect(outcome.statistics.faults.contains { $0 > 0 })
    }

    private static let restarts = [
        SimulationOptions(seed: 999_463_869, registrars: 3, elements: 1, users: 0, pools: 1, steps: [18, 20]),
        SimulationOptions(seed: 487_209_805, steps: [21, 26]),
        SimulationOptions(seed: 203_375_011, elements: 40, users: 12, pools: 5, minutes: 30, steps: [81, 110]),
        // Two pairs with one identifier each: of two that had begun anew neither was the other's peer under the new one.
        SimulationOptions(seed: 421_088_421, registrars: 4, elements: 2, users: 1, pools: 1, steps: [15, 17, 19, 26, 27]),
        SimulationOptions(seed: 988_899_653, registrars: 4, elements: 2, users: 1, pools: 1, steps: [0, 11]),
    ]

    /// The simulator's own: the pool's only element was just leaving when the faults ended, and nobody came in its place.
    @Test(
        "In peace each pool has an element",
        arguments: [
            SimulationOptions(seed: 829_956_098, registrars: 1, elements: 1, users: 1, pools: 1, steps: [16]),
            SimulationOptions(seed: 695_821_384, registrars: 1, elements: 1, users: 1, pools: 1, steps: [7, 9]),
        ])
    func leavingAtTheEnd(options: SimulationOptions) {
        #expect(Simulation.run(options, isRecording: false).violation == nil, "\(options.arguments)")
    }

    /// RFC 5353 §3.2.1.
    @Test("One of two registrars with one identifier begins anew")
    func sharedIdentifier() {
        let options = SimulationOptions(seed: 877_634_335, elements: 1, users: 1, pools: 1, steps: [1, 6, 20])
        #expect(Simulation.run(options, isRecording: false).violation == nil)
    }

    /// RFC 5353 §3.5: the word that a registrar was taken over was lost with an association, and who missed it took that registrar over, too.
    @Test("A takeover whose announcement is lost is not done twice")
    func lostTakeoverAnnouncement() {
        let steps = [0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 14, 15, 16, 18, 19, 20, 21, 23, 25, 27, 28, 30]
        #expect(Simulation.run(SimulationOptions(seed: 489_235_452, steps: steps), isRecording: false).violation == nil)
    }
}
