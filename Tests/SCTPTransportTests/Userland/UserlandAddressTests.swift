#if UserlandSCTP
    import CUserlandSCTP
    import Glibc
    import InternetAddresses
    import Testing

    @testable import SCTPTransport

    // Addresses, ports and encapsulation ports.
    extension UserlandTests {
        @Test func endpointsAtOneAddressShareItsUDPPort() async throws {
            let bench = UserlandBench()
            let one = try await bench.open(UserlandBench.loopback(1, port: 3863), echoes: true)
            let other = try await bench.open(UserlandBench.loopback(1, port: 9901), echoes: true)
            let addresses = await (bench.addresses(one)[0], bench.addresses(other)[0])
            #expect(addresses.0.encapsulationPort == addresses.1.encapsulationPort)
            #expect(addresses.0.port == 3863 && addresses.1.port == 9901)
            let client = try await bench.open(UserlandBench.loopback(2))
            for (number, server) in [(1, one), (2, other)] {
                let association = try await bench.connect(client, to: server, as: UInt64(number))
                try await bench.send([UInt8(number)], on: association, of: client)
            }
            #expect(await bench.wait { delegates, _ in delegates[client].messages.count == 2 })
            // Two endpoints at one address may also be each other's peers.
            await bench.with(one) { _, delegate in delegate.echoes = false }
            let between = try await bench.connect(one, to: other, as: 3)
            try await bench.send([3], on: between, of: one)
            #expect(await bench.wait { delegates, _ in delegates[other].messages.contains { $0.message.bytes == [3] } })
            #expect(await bench.closeAll() == (0, 0))
        }

        @Test func aPortInUseByAnotherEndpointIsAnError() async throws {
            let bench = UserlandBench()
            _ = try await bench.open(UserlandBench.loopback(1, port: 3863))
            let error = await #expect(throws: SCTPTransportError.self) {
                try await bench.open(UserlandBench.loopback(1, port: 3863))
            }
            #expect(error?.code == .addressInUse)
            _ = try await bench.open(UserlandBench.loopback(2, port: 3863))
            #expect(await bench.closeAll() == (0, 0))
        }

        @Test func whereAnotherProcessHasTheUDPPortAFreeOneIsTaken() async throws {
            let bench = UserlandBench()
            // An address of this process alone, for tests may run in several.
            let ip = IPAddress.v4(0x7f40_0000 | UInt32(getpid()) & 0x3f_ffff)
            let taken = try UDPSocket(at: ip, port: SCTPAddress.defaultEncapsulationPort)
            let server = try await bench.open(SCTPEndpointConfiguration(localAddresses: [ip], port: 3863), echoes: true)
            let address = await bench.addresses(server)[0]
            #expect(address.encapsulationPort != taken.port && address.encapsulationPort != 0)
            let client = try await bench.open(UserlandBench.loopback(2))
            let association = try await bench.connect(client, to: server, as: 1)
            try await bench.send([1], on: association, of: client)
            #expect(await bench.wait { delegates, _ in !delegates[client].messages.isEmpty })
            var asked = SCTPEndpointConfiguration(localAddresses: [ip], port: 9901)
            asked.encapsulationPort = taken.port
            let refused = asked
            let error = await #expect(throws: SCTPTransportError.self) { try await bench.open(refused) }
            #expect(error?.code == .addressInUse)
            #expect(await bench.closeAll() == (0, 0))
        }

        @Test func anAddressOfAnotherHostIsAnError() async throws {
            let bench = UserlandBench()
            let error = await #expect(throws: SCTPTransportError.self) {
                try await bench.open(SCTPEndpointConfiguration(localAddresses: [.v4(0xc633_6401)]))
            }
            #expect(error?.code == .addressNotAvailable)
            #expect(await bench.closeAll() == (0, 0))
        }

        @Test func severalAddressesNeedWhatUserlandHasNot() async throws {
            let bench = UserlandBench()
            let error = await #expect(throws: SCTPTransportError.self) {
                try await bench.open(SCTPEndpointConfiguration(localAddresses: [.v4(0x7f00_6301), .v4(0x7f00_6302)]))
            }
            #expect(error?.code == .unsupported)
            #expect(error?.message.contains("multi-homing") == true)
        }

        @Test(arguments: [IPAddress.loopbackIPv6, .v4(0x7f00_6304)])
        func aWildcardEndpointIsReachedAtEveryAddress(ip: IPAddress) async throws {
            let bench = UserlandBench()
            let server = try await bench.open(SCTPEndpointConfiguration(localAddresses: [], port: 3863), echoes: true)
            let local = await bench.addresses(server)
            #expect(local.map(\.ip) == [.anyIPv4, .anyIPv6])
            let client = try await bench.open(SCTPEndpointConfiguration(localAddresses: []))
            let target = SCTPAddress(
                ip, port: 3863, encapsulationPort: local.first { $0.ip.family == ip.family }?.encapsulationPort)
            let association = AssociationIdentifier(chosen: 1)
            try await bench.with(client) { backend, _ in try backend.open(association, to: [target]) }
            try await bench.send([5], on: association, of: client)
            #expect(await bench.wait { delegates, _ in !delegates[client].messages.isEmpty })
            let peer = try await bench.with(client) { backend, _ in try backend.peerAddresses(of: association) }
            #expect(peer == [target])
            #expect(await bench.closeAll() == (0, 0))
        }

        @Test func theFirstReachableAddressIsTaken() async throws {
            let bench = UserlandBench()
            let server = try await bench.open(UserlandBench.loopback(1, port: 3863), echoes: true)
            let client = try await bench.open(UserlandBench.loopback(2))
            let addresses = await [SCTPAddress(.loopbackIPv6, port: 3863)] + bench.addresses(server)
            let association = AssociationIdentifier(chosen: 1)
            try await bench.with(client) { backend, _ in try backend.open(association, to: addresses) }
            try await bench.send([5], on: association, of: client)
            #expect(await bench.wait { delegates, _ in !delegates[client].messages.isEmpty })
            let error = await #expect(throws: SCTPTransportError.self) {
                try await bench.with(client) { backend, _ in
                    try backend.open(AssociationIdentifier(chosen: 2), to: [SCTPAddress(.loopbackIPv6, port: 3863)])
                }
            }
            #expect(error?.code == .noRoute)
            #expect(await bench.closeAll() == (0, 0))
        }

        /// RFC 6951 §5.4: a relay between both sides changes the UDP port that the client's packets come from.
        @Test func answersFollowThePeersUDPPort() async throws {
            let bench = UserlandBench()
            let server = try await bench.open(UserlandBench.loopback(1, port: 3863), echoes: true)
            let client = try await bench.open(UserlandBench.loopback(2))
            let relay = try UDPRelay(to: await bench.addresses(server)[0])
            let association = AssociationIdentifier(chosen: 1)
            try await bench.with(client) { backend, _ in try backend.open(association, to: [relay.address]) }
            try await bench.send([1], on: association, of: client)
            #expect(
                await bench.wait { delegates, _ in
                    relay.pump(); return delegates[client].messages.count == 1
                })
            let before = try await bench.with(server) { backend, _ in
                try backend.peerAddresses(of: AssociationIdentifier(accepted: 1))[0]
            }
            try relay.changePort()
            try await bench.send([2], on: association, of: client)
            #expect(
                await bench.wait { delegates, _ in
                    relay.pump(); return delegates[client].messages.count == 2
                })
            let after = try await bench.with(server) { backend, _ in
                try backend.peerAddresses(of: AssociationIdentifier(accepted: 1))[0]
            }
            #expect(before.ip == after.ip && before.encapsulationPort != after.encapsulationPort)
            await bench.with(server) { _, delegate in
                #expect(!delegate.notifications.contains { if case .restarted = $0.notification { true } else { false } })
            }
            try await bench.with(client) { backend, _ in try backend.abort(association) }
            try await bench.with(server) { backend, _ in try backend.abort(AssociationIdentifier(accepted: 1)) }
            #expect(await bench.closeAll() == (0, 0))
        }
    }
#endif
