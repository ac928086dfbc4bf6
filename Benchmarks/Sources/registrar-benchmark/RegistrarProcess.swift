import ENRP
import Glibc
import InternetAddresses
import ProcessFigures
import SCTPTransport

/// A registrar in a process of its own, told apart by its address. It ends with the last of its associations.
enum RegistrarProcess {
    /// The registrar's side: says where it listens and who it is, then serves.
    static func serve(over name: String) async throws {
        guard let backend = SCTPBackendChoice(name) else {
            throw SCTPTransportError(.backendUnavailable, "\(name) is no backend; there are userland and kernel")
        }
        // No keep-alives while it is measured: nobody here would answer them.
        let configuration = try RegistrarConfiguration(keepAliveInterval: .seconds(3_600))
        let registrar = try await Registrar.start(
            configuration, endpoint: SCTPEndpointConfiguration(localAddresses: [.v4(0x7f00_0002)]), backend: backend)
        print("\(registrar.localAddresses[0]) \(getpid())")
        fflush(nil)
        // A program reads them, as the tool does for its log.
        for await event in registrar.events {
            if case .associationEnded = event, await registrar.statistics.associations == 0 { break }
        }
        await registrar.stop()
    }

    /// Starts one.
    /// - Returns: where it listens, and its figures.
    static func start(over name: String) throws -> (address: SCTPAddress, figures: ProcessFigures) {
        guard let pipe = popen("exec \(CommandLine.arguments[0]) serve \(name)", "r") else {
            throw SCTPTransportError(.system(errno), "the registrar's process cannot be started")
        }
        var line = [CChar](repeating: 0, count: 128)
        _ = fgets(&line, CInt(line.count), pipe)
        let words = String(decoding: line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            .split(separator: " ")
        guard words.count == 2, let address = SCTPAddress(String(words[0])), let identifier = pid_t(words[1]) else {
            throw SCTPTransportError(.backendUnavailable, "the registrar's process did not say where it listens")
        }
        return (address, ProcessFigures(identifier))
    }
}
