import InternetAddresses
import Testing

@testable import SCTPTransport

/// Faults that a simulated network can be given.
struct SimulatedFaultTests {
    private static let left = IPAddress.v4(0x0a00_0001)
    private static let right = IPAddress.v4(0x0a00_0002)

    /// Two endpoints with an association from the first to the second, and what they are told.
    private final class Pair {
        let network = NetworkSimulation(seed: 1)
        var client: SimulatedNodeIdentifier
        var server: SimulatedNodeIdentifier
        let out = AssociationIdentifier(chosen: 1)
        let accepted = AssociationIdentifier(accepted: 1)

        init() throws {
            client = try network.addNode(Pair.configuration(left))
            server = try network.addNode(Pair.configuration(right))
            try network.perform(.open(out, to: [SCTPAddress(right, port: 7)]), by: client)
            _ = events(until: 1)
        }

        static func configuration(_ address: IPAddress) -> SCTPEndpointConfiguration {
            var configuration = SCTPEndpointConfiguration(localAddresses: [address], port: 7)
            configuration.timing.maximumRetransmissionTimeout = .seconds(2)
            configuration.timing.maximumAssociationRetransmissions = 3
            return configuration
        }

        func send(_ byte: UInt8) throws { try network.perform(.send(out, SCTPMessage([byte])), by: client) }
        func answer(_ byte: UInt8) throws { try network.perform(.send(accepted, SCTPMessage([byte])), by: server) }

        /// What is told up to a second of the network's time, briefly.
        func events(until seconds: Int) -> [String] {
            network.advance(to: .origin + .seconds(seconds))
            var result: [String] = []
            while let delivery = network.nextDelivery() {
                let who = delivery.node == client ? "client" : "server"
                switch delivery.event {
                case .message(_, let message): result.append("\(who) has \(message.bytes)")
                case .notification(_, .sendFailed(let message)): result.append("\(who) has back \(message.message.bytes)")
                case .notification(_, .up): result.append("\(who) up")
                case .notification(_, .restarted): result.append("\(who) restarted")
                case .notification(_, .path): break
                case .notification(_, let other): result.append("\(who) \(other)")
                }
            }
            return result
        }
    }

    @Test func aBlockedDirectionBlocksThatOneOnly() throws {
        let pair = try Pair()
        pair.network.setBlocked(true, from: SimulatedFaultTests.right, to: SimulatedFaultTests.left)
        try pair.send(1)
        // It arrives, but no acknowledgement comes back.
        #expect(pair.events(until: 2) == ["server has [1]"])
        pair.network.setBlocked(false, from: SimulatedFaultTests.right, to: SimulatedFaultTests.left)
        try pair.send(2)
        #expect(pair.events(until: 8) == ["server has [2]"])
        pair.network.setBlocked(true, from: SimulatedFaultTests.left, to: SimulatedFaultTests.right)
        try pair.send(3)
        #expect(pair.events(until: 60) == ["client has back [3]", "client lost(SCTPTransport.AssociationEnd.unreachable)"])
        pair.network.heal()
        try pair.network.perform(
            .open(AssociationIdentifier(chosen: 2), to: [SCTPAddress(SimulatedFaultTests.right, port: 7)]), by: pair.client)
        // The server has not noticed that the first association ended.
        #expect(pair.events(until: 70) == ["server restarted", "client up"])
    }

    @Test func aSlowHostIsSlowInBothDirections() throws {
        let pair = try Pair()
        pair.network.setExtraDelay(.milliseconds(300), of: SimulatedFaultTests.right)
        try pair.send(1)
        pair.network.advance(to: .origin + .milliseconds(1_300))
        #expect(pair.network.nextDelivery() == nil)
        #expect(pair.events(until: 2) == ["server has [1]"])
        try pair.answer(2)
        pair.network.advance(to: .origin + .milliseconds(2_300))
        #expect(pair.network.nextDelivery() == nil)
        #expect(pair.events(until: 3) == ["client has [2]"])
        pair.network.setExtraDelay(.zero, of: SimulatedFaultTests.right)
        try pair.send(3)
        pair.network.advance(to: .origin + .milliseconds(3_001))
        #expect(pair.network.nextDelivery() != nil)
    }

