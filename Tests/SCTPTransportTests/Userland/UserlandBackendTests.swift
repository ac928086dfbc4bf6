#if UserlandSCTP
    import InternetAddresses
    import Testing

    @testable import SCTPTransport

    extension UserlandTests {
        @Test func aMessageGoesThereAndBackAndTheAssociationCloses() async throws {
            let bench = UserlandBench()
            let server = try await bench.open(UserlandBench.loopback(1, port: 3863), echoes: true)
            let client = try await bench.open(UserlandBench.loopback(2))
            let association = try await bench.connect(client, to: server, as: 4)
            let header = MessageHeader(payloadProtocol: PayloadProtocolIdentifier(rawValue: 11), stream: 3, isUnordered: true)
            try await bench.send([1, 2, 3], header, on: association, of: client)
            #expect(await bench.wait { delegates, _ in !delegates[client].messages.isEmpty })
            await bench.with(client) { _, delegate in
                #expect(delegate.messages[0].message == SCTPMessage([1, 2, 3], header))
                #expect(delegate.messages[0].association == association)
            }
            await bench.close(client)
            #expect(await bench.wait { delegates, _ in delegates[server].notifications.last?.notification == .shutDown })
            await bench.with(client) { _, delegate in #expect(delegate.told(association).last == .shutDown) }
            #expect(await bench.closeAll() == (0, 0))
        }
    }
#endif
