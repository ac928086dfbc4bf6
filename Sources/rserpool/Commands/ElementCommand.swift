import ASAP
import ArgumentParser
import InternetAddresses
import PoolPolicies
import RSerPoolParameters
import SCTPTransport

/// `rserpool element`.
struct ElementCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "element",
        abstract: "Run a pool element: an echo service that counts each session's messages (RFC 5352).",
        discussion: """
            Registers in a pool and answers each message by its number in the session and the message itself, '17: text'. With \
            each answer the user gets a cookie that holds the count; when this element fails, the user hands the cookie to another \
            one, which goes on counting from there.

            SIGINT or SIGTERM deregisters it first, then lets its sessions end.

              rserpool element --pool EchoPool --local 127.0.0.2 --policy least-used:load=10%

            The policies, their values by example, and who is given first:
            \(PolicyText.table)
            A value may be left out; LU, LeastUsed and "Least Used" mean least-used too. A distance is measured by the registrar.
            """)

    @OptionGroup var pool: PoolOptions

    @Option(
        help: ArgumentHelp(
            "Where users reach the element. (default: 127.0.0.1, on a free port)", valueName: "address[:port][/udp-port]"),
        transform: { AddressOption(try AddressArguments.endpoint($0, defaultPort: 0)) })
    var local = AddressOption(SCTPAddress(.loopbackIPv4, port: 0))

    @Option(
        help: ArgumentHelp(
            "How users are spread over the pool, with this element's values; the policy is the same for all elements of the pool. "
                + "(default: round-robin)", valueName: "policy"),
        completion: .list(PolicyForm.all.map(\.name)), transform: PolicyText.parameter)
    var policy = PolicyParameter.roundRobin

    @Option(
        help: ArgumentHelp("The pool element identifier. (default: drawn at random)", valueName: "number"),
        transform: {
            PoolElementIdentifier(rawValue: try AddressArguments.number($0, in: 1...UInt32.max, of: "pool element identifier"))
        })
    var identifier: PoolElementIdentifier?

    @Option(
        help: ArgumentHelp("How long a registration lives; it is renewed in time.", valueName: "seconds"),
        transform: { try AddressArguments.number($0, in: 1...31_536_000, of: "registration life in seconds") })
    var life = 300

    @Option(
        help: ArgumentHelp("How long the first registration may take.", valueName: "seconds"),
        transform: { try AddressArguments.number($0, in: 1...86_400, of: "time in seconds") })
    var timeout = 30

    @OptionGroup(title: "Registrars") var registrars: RegistrarOptions
    @OptionGroup(title: "Transport") var transport: TransportOptions
    @OptionGroup(title: "Reports") var logging: LoggingOptions
    @OptionGroup(title: "Running") var service: ServiceOptions

    func run() async throws {
        do {
            let element = PoolElement(
                pool: pool.pool, policy: policy, registrars: .fixed(registrars.registrars), identifier: identifier,
                configuration: try PoolElementConfiguration(registrationLife: .seconds(life)),
                endpoint: local.endpoint(transport),
                backend: transport.transport.backend)
            try await ElementRun(element, logger: logging.logger(role: "element"))
                .run(until: service.stopRequest(), patience: .seconds(timeout))
        } catch {
            throw ToolFailure(error)
        }
    }
}
