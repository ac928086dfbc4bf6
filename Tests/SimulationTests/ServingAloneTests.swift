import RSerPoolSimulation
import Testing

@Suite("One registrar that serves alone, under faults")
struct ServingAloneTests {
    @Test("RFC 5352: every check holds, and the faults bite")
    func holds() async {
        var seeds = (1...20 as ClosedRange<UInt64>).makeIterator()
        let series = await SimulationSeries.run(SimulationOptions(seed: 0, registrars: 1), workers: 2) { seeds.next() }
        #expect(series.passed == 20)
        for failure in series.failures {
            Issue.record("\(failure.violation?.description ?? "") – \(failure.options.arguments)")
        }
        for (fault, count) in zip(FaultKinds.named, series.statistics.faults) {
            // Those need other registrars.
            guard fault.kind != .multicast, fault.kind != .duplicateIdentifier else { continue }
            #expect(count > 10, "\(fault.name) hardly happened")
        }
        #expect(series.statistics.failovers > 20)
        #expect(series.statistics.removals > 100)
    }
}
