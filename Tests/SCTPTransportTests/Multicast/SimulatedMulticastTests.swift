import InternetAddresses
import Testing

@testable import SCTPTransport

/// Multicast in a simulated network.
struct SimulatedMulticastTests {
    private static func host(_ number: UInt32) -> IPAddress { .v4(0x0a00_0000 + number) }

    private static func configuration(
        _ number: UInt32, change: (inout MulticastConfiguration) -> Void = { _ in }
    ) -> MulticastConfiguration {
        var configuration = MulticastConfiguration(group: MulticastBench.group, port: 3863)
        configuration.sourceAddress = host(number)
        change(&configuration)
        return configuration
    }

    /// Everything that is heard up to an instant, as the member's number and the text.
    private static func heard(_ network: NetworkSimulation, until seconds: Int) -> [String] {
        network.advance(to: .origin + .seconds(seconds))
        var result: [String] = []
        while let next = network.nextAnnouncement() {
            result.append("\(next.member.rawValue) \(String(decoding: next.bytes, as: UTF8.self)) \(next.source)")
        }
        return result
    }

    @Test func membersHearTheGroupAndOthersDoNot() throws {
        let network = NetworkSimulation(seed: 1)
        let one = try network.addMember(SimulatedMulticastTests.configuration(1))
        _ = try network.addMember(SimulatedMulticastTests.configuration(2))
        _ = try network.addMember(SimulatedMulticastTests.configuration(3) { $0.isListening = false })
        _ = try network.addMember(SimulatedMulticastTests.configuration(4) { $0.port = 9901 })
        _ = try network.addMember(SimulatedMulticastTests.configuration(5) { $0.interfaces = .none })
        network.announce(Array("a".utf8), by: one)
        #expect(SimulatedMulticastTests.heard(network, until: 1) == ["0 a 10.0.0.1:3863", "1 a 10.0.0.1:3863"])
        network.removeMember(one)
        network.announce(Array("b".utf8), by: one)
        #expect(SimulatedMulticastTests.heard(network, until: 2).isEmpty)
        #expect(network.nextInstant == nil)
    }

    @Test func ownHostAndUnicastDestinationsAreAsConfigured() throws {
        let network = NetworkSimulation(seed: 1)
        let quiet = try network.addMember(
            SimulatedMulticastTests.configuration(1) {
                $0.isLoopedBack = false
                $0.unicastDestinations = [
                    SCTPAddress(SimulatedMulticastTests.host(3), port: 3863),
                    SCTPAddress(SimulatedMulticastTests.host(9), port: 3863),
                ]
            })
        _ = try network.addMember(SimulatedMulticastTests.configuration(2))
        _ = try network.addMember(SimulatedMulticastTests.configuration(3) { $0.interfaces = .none })
        network.announce(Array("a".utf8), by: quiet)
        #expect(SimulatedMulticastTests.heard(network, until: 1) == ["1 a 10.0.0.1:3863", "2 a 10.0.0.1:3863"])
    }

    @Test func partitionsCutEachReceiverByItself() throws {
        let network = NetworkSimulation(seed: 1)
        let members = try (1...4).map { try network.addMember(SimulatedMulticastTests.configuration(UInt32($0))) }
        network.partition([[1, 2].map(SimulatedMulticastTests.host), [3].map(SimulatedMulticastTests.host)])
        network.announce(Array("a".utf8), by: members[0])
        network.announce(Array("b".utf8), by: members[3])
        #expect(
            SimulatedMulticastTests.heard(network, until: 1)
                == ["0 a 10.0.0.1:3863", "1 a 10.0.0.1:3863", "3 b 10.0.0.4:3863"])
        network.heal()
        network.setConnected(false, SimulatedMulticastTests.host(2))
        network.announce(Array("c".utf8), by: members[0])
        #expect(SimulatedMulticastTests.heard(network, until: 2).map { $0.prefix(1) } == ["0", "2", "3"])
    }

    /// A datagram under way is cut too.
    @Test func delaysAreThePaths() throws {
        let network = NetworkSimulation(seed: 1, path: SimulatedPath(latency: .milliseconds(10)))
        let one = try network.addMember(SimulatedMulticastTests.configuration(1))
        _ = try network.addMember(SimulatedMulticastTests.configuration(2))
        _ = try network.addMember(SimulatedMulticastTests.configuration(3))
        network.setPath(
            from: SimulatedMulticastTests.host(1), to: SimulatedMulticastTests.host(3), SimulatedPath(latency: .seconds(3)))
        network.announce([97], by: one)
        #expect(network.nextInstant == .origin + .milliseconds(10))
        #expect(SimulatedMulticastTests.heard(network, until: 1).count == 2)
        #expect(SimulatedMulticastTests.heard(network, until: 2).isEmpty)
        network.setConnected(false, SimulatedMulticastTests.host(3))
        #expect(SimulatedMulticastTests.heard(network, until: 4).isEmpty)
    }

    private static func lossyRun(seed: UInt64) throws -> [String] {
        let network = NetworkSimulation(seed: seed, path: SimulatedPath(latency: .milliseconds(1), loss: 0.3))
        let members = try (1...20).map { try network.addMember(SimulatedMulticastTests.configuration(UInt32($0))) }
        for number in 0..<100 { network.announce(Array("\(number)".utf8), by: members[0]) }
        return heard(network, until: 1)
    }

    @Test func lossIsEachReceiversOwnAndTheSeeds() throws {
        let heard = try SimulatedMulticastTests.lossyRun(seed: 7)
        // 2,000 datagrams, of which 30 % are lost: 1,400 with a standard deviation of 20.5.
        #expect((1_300...1_500).contains(heard.count))
        let complete = (0..<100).count { number in heard.count { $0.split(separator: " ")[1] == "\(number)" } == 20 }
        #expect(complete < 10, "loss hits receivers, not whole announcements")
        #expect(try SimulatedMulticastTests.lossyRun(seed: 7) == heard)
        #expect(try SimulatedMulticastTests.lossyRun(seed: 8) != heard)
    }

    @Test func endpointsOnALoopHearEachOtherInVirtualTime() async throws {
        let loop = try EventLoop(name: "simulated", clock: .virtual)
        let network = SimulatedNetwork(on: loop, seed: 1)
        let backend = SCTPBackendChoice.simulated(network)
        let one = try await MulticastBench.open(port: 3863, at: .v4(0x0a00_0001), on: loop, backend: backend)
        let two = try await MulticastBench.open(port: 3863, at: .v4(0x0a00_0002), on: loop, backend: backend)
        try await one.say("virtually")
        #expect(try await two.hears("virtually"))
        #expect(two.sources == [SCTPAddress(.v4(0x0a00_0001), port: 3863)])
        #expect(await two.endpoint.statistics.datagramsReceived == 1)
        await two.endpoint.close()
        try await one.say("to nobody")
        #expect(await transportError { try await two.say("closed") } == .endpointClosed)
        await one.endpoint.close()
    }
}
