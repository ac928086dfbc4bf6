import RSerPoolSimulation
import Testing

@Suite("One seed, one run")
struct DeterminismTests {
    @Test("A second run with the same options is the same to the last byte", arguments: [1, 2, 3] as [UInt64])
    func repeats(seed: UInt64) {
        let options = SimulationOptions(seed: seed, minutes: 3)
        let (first, second) = (Simulation.run(options), Simulation.run(options, isRecording: true))
        #expect(first.digest == second.digest)
        #expect(first.statistics == second.statistics)
        #expect(first.end == second.end)
        #expect(!second.log.isEmpty && first.log.isEmpty)
    }

    @Test("Another seed is another run")
    func differs() {
        let digests = (1...5 as ClosedRange<UInt64>).map { Simulation.run(SimulationOptions(seed: $0, minutes: 1)).digest }
        #expect(Set(digests).count == 5)
    }
}
