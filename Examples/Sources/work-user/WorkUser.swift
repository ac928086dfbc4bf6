import ASAP
import RSerPoolParameters
import SCTPTransport

/// A client of the pool of workers: does several jobs at a time, each in a session of its own, and prints who did how many.
///
///     work-user [JOBS] [REGISTRAR]
@main
struct WorkUser {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        let jobs = Int(arguments.first ?? "") ?? 12
        let registrars = try RegistrarList.fixed([arguments.dropFirst().first ?? "127.0.0.1"])
        // Without a cache, so that each session goes to who is least busy now.
        let user = try await PoolUser.open(
            registrars: registrars, configuration: try PoolUserConfiguration(staleCacheValue: .zero))

        var done: [PoolElementIdentifier: Int] = [:]
        try await withThrowingTaskGroup(of: (worker: PoolElementIdentifier?, result: String).self) { group in
            for _ in 0..<jobs {
                group.addTask {
                    try await user.withSession(pool: "Workers") { session in
                        try await session.send(Array("2000000".utf8))
                        for try await case .message(let message) in session.occurrences {
                            return (await session.element, String(decoding: message.bytes, as: UTF8.self))
                        }
                        return (nil, "no answer")
                    }
                }
                // Time enough for the load to be reported.
                try await Task.sleep(for: .milliseconds(50))
            }
            for try await (worker, result) in group {
                guard let worker else { continue }
                done[worker, default: 0] += 1
                print("there are \(result) prime numbers below 2000000, says \(worker)")
            }
        }
        for (worker, count) in done.sorted(by: { $0.key < $1.key }) { print("\(worker) did \(count) jobs") }
        await user.close()
    }
}
