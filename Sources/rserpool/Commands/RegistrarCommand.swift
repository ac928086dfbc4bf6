import ArgumentParser
import ENRP
import Foundation
import SCTPTransport

/// `rserpool registrar`.
struct RegistrarCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "registrar",
        abstract: "Run a registrar: it keeps the pools and answers who is in them (RFC 5352, 5353).",
        discussion: """
            Elements register here, users ask here; other registrars share what they know. It listens on 127.0.0.1 and is alone \
            unless told otherwise, and runs until SIGINT or SIGTERM.

              rserpool registrar --listen 192.0.2.1
              rserpool registrar --listen 127.0.0.1:4000/9900     SCTP port 4000, over UDP port 9900
              rserpool registrar --listen 192.0.2.1 --peer 192.0.2.2 --peer 192.0.2.3
              rserpool registrar --listen 192.0.2.1 --announce 239.0.0.50 --announce-peers 239.0.0.51 --profile lan
              rserpool registrar --config /etc/rserpool/registrar.yaml --check-config

            Every option of the first five groups may also stand in the file that --config names, as 'name: value', or in the \
            environment, as \(RegistrarKey.variablePrefix)NAME. Options win over the environment, and that over the file.
            """)

    @Option(help: ArgumentHelp("A YAML file with values.", valueName: "file"), completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    @Flag(help: "Print the values in effect, and where they come from, and end: status 0 where they are sound.")
    var checkConfig = false

    @Flag(help: "Print every key, what it may be, its default and its meaning, as a Markdown table, and end.")
    var listKeys = false

    @OptionGroup(title: "General") var general: RegistrarGeneralOptions
    @OptionGroup(title: "Endpoints and announcements") var endpoints: RegistrarEndpointOptions
    @OptionGroup(title: "Serving elements and users") var serving: RegistrarServiceOptions
    @OptionGroup(title: "Among registrars") var peers: RegistrarPeerOptions
    @OptionGroup(title: "Limits") var limits: RegistrarLimitOptions
    @OptionGroup(title: "SNMP") var management: ManagementOptions
    @OptionGroup(title: "Reports") var logging: LoggingOptions
    @OptionGroup(title: "Running") var service: ServiceOptions
    @OptionGroup(title: "Running") var status: StatusOptions

    /// The keys given on the command line.
    var values: [RegistrarKey: [String]] {
        [general.values, endpoints.values, serving.values, peers.values, limits.values]
            .reduce(into: [:]) { all, some in all.merge(some) { $1 } }
    }

    func run() async throws {
        if listKeys { return StandardStreams.writeOutput(try RegistrarSettings.table()) }
        let settings = try RegistrarSettings(
            await RegistrarValues.read(
                options: values, environment: ProcessInfo.processInfo.environment, file: config))
        if checkConfig { return StandardStreams.writeOutput(settings.listing) }
        let stop = service.stopRequest()
        do {
            try await RegistrarRun.run(
                settings, management: management, logger: logging.logger(role: "registrar"), status: status, until: stop)
        } catch {
            throw ToolFailure(error)
        }
    }
}
