import ENRP
import Logging
import RSerPoolMIB
import RSerPoolParameters
import RSerPoolStatus
import SCTPTransport

/// A registrar from its start to its end, with its events reported.
enum RegistrarRun {
    /// - Throws: `SCTPTransportError` where an endpoint cannot be opened, ``ToolFailure`` where the status socket cannot be.
    static func run(
        _ settings: RegistrarSettings, management: ManagementOptions, logger: Logger, status: StatusOptions,
        until stop: StopRequest
    ) async throws {
        let kept = try management.kept()
        let registrar = try await Registrar.start(
            settings.configuration, endpoints: settings.endpoints, identifier: settings.identifier,
            backend: settings.transport.backend)
        async let reported: Void = { for await event in registrar.events { logger.report(EventReport(event)) } }()
        var places = "\(EventReport.list(registrar.localAddresses)), \(registrar.backendKind) SCTP"
        if !registrar.tcpAddresses.isEmpty { places += ", TCP at \(EventReport.list(registrar.tcpAddresses))" }
        if !registrar.peerAddresses.isEmpty { places += ", for registrars at \(EventReport.list(registrar.peerAddresses))" }
        logger.report(
            EventReport(
                "listening", .info, "registrar \(registrar.initialIdentifier) listens at \(places)",
                [
                    "address": registrar.localAddresses.first.map(\.description) ?? "",
                    "registrar": "\(registrar.initialIdentifier)", "transport": registrar.backendKind.rawValue,
                    "peer-address": registrar.peerAddresses.first.map(\.description) ?? "",
                ]))
        let result: Result<Void, any Error>
        do {
            let source = RegistrarStatus(
                registrar, policyName: PolicyText.name, policyText: PolicyText.description)
            let node = {
                RegistrarNode(registrar, operationScope: management.scope, description: management.text(kept)) { [management] in
                    management.keep(KeptSettings(registrarDescription: $0), logger)
                }
            }
            result = .success(
                try await management.showing(logger, node) {
                    try await status.serving(source, role: "registrar", logger: logger) { _ = await stop.wait() }
                })
        } catch {
            result = .failure(error)
        }
        await registrar.stop()
        await reported
        try result.get()
        logger.report(EventReport("stopped", .info, "has stopped"))
    }
}
