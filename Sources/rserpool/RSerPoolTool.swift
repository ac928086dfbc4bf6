import ArgumentParser

/// The `rserpool` program.
@main
struct RSerPoolTool: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rserpool",
        abstract: "Reliable Server Pooling (RFC 5351–5356): registrars, pool elements, pool users.",
        discussion: """
            A pool element registers under a pool handle at a registrar; a pool user asks a registrar for the elements of a pool, \
            talks to one of them, and goes over to another when it fails.

            Try it in three terminals:
              rserpool registrar
              rserpool element --pool EchoPool
              rserpool user --pool EchoPool

            Or see all of it at once: rserpool demo

            Exit status:
            \(ExitStatus.table)
            """,
        version: ToolVersion.text,
        subcommands: [
            RegistrarCommand.self, ElementCommand.self, UserCommand.self, ResolveCommand.self, StatusCommand.self,
            DecodeCommand.self,
            DemoCommand.self,
            SimulateCommand.self, ManualCommand.self,
        ])

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let failure as ToolFailure {
            StandardStreams.writeError("rserpool: \(failure)")
            exit(withError: ExitCode(failure.status.rawValue))
        } catch {
            exit(withError: error)
        }
    }
}

/// The package's version, as `--version` prints it.
enum ToolVersion {
    static let text = "0.1.0"
}
