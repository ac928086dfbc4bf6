#if UserlandSCTP
    import CUserlandSCTP
    import InternetAddresses
    import Testing

    @testable import SCTPTransport

    // Many of everything, and what is used again.
    extension UserlandTests {
        @Test func fiveHundredEndpointsWithAnAssociationEachLeaveNothing() async throws {
            let bench = UserlandBench()
            let server = try await bench.open(UserlandBench.loopback(1, port: 3863), echoes: true)
            for number in 0..<500 {
                let client = try await bench.open(UserlandBench.loopback(UInt8(2 + number % 50)))
                let association = try await bench.connect(client, to: server, as: UInt64(number))
                try await bench.send([1, 2, 3], on: association, of: client)
            }
            #expect(await bench.wait { delegates, _ in delegates.dropFirst().allSatisfy { $0.messages.count == 1 } })
            await bench.with(server) { backend, _ in
                #expect(backend.associations.count == 500)
                #expect(backend.stack.associationCount >= 1000)
            }
            #expect(await bench.leaks() == (0, 0))
            #expect(await bench.closeAll() == (0, 0))
        }

        @Test func peersWithoutAssociationsAreForgottenFirst() async throws {
            let bench = UserlandBench()
            let (server, _, _) = try await pair(on: bench)
            await bench.with(server) { backend, _ in
                let socket = backend.udpSockets[0]
                var numbers: Set<UInt16> = []
                for host in 0..<UInt32(3 * UserlandPeerTable.idleLimit) {
                    let remote = userland_address(.v4(0x0a00_0000 | host), port: 9899)
                    let peer = backend.peers.peer(at: remote, port: 5, local: nil, of: socket)
                    if let peer { numbers.insert(peer.number) }
                    #expect(backend.peers.peer(at: remote, port: 5, local: nil, of: socket) === peer)
                }
                #expect(backend.peers.idleCount == UserlandPeerTable.idleLimit)
                #expect(backend.peers.count == UserlandPeerTable.idleLimit + 1)
                #expect(numbers.count == UserlandPeerTable.idleLimit)
                let used = backend.associations.values.first?.peer
                #expect(used.map { backend.peers[$0.number] === $0 } == true)
                #expect(used.map { numbers.contains($0.number) } == false)
            }
            #expect(await bench.closeAll() == (0, 0))
        }

        /// RFC 9260 §5.2: the peer starts anew under its old address and ports, and takes its association up again.
        @Test func aPeerThatComesBackRestartsItsAssociation() async throws {
            let bench = UserlandBench()
            let server = try await bench.open(UserlandBench.loopback(1, port: 3863), echoes: true)
            let relay = try UDPRelay(to: await bench.addresses(server)[0])
            for round in 1...2 {
                let client = try await bench.open(UserlandBench.loopback(2, port: 5000))
                let association = AssociationIdentifier(chosen: 1)
                try await bench.with(client) { backend, _ in try backend.open(association, to: [relay.address]) }
                try await bench.send([UInt8(round)], on: association, of: client)
                #expect(
                    await bench.wait { delegates, _ in
                        relay.pump(); return !delegates[client].messages.isEmpty
                    })
                // The relay passes nothing on any more: the server does not hear of the end.
                if round == 1 { await bench.close(client, within: .zero) }
                relay.drop()
            }
            await bench.with(server) { backend, delegate in
                let told = delegate.told(AssociationIdentifier(accepted: 1))
                #expect(told.contains { if case .restarted = $0 { true } else { false } })
                #expect(delegate.notifications.allSatisfy { $0.association == AssociationIdentifier(accepted: 1) })
                #expect(delegate.messages.map(\.message.bytes) == [[1], [2]])
                #expect(backend.associations.count == 1)
            }
            try await bench.with(server) { backend, _ in try backend.abort(AssociationIdentifier(accepted: 1)) }
            await bench.close(2, within: .zero)
            #expect(await bench.closeAll() == (0, 0))
        }

        @Test func tagsAreFoundUntilTheyAreRemoved() async throws {
            let bench = UserlandBench()
            let (server, _, _) = try await pair(on: bench)
            await bench.with(server) { backend, _ in
                guard let association = backend.associations.values.first else {
                    Issue.record("no association")
                    return
                }
                var table = UserlandTagTable()
                let tags = (1...5000).map { UInt32($0) &* 0x9e37_79b1 }
                for round in 0..<4 {
                    for tag in tags { table.insert(association, tag: tag) }
                    #expect(table.count == 5000)
                    #expect(tags.allSatisfy { table[$0] === association })
                    for tag in tags.dropFirst(round) { table.remove(association, tag: tag) }
                    #expect(table.count == round)
                    #expect(tags.dropFirst(round).allSatisfy { table[$0] == nil })
                    for tag in tags.prefix(round) { table.remove(association, tag: tag) }
                }
            }
            #expect(await bench.closeAll() == (0, 0))
        }
    }
#endif
