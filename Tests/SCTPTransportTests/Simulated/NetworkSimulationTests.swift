import InternetAddresses
import Testing

@testable import SCTPTransport

/// A simulation with the log of what its endpoints were told.
private final class Stage {
    let network: NetworkSimulation
    var log: [SimulatedNodeIdentifier: [SCTPEvent]] = [:]

    init(seed: UInt64 = 1, path: SimulatedPath = SimulatedPath()) {
        network = NetworkSimulation(seed: seed, path: path)
    }

    func node(_ addresses: String..., change: (inout SCTPEndpointConfiguration) -> Void = { _ in }) throws
        -> SimulatedNodeIdentifier
    {
        var configuration = SCTPEndpointConfiguration(localAddresses: addresses.map { IPAddress($0)! }, port: 3863)
        change(&configuration)
        return try network.addNode(configuration)
    }

    /// Lets `duration` pass.
    func run(_ duration: Duration) {
        let end = network.now + duration
        while let next = network.nextInstant, next <= end {
            network.advance(to: next)
            while let delivery = network.nextDelivery() { log[delivery.node, default: []].append(delivery.event) }
        }
        network.advance(to: end)
    }

    func notifications(_ node: SimulatedNodeIdentifier) -> [SCTPNotification] {
        (log[node] ?? []).compactMap { if case .notification(_, let notification) = $0 { notification } else { nil } }
    }

    func texts(_ node: SimulatedNodeIdentifier) -> [String] {
        (log[node] ?? []).compactMap {
            if case .message(_, let message) = $0 { String(decoding: message.bytes, as: UTF8.self) } else { nil }
        }
    }
}

private let first = AssociationIdentifier(chosen: 1)
private let accepted = AssociationIdentifier(accepted: 1)

private func address(_ text: String) -> SCTPAddress { SCTPAddress(IPAddress(text)!, port: 3863) }
private func message(_ text: String, _ header: MessageHeader = MessageHeader()) -> SCTPMessage {
    SCTPMessage(Array(text.utf8), header)
}

struct NetworkSimulationTests {
    @Test func bothSidesHearOfEachOtherAndMessagesArrive() throws {
        let stage = Stage()
        let client = try stage.node("10.0.0.1")
        let server = try stage.node("10.0.0.2")
        try stage.network.perform(.open(first, to: [address("10.0.0.2")]), by: client)
        try stage.network.perform(.send(first, message("early")), by: client)
        stage.run(.milliseconds(10))
        let details = AssociationDetails(peerAddresses: [address("10.0.0.2")], inboundStreams: 16, outboundStreams: 16)
        #expect(stage.notifications(client) == [.up(details)])
        #expect(stage.texts(server) == ["early"])
        try stage.network.perform(.shutDown(first), by: client)
        stage.run(.milliseconds(10))
        #expect(stage.notifications(client).last == .shutDown)
        #expect(stage.notifications(server).suffix(2) == [.peerIsClosing, .shutDown])
        #expect(stage.network.nextInstant == nil || stage.network.associations(of: client).isEmpty)
    }

    /// Everything that two endpoints are told while the network loses and reorders.
    private func noisyRun(seed: UInt64) throws -> (log: [SCTPEvent], lost: UInt64) {
        let stage = Stage(seed: seed, path: SimulatedPath(latency: .milliseconds(5), jitter: .milliseconds(20), loss: 0.2))
        let client = try stage.node("10.0.0.1")
        let server = try stage.node("10.0.0.2")
        try stage.network.perform(.open(first, to: [address("10.0.0.2")]), by: client)
        for number in 0..<200 {
            try stage.network.perform(
                .send(first, message("\(number)", MessageHeader(stream: UInt16(number % 2)))), by: client)
        }
        stage.run(.seconds(300))
        let texts = stage.texts(server).map { Int($0)! }
        #expect(texts.filter { $0 % 2 == 0 } == Array(stride(from: 0, to: 200, by: 2)))
        #expect(texts.filter { $0 % 2 == 1 } == Array(stride(from: 1, to: 200, by: 2)))
        return (stage.log[server] ?? [], stage.network.packetsLost)
    }

