import ASAP
import ArgumentParser
import InternetAddresses
import Logging
import PoolPolicies
import RSerPoolMIB
import RSerPoolParameters
import RSerPoolStatus
import SCTPTransport

/// `rserpool element`.
struct ElementCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "element",
        abstract: "Run a pool element: a server in a pool, with one of several services or a program of yours (RFC 5352).",
        discussion: """
            Registers in a pool and serves the pool's users. With each answer of the echo service the user gets a cookie that holds \
            the count; when this element fails, the user hands the cookie to another one, which goes on counting from there.

            SIGINT or SIGTERM deregisters the element first, then lets its sessions end.

              rserpool element
              rserpool element --local 127.0.0.2 --policy least-used:load=10%
              rserpool element --service calc --capacity 5000000 --jobs 4
              rserpool element --pool Calculator --exec bc -l

            What the services answer, each in a pool of its name:
            \(ServiceChoice.table)

            The policies, and their values:
            \(PolicyText.table)

            Values by example: weight=3 priority=7 load=10% degradation=5% factor=100ppm distance=20ms. One that is left out is 0, a \
            weight 1. The registrar measures the distance. LU, LeastUsed and "Least Used" mean least-used too.
            """)

    @Option(
        help: ArgumentHelp("The pool handle: the pool's name. (default: the service's, EchoPool for echo)", valueName: "name"),
        transform: PoolOptions.handle)
    var pool: PoolHandle?

    @Option(help: "What the element does for its users.")
    var service = ServiceChoice.echo

    @Option(
        name: .customLong("exec"), parsing: .remaining,
        help: ArgumentHelp(
            "Instead of --service, give each session a program of its own; must be the last option.",
            discussion: "Each message is a line of its input, each line of its output a message. It ends with its session.",
            valueName: "program> <arguments"))
    var program: [String] = []

    @Option(
        name: .customLong("exec-limit"),
        help: ArgumentHelp("Programs at a time; the user that needs one more goes to another element.", valueName: "programs"),
        transform: { try AddressArguments.number($0, in: 1...10_000, of: "number of programs") })
    var programLimit = 16

    @Option(
        help: ArgumentHelp("For --service calc: what the element can do, all jobs together.", valueName: "calculations/s"),
        transform: { try AddressArguments.number($0, in: 1...UInt64(1) << 53, of: "number of calculations a second") })
    var capacity: UInt64 = 1_000_000

    @Option(
        help: ArgumentHelp("For --service calc: jobs at a time; one more is rejected.", valueName: "jobs"),
        transform: { try AddressArguments.number($0, in: 1...10_000, of: "number of jobs") })
    var jobs = 10

    @Option(
        help: ArgumentHelp(
            "Where users reach the element. (default: 127.0.0.1, on a free port)", valueName: "address[:port][/udp-port]"),
        transform: { AddressOption(try AddressArguments.endpoint($0, defaultPort: 0)) })
    var local = AddressOption(SCTPAddress(.loopbackIPv4, port: 0))

    @Option(
        help: ArgumentHelp(
            "How users reach the element; the registrar is reached over SCTP in any case.",
            discussion: "Only sctp has cookies. Over tcp bytes come in pieces of any length, over udp datagrams may be lost."))
    var serveOver = ServeOverChoice.sctp

    @Option(
        help: ArgumentHelp("The port for --serve-over tcp or udp. (default: a free one)", valueName: "port"),
        transform: { try AddressArguments.number($0, in: 0...UInt16.max, of: "port") })
    var servePort: UInt16 = 0

    @Option(
        help: ArgumentHelp(
            "How users are spread over the pool, with this element's values; the policy is the same for all elements of the pool. "
                + "(default: round-robin; least-used for calc)", valueName: "policy"),
        completion: .list(PolicyForm.all.map(\.name)), transform: PolicyText.parameter)
    var policy: PolicyParameter?

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
    @OptionGroup(title: "SNMP") var management: ManagementOptions
    @OptionGroup(title: "Reports") var logging: LoggingOptions
    @OptionGroup(title: "Running") var running: ServiceOptions
    @OptionGroup(title: "Running") var status: StatusOptions

    func run() async throws {
        do {
            let logger = logging.logger(role: "element")
            let kept = try management.kept()
            let life = kept.registrationLife ?? Int32(life)
            let element = PoolElement(
                pool: kept.poolHandle ?? pool ?? (program.isEmpty ? service.defaultPool : "ProgramPool"),
                policy: try kept.elementPolicy() ?? policy ?? service.defaultPolicy,
                transport: serveOver.transport(port: servePort), registrars: registrars.list, identifier: identifier,
                configuration: try PoolElementConfiguration(registrationLife: life < 0 ? nil : .seconds(life)),
                endpoint: local.endpoint(transport), backend: transport.transport.backend)
            let run = ElementRun(element, service: try elementService(logger), logger: logger)
            try await management.showing(logger) {
                PoolElementNode(
                    element, operationScope: management.scope, description: management.text(kept),
                    policyDescription: kept.policyDescriptionBytes
                ) { [management] in management.keep(KeptSettings($0), logger) }
            } during: {
                let source = PoolElementStatus(element, policyText: PolicyText.description)
                try await status.serving(source, role: "element", logger: logger) {
                    try await run.run(until: running.stopRequest(), patience: .seconds(timeout))
                }
            }
        } catch {
            throw ToolFailure(error)
        }
    }

    private func elementService(_ logger: Logger) throws -> any ElementService {
        guard program.isEmpty else {
            return try ProgramService(program, limit: programLimit, isStream: serveOver == .tcp, logger: logger)
        }
        return switch service {
        case .echo: CountingEcho(logger: logger)
        case .discard: DiscardService()
        case .daytime: DaytimeService()
        case .chargen: CharacterGeneratorService()
        case .pingPong: PingPongService(logger: logger)
        case .calc: CalculationService(capacity: Double(capacity), places: jobs, logger: logger)
        }
    }
}

/// `--serve-over`.
enum ServeOverChoice: String, CaseIterable, ExpressibleByArgument, Sendable {
    case sctp
    case tcp
    case udp

    func transport(port: UInt16) -> ElementTransport {
        switch self {
        case .sctp: .sctp
        case .tcp: .tcp(port: port)
        case .udp: .udp(port: port)
        }
    }
}