    @Test func aCrashIsNoticedAsItsKindHasIt() throws {
        // ABORT at once.
        var pair = try Pair()
        pair.network.crash(pair.server, .aborting)
        #expect(pair.events(until: 2) == ["client lost(SCTPTransport.AssociationEnd.abortedByPeer)"])
        // The host answers when something comes.
        pair = try Pair()
        pair.network.crash(pair.server, .process)
        #expect(pair.events(until: 2).isEmpty)
        try pair.send(1)
        #expect(pair.events(until: 3) == ["client has back [1]", "client lost(SCTPTransport.AssociationEnd.abortedByPeer)"])
        // Nobody answers.
        pair = try Pair()
        pair.network.crash(pair.server, .host)
        try pair.send(1)
        #expect(pair.events(until: 2).isEmpty)
        #expect(pair.events(until: 60) == ["client has back [1]", "client lost(SCTPTransport.AssociationEnd.unreachable)"])
    }

    @Test func aProcessThatIsStartedAgainTakesItsPlace() throws {
        let pair = try Pair()
        pair.network.crash(pair.client, .process)
        pair.client = try pair.network.addNode(Pair.configuration(SimulatedFaultTests.left))
        try pair.network.perform(.open(pair.out, to: [SCTPAddress(SimulatedFaultTests.right, port: 7)]), by: pair.client)
        #expect(pair.events(until: 2) == ["server restarted", "client up"])
        try pair.answer(5)
        #expect(pair.events(until: 3) == ["client has [5]"])
    }

    @Test func anAssociationFailsOnOneSideAlone() throws {
        let pair = try Pair()
        try pair.network.fail(pair.out, of: pair.client)
        #expect(pair.events(until: 2) == ["client lost(SCTPTransport.AssociationEnd.unreachable)"])
        try pair.answer(1)
        #expect(pair.events(until: 3) == ["server has back [1]", "server lost(SCTPTransport.AssociationEnd.abortedByPeer)"])
        #expect(throws: SCTPTransportError.self) { try pair.network.fail(pair.out, of: pair.client) }
    }

    @Test func aRestartLosesWhatWasUnderWayAndNothingElse() throws {
        let pair = try Pair()
        try pair.send(1)
        try pair.answer(2)
        try pair.network.restart(pair.out, of: pair.client)
        #expect(
            pair.events(until: 2)
                == ["client has back [1]", "server has back [2]", "client restarted", "server restarted"])
        try pair.send(3)
        try pair.answer(4)
        #expect(pair.events(until: 3) == ["server has [3]", "client has [4]"])
        try pair.network.perform(.shutDown(pair.out), by: pair.client)
        #expect(pair.events(until: 4) == ["server peerIsClosing", "client shutDown", "server shutDown"])
    }

    /// A registrar's world in small: the same seed gives the same events at the same instants, whatever the faults.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func oneSeedIsOneHistory(seed: UInt64) throws {
        func history() throws -> [String] {
            let network = NetworkSimulation(
                seed: seed, path: SimulatedPath(latency: .milliseconds(1), jitter: .milliseconds(3), loss: 0.05))
            var random = SimulationRandom(seed: seed)
            let hosts = (1...6 as ClosedRange<UInt32>).map { IPAddress.v4(0x0a00_0000 + $0) }
            var nodes = try hosts.map { try network.addNode(Pair.configuration($0)) }
            var history: [String] = []
            for step in 0..<300 as Range<UInt64> {
                let (one, two) = (Int.random(in: 0..<6, using: &random), Int.random(in: 0..<6, using: &random))
                switch Int.random(in: 0..<8, using: &random) {
                case 0: network.setBlocked(Bool.random(using: &random), from: hosts[one], to: hosts[two])
                case 1: network.setExtraDelay(.milliseconds(Int.random(in: 0...50, using: &random)), of: hosts[one])
                case 2:
                    network.crash(nodes[one], [.host, .process, .aborting].randomElement(using: &random)!)
                    nodes[one] = try network.addNode(Pair.configuration(hosts[one]))
                case 3:
                    for association in network.associations(of: nodes[one]).prefix(1) {
                        try network.fail(association, of: nodes[one])
                    }
                case 4:
                    for association in network.associations(of: nodes[one]).prefix(1) {
                        try? network.restart(association, of: nodes[one])
                    }
                default:
                    let association = AssociationIdentifier(chosen: step)
                    guard one != two,
                        (try? network.perform(.open(association, to: [SCTPAddress(hosts[two], port: 7)]), by: nodes[one]))
                            != nil
                    else { break }
                    try network.perform(.send(association, SCTPMessage([UInt8(truncatingIfNeeded: step)])), by: nodes[one])
                }
                network.advance(to: network.now + .milliseconds(Int.random(in: 0...400, using: &random)))
                while let delivery = network.nextDelivery() { history.append("\(network.now) \(delivery)") }
            }
            return history
        }
        let first = try history()
        #expect(first.count > 100)
        #expect(try history() == first)
    }
}
