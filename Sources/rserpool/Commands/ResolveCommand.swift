import ArgumentParser
import InternetAddresses
import RSerPoolParameters
import SCTPTransport

/// `rserpool resolve`.
struct Resolve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
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
    }
}
