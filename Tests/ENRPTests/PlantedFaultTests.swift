import ASAP
import RSerPoolParameters
import SCTPTransport
import Testing

@testable import ENRP

@Suite("Each planted fault breaks what its section's tests hold")
struct PlantedFaultTests {
    /// Whether the rule that a fault breaks holds in a run with these faults.
    private static func holds(_ rule: PlantedFault, with faults: Set<PlantedFault>) throws -> Bool {
        var network = try Section33HandleUpdateTests.trio()
        func plant(_ network: inout PeerNetwork) {
            for node in 0..<3 { network.nodes[node].engine?.plantedFaults = faults }
        }
        plant(&network)
        switch rule {
        case .checksumKeptOnDelete:
            let hosts = [network.addElementHost(7), network.addElementHost(8)]
            for host in hosts { try network.register(host, at: 0) }
            let association = network.connect(hosts[0], to: 0, port: 3863)
            try network.send(
                .deregistration(.init(pool: "Pool", identifier: PoolElementIdentifier(rawValue: 7))), over: association,
                from: hosts[0])
            network.run(for: .milliseconds(10))
            var expected = HandlespaceChecksum()
            expected.add("Pool", PoolElementIdentifier(rawValue: 8))
            return network.peer(1, of: 1)?.checksum == expected.value
        case .arbitrationReversed:
            let target = RegistrarIdentifier(rawValue: 3)
            let host = network.addElementHost(7)
            try network.register(host, at: 2)
            network.kill(2)
            network.run(for: .seconds(1))
            return network.nodes[0].events.contains(.takeoverYielded(target, to: RegistrarIdentifier(rawValue: 2)))
                && network.table(1) == ["Pool/7@2"]
        case .sweepLeftOut:
            let host = network.addElementHost(7)
            try network.register(host, at: 0)
            network.cut(0, 1)
            let association = network.connect(host, to: 0, port: 3863)
            try network.send(
                .deregistration(.init(pool: "Pool", identifier: PoolElementIdentifier(rawValue: 7))), over: association,
                from: host)
            network.run(for: .milliseconds(100))
            network.heal()
            network.run(for: .seconds(100))
            return network.table(1).isEmpty
        case .announceTimerNotRestarted:
            let announcing = try RegistrarConfiguration(peers: PeerConfiguration(announcesToClients: true))
            let node = network.addRegistrar(4, announcing)
            network.nodes[node].engine?.plantedFaults = faults
            network.run(for: .seconds(10))
            return network.nodes[node].announced.count { $0.channel == .main } >= 10
        case .takeoverWithoutHomeFlag:
            let host = network.addElementHost(7)
            try network.register(host, at: 2)
            network.kill(2)
            network.run(for: .seconds(1))
            return network.nodes[host].received.contains {
                if case .endpointKeepAlive(let keepAlive) = $0.message { keepAlive.claimsHome } else { false }
            }
        }
    }

    @Test("Every fault is found, and without it the rule holds", arguments: PlantedFault.allCases)
    func isFound(_ fault: PlantedFault) throws {
        #expect(try Self.holds(fault, with: []))
        #expect(try !Self.holds(fault, with: [fault]))
    }
}
