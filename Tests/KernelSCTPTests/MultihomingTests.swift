import InternetAddresses
import SCTPTransport
import Testing

/// Several paths between two hosts, and what happens when some or all of them break.
@Suite(.serialized)
struct MultihomingTests {
    /// Time-outs that let a test see a failure within seconds. The minimum stays above the peer's SACK delay.
    private static var quick: SCTPTiming {
        var timing = SCTPTiming()
        timing.initialRetransmissionTimeout = .milliseconds(300)
        timing.minimumRetransmissionTimeout = .milliseconds(250)
        timing.maximumRetransmissionTimeout = .milliseconds(400)
        timing.heartbeatInterval = .milliseconds(300)
        timing.maximumPathRetransmissions = 2
        timing.maximumAssociationRetransmissions = 4
        timing.maximumInitRetransmissions = 2
        return timing
    }

    private func configuration(_ addresses: [IPAddress], port: UInt16 = 0) -> SCTPEndpointConfiguration {
        var configuration = SCTPEndpointConfiguration(localAddresses: addresses, port: port)
        configuration.timing = MultihomingTests.quick
        return configuration
    }

    private let out = AssociationIdentifier(chosen: 1)

    /// Two nodes on two hosts with an association over both links.
    /// - Parameter patience: retransmissions before the association is lost.
    private func connected(
        _ hosts: borrowing TwoHosts, patience: UInt16 = 4
    ) async throws -> (left: Node, right: Node, peer: [SCTPAddress]) {
        let (left, right) = try (Node("left"), Node("right"))
        try await left.enter(namespace: hosts.left)
        try await right.enter(namespace: hosts.right)
        var (here, there) = try (configuration(hosts.addresses(1)), configuration(hosts.addresses(2)))
        here.timing.maximumAssociationRetransmissions = patience
        there.timing.maximumAssociationRetransmissions = patience
        let peer = try await right.open(there)
        #expect(peer.map(\.ip) == (try hosts.addresses(2)))
        #expect(Set(peer.map(\.port)).count == 1)
        try await left.open(here)
        try await left.perform { [out] in try $0.open(out, to: peer) }
        let details = try await left.up(out).1
        #expect(details.peerAddresses == peer)
        let (association, accepted) = try await right.up()
        #expect(Set(accepted.peerAddresses.map(\.ip)) == Set(try hosts.addresses(1)))
        // This side learnt the second address from the peer, so it is not used before it has answered a heartbeat.
        try await right.notification(.path(accepted.peerAddresses[1], .confirmed), of: association)
        return (left, right, peer)
    }

    @Test(.timeLimit(.minutes(2)))
    func messagesTakeTheSecondPathWhenTheFirstFails() async throws {
        let hosts = try TwoHosts("failover")
        let (left, right, peer) = try await connected(hosts)
        try await left.send([0], on: out)
        _ = try await right.messages(1)
        try hosts.pull(0)
        for number in 1...12 { try await left.send([UInt8(number)], on: out) }
        #expect(try await right.messages(13).map(\.bytes) == (0...12).map { [$0] })
        try await left.notification(.path(peer[0], .potentiallyFailed), of: out)
        try await left.notification(.path(peer[0], .unreachable), of: out)
        let known = try await left.perform { [out] in try $0.peerAddresses(of: out) }
        #expect(known == peer)
        try hosts.plug(0)
        try await left.notification(.path(peer[0], .available), of: out)
        try await left.send([13], on: out)
        #expect(try await right.messages(14).count == 14)
        await left.close()
        await right.close()
    }

    @Test(.timeLimit(.minutes(2)))
    func messagesComeBackWhenAllPathsFail() async throws {
        let hosts = try TwoHosts("cut")
        // Pulling the cables takes a while.
        let (left, right, _) = try await connected(hosts, patience: 12)
        try await left.send([0], on: out)
        _ = try await right.messages(1)
        for link in 0..<2 { try hosts.pull(link) }
        // One in several packets, one in a single one, and many that the peer's window keeps from being sent.
        let header = MessageHeader(payloadProtocol: PayloadProtocolIdentifier(rawValue: 12), stream: 5, isUnordered: true)
        var sent = [SCTPMessage(pattern(20_000), header), SCTPMessage([1, 2], MessageHeader(stream: 2))]
        sent += (0..<250).map { SCTPMessage(pattern(900 + $0)) }
        for message in sent { try await left.send(message.bytes, message.header, on: out) }
        try await left.notification(.lost(.unreachable), of: out)
        let returned = await left.returned
        #expect(Set(returned.map(\.message)) == Set(sent))
        #expect(returned.count == sent.count)
        #expect(returned.first { $0.message == sent[0] }?.mayHaveArrived == true)
        #expect(returned.last?.mayHaveArrived == false)
        #expect(await left.events.last == .notification(out, .lost(.unreachable)))
        await left.close(within: .milliseconds(10))
        await right.close(within: .milliseconds(10))
    }

