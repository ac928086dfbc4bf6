public import ASAP
public import ENRP
import Logging
import RSerPoolParameters
public import SCTPTransport

extension RegistrarEngine: TransportEngine {}
extension RegistrarEngine.Input: TransportEngineInput {}
extension RegistrarEngine.Output: TransportEngineOutput {
    public var transportAction: SCTPAction? { if case .transport(let a) = self { a } else { nil } }
}

actor RegistrarRun {
    nonisolated let endpoint: SCTPEndpoint
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe endpoint.loop.asUnownedSerialExecutor() }
    var driver: EngineDriver<RegistrarEngine<SeededRandomNumberGenerator>>?
    init(_ endpoint: SCTPEndpoint) { self.endpoint = endpoint }
    func start(_ id: RegistrarIdentifier, _ logger: Logger) {
        driver = EngineDriver(RegistrarEngine(identifier: id, randomness: SeededRandomNumberGenerator(seed: 1)), endpoint: endpoint) {
            if case .event(let event) = $0 { logger.report(EventReport(event)) }
        }
        driver?.start()
    }
    static func run(_ identifier: RegistrarIdentifier, endpoint: SCTPEndpointConfiguration, backend: SCTPBackendChoice, logger: Logger, until stop: StopRequest) async throws {
        let endpoint = try await SCTPEndpoint.open(endpoint, backend: backend)
        let run = RegistrarRun(endpoint)
        await run.start(identifier, logger)
        logger.report(EventReport("listening", .info, "listens at \(EventReport.list(endpoint.localAddresses))", ["address": "\(endpoint.localAddresses[0])", "registrar": "\(identifier)"]))
        _ = await stop.wait()
        await endpoint.close(within: .seconds(2))
    }
}
