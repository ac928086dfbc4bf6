import ENRP
import SCTPTransport

@main
struct FirstRegistrar {
    static func main() async throws {
        let address = SCTPAddress("\(CommandLine.arguments.dropFirst().first ?? "127.0.0.1"):3863")!
        let endpoint = SCTPEndpointConfiguration(localAddresses: [address])
        let registrar = try await Registrar.start(endpoint: endpoint)
        print("listens at \(registrar.localAddresses[0])")
        for await event in registrar.events { print(event) }
    }
}