    @Test func aLossyNetworkLosesNothingAndEqualSeedsAreEqualRuns() throws {
        let one = try noisyRun(seed: 7)
        let same = try noisyRun(seed: 7)
        let other = try noisyRun(seed: 8)
        #expect(one.lost > 20)
        #expect(one.log == same.log)
        #expect(one.log != other.log)
    }

    @Test func unorderedMessagesOvertake() throws {
        let stage = Stage()
        let client = try stage.node("10.0.0.1")
        let server = try stage.node("10.0.0.2")
        try stage.network.perform(.open(first, to: [address("10.0.0.2")]), by: client)
        stage.run(.milliseconds(10))
        stage.network.setPath(from: IPAddress("10.0.0.1")!, to: IPAddress("10.0.0.2")!, SimulatedPath(loss: 1))
        try stage.network.perform(.send(first, message("first")), by: client)
        stage.network.setPath(from: IPAddress("10.0.0.1")!, to: IPAddress("10.0.0.2")!, nil)
        try stage.network.perform(.send(first, message("second")), by: client)
        try stage.network.perform(.send(first, message("third", MessageHeader(isUnordered: true))), by: client)
        stage.run(.seconds(2))
        #expect(stage.texts(server) == ["third", "first", "second"])
    }

    @Test func aPartitionEndsAssociationsAndHandsMessagesBack() throws {
        let stage = Stage()
        let client = try stage.node("10.0.0.1") { $0.timing.maximumAssociationRetransmissions = 3 }
        let server = try stage.node("10.0.0.2")
        try stage.network.perform(.open(first, to: [address("10.0.0.2")]), by: client)
        stage.run(.milliseconds(10))
        stage.network.partition([[IPAddress("10.0.0.1")!], [IPAddress("10.0.0.2")!]])
        try stage.network.perform(.send(first, message("gone")), by: client)
        stage.run(.seconds(1000))
        #expect(
            stage.notifications(client).dropFirst() == [
                .sendFailed(UndeliveredMessage(message: message("gone"), mayHaveArrived: true)), .lost(.unreachable),
            ])
        // The other side finds out by its heartbeats.
        #expect(stage.notifications(server).last == .lost(.unreachable))
        #expect(stage.notifications(server).contains(.path(address("10.0.0.1"), .unreachable)))
        stage.network.heal()
        try stage.network.perform(.open(AssociationIdentifier(chosen: 2), to: [address("10.0.0.2")]), by: client)
        stage.run(.milliseconds(10))
        #expect(stage.network.associations(of: client) == [AssociationIdentifier(chosen: 2)])
    }

    @Test func aMultiHomedAssociationSurvivesTheLossOfAPath() throws {
        let stage = Stage()
        let client = try stage.node("10.0.0.1", "10.0.1.1") { $0.timing.maximumPathRetransmissions = 2 }
        let server = try stage.node("10.0.0.2", "10.0.1.2")
        try stage.network.perform(.open(first, to: [address("10.0.0.2")]), by: client)
        stage.run(.milliseconds(10))
        #expect(try stage.network.peerAddresses(of: first, at: client) == [address("10.0.0.2"), address("10.0.1.2")])
        stage.network.setConnected(false, IPAddress("10.0.0.2")!)
        try stage.network.perform(.send(first, message("by the other path")), by: client)
        stage.run(.seconds(20))
        #expect(stage.texts(server) == ["by the other path"])
        #expect(stage.notifications(client).last == .path(address("10.0.0.2"), .unreachable))
        stage.network.setConnected(true, IPAddress("10.0.0.2")!)
        stage.run(.seconds(200))
        #expect(stage.notifications(client).last == .path(address("10.0.0.2"), .available))
    }

    @Test func aMessageToAPeerThatHasForgottenEndsTheAssociation() throws {
        let stage = Stage()
        let client = try stage.node("10.0.0.1")
        let server = try stage.node("10.0.0.2")
        try stage.network.perform(.open(first, to: [address("10.0.0.2")]), by: client)
        stage.run(.milliseconds(10))
        stage.network.kill(client)
        _ = try stage.node("10.0.0.1")
        try stage.network.perform(.send(accepted, message("to the dead")), by: server)
        stage.run(.milliseconds(10))
        #expect(
            stage.notifications(server).dropFirst() == [
                .sendFailed(UndeliveredMessage(message: message("to the dead"), mayHaveArrived: true)), .lost(.abortedByPeer),
            ])
    }

    @Test func aQuietPeerThatStartsAnewKeepsTheIdentifier() throws {
        let stage = Stage()
        let client = try stage.node("10.0.0.1")
        let server = try stage.node("10.0.0.2")
        try stage.network.perform(.open(first, to: [address("10.0.0.2")]), by: client)
        stage.run(.milliseconds(10))
        stage.network.kill(client)
        let again = try stage.node("10.0.0.1")
        try stage.network.perform(.open(first, to: [address("10.0.0.2")]), by: again)
        stage.run(.milliseconds(10))
        let details = AssociationDetails(peerAddresses: [address("10.0.0.1")], inboundStreams: 16, outboundStreams: 16)
        #expect(stage.notifications(server) == [.up(details), .restarted(details)])
        try stage.network.perform(.send(accepted, message("still me")), by: server)
        stage.run(.milliseconds(10))
        #expect(stage.texts(again) == ["still me"])
    }

    @Test func bothOpeningAtOnceMakeOneAssociation() throws {
        let stage = Stage()
        let one = try stage.node("10.0.0.1")
        let other = try stage.node("10.0.0.2")
        try stage.network.perform(.open(first, to: [address("10.0.0.2")]), by: one)
        try stage.network.perform(.open(first, to: [address("10.0.0.1")]), by: other)
        try stage.network.perform(.send(first, message("a")), by: one)
        try stage.network.perform(.send(first, message("b")), by: other)
        stage.run(.seconds(5))
        #expect(stage.notifications(one).count == 1 && stage.notifications(other).count == 1)
        #expect(stage.texts(one) == ["b"] && stage.texts(other) == ["a"])
    }

    @Test func aPausedReceiverHoldsUpTheSenderAndLosesNothing() throws {
        let stage = Stage()
        let client = try stage.node("10.0.0.1") {
            $0.maximumMessageSize = 1000
            $0.sendQueueLimit = 20_000
        }
        let server = try stage.node("10.0.0.2") {
            $0.maximumMessageSize = 1000
            $0.receiveQueueLimit = 10_000
        }
        try stage.network.perform(.open(first, to: [address("10.0.0.2")]), by: client)
        stage.run(.milliseconds(10))
        stage.network.setReceivingPaused(true, server)
        var sent = 0
        func fill() {
            while (try? stage.network.perform(
                .send(first, message(String(repeating: "x", count: 999) + "\(sent % 10)")), by: client))
                != nil
            {
                sent += 1
            }
        }
        for _ in 0..<10 {
            fill()
            stage.run(.seconds(30))
        }
        // What the receiver holds, what the sender's queue holds, and nothing more, for as long as it takes.
        #expect(sent == 30)
        #expect(stage.texts(server).isEmpty)
        #expect(stage.network.associations(of: client) == [first])
        stage.network.setReceivingPaused(false, server)
        stage.run(.seconds(120))
        #expect(stage.texts(server).count == 30)
        #expect(stage.texts(server).map { $0.last! } == (0..<30).map { Character("\($0 % 10)") })
        #expect(stage.notifications(client).last == .readyToSend)
    }

    @Test func manyNodesStayWithinTheirMeans() throws {
        let stage = Stage(seed: 3, path: SimulatedPath(latency: .milliseconds(2), jitter: .milliseconds(1), loss: 0.01))
        var nodes: [SimulatedNodeIdentifier] = []
        for number in 1...50 { nodes.append(try stage.node("10.1.0.\(number)")) }
        for (index, node) in nodes.enumerated() {
            for peer in (index + 1)..<nodes.count {
                try stage.network.perform(
                    .open(AssociationIdentifier(chosen: UInt64(peer)), to: [address("10.1.0.\(peer + 1)")]), by: node)
            }
        }
        stage.run(.seconds(30))
        for node in nodes {
            #expect(stage.network.associations(of: node).count == 49)
            #expect(stage.notifications(node).count { if case .up = $0 { true } else { false } } == 49)
        }
    }
}
