import ENRP
import InternetAddresses
import SCTPTransport

@main
struct FirstRegistrar {
    static func main() async throws {
        let address = IPAddress(CommandLine.arguments.dropFirst().first ?? "127.0.0.1")!
        let endpoint = SCTPEndpointConfiguration(localAddresses: [address], port: 3863)
        let registrar = try await Registrar.start(endpoint: endpoint)
        print("listens at \(registrar.localAddresses[0])")
        for await event in registrar.events { print(event) }
    }
}
