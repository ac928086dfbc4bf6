import ASAP
import ArgumentParser
import ENRP
import Foundation
import RSerPoolSimulation

/// `rserpool simulate`.
struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Registrars, elements and users under one seed, with faults, on virtual time.",
        discussion: """
            Runs whole registrars, pool elements and pool users on a simulated network and a virtual clock, has associations \
            break, hosts vanish and come back, packets get lost, processes stand still and clocks go wrong, and checks at every \
            step that nothing happens that must not; when the faults have ended, that everything is well again in time. Two runs \
            with the same options are the same, to the last byte.

              rserpool simulate --seed 7 --registrars 5 --elements 1000 --minutes 60
              rserpool simulate --runs 500
              rserpool simulate --random --time 60

            A run that fails is reduced to the smallest that fails the same way, and its log and the command that replays it are \
            printed. The exit status is 1 then.
            """)

    @Option(help: ArgumentHelp("The seed, or the first of several.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp("How many runs, with one seed after the other.", valueName: "count"),
        transform: { try AddressArguments.number($0, in: 1...10_000_000, of: "number of runs") })
    var runs: Int?

    @Flag(help: "Draw the seeds at random.")
    var random = false

    @Option(
        help: ArgumentHelp("Start no further run after this time.", valueName: "seconds"),
        transform: { try AddressArguments.number($0, in: 1...1_000_000, of: "time in seconds") })
    var time: Int?

    @Option(help: ArgumentHelp("Registrars.", valueName: "count"))
    var registrars = 3

    @Option(help: ArgumentHelp("Pool elements at the start.", valueName: "count"))
    var elements = 12

    @Option(help: ArgumentHelp("Pool users.", valueName: "count"))
    var users = 4

    @Option(help: ArgumentHelp("Pools.", valueName: "count"))
    var pools = 3

    @Option(
        help: ArgumentHelp(
            "Virtual minutes with faults, in rounds of \(SimulationOptions.minutesPerRound); the time to settle is added.",
            valueName: "minutes"))
    var minutes = 10

    @Option(
        help: ArgumentHelp(
            "Kinds of faults, separated by commas: \(FaultKinds.named.map(\.name).joined(separator: ", ")), or none. (default: all)",
            valueName: "kinds"),
        transform: { FaultOption(kinds: try Self.faultKinds($0)) })
    var faults = FaultOption(kinds: .all)

    @Option(
        help: ArgumentHelp("Take only these steps of the plan; what a failure is reduced to.", valueName: "numbers"),
        transform: { StepOption(numbers: try Self.stepNumbers($0)) })
    var steps: StepOption?

    @Option(
        help: ArgumentHelp("Runs at a time. (default: one for each processor)", valueName: "count"),
        transform: { try AddressArguments.number($0, in: 1...1_000, of: "number of runs at a time") })
    var jobs: Int?

    @Option(
        help: ArgumentHelp(
            "A fault in the registrars themselves, to see that it is found; debug builds only.", visibility: .hidden))
    var planted: String?

    @Flag(help: "Print everything that happens.")
    var log = false

    struct FaultOption: Sendable { var kinds: FaultKinds }
    struct StepOption: Sendable { var numbers: [Int] }

    static func faultKinds(_ text: String) throws -> FaultKinds {
        guard text != "none" else { return .none }
        return try text.split(separator: ",").reduce(into: FaultKinds.none) { kinds, name in
            guard let known = FaultKinds.named.first(where: { $0.name == name }) else {
                throw ValidationError("'\(name)' is no kind of fault; see rserpool simulate --help.")
            }
            kinds.insert(known.kind)
        }
    }

    static func stepNumbers(_ text: String) throws -> [Int] {
        guard text != "none" else { return [] }
        return try text.split(separator: ",").map { word in
            guard let number = Int(word), number >= 0 else {
                throw ValidationError("'\(word)' is no step's number; write numbers separated by commas, or none.")
            }
            return number
        }
    }

    func run() async throws {
        var options = SimulationOptions(
            seed: seed, registrars: registrars, elements: elements, users: users, pools: pools, minutes: minutes,
            faults: faults.kinds, steps: steps?.numbers)
        if let planted {
            guard let fault = PlantedFault(rawValue: planted) else {
                throw ToolFailure(.usage, "'\(planted)' is no planted fault: \(PlantedFault.allCases.map(\.rawValue)).")
            }
            options.plantedFault = fault
        }
        if let complaint = options.complaint { throw ToolFailure(.usage, complaint) }
        let report = SimulationReport()
        let outcome = log ? try report.runOne(options) : try await runMany(options, report)
        guard let failure = outcome else { return }
        report.print(failure)
        throw ToolFailure(.failure, "a check of the simulation failed.")
    }

    /// The smallest run that fails as the first that failed does; nil where none failed.
    private func runMany(_ options: SimulationOptions, _ report: SimulationReport) async throws -> Simulation.Outcome? {
        let began = ContinuousClock.now
        let count = runs ?? (time == nil ? 1 : .max)
        var (started, next) = (0, seed)
        let series = await SimulationSeries.run(options, workers: jobs ?? ProcessInfo.processInfo.activeProcessorCount) {
            guard started < count, time.map({ ContinuousClock.now - began < .seconds($0) }) ?? true else { return nil }
            started += 1
            defer { next += 1 }
            return random ? UInt64.random(in: 1...999_999_999) : next
        }
        report.print(series, options, taking: ContinuousClock.now - began)
        guard let failure = series.failures.first, let violation = failure.violation else { return nil }
        report.announce(violation, failure)
        return Simulation.shrink(failure)
    }
}
