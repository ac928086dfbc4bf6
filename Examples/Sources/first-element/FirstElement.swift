import ASAP
import InternetAddresses
import SCTPTransport

@main
struct FirstElement {
    static func main() async throws {
        let address = IPAddress(CommandLine.arguments.dropFirst().first ?? "127.0.0.2")!
        let registrars = try RegistrarList.fixed([CommandLine.arguments.dropFirst(2).first ?? "127.0.0.1"])
        let endpoint = SCTPEndpointConfiguration(localAddresses: [address])

        try await PoolElement.serve(pool: "EchoPool", registrars: registrars, endpoint: endpoint) { session in
            print("a session begins")
            for try await message in session.messages {
                try await session.send(message)
            }
        }
    }
}
