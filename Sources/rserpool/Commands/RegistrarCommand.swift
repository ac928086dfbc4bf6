import ArgumentParser
import ENRP
import InternetAddresses
import RSerPoolParameters
import SCTPTransport

/// `rserpool registrar`.
struct RegistrarCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "registrar",
        abstract: "Run a registrar: it keeps the pools and answers who is in them (RFC 5352, 5353).",
        discussion: """
            Elements register here, users ask here. The registrar serves alone and listens on 127.0.0.1 unless --listen names an \
            address of this host. It runs until SIGINT or SIGTERM.

              rserpool registrar --listen 192.0.2.1
              rserpool registrar --listen 127.0.0.1:4000/9900     SCTP port 4000, over UDP port 9900
            """)

    @Option(
        help: ArgumentHelp(
            "Where to listen. (default: 127.0.0.1:3863)",
            discussion: "Userland SCTP takes UDP port 9899 there, and another free one where that is taken.",
            valueName: "address[:port][/udp-port]"),
        transform: { AddressOption(try AddressArguments.endpoint($0, defaultPort: AddressArguments.registrarPort)) })
    var listen = AddressOption(SCTPAddress(.loopbackIPv4, port: AddressArguments.registrarPort))

    @Option(
        help: ArgumentHelp("The registrar's identifier. (default: drawn at random)", valueName: "number"),
        transform: {
            RegistrarIdentifier(rawValue: try AddressArguments.number($0, in: 1...UInt32.max, of: "registrar identifier"))
        })
    var identifier: RegistrarIdentifier?

    @Option(
        help: ArgumentHelp("How often each element is asked whether it is alive; varied by half of it.", valueName: "seconds"),
        transform: { try AddressArguments.number($0, in: 1...86_400, of: "keep-alive interval in seconds") })
    var keepAliveInterval = 30

    @OptionGroup(title: "Transport") var transport: TransportOptions
    @OptionGroup(title: "Reports") var logging: LoggingOptions
    @OptionGroup(title: "Running") var service: ServiceOptions

    func run() async throws {
        let stop = service.stopRequest()
        do {
            try await RegistrarRun.run(
                identifier, configuration: RegistrarConfiguration(keepAliveInterval: .seconds(keepAliveInterval)),
                endpoint: listen.endpoint(transport),
                backend: transport.transport.backend, logger: logging.logger(role: "registrar"), until: stop)
        } catch {
            throw ToolFailure(error)
        }
    }
}
