public import SCTPTransport

/// One run of a simulated world.
public enum Simulation {
    /// What came of a run.
    public struct Outcome: Sendable {
        /// What was run.
        public var options: SimulationOptions
        /// The check that failed; nil where all held.
        public var violation: SimulationViolation?
        /// A digest of everything that happened, in order: equal options give equal digests.
        public var digest: UInt64
        /// What happened in it, in numbers.
        public var statistics: SimulationStatistics
        /// Virtual time at the end.
        public var end: MonotonicInstant
        /// What happened, where it was recorded.
        public var log: [SimulationLogEntry]
        /// The numbers of the plan's steps.
        public var steps: [Int]
    }

    /// Runs a world from its start to its end, or to the first check that fails. Blocks for as long as that takes.
    /// - Parameter isRecording: whether to keep the log; it changes nothing else.
    public static func run(_ options: SimulationOptions, isRecording: Bool = false) -> Outcome {
        let world = World(options, isRecording: isRecording)
        world.run()
        return Outcome(
            options: options, violation: world.violation, digest: world.journal.digest, statistics: world.statistics,
            end: world.now, log: world.journal.entries, steps: world.plan.numbers)
    }
}
