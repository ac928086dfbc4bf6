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
              rserpool resolve --pool EchoPool --watch

            With --watch it goes on and prints each change as it happens, a line each, until SIGINT or SIGTERM; with --json each line is \
            an object with the time and the whole pool. A registrar that gives no updates is asked every 5 seconds.
            """)

    @OptionGroup var pool: PoolOptions

    @Option(
        help: ArgumentHelp("The own address. (default: 127.0.0.1, on a free port)", valueName: "address[:port][/udp-port]"),
        transform: { AddressOption(try AddressArguments.endpoint($0, defaultPort: 0)) })
    var local = AddressOption(SCTPAddress(.loopbackIPv4, port: 0))

    @Option(
        help: ArgumentHelp("How many elements to ask for. (default: what the registrar sees fit)", valueName: "elements"),
        transform: { try AddressArguments.number($0, in: 1...UInt32.max, of: "number of elements") })
    var count: UInt32?

    @Flag(help: "Go on, and print each change of the pool.")
    var watch = false

    @Flag(help: "Print JSON instead of a table.")
    var json = false

    @Option(
        help: ArgumentHelp("How long to wait for the answer.", valueName: "seconds"),
        transform: { try AddressArguments.number($0, in: 1...3_600, of: "time in seconds") })
    var timeout = 10

    @OptionGroup(title: "Registrars") var registrars: RegistrarOptions
    @OptionGroup(title: "Registrars") var way: RegistrarTransportOptions
    @OptionGroup(title: "Transport") var transport: TransportOptions
    @OptionGroup(title: "Reports") var logging: LoggingOptions
    @OptionGroup(title: "Running") var running: ServiceOptions

    func validate() throws {
        if watch, count != nil { throw ValidationError("--watch follows the whole pool; --count has no meaning with it.") }
    }

    func run() async throws {
        do {
            let user = try await PoolUser.open(
                registrars: registrars.list,
                configuration: try .tool(timeout: timeout, elements: count, over: way.registrarOver.transport),
                endpoint: local.endpoint(transport), backend: transport.transport.backend)
            let logger = logging.logger(role: "resolve")
            async let reported: Void = { for await event in user.events { logger.report(EventReport(event)) } }()
            let result: Result<Void, any Error>
            do {
                if watch { try await follow(user) } else { try show(try await user.resolve(pool.pool)) }
                result = .success(())
            } catch {
                result = .failure(error)
            }
            await user.close()
            await reported
            try result.get()
        } catch {
            throw ToolFailure(error)
        }
    }

    private func show(_ resolution: PoolResolution) throws {
        let resolved = ResolvedPool(resolution)
        StandardStreams.writeOutput(json ? try resolved.json : resolved.table)
    }

    /// Prints the pool, then its changes, until that is to end.
    private func follow(_ user: PoolUser) async throws {
        let stop = running.stopRequest()
        try await withThrowingTaskGroup { group in
            group.addTask { _ = await stop.wait() }
            group.addTask { [pool, json] in
                var watch = PoolWatchPrinter(json: json)
                for try await snapshot in await user.watch(pool.pool) { watch.print(ResolvedPool(snapshot)) }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
