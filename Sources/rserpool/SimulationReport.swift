import ENRP
import Logging
import RSerPoolSimulation
import SCTPTransport

/// What `simulate` prints.
struct SimulationReport {
    /// Lines of a log that are printed of a failure; there are more with `--log`.
    static let lineLimit = 300

    /// Runs once with the whole log; the run itself where it failed.
    func runOne(_ options: SimulationOptions) throws -> Simulation.Outcome? {
        let outcome = Simulation.run(options, isRecording: true)
        for entry in outcome.log { StandardStreams.writeOutput(line(entry)) }
        StandardStreams.writeOutput("digest \(Self.hexadecimal(outcome.digest))")
        return outcome.violation == nil ? nil : outcome
    }

    func print(_ series: SimulationSeries, _ options: SimulationOptions, taking time: Duration) {
        let statistics = series.statistics
        let hours = String(Int(series.virtualSeconds / 360))
        let faults = zip(FaultKinds.named, statistics.faults).map { "\($0.name) \($1)" }.joined(separator: ", ")
        let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
        let lines = [
            "\(series.passed) of \(series.passed + series.failures.count) runs held every check: "
                + "\(options.registrars) registrars, \(options.elements) elements, \(options.users) users, "
                + "\(options.minutes) minutes with faults",
            "virtual time    \(hours.dropLast().isEmpty ? "0" : hours.dropLast()).\(hours.suffix(1)) h in "
                + "\(Int(seconds * 10) / 10).\(Int(seconds * 10) % 10) s",
            "events          \(statistics.events), messages \(statistics.messages), bytes \(statistics.bytes)",
            "faults          \(faults)",
            "elements        \(statistics.registrations) registrations, \(statistics.removals) removals",
            "registrars      \(statistics.takeovers) takeovers, \(statistics.resynchronisations) resynchronisations",
            "sessions        \(statistics.answers) answers, \(statistics.failovers) failovers",
            "digest          \(Self.hexadecimal(series.digest))",
        ]
        for line in lines { StandardStreams.writeOutput(line) }
    }

    func announce(_ violation: SimulationViolation, _ outcome: Simulation.Outcome) {
        StandardStreams.writeOutput("")
        StandardStreams.writeOutput(
            "seed \(outcome.options.seed) failed the check of \(violation.check): \(violation.description)")
        StandardStreams.writeOutput("looking for a smaller run that fails the same way …")
    }

    /// Seed, options and log of a run that failed.
    func print(_ failure: Simulation.Outcome) {
        guard let violation = failure.violation else { return }
        let entries = failure.log.filter { report($0)?.level ?? .notice > .debug }
        let count = min(entries.count, Self.lineLimit)
        StandardStreams.writeOutput("the last \(count) lines that matter, of \(failure.log.count); --log prints all")
        for entry in entries.suffix(count) { StandardStreams.writeOutput(line(entry)) }
        StandardStreams.writeOutput("")
        StandardStreams.writeOutput("failed: \(violation.check): \(violation.description)")
        StandardStreams.writeOutput("replay: rserpool simulate \(failure.options.arguments) --log")
    }

    private func line(_ entry: SimulationLogEntry) -> String {
        let milliseconds = entry.instant.nanoseconds / 1_000_000
        let fraction = String(milliseconds % 1_000)
        let seconds = "\(milliseconds / 1_000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
        let padding = String(repeating: " ", count: max(0, 10 - seconds.count))
        return "\(padding)\(seconds)  \(entry.who)\(String(repeating: " ", count: max(1, 14 - entry.who.count)))"
            + (report(entry)?.message ?? entry.worldText)
    }

    /// An event of a participant, as it is reported.
    private func report(_ entry: SimulationLogEntry) -> EventReport? {
        switch entry.occurrence {
        case .registrar(let event): EventReport(event)
        case .element(let event, let pool): EventReport(event, pool: pool)
        case .user(let event): EventReport(event)
        case .world: nil
        }
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension SimulationLogEntry {
    fileprivate var worldText: String {
        if case .world(let text) = occurrence { text } else { "" }
    }
}
