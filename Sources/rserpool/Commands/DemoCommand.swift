import ArgumentParser
import Foundation

/// `rserpool demo`.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Show the main job: processes over SCTP on loopback, two kills, a failover, nothing lost.",
        discussion: """
            Starts three registrars, three elements of a pool under Least Used and a user whose session counts messages, as \
            processes of their own. Kills the registrar that is the home of all: the elements find another one, or are taken over. \
            Kills the element in use: the user goes over to the next one with its count. Starts the registrar again: it gets the \
            pool from the others. Then adds an element and deregisters one. The session goes on throughout. Prints what happens as \
            it happens, checks each claim, and ends by itself: with status 0 where all held, with 1 and what was missing where not.

            Needs no privileges and no configuration. Everything stays on 127.0.0.1 to 127.0.0.9.
            """)

    @Option(help: "Which SCTP: auto takes the kernel's where it has one, else userland.")
    var transport: TransportChoice = .auto

    @Option(
        help: ArgumentHelp("Give up after this many seconds.", valueName: "seconds"),
        transform: { try AddressArguments.number($0, in: 1...3600, of: "time limit in seconds") })
    var limit = 60

    @Flag(
        help:
            "Keep what is left of the pool running after the last check, until interrupted, and print commands to try with it.")
    var keep = false

    @Flag(help: "Also show the processes' debug events.")
    var verbose = false

    func run() async throws {
        // The user's input is written to; where the user has ended, that is to fail, not to end this process.
        signal(SIGPIPE, SIG_IGN)
        let journal = DemoJournal()
        let story = DemoStory(journal: journal, transport: transport, isVerbose: verbose, keepsPool: keep)
        let stop = StopRequest(endOfInput: false)
        let printer = Task { await DemoTimeline(journal: journal).printUntilCancelled() }

        let outcome = await withTaskGroup(of: Outcome.self) { group in
            group.addTask {
                do {
                    let checks = try await story.tell()
                    guard keep else { return .told(checks) }
                    Self.printChecks(checks)
                    StandardStreams.writeOutput(await story.invitation)
                    // Until interrupted.
                    while true { try await Task.sleep(for: .seconds(3_600)) }
                } catch is CancellationError {
                    return .stopped
                } catch let failure as DemoFailure {
                    return .failed(failure.description)
                } catch {
                    return .failed("\(error)")
                }
            }
            group.addTask {
                do {
                    try await Task.sleep(for: .seconds(limit))
                    while await story.isTold { try await Task.sleep(for: .seconds(3_600)) }
                } catch {
                    return .stopped
                }
                return .late
            }
            group.addTask {
                _ = await stop.wait()
                return .stopped
            }
            let first = await group.next() ?? .stopped
            // Whatever happened: nothing of the demonstration outlives it, and nobody waits any longer.
            await story.killAll()
            await journal.giveUpAll()
            group.cancelAll()
            return first
        }
        printer.cancel()
        await printer.value
        try report(outcome)
    }

    private enum Outcome: Sendable {
        case told([String])
        case failed(String)
        case late
        case stopped
    }

    private static func printChecks(_ checks: [String]) {
        StandardStreams.writeOutput("\nChecked:")
        for check in checks { StandardStreams.writeOutput("  ✓ \(check)") }
    }

    private func report(_ outcome: Outcome) throws {
        switch outcome {
        case .told(let checks):
            Self.printChecks(checks)
        case .failed(let missing):
            throw ToolFailure(.failure, "the demonstration failed: \(missing)")
        case .late:
            throw ToolFailure(.timedOut, "the demonstration did not end within \(limit) s; allow more with --limit.")
        case .stopped:
            throw ToolFailure(.interrupted, "interrupted; every process of the demonstration was ended.")
        }
    }
}

/// A claim of the demonstration that did not hold.
struct DemoFailure: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}