    @Test(.timeLimit(.minutes(2)))
    func nobodyAnswers() async throws {
        let hosts = try TwoHosts("silent")
        for link in 0..<2 { try hosts.pull(link) }
        let left = try Node("left")
        try await left.enter(namespace: hosts.left)
        try await left.open(configuration(hosts.addresses(1)))
        let peer = try hosts.addresses(2).map { SCTPAddress($0, port: 5000) }
        try await left.perform { [out] in try $0.open(out, to: peer) }
        try await left.send([1], on: out)
        try await left.notification(.failed(.unreachable), of: out)
        #expect(await left.returned == [UndeliveredMessage(message: SCTPMessage([1]), mayHaveArrived: false)])
        await left.close()
    }

    @Test(.timeLimit(.minutes(2)))
    func peerThatStartsAnewRestartsTheAssociation() async throws {
        let hosts = try TwoHosts("anew")
        let (left, right) = try (Node("left"), Node("right"))
        try await left.enter(namespace: hosts.left)
        try await right.enter(namespace: hosts.right)
        var patient = configuration(try hosts.addresses(2))
        patient.timing.maximumAssociationRetransmissions = 100
        patient.timing.maximumPathRetransmissions = 100
        // A heartbeat would find out that the old one is gone.
        patient.timing.heartbeatInterval = nil
        let peer = try await right.open(patient)
        try await left.open(configuration(hosts.addresses(1), port: 6000))
        try await left.perform { [out] in try $0.open(out, to: peer) }
        let association = try await right.up().0
        // The old one goes without the peer's noticing.
        for link in 0..<2 { try hosts.pull(link) }
        await left.close(within: .milliseconds(10))
        for link in 0..<2 { try hosts.plug(link) }
        let again = try Node("again")
        try await again.enter(namespace: hosts.left)
        try await again.open(configuration(hosts.addresses(1), port: 6000))
        try await again.perform { [out] in try $0.open(out, to: peer) }
        _ = try await again.up(out)
        _ = try await right.event("restart") {
            if case .notification(association, .restarted) = $0 { true } else { nil }
        }
        try await again.send([1], on: out)
        #expect(try await right.messages(1).map(\.bytes) == [[1]])
        await again.close()
        await right.close()
    }

    /// A host that lost the association without a trace answers with an ABORT that has no cause.
    @Test(.timeLimit(.minutes(2)))
    func peerThatForgotIsNotTakenForUnreachable() async throws {
        let hosts = try TwoHosts("forgot")
        let (left, right, _) = try await connected(hosts, patience: 100)
        for link in 0..<2 { try hosts.pull(link) }
        await left.close(within: .milliseconds(10))
        for link in 0..<2 { try hosts.plug(link) }
        // It is a heartbeat that finds out.
        try await right.notification(.lost(.abortedByPeer), of: right.up().0)
        await right.close()
    }

    @Test(.timeLimit(.minutes(2)))
    func bothFamiliesInOneAssociation() async throws {
        let hosts = try TwoHosts("families")
        let (left, right) = try (Node("left"), Node("right"))
        try await left.enter(namespace: hosts.left)
        try await right.enter(namespace: hosts.right)
        let six = try (#require(IPAddress("fd21::1")), #require(IPAddress("fd21::2")))
        let four = try (hosts.address(1, link: 0), hosts.address(2, link: 0))
        let peer = try await right.open(configuration([four.1, six.1]))
        #expect(peer.map(\.ip) == [four.1, six.1])
        try await left.open(configuration([four.0, six.0]))
        try await left.perform { [out] in try $0.open(out, to: peer) }
        #expect(try await left.up(out).1.peerAddresses == peer)
        try hosts.pull(0)
        try await left.send([1], on: out)
        #expect(try await right.messages(1).map(\.bytes) == [[1]])
        try hosts.plug(0)
        await left.close()
        await right.close()
    }
}
