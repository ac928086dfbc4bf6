import SCTPTransport

/// Many runs with one seed after the other, several at a time.
public struct SimulationSeries: Sendable {
    /// Runs that ended with every check held.
    public private(set) var passed = 0
    /// What all runs did together.
    public private(set) var statistics = SimulationStatistics()
    /// Virtual seconds of all runs.
    public private(set) var virtualSeconds = 0.0
    /// A digest over the runs' digests; the order in which they ended does not count.
    public private(set) var digest: UInt64 = 0
    /// Runs that failed, by seed.
    public private(set) var failures: [Simulation.Outcome] = []

    /// Runs `options` under each seed that `nextSeed` gives, until it gives none or a run has failed.
    /// - Parameters:
    ///   - workers: runs at a time.
    ///   - nextSeed: called from one task; nil ends the series.
    public static func run(
        _ options: SimulationOptions, workers: Int, nextSeed: () -> UInt64?
    ) async -> SimulationSeries {
        await withTaskGroup(of: Simulation.Outcome.self) { group in
            var series = SimulationSeries()
            func addRun() -> Bool {
                guard let seed = nextSeed() else { return false }
                var seeded = options
                seeded.seed = seed
                group.addTask { [seeded] in Simulation.run(seeded) }
                return true
            }
            for _ in 0..<max(1, workers) where !addRun() { break }
            while let outcome = await group.next() {
                series.add(outcome)
                if series.failures.isEmpty { _ = addRun() }
            }
            series.failures.sort { $0.options.seed < $1.options.seed }
            return series
        }
    }

    private mutating func add(_ outcome: Simulation.Outcome) {
        statistics.add(outcome.statistics)
        virtualSeconds += Double(outcome.end.nanoseconds) / 1e9
        digest &+= outcome.digest &* (outcome.options.seed | 1)
        if outcome.violation == nil { passed += 1 } else { failures.append(outcome) }
    }
}
