import Glibc
import InternetAddresses
import Testing

@testable import SCTPTransport

/// Multicast by the host's sockets, over the loopback interface and without privileges.
struct MulticastSocketTests {
    private static let second = IPAddress.v4(0x7f00_0002)

    @Test func endpointsOfAProcessHearEachOther() async throws {
        let port = try MulticastBench.freePort()
        let one = try await MulticastBench.open(port: port)
        let two = try await MulticastBench.open(port: port, at: MulticastSocketTests.second)
        try await one.say("from one")
        try await two.say("from two")
        for listener in [one, two] {
            #expect(try await listener.hears("from one"))
            #expect(try await listener.hears("from two"))
        }
        #expect(Set(two.sources) == [SCTPAddress(.loopbackIPv4, port: port), SCTPAddress(.v4(0x7f00_0002), port: port)])
        #expect(await one.endpoint.statistics.datagramsSent == 1)
        #expect(await two.endpoint.statistics.datagramsReceived == 2)
        await one.endpoint.close()
        await two.endpoint.close()
    }

    /// Every interface that there is, as a program does that is told nothing; one datagram may come by several.
    @Test func endpointsOnEveryInterfaceHearEachOther() async throws {
        let port = try MulticastBench.freePort()
        let one = try await MulticastBench.open(port: port, at: nil)
        let local = try await MulticastBench.open(port: port)
        try await one.say("everywhere")
        #expect(try await local.hears("everywhere"))
        try await local.say("only here")
        #expect(try await one.hears("only here"))
        await one.endpoint.close()
        await local.endpoint.close()
    }

    @Test func aSenderThatDoesNotListenHearsNothing() async throws {
        let port = try MulticastBench.freePort()
        let listener = try await MulticastBench.open(port: port)
        let sender = try await MulticastBench.open(port: port) { $0.isListening = false }
        try await sender.say("to whom it concerns")
        #expect(try await listener.hears("to whom it concerns"))
        #expect(sender.texts.isEmpty)
        #expect(listener.sources[0].port != port)
        await listener.endpoint.close()
        await sender.endpoint.close()
    }

    /// Linux gives a socket the datagrams of all groups that any program joined, unless told otherwise.
    @Test func anotherGroupAtTheSamePortIsNotHeard() async throws {
        let port = try MulticastBench.freePort()
        let one = try await MulticastBench.open(port: port)
        let other = try await MulticastBench.open(.v4(0xef0a_0902), port: port)
        try await other.say("secret")
        #expect(try await other.hears("secret"))
        try await one.say("last")
        #expect(try await one.hears("last"))
        #expect(one.texts == ["last"])
        await one.endpoint.close()
        await other.endpoint.close()
    }

    @Test func unicastDestinationsHearWithoutMulticast() async throws {
        let port = try MulticastBench.freePort()
        let one = try await MulticastBench.open(port: port) {
            $0.interfaces = .none
            $0.unicastDestinations = [
                SCTPAddress(.v4(0x7f00_0002), port: port), SCTPAddress(.v4(0x7f00_0063), port: port),
            ]
        }
        let two = try await MulticastBench.open(port: port, at: MulticastSocketTests.second) { $0.interfaces = .none }
        // The second time the host has learnt that nobody is at the second destination; the first must not suffer from it.
        for round in 0..<3 {
            try await one.say("by name \(round)")
            #expect(try await two.hears("by name \(round)"))
        }
        #expect(one.texts.isEmpty)
        #expect(two.sources[0] == SCTPAddress(.loopbackIPv4, port: port))
        await one.endpoint.close()
        await two.endpoint.close()
    }

