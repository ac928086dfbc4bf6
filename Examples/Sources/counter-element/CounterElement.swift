import ASAP
import InternetAddresses
import Logging
import RSerPoolParameters
import RSerPoolSecurity
import SCTPTransport
import ServiceLifecycle

/// A server of the pool of counters: a client sends numbers, each is added to the session's total and answered by it.
///
/// The total is nowhere but in the session, and in the cookie that the client keeps for us. When this process dies, the next element of
/// the pool gets the cookie and goes on with the total. The cookie is sealed, so that no client makes itself a total of its own.
///
///     counter-element [ADDRESS] [REGISTRAR]      the pool's key is the environment's POOL_KEY: 1:…64 hexadecimal digits
@main
struct CounterElement {
    static let pool: PoolHandle = "Counters"

    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        let address = IPAddress(arguments.first ?? "127.0.0.2")!
        let registrars = try RegistrarList.fixed([arguments.dropFirst().first ?? "127.0.0.1"])
        let sealer = CookieSealer(key: try PoolKey(text: environment("POOL_KEY")))
        let identifier = PoolElementIdentifier(rawValue: .random(in: 1 ... .max))

        let element = PoolElement(
            pool: pool, registrars: registrars, identifier: identifier,
            endpoint: SCTPEndpointConfiguration(localAddresses: [address]))
        let service = PoolElementService(element) { session in
            try await Counter(session: session, sealer: sealer, element: identifier).serve()
        }
        // SIGTERM and SIGINT take the element out of its pool before it ends.
        let logger = Logger(label: "counter")
        try await ServiceGroup(
            configuration: .init(services: [service], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        ).run()
        print("has left the pool")
    }
}

/// One client's session.
struct Counter {
    let session: PoolElementSession
    let sealer: CookieSealer
    let element: PoolElementIdentifier

    func serve() async throws {
        print("a session begins")
        var total = 0
        var isFirst = true
        for try await message in session.messages {
            // A cookie, where there is one, comes before the first message.
            if isFirst, let cookie = await session.cookieEcho {
                total = try resume(cookie)
                print("goes on at \(total)")
            }
            isFirst = false
            guard let number = Int(String(decoding: message.bytes, as: UTF8.self)) else {
                try await session.send(Array("send a number".utf8))
                continue
            }
            total += number
            // The cookie goes before the answer: a client that has the answer has the cookie, too.
            let cookie = try sealer.seal(
                Array("\(total)".utf8), pool: CounterElement.pool, element: element, until: .now + .seconds(3_600))
            await session.sendCookie(cookie)
            try await session.send(Array("\(total)".utf8))
        }
    }

    /// The total in a cookie. One that cannot be opened ends the session, and not with a wrong total.
    private func resume(_ cookie: [UInt8]) throws -> Int {
        let opened = try sealer.open(cookie, pool: CounterElement.pool, at: .now)
        return Int(String(decoding: opened.state, as: UTF8.self)) ?? 0
    }
}
