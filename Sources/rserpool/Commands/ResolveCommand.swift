import ASAP
import ArgumentParser
import InternetAddresses
import RSerPoolParameters
import SCTPTransport

/// `rserpool resolve`.
struct ResolveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "Ask a registrar which elements a pool has (RFC 5352 §2.2.5).",
        discussion: """
            Prints the elements in the order in which the registrar gives them, which the pool's policy decides. Under most policies \
            the next answer has another order.

              rserpool resolve --pool EchoPool --json
            """)

    @OptionGroup var pool: PoolOptions

    @Option(
        help: ArgumentHelp("The own address. (default: 127.0.0.1, on a free port)", valueName: "address[:port][/udp-port]"),
        transform: { AddressOption(try AddressArguments.endpoint($0, defaultPort: 0)) })
    var local = AddressOption(SCTPAddress(.loopbackIPv4, port: 0))

    @Flag(help: "Print JSON instead of a table.")
    var json = false

    @Option(
        help: ArgumentHelp("How long to wait for the answer.", valueName: "seconds"),
        transform: { try AddressArguments.number($0, in: 1...3_600, of: "time in seconds") })
    var timeout = 10

    @OptionGroup(title: "Registrars") var registrars: RegistrarOptions
    @OptionGroup(title: "Transport") var transport: TransportOptions
    @OptionGroup(title: "Reports") var logging: LoggingOptions
    @OptionGroup(title: "Running") var service: ServiceOptions

    func run() async throws {
        do {
            let user = try await PoolUser.open(
                registrars: .fixed(registrars.registrars), configuration: try .tool(timeout: timeout),
                endpoint: local.endpoint(transport), backend: transport.transport.backend)
            let logger = logging.logger(role: "resolve")
            async let reported: Void = { for await event in user.events { logger.report(EventReport(event)) } }()
            let result: Result<PoolResolution, any Error>
            do {
                result = .success(try await user.resolve(pool.pool))
            } catch {
                result = .failure(error)
            }
            await user.close()
            await reported
            let resolved = ResolvedPool(try result.get())
            StandardStreams.writeOutput(json ? try resolved.json : resolved.table)
        } catch {
            throw ToolFailure(error)
        }
    }
}
