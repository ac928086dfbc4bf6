#if UserlandSCTP
    import InternetAddresses
    import Testing

    @testable import SCTPTransport

    // Messages: their size, room for them, and those that are handed back.
    extension UserlandTests {
        private static func pattern(_ length: Int, _ seed: Int = 0) -> [UInt8] {
            (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ seed) }
        }

        @Test(arguments: [1, 1204, 1205, 60_000, 65_536, 1_048_576])
        func messagesOfAllLengthsArriveWhole(length: Int) async throws {
            let bench = UserlandBench()
            var (one, other) = (UserlandBench.loopback(1, port: 3863), UserlandBench.loopback(2))
            for path in [\SCTPEndpointConfiguration.maximumMessageSize, \.sendQueueLimit, \.receiveQueueLimit] {
                one[keyPath: path] = max(one[keyPath: path], length)
                other[keyPath: path] = max(other[keyPath: path], length)
            }
            let (_, client, association) = try await pair(on: bench, server: one, client: other, echoes: true)
            let bytes = UserlandTests.pattern(length)
            try await bench.send(bytes, on: association, of: client)
            #expect(await bench.wait { delegates, _ in !delegates[client].messages.isEmpty })
            await bench.with(client) { _, delegate in
                #expect(delegate.messages.first?.message.bytes == bytes)
            }
            #expect(await bench.closeAll() == (0, 0))
        }

        @Test func messagesOfAWrongLengthOrStreamAreRefused() async throws {
            let bench = UserlandBench()
            let (_, client, association) = try await pair(on: bench)
            for (length, stream, code) in [
                (0, 0, SCTPTransportError.Code.messageSize), (65_537, 0, .messageSize), (1, 16, .invalidStream),
            ] {
                let error = await #expect(throws: SCTPTransportError.self) {
                    try await bench.send(
                        UserlandTests.pattern(length), MessageHeader(stream: UInt16(stream)), on: association, of: client)
                }
                #expect(error?.code == code)
            }
            #expect(await bench.closeAll() == (0, 0))
        }

        @Test func aLongerMessageThanTheLimitEndsTheAssociation() async throws {
            let bench = UserlandBench()
            var configuration = UserlandBench.loopback(1, port: 3863)
            configuration.maximumMessageSize = 1000
            let (server, client, association) = try await pair(on: bench, server: configuration)
            try await bench.send(UserlandTests.pattern(1000), on: association, of: client)
            try await bench.send(UserlandTests.pattern(1001), on: association, of: client)
            #expect(
                await bench.wait { delegates, _ in
                    delegates[server].notifications.last?.notification == .lost(.abortedLocally)
                        && delegates[client].told(association).last == .lost(.abortedByPeer)
                })
            await bench.with(server) { _, delegate in #expect(delegate.messages.map(\.message.bytes.count) == [1000]) }
            #expect(await bench.closeAll() == (0, 0))
        }

        @Test func aFullQueueSaysSoAndThenThatItHasRoom() async throws {
            let bench = UserlandBench()
            var configuration = UserlandBench.loopback(2)
            configuration.sendQueueLimit = 2 << 20
            let (server, client, association) = try await pair(on: bench, client: configuration)
            await bench.with(server) { backend, _ in backend.setReceivingPaused(true) }
            var sent = await bench.fill(association, of: client)
            #expect(sent > 1500 && sent <= 2098, "\(sent) messages of 1000 bytes in a queue of 2 MiB")
            // The peer's window takes some of them, and then nothing changes any more.
            try await Task.sleep(for: .milliseconds(200))
            sent += await bench.fill(association, of: client)
            await bench.with(client) { _, delegate in delegate.notifications = [] }
            try await Task.sleep(for: .milliseconds(200))
            await bench.with(client) { _, delegate in #expect(delegate.notifications.isEmpty) }
            await bench.with(server) { _, delegate in #expect(delegate.messages.isEmpty) }
            await bench.with(server) { backend, _ in backend.setReceivingPaused(false) }
            #expect(await bench.wait { delegates, _ in delegates[client].told(association).contains(.readyToSend) })
            try await bench.send(UserlandTests.pattern(1000), on: association, of: client)
            #expect(await bench.wait { delegates, _ in delegates[server].messages.count == sent + 1 })
            #expect(await bench.closeAll() == (0, 0))
        }

        @Test func undeliveredMessagesAreHandedBackWholeAndInOrder() async throws {
            let bench = UserlandBench()
            var configuration = UserlandBench.loopback(2)
            configuration.sendQueueLimit = 2 << 20
            configuration.maximumMessageSize = 100_000
            let (server, client, association) = try await pair(on: bench, client: configuration)
            // The peer takes no more than its window: a part of the longer messages arrives, and the rest waits.
            await bench.with(server) { backend, _ in backend.setReceivingPaused(true) }
            var expected: [SCTPMessage] = []
            for number in 0..<40 {
                let header = MessageHeader(
                    payloadProtocol: PayloadProtocolIdentifier(rawValue: UInt32(number)), stream: UInt16(number % 16))
                let message = SCTPMessage(UserlandTests.pattern(number % 3 == 0 ? 100 : 40_000, number), header)
                try await bench.send(message.bytes, header, on: association, of: client)
                expected.append(message)
            }
            try await Task.sleep(for: .milliseconds(100))
            try await bench.with(client) { backend, _ in try backend.abort(association) }
            #expect(await bench.wait { delegates, _ in delegates[client].told(association).last == .lost(.abortedLocally) })
            let returned = await bench.with(client) { _, delegate in
                delegate.told(association).compactMap { notification -> UndeliveredMessage? in
                    guard case .sendFailed(let undelivered) = notification else { return nil }
                    return undelivered
                }
            }
            #expect(returned.count > 20 && returned.count < 40)
            #expect(returned.map(\.message.header) == expected.suffix(returned.count).map(\.header))
            // Compared one by one, for a failure's text would have a million numbers.
            for (one, other) in zip(returned, expected.suffix(returned.count)) {
                #expect((one.message.bytes == other.bytes) as Bool, "message \(other.header.payloadProtocol)")
            }
            #expect(returned.last?.mayHaveArrived == false)
            #expect(await bench.closeAll() == (0, 0))
        }

        @Test func messagesForAPeerThatIsNotThereAreHandedBack() async throws {
            let bench = UserlandBench()
            let client = try await bench.open(UserlandBench.loopback(2))
            let nobody = SCTPAddress(.v4(0x7f00_6309), port: 3863, encapsulationPort: 9)
            let association = AssociationIdentifier(chosen: 1)
            let header = MessageHeader(payloadProtocol: PayloadProtocolIdentifier(rawValue: 11), stream: 2)
            try await bench.with(client) { backend, _ in
                try backend.open(association, to: [nobody])
                try unsafe backend.send(([1, 2] as [UInt8]).span.bytes, header, on: association)
                try unsafe backend.send(UserlandTests.pattern(5000).span.bytes, header, on: association)
            }
            #expect(await bench.wait { delegates, _ in delegates[client].told(association).last == .failed(.unreachable) })
            await bench.with(client) { _, delegate in
                #expect(
                    delegate.told(association).dropLast() == [
                        .sendFailed(UndeliveredMessage(message: SCTPMessage([1, 2], header), mayHaveArrived: false)),
                        .sendFailed(
                            UndeliveredMessage(message: SCTPMessage(UserlandTests.pattern(5000), header), mayHaveArrived: false)
                        ),
                    ])
            }
            #expect(await bench.closeAll() == (0, 0))
        }
    }
#endif