    @Test func aProcessWithoutPrivilegesTakesPart() async throws {
        let port = try MulticastBench.freePort()
        let parent = try await MulticastBench.open(port: port)
        let answering = Task(executorPreference: EventLoop.shared) {
            #expect(try await parent.hears("child"))
            for _ in 0..<100 {
                try await parent.say("parent")
                if parent.texts.contains("done") { return true }
                try await parent.endpoint.loop.sleep(for: .milliseconds(50))
            }
            return false
        }
        await #expect(processExitsWith: .success) { [port = port as UInt16] in
            if getuid() == 0 { try #require(setgid(65_534) == 0 && setuid(65_534) == 0) }
            let child = try await MulticastBench.open(port: port, at: .v4(0x7f00_0002))
            try await child.say("child")
            try #require(try await child.hears("parent"))
            try await child.say("done")
            await child.endpoint.close()
        }
        let isAnswered = try await answering.value
        #expect(isAnswered)
        #expect(parent.sources.contains(SCTPAddress(.v4(0x7f00_0002), port: port)))
        await parent.endpoint.close()
    }

    /// On an interface that has IPv6 multicast the group is heard; where the host has no route for it, the error says so.
    @Test(arguments: ["ff02::133", "ff05::133"])
    func groupsOfTheSixthVersionWorkOrSayWhyNot(group: String) async throws {
        let port = try MulticastBench.freePort(.loopbackIPv6)
        let group = try #require(IPAddress(group))
        let interfaces = try NetworkInterface.all().filter { $0.isUp && $0.hasIPv6 }
        for interface in interfaces {
            let one = try await MulticastBench.open(group, port: port, at: nil) { $0.interfaces = .named([interface.name]) }
            let two = try await MulticastBench.open(group, port: port, at: nil) { $0.interfaces = .named([interface.name]) }
            do {
                try await one.say("over six")
                #expect(try await two.hears("over six"))
                #expect(two.texts == ["over six"])
            } catch let error as SCTPTransportError {
                #expect(interface.isLoopback, "\(interface.name): \(error)")
                #expect(error.code == .noRoute)
                #expect(error.message.contains(interface.name) && error.message.contains("ip route add ff00::/8"))
                #expect(await one.endpoint.statistics.datagramsNotSent == 1)
            }
            await one.endpoint.close()
            await two.endpoint.close()
        }
        #expect(interfaces.contains { $0.isLoopback })
    }

    // MARK: What is refused

    private func refusal(_ change: (inout MulticastConfiguration) -> Void) async throws -> SCTPTransportError? {
        do {
            _ = try await MulticastBench.open(port: 9_899, change: change)
            return nil
        } catch let error as SCTPTransportError {
            return error
        }
    }

    @Test func whatCannotBeMeantIsRefusedWithASentence() async throws {
        #expect(try await refusal { $0.group = .loopbackIPv4 }?.code == .invalidConfiguration)
        #expect(try await refusal { $0.port = 0 }?.code == .invalidConfiguration)
        #expect(try await refusal { $0.hopLimit = 0 }?.code == .invalidConfiguration)
        #expect(try await refusal { $0.sourceAddress = .loopbackIPv6 }?.code == .invalidConfiguration)
        #expect(try await refusal { $0.interfaces = .named([]) }?.code == .invalidConfiguration)
        #expect(
            try await refusal { $0.unicastDestinations = [SCTPAddress(.loopbackIPv6, port: 1)] }?.code == .invalidConfiguration)
        // TEST-NET-1 (RFC 5737).
        #expect(try await refusal { $0.sourceAddress = .v4(0xc000_0263) }?.code == .addressNotAvailable)
        let unknown = try #require(try await refusal { $0.interfaces = .named(["nowhere0"]) })
        #expect(unknown.code == .addressNotAvailable)
        #expect(unknown.message.contains("nowhere0") && unknown.message.contains("lo"))
    }

    @Test func sendingHasLimitsAndAnEnd() async throws {
        let port = try MulticastBench.freePort()
        let listener = try await MulticastBench.open(port: port)
        let longest = String(repeating: "x", count: MulticastConfiguration.datagramLimit)
        try await listener.say(longest)
        #expect(try await listener.hears(longest))
        #expect(await transportError { try await listener.say(longest + "x") } == .messageSize)
        #expect(await transportError { try await listener.say("") } == .messageSize)
        await listener.endpoint.close()
        #expect(await transportError { try await listener.say("late") } == .endpointClosed)
        // The port is free again for one that does not share it.
        let socket = try DatagramSocket(binding: SCTPAddress(.loopbackIPv4, port: port), isShared: false)
        #expect(socket.address.port == port)
    }
}
