#if UserlandSCTP
    import Glibc
    import InternetAddresses
    import Testing

    @testable import SCTPTransport

    // How associations begin and end.
    extension UserlandTests {
        @Test func connectingToAPortWithoutEndpointIsAnsweredByAbort() async throws {
            let bench = UserlandBench()
            let server = try await bench.open(UserlandBench.loopback(1, port: 3863))
            let client = try await bench.open(UserlandBench.loopback(2))
            var address = await bench.addresses(server)[0]
            address.port = 9901
            let nowhere = address
            try await bench.with(client) { backend, _ in try backend.open(AssociationIdentifier(chosen: 1), to: [nowhere]) }
            #expect(
                await bench.wait { delegates, _ in delegates[client].notifications.last?.notification == .failed(.abortedByPeer)
                })
            #expect(await bench.closeAll() == (0, 0))
        }

        @Test func connectingToAnEndpointThatDoesNotListenFails() async throws {
            let bench = UserlandBench()
            var configuration = UserlandBench.loopback(1, port: 3863)
            configuration.isListening = false
            let server = try await bench.open(configuration)
            let client = try await bench.open(UserlandBench.loopback(2))
            _ = try await bench.connect(client, to: server, as: 1)
            #expect(
                await bench.wait { delegates, _ in delegates[client].notifications.last?.notification == .failed(.abortedByPeer)
                })
            #expect(await bench.closeAll() == (0, 0))
        }

        @Test func connectingWhereNoProcessIsFailsAtOnce() async throws {
            let bench = UserlandBench()
            let client = try await bench.open(UserlandBench.loopback(2))
            let start = bench.loop.now
            try await bench.with(client) { backend, _ in
                try backend.open(
                    AssociationIdentifier(chosen: 1), to: [SCTPAddress(.v4(0x7f00_6309), port: 3863, encapsulationPort: 9)])
            }
            #expect(
                await bench.wait { delegates, _ in delegates[client].notifications.last?.notification == .failed(.unreachable) }
            )
            #expect(bench.loop.now - start < .seconds(1), "ICMP, not the timer, has to end it")
            #expect(await bench.closeAll() == (0, 0))
        }

        @Test func aPeerThatDoesNotAnswerIsUnreachable() async throws {
            let bench = UserlandBench()
            let silent = try UDPSocket(at: .v4(0x7f00_6308))
            var configuration = UserlandBench.loopback(2)
            configuration.timing = UserlandBench.shortTiming
            let client = try await bench.open(configuration)
            try await bench.with(client) { backend, _ in
                try backend.open(
                    AssociationIdentifier(chosen: 1), to: [SCTPAddress(silent.ip, port: 3863, encapsulationPort: silent.port)])
            }
            #expect(
                await bench.wait { delegates, _ in delegates[client].notifications.last?.notification == .failed(.unreachable) }
            )
            #expect(await bench.closeAll() == (0, 0))
        }

        @Test func abortTellsBothSides() async throws {
            let bench = UserlandBench()
            let (server, client, association) = try await pair(on: bench)
            try await bench.with(client) { backend, _ in try backend.abort(association) }
            #expect(
                await bench.wait { delegates, _ in
                    delegates[server].notifications.last?.notification == .lost(.abortedByPeer)
                        && delegates[client].notifications.last?.notification == .lost(.abortedLocally)
                })
            await bench.with(client) { backend, _ in
                #expect(throws: SCTPTransportError.self) { try backend.shutDown(association) }
            }
            #expect(await bench.closeAll() == (0, 0))
        }

        @Test func abortOfAnOpeningAssociationFailsIt() async throws {
            let bench = UserlandBench()
            let silent = try UDPSocket(at: .v4(0x7f00_6308))
            let client = try await bench.open(UserlandBench.loopback(2))
            try await bench.with(client) { backend, _ in
                try backend.open(
                    AssociationIdentifier(chosen: 1), to: [SCTPAddress(silent.ip, port: 1, encapsulationPort: silent.port)])
                try backend.abort(AssociationIdentifier(chosen: 1))
            }
            #expect(
                await bench.wait { delegates, _ in
                    delegates[client].notifications.last?.notification == .failed(.abortedLocally)
                })
            #expect(await bench.closeAll() == (0, 0))
        }

        @Test func shutDownDeliversWhatWasSentEvenWhileOpening() async throws {
            let bench = UserlandBench()
            let server = try await bench.open(UserlandBench.loopback(1, port: 3863))
            let client = try await bench.open(UserlandBench.loopback(2))
            let association = try await bench.connect(client, to: server, as: 1)
            try await bench.send([7], on: association, of: client)
            try await bench.with(client) { backend, _ in
                try backend.shutDown(association)
                #expect(throws: SCTPTransportError.self) {
                    let bytes: [UInt8] = [8]
                    try unsafe backend.send(bytes.span.bytes, MessageHeader(), on: association)
                }
            }
            #expect(await bench.wait { delegates, _ in delegates[server].notifications.last?.notification == .shutDown })
            await bench.with(server) { _, delegate in
                #expect(delegate.messages.map(\.message.bytes) == [[7]])
            }
            #expect(await bench.wait { delegates, _ in delegates[client].notifications.last?.notification == .shutDown })
            #expect(await bench.closeAll() == (0, 0))
        }

        @Test func aSecondAssociationWithOnePeerIsRefused() async throws {
            let bench = UserlandBench()
            let (server, client, _) = try await pair(on: bench)
            let error = await #expect(throws: SCTPTransportError.self) { try await bench.connect(client, to: server, as: 2) }
            #expect(error?.code == .alreadyConnected)
            #expect(await bench.closeAll() == (0, 0))
        }

        @Test func anAssociationTooManyIsAborted() async throws {
            let bench = UserlandBench()
            let (server, client, association) = try await pair(on: bench)
            await bench.with(server) { _, delegate in delegate.acceptsAssociations = false }
            let other = try await bench.open(UserlandBench.loopback(3))
            let refused = try await bench.connect(other, to: server, as: 9)
            #expect(await bench.wait { delegates, _ in delegates[other].told(refused).last == .lost(.abortedByPeer) })
            try await bench.send([1], on: association, of: client)
            #expect(await bench.wait { delegates, _ in delegates[server].messages.count == 1 })
            #expect(await bench.closeAll() == (0, 0))
        }

        @Test func closeAbortsWhatDoesNotEndInTime() async throws {
            let bench = UserlandBench()
            var configuration = UserlandBench.loopback(2)
            configuration.sendQueueLimit = 2 << 20
            let (server, client, association) = try await pair(on: bench, client: configuration)
            // A peer that reads nothing lets no shutdown through while messages are under way.
            await bench.with(server) { backend, _ in backend.setReceivingPaused(true) }
            await bench.fill(association, of: client)
            let start = bench.loop.now
            await bench.close(client, within: .milliseconds(300))
            #expect(bench.loop.now - start >= .milliseconds(300))
            await bench.with(client) { _, delegate in #expect(delegate.told(association).last == .lost(.abortedLocally)) }
            #expect(await bench.closeAll() == (0, 0))
        }
    }
#endif
