import ASAP
import SCTPTransport

/// A client of the pool of counters: adds 1 again and again, and checks that no total is lost.
///
///     counter-user [COUNT] [REGISTRAR]
@main
struct CounterUser {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        let count = Int(arguments.first ?? "") ?? 40
        let registrars = try RegistrarList.fixed([arguments.dropFirst().first ?? "127.0.0.1"])

        try await PoolUser.withSession(pool: "Counters", registrars: registrars) { session in
            var total = 0
            try await session.send(Array("1".utf8))
            for try await occurrence in session.occurrences {
                switch occurrence {
                case .message(let message):
                    let answer = Int(String(decoding: message.bytes, as: UTF8.self)) ?? -1
                    // A number whose answer was lost with its server is sent again, and may have been counted before.
                    guard answer == total + 1 || answer == total + 2 else {
                        print("the total is \(answer) after \(total)")
                        return
                    }
                    total = answer
                    print("total \(total)")
                    if total >= count { return }
                    try await Task.sleep(for: .milliseconds(100))
                    try await session.send(Array("1".utf8))
                case .elementLost: print("the server is gone")
                case .failedOver: print("another server goes on")
                case .undelivered: print("not delivered")
                }
            }
        }
    }
}
