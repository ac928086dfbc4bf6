import ArgumentParser
import Foundation
import RSerPoolStatus
import SCTPTransport

/// `rserpool status`.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how a registrar, an element or a user of this host stands.",
        discussion: """
            A registrar shows its peers, what it has counted, and its pools with their elements; an element its registration and \
            sessions; a user its sessions and what it knows of pools. Asking stops nobody: a large registrar answers part by part, \
            so what comes and goes meanwhile may be shown or not.

            The path is that of --status of the running program. Without one, all that run with a socket in \
            $XDG_RUNTIME_DIR/rserpool are shown.

              rserpool registrar --status /tmp/registrar &
              rserpool status /tmp/registrar
              rserpool status /tmp/registrar --json | jq '.pools[].handle'

            Times are in seconds. With --json a path gives an object; without a path it is a list of objects.
            """)

    @Argument(help: ArgumentHelp("The program's status socket.", valueName: "path"), completion: .file())
    var path: String?

    @Flag(help: "Print JSON instead of tables.")
    var json = false

    func run() async throws {
        if let path {
            let status = try await status(at: path)
            return StandardStreams.writeOutput(json ? status.json(isPretty: true) : StatusText.text(of: status))
        }
        let all = try await all()
        guard !all.isEmpty else {
            let place =
                StatusPlaces.directory.map { "with a socket in \($0.path)" } ?? "that is known: XDG_RUNTIME_DIR is not set"
            throw ToolFailure(.unavailable, "no program runs \(place); name the path of a program's --status.")
        }
        StandardStreams.writeOutput(
            json
                ? StatusValue.list(all.map(\.status)).json(isPretty: true)
                : all.map { "\($0.path)\n\(StatusText.text(of: $0.status))" }.joined(separator: "\n\n"))
    }

    /// All programs that answer. Those that were killed have left their sockets behind.
    private func all() async throws -> [(path: String, status: StatusValue)] {
        var all: [(path: String, status: StatusValue)] = []
        for path in StatusPlaces.found {
            do {
                all.append((path, try await StatusClient.status(at: path)))
            } catch let error as SCTPTransportError where error.code == .noRoute {
                continue
            } catch {
                throw Self.failure(error, path)
            }
        }
        return all
    }

    private func status(at path: String) async throws -> StatusValue {
        do {
            return try await StatusClient.status(at: path)
        } catch {
            throw Self.failure(error, path)
        }
    }

    private static func failure(_ error: any Error, _ path: String) -> ToolFailure {
        switch error {
        case let error as SCTPTransportError where error.code == .noRoute:
            ToolFailure(.unavailable, "\(error.message); check whether a program runs with --status \(path).")
        case let error as SCTPTransportError: ToolFailure(.unavailable, "\(error.message).")
        default: ToolFailure(.inputData, "what answers at \(path) is no program of RSerPool: \(error)")
        }
    }
}
