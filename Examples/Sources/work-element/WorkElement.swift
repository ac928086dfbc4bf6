import ASAP
import InternetAddresses
import Logging
import PoolPolicies
import RSerPoolParameters
import SCTPTransport
import ServiceLifecycle

/// A worker of a pool: counts the prime numbers below a number that a client sends, and tells the registrar how busy it is.
///
/// The pool's policy is Least Used: who asks for a worker gets the one with the least load. Each worker's load is the share of its
/// capacity that is at work.
///
///     work-element [ADDRESS] [REGISTRAR]
@main
struct WorkElement {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        let address = IPAddress(arguments.first ?? "127.0.0.2")!
        let registrars = try RegistrarList.fixed([arguments.dropFirst().first ?? "127.0.0.1"])

        let element = PoolElement(
            pool: "Workers", policy: .leastUsed(load: .idle), registrars: registrars,
            endpoint: SCTPEndpointConfiguration(localAddresses: [address]))
        let worker = Worker(element: element, capacity: 4)
        let service = PoolElementService(element) { session in try await worker.serve(session) }
        try await ServiceGroup(
            configuration: .init(
                services: [service], gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "worker"))
        ).run()
        print("has left the pool after \(await worker.finished) jobs")
    }
}

/// Does the jobs and knows the load.
actor Worker {
    private let element: PoolElement
    /// So many jobs at a time are a full load.
    private let capacity: Int
    private var running = 0
    private(set) var finished = 0

    init(element: PoolElement, capacity: Int) {
        self.element = element
        self.capacity = capacity
    }

    /// One client's session: each message is a job, its answer the result.
    func serve(_ session: PoolElementSession) async throws {
        for try await message in session.messages {
            await change(by: 1)
            let limit = Int(String(decoding: message.bytes, as: UTF8.self)) ?? 0
            // Not here, where it would keep the other sessions waiting.
            let count = await Task.detached { primes(below: min(limit, 10_000_000)) }.value
            await change(by: -1)
            finished += 1
            try await session.send(Array("\(count)".utf8))
        }
    }

    private func change(by jobs: Int) async {
        running += jobs
        print("\(running) jobs at work")
        // The registrar learns of it at once.
        await element.update(.leastUsed(load: Load(fraction: Double(running) / Double(capacity))))
    }
}

func primes(below limit: Int) -> Int {
    guard limit > 2 else { return 0 }
    var isComposite = [Bool](repeating: false, count: limit)
    var count = 0
    for number in 2..<limit where !isComposite[number] {
        count += 1
        for multiple in stride(from: number * number, to: limit, by: number) { isComposite[multiple] = true }
    }
    return count
}
