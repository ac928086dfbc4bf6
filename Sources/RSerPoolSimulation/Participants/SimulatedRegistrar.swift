import ASAP
import ENRP
import InternetAddresses
import RSerPoolParameters
import SCTPTransport

/// A host with a registrar.
final class SimulatedRegistrar: EngineParticipant<RegistrarEngine<SeededRandomNumberGenerator>> {
    /// The identifier of the process that runs, or ran last.
    private(set) var identifier = RegistrarIdentifier.undetermined
    /// The identifier that the next start takes in place of a random one.
    var nextIdentifier: RegistrarIdentifier?

    override func start() {
        guard !isRunning else { return }
        var randomness = makeRandomness()
        identifier = nextIdentifier ?? RegistrarIdentifier(rawValue: .random(in: 1 ... .max, using: &randomness))
        nextIdentifier = nil
        let engine = RegistrarEngine(
            identifier: identifier, configuration: world.timers.registrar, randomness: randomness)
        launch(engine, on: [.asap: ASAPProtocol.port])
        world.record(.world("starts as registrar \(identifier)"), of: self)
    }

    override func observe(_ output: Engine.Output) {
        guard case .event(let event) = output else { return }
        world.record(.registrar(event), of: self)
        world.checkEvent(event, of: self)
    }

    /// What the registrar holds; nil while none runs.
    var snapshot: RegistrarSnapshot? { engine?.snapshot(at: now) }

    typealias Engine = RegistrarEngine<SeededRandomNumberGenerator>
}
