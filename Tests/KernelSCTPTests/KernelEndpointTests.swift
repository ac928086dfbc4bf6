import InternetAddresses
import SCTPTransport
import Testing

/// The kernel backend by itself, without an endpoint above it: what its sockets make of good and bad calls.
@Suite(.serialized)
struct KernelEndpointTests {
    @Test func messagesTravelAndEndsAreTold() async throws {
        let (one, two) = try (Node("one"), Node("two"))
        let address = try await two.open(SCTPEndpointConfiguration(localAddresses: [.loopbackIPv4]))[0]
        try await one.open(SCTPEndpointConfiguration(localAddresses: [.loopbackIPv4]))
        let out = AssociationIdentifier(chosen: 7)
        let long = pattern(60_000)
        let header = MessageHeader(payloadProtocol: PayloadProtocolIdentifier(rawValue: 11), stream: 3, isUnordered: true)
        try await one.perform { try $0.open(out, to: [address]) }
        try await one.send([1, 2, 3], header, on: out)
        try await one.send(long, on: out)
        let details = try await one.up(out).1
        #expect(details.peerAddresses == [address])
        #expect(details.outboundStreams == 16)
        #expect(try await two.messages(2) == [SCTPMessage([1, 2, 3], header), SCTPMessage(long)])
        let association = try await two.up().0
        #expect(association.isAccepted)
        try await two.perform { try $0.shutDown(association) }
        try await one.notification(.peerIsClosing, of: out)
        try await one.notification(.shutDown, of: out)
        try await two.notification(.shutDown, of: association)
        await one.close()
        await two.close()
    }

    @Test func ipv6SocketServesBothFamilies() async throws {
        let (one, two) = try (Node("one"), Node("two"))
        let addresses = try await two.open(SCTPEndpointConfiguration())
        #expect(addresses.contains { $0.ip == .loopbackIPv4 })
        #expect(addresses.contains { $0.ip == .loopbackIPv6 })
        #expect(!addresses.contains { $0.ip.isLinkLocal })
        try await one.open(SCTPEndpointConfiguration())
        for (number, ip) in [IPAddress.loopbackIPv4, .loopbackIPv6].enumerated() {
            let out = AssociationIdentifier(chosen: UInt64(number))
            // Another port for each family: one pair of endpoints has one association.
            let listener = try Node("listener")
            let port = try await listener.open(SCTPEndpointConfiguration(localAddresses: [ip]))[0].port
            try await one.perform { try $0.open(out, to: [SCTPAddress(ip, port: port)]) }
            #expect(try await one.up(out).1.peerAddresses == [SCTPAddress(ip, port: port)])
            #expect(try await listener.up().1.peerAddresses.contains { $0.ip == ip })
            await listener.close()
        }
        await one.close()
        await two.close()
    }

    @Test func wrongAddressesAreNamed() async throws {
        let node = try Node("node")
        let elsewhere = try #require(IPAddress("192.0.2.1"))
        await expect(code: .addressNotAvailable) {
            try await node.open(SCTPEndpointConfiguration(localAddresses: [elsewhere], port: 5000))
        }
        let port = try await node.open(SCTPEndpointConfiguration(localAddresses: [.loopbackIPv4]))[0].port
        let other = try Node("other")
        await expect(code: .addressInUse) {
            try await other.open(SCTPEndpointConfiguration(localAddresses: [.loopbackIPv4], port: port))
        }
        await expect(code: .noRoute) {
            try await node.perform { try $0.open(AssociationIdentifier(chosen: 1), to: [SCTPAddress(elsewhere, port: 1)]) }
        }
        await expect(code: .noRoute) {
            try await node.perform { try $0.open(AssociationIdentifier(chosen: 1), to: [SCTPAddress(.loopbackIPv6, port: 1)]) }
        }
        await expect(code: .unsupported) {
            let address = SCTPAddress(.loopbackIPv4, port: 1, encapsulationPort: 9900)
            try await node.perform { try $0.open(AssociationIdentifier(chosen: 1), to: [address]) }
        }
        await node.close()
        // The port is free as soon as the endpoint is closed.
        try await other.open(SCTPEndpointConfiguration(localAddresses: [.loopbackIPv4], port: port))
        await other.close()
    }

    @Test func nobodyListens() async throws {
        let node = try Node("node")
        try await node.open(SCTPEndpointConfiguration(localAddresses: [.loopbackIPv4]))
        let out = AssociationIdentifier(chosen: 1)
        // In one go, so that the answer cannot come between.
        try await node.perform {
            try $0.open(out, to: [SCTPAddress(.loopbackIPv4, port: 9)])
            try $0.send(unsafe ([1] as [UInt8]).span.bytes, MessageHeader(), on: out)
        }
        try await node.notification(.failed(.abortedByPeer), of: out)
        #expect(await node.returned.map(\.message.bytes) == [[1]])
        await node.close()
    }

    @Test func associationsBeyondTheLimitAreRefused() async throws {
        let (one, two, three) = try (Node("one"), Node("two"), Node("three"))
        await two.limitAssociations(to: 1)
        let address = try await two.open(SCTPEndpointConfiguration(localAddresses: [.loopbackIPv4]))[0]
        let out = AssociationIdentifier(chosen: 1)
        try await one.open(SCTPEndpointConfiguration(localAddresses: [.loopbackIPv4]))
        try await one.perform { try $0.open(out, to: [address]) }
        _ = try await one.up()
        await expect(code: .alreadyConnected) {
            try await one.perform { try $0.open(AssociationIdentifier(chosen: 2), to: [address]) }
        }
        try await three.open(SCTPEndpointConfiguration(localAddresses: [.loopbackIPv4]))
        try await three.perform { try $0.open(out, to: [address]) }
        try await three.notification(.lost(.abortedByPeer), of: out)
        #expect(await two.events.count == 1)
        for node in [one, two, three] { await node.close() }
    }

