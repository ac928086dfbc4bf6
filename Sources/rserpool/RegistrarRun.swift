import ENRP
import Logging
import RSerPoolParameters
import SCTPTransport

/// A registrar from its start to its end, with its events reported.
enum RegistrarRun {
    /// - Throws: `SCTPTransportError` where the endpoint cannot be opened.
    static func run(
        _ identifier: RegistrarIdentifier?, configuration: RegistrarConfiguration, endpoint: SCTPEndpointConfiguration,
        backend: SCTPBackendChoice, logger: Logger, until stop: StopRequest
    ) async throws {
        let registrar = try await Registrar.start(configuration, endpoint: endpoint, identifier: identifier, backend: backend)
        async let reported: Void = { for await event in registrar.events { logger.report(EventReport(event)) } }()
        logger.report(
            EventReport(
                "listening", .info,
                "registrar \(registrar.initialIdentifier) listens at \(EventReport.list(registrar.localAddresses)), \(registrar.backendKind) SCTP",
                [
                    "address": registrar.localAddresses.first.map(\.description) ?? "", "registrar": "\(registrar.initialIdentifier)",
                    "transport": registrar.backendKind.rawValue,
                ]))
        _ = await stop.wait()
        await registrar.stop()
        await reported
        logger.report(EventReport("stopped", .info, "has stopped"))
    }
}
