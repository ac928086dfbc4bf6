import ASAP
import ENRP
import InternetAddresses
import RSerPoolParameters
import SCTPTransport

/// A host with a registrar.
final class SimulatedRegistrar: EngineParticipant<RegistrarEngine<SeededRandomNumberGenerator>> {
    /// The identifier with which the next process starts in place of a random one.
    var nextIdentifier: RegistrarIdentifier?

    /// Which association with a peer breaks when the registrar has told of its next change; nil for none.
    var breakAtChange: Int?

    /// Where peers announce themselves; RFC 5353 registers no group.
    static let peerGroup = IPAddress.v4(0xef00_0033)

    /// The identifier of the process that runs.
    var identifier: RegistrarIdentifier? { engine?.identifier }
    var enrpAddress: SCTPAddress { SCTPAddress(host, port: ENRPProtocol.port) }

    override func start() {
        guard !isRunning else { return }
        var randomness = makeRandomness()
        let identifier = nextIdentifier ?? .random(using: &randomness)
        nextIdentifier = nil
        let peers = world.knownPeers(of: self).map { [$0.enrpAddress] }
        let addresses = RegistrarAddresses(
            enrp: [enrpAddress], asap: [.sctp(SCTPTransportParameter(port: ASAPProtocol.port, addresses: [host]))])
        var engine = RegistrarEngine(
            identifier: identifier, configuration: world.timers.registrar(peers: peers, usesMulticast: world.usesMulticast),
            addresses: addresses, randomness: randomness)
        // Every other registrar has a planted fault: an arbitration that all of them reverse has one winner too. But one that
        // announces itself is enough.
        if let fault = world.options.plantedFault, index % 2 == 0 || fault == .announceTimerNotRestarted {
            engine.plantedFaults = [fault]
        }
        launch(
            engine, on: [.asap: ASAPProtocol.port, .enrp: ENRPProtocol.port],
            multicast: world.usesMulticast
                ? [.asap: Self.group(host, .asap), .enrp: Self.group(host, .enrp)] : [:])
        world.record(.world("starts as registrar \(identifier)"), of: self)
        handle(.timer)
    }

    /// A host's multicast endpoint of one of the groups.
    static func group(_ host: IPAddress, _ channel: TransportChannel) -> MulticastConfiguration {
        var configuration =
            channel == .enrp
            ? MulticastConfiguration(group: peerGroup, port: ENRPProtocol.port)
            : MulticastConfiguration(group: ASAPProtocol.announceGroupIPv4, port: ASAPProtocol.port)
        configuration.sourceAddress = host
        configuration.isLoopedBack = false
        return configuration
    }

    override func observe(_ output: Engine.Output) {
        switch output {
        case .event(let event):
            world.record(.registrar(event), of: self)
            world.checkEvent(event, of: self)
            switch event {
            case .elementRegistered, .elementRemoved: breakWhereWanted()
            default: break
            }
        case .measurementWanted(let association):
            guard let time = try? world.network.roundTripTime(of: association, at: node(of: association)) else { return }
            handle(.roundTripTime(association, time))
        case .transport, .announcement: break
        }
    }

    /// The update is under way: the association's end overtakes it, or does not.
    private func breakWhereWanted() {
        guard let choice = breakAtChange else { return }
        breakAtChange = nil
        let associations = endpoints.flatMap { endpoint in
            world.network.associations(of: endpoint).filter { $0.channel == .enrp }.map { (endpoint, $0) }
        }
        guard !associations.isEmpty else { return }
        let (endpoint, association) = associations[choice % associations.count]
        world.record(.world("association \(association) breaks"), of: self)
        try? world.network.perform(.abort(association), by: endpoint)
    }

    /// What a user would be given who asked for all elements of a pool. A copy of the engine is asked, so nothing comes of it.
    func resolve(_ pool: PoolHandle) -> [PoolElementIdentifier] {
        guard var engine, let host = IPAddress("192.0.2.1") else { return [] }
        let request = ASAPMessage.handleResolution(.init(pool: pool, option: .asManyAsPossible))
        guard let bytes = try? request.encoded() else { return [] }
        let association = AssociationIdentifier(accepted: 1 << 50)
        let details = AssociationDetails(
            peerAddresses: [SCTPAddress(host, port: 1)], inboundStreams: 1, outboundStreams: 1)
        engine.handle(.transport(.notification(association, .up(details))), at: now)
        engine.handle(
            .transport(.message(association, SCTPMessage(bytes, MessageHeader(payloadProtocol: .asap)))), at: now)
        while let output = engine.nextOutput() {
            guard case .transport(.send(association, let message)) = output,
                let decoded = try? ASAPMessage.decode(message.bytes),
                case .handleResolutionResponse(let response) = decoded.message
            else { continue }
            return response.elements.map(\.identifier)
        }
        return []
    }

    /// What the registrar holds; nil while none runs.
    var snapshot: RegistrarSnapshot? { engine?.snapshot(at: now) }

    typealias Engine = RegistrarEngine<SeededRandomNumberGenerator>
}
