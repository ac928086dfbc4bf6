import ASAP
import SCTPTransport

@main
struct FirstUser {
    static func main() async throws {
        let registrars = try RegistrarList.fixed([CommandLine.arguments.dropFirst().first ?? "127.0.0.1"])

        try await PoolUser.withSession(pool: "EchoPool", registrars: registrars) { session in
            try await session.send(Array("message 1".utf8))
            var answers = 0
            for try await occurrence in session.occurrences {
                switch occurrence {
                case .message(let answer):
                    print(String(decoding: answer.bytes, as: UTF8.self))
                    answers += 1
                    if answers == 30 { return }
                    try await Task.sleep(for: .milliseconds(200))
                    try await session.send(Array("message \(answers + 1)".utf8))
                case .elementLost: print("the server is gone")
                case .failedOver: print("there is another one")
                case .undelivered: print("not delivered")
                }
            }
        }
    }
}
