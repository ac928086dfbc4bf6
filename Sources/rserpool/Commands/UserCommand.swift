import ASAP
import ArgumentParser
import InternetAddresses
import RSerPoolMIB
import RSerPoolParameters
import RSerPoolStatus
import SCTPTransport

/// `rserpool user`.
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Use a pool: lines in are messages, answers come out (RFC 5352).",
        discussion: """
            Opens a session with an element of the pool. Each line of standard input is a message; each answer is a line of \
            standard output; what happens is told on standard error. When the element fails, the session goes over to another one, \
            and messages that have no answer yet are sent again. At the end of the input it waits for the answers still to come. At a \
            terminal it prompts by the pool's name; Ctrl-D ends it.

              echo hello | rserpool user --pool EchoPool
              rserpool user --count 1000 --interval 10
              (echo 'ls -l'; echo exit) | rserpool user --pool Shell --linger 1

            With --count it generates messages and checks every answer.
            """)

    @OptionGroup var pool: PoolOptions

    @Option(
        help: ArgumentHelp("The own address. (default: 127.0.0.1, on a free port)", valueName: "address[:port][/udp-port]"),
        transform: { AddressOption(try AddressArguments.endpoint($0, defaultPort: 0)) })
    var local = AddressOption(SCTPAddress(.loopbackIPv4, port: 0))

    @Option(
        help: ArgumentHelp(
            "Send this many messages of its own, 'message 1' and so on, instead of reading lines.",
            discussion: "Each must be answered by an echo of itself, once and in order; anything else ends it with status 1.",
            valueName: "messages"),
        transform: { try AddressArguments.number($0, in: 1...1_000_000_000, of: "count of messages") })
    var count: Int?

    @Option(
        help: ArgumentHelp("With --count, the pause between two messages. (default: 0)", valueName: "milliseconds"),
        transform: { try AddressArguments.number($0, in: 0...3_600_000, of: "pause in milliseconds") })
    var interval: Int?

    @Option(
        help: ArgumentHelp("How long to wait for an element, and for the last answers.", valueName: "seconds"),
        transform: { try AddressArguments.number($0, in: 1...86_400, of: "time in seconds") })
    var timeout = 30

    @Option(
        help: ArgumentHelp(
            "Without --count: how long to go on after the last message has its answer, for services that answer by several.",
            valueName: "seconds"),
        transform: { try AddressArguments.number($0, in: 0...86_400, of: "time in seconds") })
    var linger = 0

    @Flag(help: "Send a message once: where its element fails before it answers, the message is lost, and that is said.")
    var noFailover = false

    @Flag(help: "Send each line with its end, for services over TCP, and others that look for it.")
    var lineEnds = false

    @Flag(help: "Messages may overtake each other.")
    var unordered = false

    @Flag(help: "Send each message to all elements of the pool, and print each answer behind its element's identifier.")
    var toAll = false

    @Option(
        help: ArgumentHelp("The SCTP stream of the messages.", valueName: "number"),
        transform: { try AddressArguments.number($0, in: 0...9, of: "stream") })
    var stream: UInt16 = 0

    @Option(
        help: ArgumentHelp("The payload protocol identifier of the messages.", valueName: "number"),
        transform: { try AddressArguments.number($0, in: 0...UInt32.max, of: "payload protocol identifier") })
    var payloadProtocol: UInt32 = 0

    @OptionGroup(title: "Registrars") var registrars: RegistrarOptions
    @OptionGroup(title: "Registrars") var way: RegistrarTransportOptions
    @OptionGroup(title: "Transport") var transport: TransportOptions
    @OptionGroup(title: "SNMP") var management: ManagementOptions
    @OptionGroup(title: "Reports") var logging: LoggingOptions
    @OptionGroup(title: "Running") var service: ServiceOptions
    @OptionGroup(title: "Running") var status: StatusOptions

    func validate() throws {
        if interval != nil, count == nil { throw ValidationError("--interval has a meaning only with --count.") }
        if count != nil, noFailover || toAll || unordered {
            throw ValidationError(
                "--count checks that each message is answered once and in order: neither of --no-failover, --unordered, --to-all."
            )
        }
        if toAll, noFailover { throw ValidationError("--to-all sends nothing twice in any case; leave --no-failover out.") }
        if payloadProtocol == PayloadProtocolIdentifier.asap.rawValue {
            throw ValidationError("payload protocol 11 is ASAP's own (RFC 5352 §8.3); messages need another.")
        }
        if count == nil, service.untilInputEnds {
            throw ValidationError("--until-input-ends has a meaning only with --count: without it, the input is what is sent.")
        }
    }

    func run() async throws {
        do {
            let logger = logging.logger(role: "user")
            let kept = try management.kept()
            let pool = kept.poolHandle ?? pool.pool
            let user = try await PoolUser.open(
                registrars: registrars.list,
                configuration: try .tool(timeout: timeout, over: way.registrarOver.transport),
                endpoint: local.endpoint(transport), backend: transport.transport.backend)
            try await management.showing(logger) {
                PoolUserNode(user, pool: pool, operationScope: management.scope, description: management.text(kept)) {
                    [management] in management.keep(KeptSettings($0), logger)
                }
            } during: {
                let run = UserRun(
                    user, pool: pool, source: source, manner: manner, timeout: .seconds(timeout), linger: .seconds(linger),
                    logger: logger)
                try await status.serving(PoolUserStatus(user, policyName: PolicyText.name), role: "user", logger: logger) {
                    try await run.run(until: StopRequest(endOfInput: service.untilInputEnds))
                }
            }
        } catch {
            throw ToolFailure(error)
        }
    }

    private var source: UserRun.Source {
        count.map { .generated(count: $0, interval: .milliseconds(interval ?? 0)) } ?? .standardInput
    }

    private var manner: SendingManner {
        SendingManner(
            header: MessageHeader(
                payloadProtocol: PayloadProtocolIdentifier(rawValue: payloadProtocol), stream: stream, isUnordered: unordered),
            isSentAgain: !noFailover, goesToAll: toAll, hasLineEnds: lineEnds)
    }
}