    @Test func tooLongMessageEndsTheAssociation() async throws {
        let (one, two) = try (Node("one"), Node("two"))
        var small = SCTPEndpointConfiguration(localAddresses: [.loopbackIPv4])
        small.maximumMessageSize = 10_000
        let address = try await two.open(small)[0]
        try await one.open(SCTPEndpointConfiguration(localAddresses: [.loopbackIPv4]))
        let out = AssociationIdentifier(chosen: 1)
        try await one.perform { try $0.open(out, to: [address]) }
        try await one.send(pattern(10_000), on: out)
        #expect(try await two.messages(1) == [SCTPMessage(pattern(10_000))])
        try await one.send(pattern(10_001), on: out)
        try await one.notification(.lost(.abortedByPeer), of: out)
        try await two.notification(.lost(.abortedLocally), of: two.up().0)
        #expect(await two.received.count == 1)
        await one.close()
        await two.close()
    }

    /// One peer that reads nothing leaves room for the others, and everything arrives when it reads again.
    @Test(.timeLimit(.minutes(2)))
    func oneSlowPeerDoesNotStopTheOthers() async throws {
        let (one, slow, quick) = try (Node("one"), Node("slow"), Node("quick"))
        let (toSlow, toQuick) = (AssociationIdentifier(chosen: 1), AssociationIdentifier(chosen: 2))
        let configuration = SCTPEndpointConfiguration(localAddresses: [.loopbackIPv4])
        try await one.open(configuration)
        for (node, out) in [(slow, toSlow), (quick, toQuick)] {
            let address = try await node.open(configuration)[0]
            try await one.perform { try $0.open(out, to: [address]) }
            _ = try await one.up(out)
        }
        try await slow.perform { $0.setReceivingPaused(true) }
        let message = pattern(1000)
        var sent = 0
        let filling = await #expect(throws: SCTPTransportError.self) {
            for _ in 0..<100_000 {
                try await one.send(message, on: toSlow)
                sent += 1
            }
        }
        #expect(filling?.code == .sendQueueFull)
        for _ in 0..<200 { try await one.send(message, on: toQuick) }
        #expect(try await quick.messages(200).count == 200)
        try await slow.perform { $0.setReceivingPaused(false) }
        try await one.notification(.readyToSend, of: toSlow, within: .seconds(60))
        #expect(try await slow.messages(sent, within: .seconds(60)) == Array(repeating: SCTPMessage(message), count: sent))
        for node in [one, slow, quick] { await node.close() }
    }

    /// Closing delivers what was accepted, queued in this process or in the kernel.
    @Test(.timeLimit(.minutes(2)))
    func closingLosesNothing() async throws {
        let (one, two) = try (Node("one"), Node("two"))
        let address = try await two.open(SCTPEndpointConfiguration(localAddresses: [.loopbackIPv4]))[0]
        try await one.open(SCTPEndpointConfiguration(localAddresses: [.loopbackIPv4]))
        let out = AssociationIdentifier(chosen: 1)
        try await one.perform { try $0.open(out, to: [address]) }
        for _ in 0..<300 { try await one.send(pattern(1500), on: out) }
        await one.close(within: .seconds(60))
        #expect(try await two.messages(300).count == 300)
        #expect(await one.events.last == .notification(out, .shutDown))
        await two.close()
    }

    @Test func roundTripTimeAndTiming() async throws {
        let (one, two) = try (Node("one"), Node("two"))
        let address = try await two.open(SCTPEndpointConfiguration(localAddresses: [.loopbackIPv4]))[0]
        try await one.open(SCTPEndpointConfiguration(localAddresses: [.loopbackIPv4]))
        let out = AssociationIdentifier(chosen: 1)
        try await one.perform { try $0.open(out, to: [address]) }
        #expect(try await one.perform { try $0.roundTripTime(of: out) } == nil)
        _ = try await one.up(out)
        var timing = SCTPTiming()
        timing.heartbeatInterval = nil
        timing.maximumAssociationRetransmissions = 3
        try await one.perform { [timing] in try $0.setTiming(timing, of: out) }
        timing.maximumInitRetransmissions = 1
        try await one.perform { [timing] in try $0.setTiming(timing, of: nil) }
        try await one.send([1], on: out)
        _ = try await two.messages(1)
        let end = one.loop.now + .seconds(5)
        while try await one.perform({ try $0.roundTripTime(of: out) }) == nil, one.loop.now < end {
            try await Task.sleep(for: .milliseconds(10))
        }
        let time = try #require(try await one.perform { try $0.roundTripTime(of: out) })
        #expect(time >= .zero && time < .seconds(5))
        await one.close()
        await two.close()
    }
}

func pattern(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
}

/// Expects a transport error with this code and a sentence.
func expect(
    code: SCTPTransportError.Code, _ body: () async throws -> some Sendable, sourceLocation: SourceLocation = #_sourceLocation
) async {
    let error = await #expect(throws: SCTPTransportError.self, sourceLocation: sourceLocation) { _ = try await body() }
    #expect(error?.code == code, sourceLocation: sourceLocation)
    #expect(error?.message.isEmpty == false, sourceLocation: sourceLocation)
}
